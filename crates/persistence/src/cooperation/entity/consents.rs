//! Table `consents`; its columns are explained in the migration.

use maip_domain::cooperation::consent::ConsentAudience;
use sea_orm::entity::prelude::*;

use crate::code::Code;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "consents")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub created_at: i64,
    pub created_by: String,
    pub card_id: String,
    pub introduction_id: Option<String>,
    pub audience: Code<ConsentAudience>,
    pub to_account_id: Option<String>,
    pub to_organisation_id: Option<String>,
    pub purpose: String,
    pub expires_at: i64,
    pub withdrawn_at: Option<i64>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
