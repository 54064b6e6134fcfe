//! Table `platform_names`; its columns are explained in the migration.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "platform_names")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub platform_id: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub language: String,
    pub name: String,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
