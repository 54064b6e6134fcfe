//! Table `contact_card_countries`; its columns are explained in the migration.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "contact_card_countries")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub card_id: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub country_id: String,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
