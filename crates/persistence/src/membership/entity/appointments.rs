//! Table `appointments`; its columns are explained in the migration.

use maip_domain::membership::appointment::AppointmentKind;
use maip_domain::vocabulary::region::Region;
use sea_orm::entity::prelude::*;

use crate::code::Code;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "appointments")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub revision: i64,
    pub created_at: i64,
    pub updated_at: i64,
    pub created_by: Option<String>,
    pub account_id: String,
    pub kind: Code<AppointmentKind>,
    pub country_id: Option<String>,
    pub country_code: Option<String>,
    pub region: Option<Code<Region>>,
    pub country_region: Option<Code<Region>>,
    pub starts_at: i64,
    pub ends_at: Option<i64>,
    pub sort_at: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
