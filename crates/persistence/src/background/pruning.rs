//! Rows that have had their time. Each function takes a batch, the oldest first, and says how many
//! rows that were.

use maip_domain::time::Timestamp;
use sea_orm::{ConnectionTrait as _, DbErr, Statement};

use super::periodic::BATCH;
use crate::database::Begun;

/// A code that ran out still counts for the limits on codes for so long.
const CODE_DAYS: i64 = 7;

/// A session that ended, and a refresh token that was used, are told from a forged one for so long.
const SESSION_DAYS: i64 = 30;

/// The outcome of a mutation is answered again for so long.
const OUTCOME_DAYS: i64 = 90;

/// When messages were sent, and whether, is known for so long; their text is gone before.
const MESSAGE_DAYS: i64 = 30;

pub(super) async fn codes(transaction: &Begun, now: Timestamp) -> Result<u64, DbErr> {
    let sql = format!(
        "DELETE FROM one_time_codes WHERE id IN \
         (SELECT id FROM one_time_codes WHERE expires_at < $1 ORDER BY expires_at LIMIT {BATCH})"
    );
    delete(transaction, sql, now.plus_days(-CODE_DAYS)).await
}

/// Used ones. The one whose successor nobody used yet stays as long as its session: the reply may have
/// been lost, and the device that comes back with it gets the same successor.
pub(super) async fn refresh_tokens(transaction: &Begun, now: Timestamp) -> Result<u64, DbErr> {
    let sql = format!(
        "DELETE FROM refresh_tokens WHERE secret_hash IN \
         (SELECT secret_hash FROM refresh_tokens WHERE used_at < $1 AND successor_sealed IS NULL \
         ORDER BY used_at LIMIT {BATCH})"
    );
    delete(transaction, sql, now.plus_days(-SESSION_DAYS)).await
}

pub(super) async fn sessions(transaction: &Begun, now: Timestamp) -> Result<u64, DbErr> {
    // Revoked or not: a session that ended early goes when it would have ended by itself.
    let ended =
        format!("SELECT id FROM sessions WHERE expires_at < $1 ORDER BY expires_at, id LIMIT {BATCH}");
    let before = now.plus_days(-SESSION_DAYS);
    let tokens = format!("DELETE FROM refresh_tokens WHERE session_id IN ({ended})");
    delete(transaction, tokens, before).await?;
    delete(transaction, format!("DELETE FROM sessions WHERE id IN ({ended})"), before).await
}

pub(super) async fn outcomes(transaction: &Begun, now: Timestamp) -> Result<u64, DbErr> {
    let sql = format!(
        "DELETE FROM mutation_outcomes WHERE (account_id, mutation_id) IN (SELECT account_id, mutation_id \
         FROM mutation_outcomes WHERE created_at < $1 ORDER BY created_at LIMIT {BATCH})"
    );
    delete(transaction, sql, now.plus_days(-OUTCOME_DAYS)).await
}

pub(super) async fn messages(transaction: &Begun, now: Timestamp) -> Result<u64, DbErr> {
    let sql = format!(
        "DELETE FROM outgoing_messages WHERE id IN (SELECT id FROM outgoing_messages WHERE created_at < $1 \
         AND (sent_at IS NOT NULL OR given_up_at IS NOT NULL OR valid_until < $1) ORDER BY created_at LIMIT {BATCH})"
    );
    delete(transaction, sql, now.plus_days(-MESSAGE_DAYS)).await
}

/// Events, from the first position on without a gap, so that what is left is all that came after it: whoever
/// goes on from before is told that something is missing.
pub(super) async fn events(transaction: &Begun, now: Timestamp, days: u32) -> Result<u64, DbErr> {
    // A row can be older than the one before it: transactions take their time before they commit.
    let sql = format!(
        "DELETE FROM outbox WHERE position <= (SELECT MAX(position) FROM \
         (SELECT position, MAX(created_at) OVER (ORDER BY position) AS newest FROM \
         (SELECT position, created_at FROM outbox WHERE position IS NOT NULL ORDER BY position LIMIT {BATCH}) AS oldest) \
         AS beginning WHERE newest < $1)"
    );
    delete(transaction, sql, now.plus_days(-i64::from(days))).await
}

async fn delete(transaction: &Begun, sql: String, before: Timestamp) -> Result<u64, DbErr> {
    let backend = transaction.get_database_backend();
    let statement = Statement::from_sql_and_values(backend, sql, [before.micros().into()]);
    Ok(transaction.execute_raw(statement).await?.rows_affected())
}
