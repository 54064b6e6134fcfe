//! Table `replications`; its columns are explained in the migration.

use maip_domain::lessons::content::Outcome;
use maip_domain::lessons::replication::{ReplicationConclusion, ReplicationStatus};
use maip_domain::vocabulary::region::Region;
use sea_orm::entity::prelude::*;

use crate::code::Code;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "replications")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub revision: i64,
    pub created_at: i64,
    pub updated_at: i64,
    pub created_by: String,
    pub lesson_id: String,
    pub version_id: String,
    pub platform_id: String,
    pub country_id: String,
    pub country_code: String,
    pub region: Option<Code<Region>>,
    pub status: Code<ReplicationStatus>,
    pub outcome: Option<Code<Outcome>>,
    pub note: String,
    pub concluded_at: Option<i64>,
    pub trial_at: Option<i64>,
    pub conclusion: Option<Code<ReplicationConclusion>>,
    pub verified_at: Option<i64>,
    pub verified_by: Option<String>,
    pub verification_note: String,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
