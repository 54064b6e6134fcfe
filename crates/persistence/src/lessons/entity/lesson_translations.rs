//! Table `lesson_translations`; its columns are explained in the migration.

use maip_domain::lessons::{TranslationOrigin, TranslationStatus};
use sea_orm::entity::prelude::*;

use crate::code::Code;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "lesson_translations")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub revision: i64,
    pub created_at: i64,
    pub updated_at: i64,
    pub lesson_id: String,
    pub version_id: String,
    pub version_number: i64,
    pub language: String,
    pub origin: Code<TranslationOrigin>,
    pub status: Code<TranslationStatus>,
    pub translator_id: Option<String>,
    pub organisation_id: Option<String>,
    pub token_id: Option<String>,
    pub reviewed_at: Option<i64>,
    pub reviewed_by: Option<String>,
    pub title: String,
    #[sea_orm(column_name = "abstract")]
    pub abstract_text: String,
    pub context: String,
    pub problem: String,
    pub what_was_done: String,
    pub result: String,
    pub enabling_conditions: String,
    pub hindering_conditions: String,
    pub who_gained: String,
    pub who_lost: String,
    pub tokens: String,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
