//! Removing from the store what nobody wants any more, and what a killed process left there.

use maip_domain::lessons::attachment::UPLOAD_HOURS;
use maip_domain::time::Timestamp;
use sea_orm::{ConnectionTrait, DbErr};

use super::waiting::settled;
use super::{FILE, INCOMING, StoreError, THUMBNAIL, UPLOAD_SECONDS};
use crate::database::Begun;
use crate::database::{Database, statement};
use crate::services::Services;

/// How long what was stored may be without a record: far longer than any request takes.
const UNCLAIMED_SECONDS: i64 = 24 * 3600;
/// How many are removed at a time.
const BATCH: u64 = 100;
/// After so many seconds it is tried again where the store didn't do it.
const RETRY_SECONDS: i64 = 600;
/// What was sent may be sent again as long as an address holds: then it is removed once more.
const AGAIN_SECONDS: i64 = UPLOAD_SECONDS + 60;

/// Has parts of a file removed at this instant, unless they are wanted then.
///
/// # Errors
/// Those of the database.
pub(crate) async fn note_removal(
    connection: &impl ConnectionTrait,
    key: &str,
    parts: &[&str],
    due: Timestamp,
) -> Result<(), DbErr> {
    for part in parts {
        let text = "INSERT INTO file_removals (file_key, part, due_at, again_at) VALUES ($1, $2, $3, $4) \
                    ON CONFLICT (file_key, part) DO UPDATE SET due_at = excluded.due_at, again_at = excluded.again_at";
        let again = (*part == INCOMING).then(|| due.plus_seconds(AGAIN_SECONDS).micros());
        let values = [key.into(), (*part).into(), due.micros().into(), again.into()];
        connection.execute_raw(statement(connection, text, values)).await?;
    }
    Ok(())
}

/// Notes a file before it is stored: should this process end before its record is written, it is
/// removed all the same.
///
/// # Errors
/// Those of the database.
pub(crate) async fn note_stored(services: &Services, key: &str, parts: &[&str]) -> Result<(), DbErr> {
    let transaction = services.database.begin().await?;
    note_removal(&transaction, key, parts, services.now().plus_seconds(UNCLAIMED_SECONDS)).await?;
    transaction.commit().await
}

/// The keys of all files that a database names.
///
/// # Errors
/// Those of the database.
pub async fn stored_keys(database: &Database) -> Result<Vec<String>, DbErr> {
    let text = "SELECT file_key FROM lesson_attachments UNION SELECT file_key FROM file_removals";
    let reader = database.reader();
    let rows = reader.query_all_raw(statement(reader, text, [])).await?;
    rows.iter().map(|row| row.try_get_by_index(0)).collect()
}

/// Why nothing was removed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RemovalError {
    #[error(transparent)]
    Database(#[from] DbErr),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Removes what is due and not wanted; says how many were dealt with. Two nodes that do it at a time
/// do no harm.
pub(crate) async fn remove_due(services: &Services) -> Result<u64, RemovalError> {
    let connection = services.database.writer();
    let now = services.now();
    // A file is wanted as long as any version has it, what was sent as long as it isn't checked.
    let text = format!(
        "SELECT r.file_key, r.part, CASE WHEN EXISTS (SELECT 1 FROM lesson_attachments a WHERE a.file_key = r.file_key \
         AND (a.state = 'READY' AND r.part <> '{INCOMING}' OR a.state = 'PENDING' AND r.part = '{INCOMING}')) \
         THEN 1 ELSE 0 END FROM file_removals r WHERE r.due_at <= $1 ORDER BY r.due_at LIMIT {BATCH}"
    );
    let due = connection.query_all_raw(statement(connection, &text, [now.micros().into()])).await?;
    let mut done = 0;
    for row in due {
        let key: String = row.try_get_by_index(0)?;
        let part: String = row.try_get_by_index(1)?;
        let wanted = row.try_get_by_index::<i32>(2)? == 1;
        if !wanted && let Err(error) = services.files.store.delete(&key, &part).await {
            // The others are tried before this one again.
            note_removal(connection, &key, &[&part], now.plus_seconds(RETRY_SECONDS)).await?;
            return Err(error.into());
        }
        for text in [
            "DELETE FROM file_removals WHERE file_key = $1 AND part = $2 AND due_at <= $3 AND again_at IS NULL",
            "UPDATE file_removals SET due_at = again_at, again_at = NULL \
             WHERE file_key = $1 AND part = $2 AND due_at <= $3",
        ] {
            let values = [key.as_str().into(), part.as_str().into(), now.micros().into()];
            connection.execute_raw(statement(connection, text, values)).await?;
        }
        done += 1;
    }
    Ok(done)
}

/// Forgets what was announced and never came; says how many that were.
pub(crate) async fn expire_uploads(transaction: &Begun, now: Timestamp, batch: u64) -> Result<u64, DbErr> {
    let text = format!(
        "DELETE FROM lesson_attachments WHERE id IN (SELECT id FROM lesson_attachments WHERE state = 'PENDING' \
         AND created_at < $1 ORDER BY created_at LIMIT {batch}) RETURNING file_key, id"
    );
    let before = now.plus_seconds(-UPLOAD_HOURS * 3600);
    let gone = transaction.query_all_raw(statement(transaction, &text, [before.micros().into()])).await?;
    for row in &gone {
        let key: String = row.try_get_by_index(0)?;
        let id: String = row.try_get_by_index(1)?;
        note_removal(transaction, &key, &[INCOMING, FILE, THUMBNAIL], now).await?;
        settled(transaction, &id).await?;
    }
    Ok(u64::try_from(gone.len()).unwrap_or(u64::MAX))
}
