//! Requests for an introduction that nobody answered in time.

use maip_domain::closed_set::ClosedSet as _;
use maip_domain::cooperation::{IntroductionAction, IntroductionStatus};
use maip_domain::id::{AuditEntryId, EventId};
use maip_domain::time::{Clock, Entropy};
use sea_orm::{ConnectionTrait as _, DbErr, Statement, Value};

use super::REQUEST;
use super::periodic::BATCH;
use crate::database::Begun;
use crate::record::{AuditDraft, EventDraft, append};

const ACTION: &str = "introduction.expired";

pub(super) async fn expire_introductions(
    transaction: &Begun,
    (clock, entropy): (&dyn Clock, &dyn Entropy),
) -> Result<u64, DbErr> {
    let backend = transaction.get_database_backend();
    let now = clock.now();
    let Ok(expired) = IntroductionStatus::Requested.apply(IntroductionAction::Expire) else { return Ok(0) };
    let values: [Value; 3] =
        [expired.code().into(), now.micros().into(), IntroductionStatus::Requested.code().into()];
    let sql = format!(
        "UPDATE introductions SET status = $1, updated_at = $2, revision = revision + 1 WHERE status = $3 AND id IN \
         (SELECT id FROM introductions WHERE status = 'REQUESTED' AND expires_at <= $2 ORDER BY expires_at LIMIT {BATCH}) \
         RETURNING id, (SELECT country_code FROM contact_cards WHERE contact_cards.id = introductions.card_id)"
    );
    let rows = transaction.query_all_raw(Statement::from_sql_and_values(backend, sql, values)).await?;
    for row in &rows {
        let id: String = row.try_get_by_index(0)?;
        let country: Option<String> = row.try_get_by_index(1)?;
        let audit = AuditDraft {
            id: AuditEntryId::generate(clock, entropy).into_string(),
            action: ACTION,
            actor_account: None,
            actor_organisation: None,
            actor_token: None,
            on_behalf_of: None,
            subject_type: "Introduction",
            subject: &id,
            country: country.as_deref(),
            fields: &["status"],
            values_digest: None,
            request_id: REQUEST,
        };
        let event = EventDraft {
            id: EventId::generate(clock, entropy).into_string(),
            kind: ACTION,
            subject_type: "Introduction",
            subject: &id,
        };
        append(transaction, now, &audit, Some(&event)).await?;
    }
    Ok(rows.len() as u64)
}
