//! Appends to the audit and the outbox, in the transaction of the change. Rows come in unnumbered:
//! a counter here would make all writes wait for one another. The sequencer numbers them.

use maip_domain::time::Timestamp;
use sea_orm::{ConnectionTrait, DbBackend, DbErr};

use crate::write::batch::{Batch, Change};

/// An audit row to be written. It carries ids, names of fields and digests; never personal values.
#[derive(Clone, Debug)]
pub struct AuditDraft<'a> {
    /// Its id.
    pub id: String,
    /// What was done, such as `lesson.published`.
    pub action: &'static str,
    /// The person who did it.
    pub actor_account: Option<&'a str>,
    /// The organisation whose token did it.
    pub actor_organisation: Option<&'a str>,
    /// That token.
    pub actor_token: Option<&'a str>,
    /// On whose behalf, where it wasn't one's own.
    pub on_behalf_of: Option<&'a str>,
    /// The type of the record.
    pub subject_type: &'static str,
    /// The record.
    pub subject: &'a str,
    /// The record's country, as alpha-3 code.
    pub country: Option<&'a str>,
    /// The names of the changed fields; of refusals, how many they were.
    pub fields: &'a [&'a str],
    /// A salted digest of the new values.
    pub values_digest: Option<&'a str>,
    /// The request.
    pub request_id: &'a str,
}

/// An event to be written to the outbox.
#[derive(Clone, Debug)]
pub struct EventDraft<'a> {
    /// Its id.
    pub id: String,
    /// What happened, such as `lesson.published`.
    pub kind: &'static str,
    /// The type of the record.
    pub subject_type: &'static str,
    /// The record.
    pub subject: &'a str,
}

/// Writes both.
///
/// # Errors
/// Those of the database.
pub async fn append(
    transaction: &impl ConnectionTrait,
    now: Timestamp,
    audit: &AuditDraft<'_>,
    event: Option<&EventDraft<'_>>,
) -> Result<(), DbErr> {
    let backend = transaction.get_database_backend();
    let mut batch = Batch::default();
    for row in rows(backend, now, audit, event) {
        batch.push(row);
    }
    for statement in batch.into_statements(backend) {
        transaction.execute_raw(statement).await?;
    }
    Ok(())
}

/// Both as rows that are yet to be written.
pub(crate) fn rows(
    backend: DbBackend,
    now: Timestamp,
    audit: &AuditDraft<'_>,
    event: Option<&EventDraft<'_>>,
) -> impl Iterator<Item = Change> {
    let postgres = backend == DbBackend::Postgres;
    let fields = serde_json::Value::from(audit.fields.to_vec()).to_string();
    let row = if postgres { AUDIT_POSTGRES } else { AUDIT_SQLITE };
    let audit = Change::row(
        "audit_entries",
        (AUDIT, row, ""),
        [
            audit.id.as_str().into(),
            now.micros().into(),
            audit.action.into(),
            audit.actor_account.into(),
            audit.actor_organisation.into(),
            audit.actor_token.into(),
            audit.on_behalf_of.into(),
            audit.subject_type.into(),
            audit.subject.into(),
            audit.country.into(),
            fields.into(),
            audit.values_digest.into(),
            audit.request_id.into(),
        ],
    );
    let event = event.map(|event| {
        let row = if postgres { EVENT_POSTGRES } else { EVENT_SQLITE };
        Change::row(
            "outbox",
            (EVENT, row, ""),
            [
                event.id.as_str().into(),
                now.micros().into(),
                event.kind.into(),
                event.subject_type.into(),
                event.subject.into(),
            ],
        )
    });
    std::iter::once(audit).chain(event)
}

const AUDIT: &str = "INSERT INTO audit_entries (id, written, created_at, action, actor_account_id, \
    actor_organisation_id, actor_token_id, on_behalf_of_id, subject_type, subject_id, country_code, fields, \
    values_digest, request_id) ";
const EVENT: &str = "INSERT INTO outbox (id, written, created_at, kind, subject_type, subject_id) ";
// The number of the writing transaction on PostgreSQL tells which rows an older, running
// transaction can still precede; SQLite has one writer at a time.
const AUDIT_POSTGRES: &str = "($1, CAST(CAST(pg_current_xact_id() AS text) AS bigint), $2, $3, $4, $5, $6, $7, $8, $9, \
    $10, $11, $12, $13)";
const AUDIT_SQLITE: &str = "($1, 0, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
const EVENT_POSTGRES: &str = "($1, CAST(CAST(pg_current_xact_id() AS text) AS bigint), $2, $3, $4, $5)";
const EVENT_SQLITE: &str = "($1, 0, $2, $3, $4, $5)";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::database::Database;
    use crate::tests::database::rows;
    use crate::tests::on_both;

    on_both! {
        async fn an_audit_row_and_its_event_come_and_go_with_their_transaction(database: &Database) {
            let audit = AuditDraft {
                id: "audit_1".to_owned(),
                action: "lesson.published",
                actor_account: Some("account_1"),
                actor_organisation: None,
                actor_token: None,
                on_behalf_of: None,
                subject_type: "Lesson",
                subject: "lesson_1",
                country: Some("MWI"),
                fields: &["title", "abstract"],
                values_digest: None,
                request_id: "request 1",
            };
            let event = EventDraft {
                id: "event_1".to_owned(),
                kind: "lesson.published",
                subject_type: "Lesson",
                subject: "lesson_1",
            };
            let now = Timestamp::from_micros(1_800_000_000_000_000);
            for commit in [false, true] {
                let transaction = database.begin().await.unwrap();
                append(&transaction, now, &audit, Some(&event)).await.unwrap();
                if commit {
                    transaction.commit().await.unwrap();
                } else {
                    transaction.rollback().await.unwrap();
                }
                let expected: &[&str] = if commit { &["audit_1 MWI [\"title\",\"abstract\"]"] } else { &[] };
                let audits = "SELECT id || ' ' || country_code || ' ' || fields FROM audit_entries WHERE position IS NULL";
                assert_eq!(rows(database, audits).await, expected);
                let expected: &[&str] = if commit { &["event_1 lesson.published"] } else { &[] };
                assert_eq!(rows(database, "SELECT id || ' ' || kind FROM outbox WHERE position IS NULL").await, expected);
            }
        }
    }
}
