//! Table `introductions`; its columns are explained in the migration.

use maip_domain::cooperation::introduction::IntroductionStatus;
use sea_orm::entity::prelude::*;

use crate::code::Code;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "introductions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub revision: i64,
    pub created_at: i64,
    pub updated_at: i64,
    pub requester_id: String,
    pub card_id: String,
    pub requester_card_id: Option<String>,
    pub account_id: Option<String>,
    pub organisation_id: Option<String>,
    pub lesson_id: Option<String>,
    pub status: Code<IntroductionStatus>,
    pub message: String,
    pub reply: Option<String>,
    pub answered_by: Option<String>,
    pub answered_at: Option<i64>,
    pub expires_at: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
