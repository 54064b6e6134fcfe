//! Table `organisations`; its columns are explained in the migration.

use maip_domain::identity::organisation::OrganisationKind;
use sea_orm::entity::prelude::*;

use crate::code::Code;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "organisations")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub revision: i64,
    pub created_at: i64,
    pub updated_at: i64,
    pub created_by: Option<String>,
    pub name: String,
    pub sort_key: String,
    pub kind: Code<OrganisationKind>,
    pub country_id: Option<String>,
    pub website: Option<String>,
    pub verified_at: Option<i64>,
    pub verified_by: Option<String>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
