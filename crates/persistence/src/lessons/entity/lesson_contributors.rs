//! Table `lesson_contributors`; its columns are explained in the migration.

use maip_domain::lessons::content::ContributorPart;
use sea_orm::entity::prelude::*;

use crate::code::Code;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "lesson_contributors")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub lesson_id: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub account_id: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub part: Code<ContributorPart>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
