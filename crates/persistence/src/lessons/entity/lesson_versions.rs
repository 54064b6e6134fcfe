//! Table `lesson_versions`; its columns are explained in the migration.

use maip_domain::lessons::content::Attribution;
use maip_domain::lessons::content::Outcome;
use maip_domain::lessons::content::TextOrigin;
use maip_domain::lessons::version::VersionState;
use maip_domain::visibility::Visibility;
use sea_orm::entity::prelude::*;

use crate::code::Code;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "lesson_versions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub lesson_id: String,
    pub number: i64,
    pub revision: i64,
    pub created_at: i64,
    pub updated_at: i64,
    pub created_by: String,
    pub state: Code<VersionState>,
    pub language: String,
    pub origin: Code<TextOrigin>,
    pub title: String,
    #[sea_orm(column_name = "abstract")]
    pub abstract_text: String,
    pub context: String,
    pub problem: String,
    pub what_was_done: String,
    pub result: String,
    pub outcome: Option<Code<Outcome>>,
    pub enabling_conditions: String,
    pub hindering_conditions: String,
    pub who_gained: String,
    pub who_lost: String,
    pub submitted_at: Option<i64>,
    pub published_at: Option<i64>,
    pub reviewer_id: Option<String>,
    pub visibility: Code<Visibility>,
    pub attribution: Code<Attribution>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
