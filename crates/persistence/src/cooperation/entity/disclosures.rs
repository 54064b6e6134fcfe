//! Table `disclosures`; its columns are explained in the migration.

use maip_domain::cooperation::contact::ContactField;
use sea_orm::entity::prelude::*;

use crate::code::Code;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "disclosures")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub created_at: i64,
    pub card_id: String,
    pub account_id: Option<String>,
    pub organisation_id: Option<String>,
    pub field: Code<ContactField>,
    pub reader_account_id: Option<String>,
    pub reader_organisation_id: Option<String>,
    pub reader_token_id: Option<String>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
