//! Table `contact_cards`; its columns are explained in the migration.

use maip_domain::cooperation::contact::ContactCardStatus;
use maip_domain::visibility::Visibility;
use maip_domain::vocabulary::region::Region;
use sea_orm::entity::prelude::*;

use crate::code::Code;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "contact_cards")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub revision: i64,
    pub created_at: i64,
    pub updated_at: i64,
    pub created_by: String,
    pub account_id: Option<String>,
    pub organisation_id: Option<String>,
    pub platform_id: Option<String>,
    pub country_id: String,
    pub country_code: String,
    pub region: Option<Code<Region>>,
    pub visibility: Code<Visibility>,
    pub status: Code<ContactCardStatus>,
    pub headline: String,
    pub can_help_with: String,
    pub language: String,
    pub sort_key: String,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
