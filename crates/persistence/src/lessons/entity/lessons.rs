//! Table `lessons`; its columns are explained in the migration.

use maip_domain::lessons::content::Attribution;
use maip_domain::lessons::content::Outcome;
use maip_domain::lessons::version::LessonStatus;
use maip_domain::visibility::Visibility;
use maip_domain::vocabulary::region::Region;
use sea_orm::entity::prelude::*;

use crate::code::Code;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "lessons")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub revision: i64,
    pub created_at: i64,
    pub updated_at: i64,
    pub created_by: String,
    pub author_id: String,
    pub recorded_by: Option<String>,
    pub organisation_id: Option<String>,
    pub platform_id: String,
    pub country_id: String,
    pub country_code: String,
    pub region: Option<Code<Region>>,
    pub visibility: Code<Visibility>,
    pub status: Code<LessonStatus>,
    pub attribution: Code<Attribution>,
    pub current_version_id: String,
    pub published_version_id: Option<String>,
    pub latest_version_id: String,
    pub language: String,
    pub title_sort_key: String,
    pub outcome: Option<Code<Outcome>>,
    pub sort_at: i64,
    pub published_at: Option<i64>,
    pub shown_revision: i64,
    pub recorded_by_token: Option<String>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
