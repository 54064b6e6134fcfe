//! The connections: on SQLite one writer and several readers, on PostgreSQL a pool.

use std::sync::Arc;
use std::time::Duration;

use sea_orm::{
    ConnectOptions, ConnectionTrait, Database as SeaOrm, DatabaseConnection, DatabaseTransaction, DbErr,
    SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait as _, Value,
};

use crate::identity::token_use::TokenUses;
use crate::read::Dialect;
use crate::read::statements::Statements;

/// How long a statement waits for a connection or a lock before it gives up.
const WAIT: Duration = Duration::from_secs(10);

/// PostgreSQL ends a statement that takes longer: whoever asked has been told so long before, and
/// it would hold a connection for nothing. Changes of the schema are exempt.
const LONGEST_STATEMENT: &str = "30s";
/// PostgreSQL ends a transaction that does nothing for longer: it would hold back what comes after.
const LONGEST_PAUSE: &str = "60s";

/// A database in use.
#[derive(Clone, Debug)]
pub struct Database {
    writer: DatabaseConnection,
    reader: DatabaseConnection,
    dialect: Dialect,
    statements: Arc<Statements>,
    token_uses: Arc<TokenUses>,
}

impl Database {
    /// Opens the database at this URL: `sqlite://path` or `postgres://…`.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn connect(url: &str, max_connections: u32) -> Result<Self, DbErr> {
        Self::connect_within(url, max_connections, None).await
    }

    /// The same; SQLite's file grows to so many bytes at most. Beyond, writes fail as on a full disk,
    /// and reads go on.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn connect_within(
        url: &str,
        max_connections: u32,
        most_bytes: Option<u64>,
    ) -> Result<Self, DbErr> {
        if url.starts_with("postgres") {
            let mut options = ConnectOptions::new(url);
            options
                .max_connections(max_connections)
                .acquire_timeout(WAIT)
                .test_before_acquire(false)
                .sqlx_logging(statements_are_logged())
                .set_application_name("maip")
                .map_sqlx_postgres_opts(|options| {
                    // For reads of a few rows by index the planner else prefers whole tables, and
                    // compiles statements for longer than they run.
                    options.options([
                        ("random_page_cost", "1.1"),
                        ("jit", "off"),
                        ("statement_timeout", LONGEST_STATEMENT),
                        ("idle_in_transaction_session_timeout", LONGEST_PAUSE),
                    ])
                });
            let pool = SeaOrm::connect(options).await?;
            return Ok(Self {
                writer: pool.clone(),
                reader: pool,
                dialect: Dialect::Postgres,
                statements: Arc::default(),
                token_uses: Arc::default(),
            });
        }
        let writer = SeaOrm::connect(sqlite_options(url, 1, Access::Write { most_bytes })).await?;
        let reader = SeaOrm::connect(sqlite_options(url, max_connections, Access::Read)).await?;
        Ok(Self {
            writer,
            reader,
            dialect: Dialect::Sqlite,
            statements: Arc::default(),
            token_uses: Arc::default(),
        })
    }

    /// The same database, with each statement counted.
    #[cfg(test)]
    pub(crate) fn counted(mut self, count: &std::sync::Arc<std::sync::atomic::AtomicUsize>) -> Self {
        for connection in [&mut self.writer, &mut self.reader] {
            let count = std::sync::Arc::clone(count);
            connection.set_metric_callback(move |_| {
                count.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            });
        }
        self
    }

    /// Which database it is.
    #[must_use]
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// The texts of reading statements.
    pub(crate) fn statements(&self) -> &Statements {
        &self.statements
    }

    /// Which API tokens were used, to be written down.
    pub(crate) fn token_uses(&self) -> &TokenUses {
        &self.token_uses
    }

    /// For single reading statements.
    #[must_use]
    pub fn reader(&self) -> &DatabaseConnection {
        &self.reader
    }

    /// For statements outside a transaction that write; on SQLite there is one such connection.
    #[must_use]
    pub fn writer(&self) -> &DatabaseConnection {
        &self.writer
    }

    /// Begins a transaction that may write. On SQLite it takes the write lock at once, so that it
    /// can't fail halfway for want of it.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn begin(&self) -> Result<DatabaseTransaction, DbErr> {
        match self.dialect {
            Dialect::Postgres => self.writer.begin().await,
            Dialect::Sqlite => {
                let options = TransactionOptions {
                    sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
                    ..TransactionOptions::default()
                };
                self.writer.begin_with_options(options).await
            }
        }
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn ping(&self) -> Result<(), DbErr> {
        self.reader.execute_unprepared("SELECT 1").await.map(|_| ())
    }

    /// Closes the connections, after what is under way.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn close(self) -> Result<(), DbErr> {
        self.reader.close().await?;
        if self.dialect == Dialect::Sqlite {
            self.writer.close().await?;
        }
        Ok(())
    }
}

/// A statement of ours with its values, for this connection's database.
pub(crate) fn statement<const N: usize>(
    connection: &impl ConnectionTrait,
    sql: &'static str,
    values: [Value; N],
) -> Statement {
    Statement::from_sql_and_values(connection.get_database_backend(), sql, values)
}

#[derive(Clone, Copy)]
enum Access {
    Read,
    Write { most_bytes: Option<u64> },
}

/// The size of a page of SQLite's file.
const PAGE_BYTES: u32 = 4096;

/// Whether the log shows each statement (without its values): `sqlx::query=debug`. Asked once, when
/// connections are made, since it costs something with every statement.
fn statements_are_logged() -> bool {
    tracing::enabled!(target: "sqlx::query", tracing::Level::DEBUG)
}

fn sqlite_options(url: &str, connections: u32, access: Access) -> ConnectOptions {
    use sea_orm::sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections)
        .min_connections(1)
        .acquire_timeout(WAIT)
        .test_before_acquire(false)
        .sqlx_logging(statements_are_logged())
        .map_sqlx_sqlite_opts(move |options| {
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
        });
    options
}
