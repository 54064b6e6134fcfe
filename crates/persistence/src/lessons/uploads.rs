//! Files that were announced, as background work sees them: it has no viewer.

use maip_domain::id::{AuditEntryId, EventId};
use maip_domain::lessons::AttachmentState;
use sea_orm::sea_query::LockType;
use sea_orm::{
    ActiveModelTrait as _, ConnectionTrait as _, EntityTrait as _, IntoActiveModel as _, QuerySelect as _,
};

use super::attachments::{Judgement, judged};
use super::entity::lesson_attachments::{Entity, Model};
use super::entity::lessons;
use crate::background::REQUEST;
use crate::database::statement;
use crate::files::{Announced, INCOMING, Sent, note_removal, waiting};
use crate::record::{AuditDraft, EventDraft, append};
use crate::services::Services;
use crate::write::WriteResult;

/// A file that is yet to be checked; `None` where it was, or where it is gone.
pub(crate) async fn announced(services: &Services, id: &str) -> WriteResult<Option<Announced>> {
    let found = Entity::find_by_id(id).one(services.database.writer()).await?;
    Ok(found.filter(is_pending).map(of_row))
}

/// What was said of it when it was announced.
pub(super) fn of_row(row: Model) -> Announced {
    Announced {
        key: row.file_key,
        media_type: row.media_type,
        bytes: u64::try_from(row.size_bytes).unwrap_or(0),
    }
}

pub(super) fn is_pending(row: &Model) -> bool {
    row.state.0 == AttachmentState::Pending
}

/// Notes what became of a file, unless its sender did so meanwhile.
pub(crate) async fn judge_unasked(services: &Services, id: &str, sent: &Sent) -> WriteResult<()> {
    let judgement = match sent {
        Sent::Taken(checked) => Judgement::Accepted(checked),
        Sent::Refused(refusal) => Judgement::Refused(*refusal),
        Sent::Nothing => return Ok(()),
    };
    let transaction = services.database.begin().await?;
    let (clock, entropy, now) = (services.clock.as_ref(), services.entropy.as_ref(), services.now());
    waiting::settled(&transaction, id).await?;
    // The lesson first, as everywhere; then the file as it stands now.
    let lesson = match Entity::find_by_id(id).one(&transaction).await? {
        Some(row) => {
            lessons::Entity::find_by_id(row.lesson_id).lock(LockType::NoKeyUpdate).one(&transaction).await?
        }
        None => None,
    };
    let row = Entity::find_by_id(id).lock(LockType::NoKeyUpdate).one(&transaction).await?;
    if let (Some(lesson), Some(mut row)) = (lesson, row.filter(is_pending)) {
        let action = judged(&mut row, judgement, now)?;
        note_removal(&transaction, &row.file_key, &[INCOMING], now).await?;
        row.into_active_model().reset_all().update(&transaction).await?;
        let text = "UPDATE lessons SET updated_at = $1 WHERE id = $2";
        let values = [now.micros().into(), lesson.id.as_str().into()];
        transaction.execute_raw(statement(&transaction, text, values)).await?;
        let audit = AuditDraft {
            id: AuditEntryId::generate(clock, entropy).into_string(),
            action,
            actor_account: None,
            actor_organisation: None,
            actor_token: None,
            on_behalf_of: None,
            subject_type: "Lesson",
            subject: &lesson.id,
            country: Some(&lesson.country_code),
            fields: &["attachments"],
            values_digest: None,
            request_id: REQUEST,
        };
        let event = EventDraft {
            id: EventId::generate(clock, entropy).into_string(),
            kind: action,
            subject_type: "Lesson",
            subject: &lesson.id,
        };
        append(&transaction, now, &audit, Some(&event)).await?;
    }
    transaction.commit().await?;
    Ok(())
}
