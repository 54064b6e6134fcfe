//! Table `accounts`; its columns are explained in the migration.

use maip_domain::identity::account::AccountStatus;
use maip_domain::identity::account::AgeGroup;
use maip_domain::identity::account::Sex;
use maip_domain::identity::login::LoginKind;
use sea_orm::entity::prelude::*;

use crate::code::Code;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "accounts")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub revision: i64,
    pub created_at: i64,
    pub updated_at: i64,
    pub status: Code<AccountStatus>,
    pub display_name: String,
    pub sort_key: String,
    pub language: String,
    pub country_id: Option<String>,
    pub login_kind: Option<Code<LoginKind>>,
    pub login_sealed: Option<String>,
    pub login_index: Option<String>,
    pub login_verified_at: Option<i64>,
    pub login_used_at: Option<i64>,
    pub password_hash: Option<String>,
    pub system_administrator: bool,
    pub sex: Option<Code<Sex>>,
    pub age_group: Option<Code<AgeGroup>>,
    pub registered_by: Option<String>,
    pub recorded_consent: Option<String>,
    pub recorded_consent_at: Option<i64>,
    pub consent_confirmed_at: Option<i64>,
    pub audit_salt: Option<String>,
    pub erased_at: Option<i64>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
