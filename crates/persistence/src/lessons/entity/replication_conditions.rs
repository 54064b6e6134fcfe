//! Table `replication_conditions`; its columns are explained in the migration.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "replication_conditions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub replication_id: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub position: i64,
    pub held: bool,
    pub text: String,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
