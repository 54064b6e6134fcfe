//! Table `review_entries`; its columns are explained in the migration.

use maip_domain::lessons::version::ReviewEntryKind;
use sea_orm::entity::prelude::*;

use crate::code::Code;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "review_entries")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub lesson_id: String,
    pub version_id: String,
    pub kind: Code<ReviewEntryKind>,
    pub text: String,
    pub author_id: String,
    pub created_at: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
