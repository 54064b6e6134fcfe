//! How connections are made, the same for every pool of a database.

use std::time::Duration;

use sea_orm::sqlx::postgres::PgConnectOptions;
use sea_orm::sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};

/// How long a statement waits for a connection or a lock before it gives up.
pub(super) const WAIT: Duration = Duration::from_secs(10);
/// PostgreSQL ends a statement that takes longer: whoever asked has been told so long before, and
/// it would hold a connection for nothing. Changes of the schema are exempt.
const LONGEST_STATEMENT: &str = "30s";
/// PostgreSQL ends a transaction that does nothing for longer: it would hold back what comes after.
const LONGEST_PAUSE: &str = "60s";
/// What PostgreSQL shows of each connection of ours.
pub(crate) const APPLICATION: &str = "maip";
/// The size of a page of SQLite's file.
const PAGE_BYTES: u32 = 4096;

#[derive(Clone, Copy)]
pub(super) enum Access {
    Read,
    Write { most_bytes: Option<u64> },
}

pub(super) fn postgres(options: PgConnectOptions) -> PgConnectOptions {
    // For reads of a few rows by index the planner else prefers whole tables, and compiles
    // statements for longer than they run.
    options.application_name(APPLICATION).options([
        ("random_page_cost", "1.1"),
        ("jit", "off"),
        ("statement_timeout", LONGEST_STATEMENT),
        ("idle_in_transaction_session_timeout", LONGEST_PAUSE),
    ])
}

pub(super) fn sqlite(options: SqliteConnectOptions, access: Access) -> SqliteConnectOptions {
    let writes = matches!(access, Access::Write { .. });
    let options = match access {
        Access::Write { most_bytes: Some(bytes) } => {
            options.pragma("max_page_count", (bytes / u64::from(PAGE_BYTES)).max(1).to_string())
        }
        _ => options,
    };
    options
        .page_size(PAGE_BYTES)
        .create_if_missing(writes)
        .journal_mode(SqliteJournalMode::Wal)
        // NORMAL loses acknowledged writes when the power goes.
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(WAIT)
        .pragma("query_only", if writes { "OFF" } else { "ON" })
}

/// Whether the log shows each statement (without its values): `sqlx::query=debug`. Asked once, when
/// connections are made, since it costs something with every statement.
pub(super) fn statements_are_logged() -> bool {
    tracing::enabled!(target: "sqlx::query", tracing::Level::DEBUG)
}
