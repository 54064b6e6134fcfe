//! Table `memberships`; its columns are explained in the migration.

use maip_domain::membership::member::ActorType;
use maip_domain::membership::member::MembershipRole;
use maip_domain::membership::member::MembershipStatus;
use maip_domain::vocabulary::region::Region;
use sea_orm::entity::prelude::*;

use crate::code::Code;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "memberships")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub revision: i64,
    pub created_at: i64,
    pub updated_at: i64,
    pub created_by: Option<String>,
    pub platform_id: String,
    pub platform_country_code: String,
    pub platform_region: Option<Code<Region>>,
    pub account_id: Option<String>,
    pub organisation_id: Option<String>,
    pub member_sort_key: String,
    pub role: Code<MembershipRole>,
    pub actor_type: Code<ActorType>,
    pub status: Code<MembershipStatus>,
    pub message: Option<String>,
    pub since: Option<i64>,
    pub ended_at: Option<i64>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
