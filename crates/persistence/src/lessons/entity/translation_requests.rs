//! Table `translation_requests`; its columns are explained in the migration.

use maip_domain::lessons::TranslationRequestStatus;
use sea_orm::entity::prelude::*;

use crate::code::Code;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "translation_requests")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub revision: i64,
    pub created_at: i64,
    pub updated_at: i64,
    pub lesson_id: String,
    pub language: String,
    pub requested_by: String,
    pub note: String,
    pub status: Code<TranslationRequestStatus>,
    pub lapses_at: i64,
    pub taken_until: Option<i64>,
    pub taken_by: Option<String>,
    pub organisation_id: Option<String>,
    pub token_id: Option<String>,
    pub translation_id: Option<String>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
