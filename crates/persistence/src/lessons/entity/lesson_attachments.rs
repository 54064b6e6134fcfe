//! Table `lesson_attachments`; its columns are explained in the migration.

use maip_domain::lessons::{AttachmentKind, AttachmentRefusal, AttachmentState, PeopleShown};
use sea_orm::entity::prelude::*;

use crate::code::Code;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "lesson_attachments")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub revision: i64,
    pub created_at: i64,
    pub updated_at: i64,
    pub created_by: String,
    pub lesson_id: String,
    pub version_id: String,
    pub position: i64,
    pub state: Code<AttachmentState>,
    pub refusal: Option<Code<AttachmentRefusal>>,
    pub kind: Code<AttachmentKind>,
    pub media_type: String,
    pub size_bytes: i64,
    pub width: Option<i64>,
    pub height: Option<i64>,
    pub digest: Option<String>,
    pub file_key: String,
    pub caption: String,
    pub alternative_text: String,
    pub people_shown: Code<PeopleShown>,
    pub transcript: String,
    pub transcript_language: Option<String>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
