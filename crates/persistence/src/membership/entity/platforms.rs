//! Table `platforms`; its columns are explained in the migration.

use maip_domain::membership::stage::PlatformStage;
use maip_domain::visibility::Visibility;
use maip_domain::vocabulary::region::Region;
use sea_orm::entity::prelude::*;

use crate::code::Code;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "platforms")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub revision: i64,
    pub created_at: i64,
    pub updated_at: i64,
    pub created_by: Option<String>,
    pub name: String,
    pub sort_key: String,
    pub language: String,
    pub description: String,
    pub country_id: String,
    pub country_code: String,
    pub region: Option<Code<Region>>,
    pub stage: Code<PlatformStage>,
    pub stage_before_dormant: Option<Code<PlatformStage>>,
    pub visibility: Code<Visibility>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
