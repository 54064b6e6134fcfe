//! The connections: on SQLite one writer and several readers; on PostgreSQL some for reads, some for
//! transactions, and a few for single statements beside them.

mod begun;
mod connection;
mod options;
mod reads;
mod together;

use std::sync::Arc;

use sea_orm::sqlx::Connection as _;
use sea_orm::sqlx::postgres::PgConnectOptions;
use sea_orm::sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database as SeaOrm, DatabaseConnection, DatabaseTransaction, DbErr,
    RuntimeErr, SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait as _, Value,
};

pub(crate) use self::begun::AdvisoryLock;
pub use self::begun::Begun;
use self::connection::{Connections, Connector};
pub(crate) use self::options::APPLICATION;
use self::options::{Access, WAIT, statements_are_logged};
use self::reads::Reads;
use crate::identity::token_use::TokenUses;
use crate::read::Dialect;
use crate::read::statements::Statements;

/// A database in use.
#[derive(Clone, Debug)]
pub struct Database {
    writer: DatabaseConnection,
    reader: DatabaseConnection,
    reads: Reads,
    /// Those in which transactions of PostgreSQL run; on SQLite it is the writer.
    transactions: Option<Connections>,
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
        // The reads of clients can't keep writes from a connection. A write holds its own while its commit
        // reaches the disk, and commits that wait together are done together.
        let for_plans = (max_connections / 2).max(1);
        let others = max_connections.saturating_sub(for_plans).max(1);
        if url.starts_with("postgres") {
            let ours = options::postgres(url.parse::<PgConnectOptions>().map_err(connect_failed)?);
            let reads = Reads::new(Connector::Postgres(ours.clone()), for_plans)?;
            // What runs beside them is looked up in passing, or is housekeeping.
            let for_lookups = (others / 4).max(1);
            let for_transactions = others.saturating_sub(for_lookups).max(1);
            let transactions = Connections::new(Connector::Postgres(ours), for_transactions)?;
            // First: the driver's pool tries again until its time is over, and then says that alone, not why.
            reads.reach().await?;
            let mut for_all = ConnectOptions::new(url);
            for_all
                .max_connections(for_lookups)
                .acquire_timeout(WAIT)
                .test_before_acquire(false)
                .sqlx_logging(statements_are_logged())
                .map_sqlx_postgres_opts(options::postgres);
            let pool = SeaOrm::connect(for_all).await?;
            return Ok(Self {
                writer: pool.clone(),
                reader: pool,
                reads,
                transactions: Some(transactions),
                dialect: Dialect::Postgres,
                statements: Arc::default(),
                token_uses: Arc::default(),
            });
        }
        let writer = SeaOrm::connect(sqlite_options(url, 1, Access::Write { most_bytes })).await?;
        let reader = SeaOrm::connect(sqlite_options(url, others, Access::Read)).await?;
        let for_reads =
            options::sqlite(url.parse::<SqliteConnectOptions>().map_err(connect_failed)?, Access::Read);
        Ok(Self {
            writer,
            reader,
            reads: Reads::new(Connector::Sqlite(for_reads), for_plans)?,
            transactions: None,
            dialect: Dialect::Sqlite,
            statements: Arc::default(),
            token_uses: Arc::default(),
        })
    }

    /// The same database, with each statement counted that is none of a read plan or a transaction.
    #[cfg(test)]
    pub(crate) fn counted(mut self, count: &Arc<std::sync::atomic::AtomicUsize>) -> Self {
        for connection in [&mut self.writer, &mut self.reader] {
            let count = Arc::clone(count);
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

    /// For the statements of read plans.
    pub(crate) fn reads(&self) -> &Reads {
        &self.reads
    }

    /// For other statements that read.
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
    pub async fn begin(&self) -> Result<Begun, DbErr> {
        self.begin_with(None).await
    }

    /// The same, and takes a lock. SQLite has none of these: it lets one transaction write at a time.
    ///
    /// # Errors
    /// Those of the database.
    pub(crate) async fn begin_locking(&self, lock: AdvisoryLock) -> Result<Begun, DbErr> {
        self.begin_with(Some(lock)).await
    }

    async fn begin_with(&self, lock: Option<AdvisoryLock>) -> Result<Begun, DbErr> {
        if let Some(connections) = &self.transactions {
            return Begun::on(connections, lock).await;
        }
        Ok(Begun::of(self.begin_migration().await?))
    }

    /// The same as a transaction of the driver's own, as the library of migrations wants it.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn begin_migration(&self) -> Result<DatabaseTransaction, DbErr> {
        let mode = (self.dialect == Dialect::Sqlite).then_some(SqliteTransactionMode::Immediate);
        let options = TransactionOptions { sqlite_transaction_mode: mode, ..TransactionOptions::default() };
        self.writer.begin_with_options(options).await
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
        self.reads.close().await;
        if let Some(transactions) = &self.transactions {
            transactions.close().await;
        }
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
    sql: &str,
    values: [Value; N],
) -> Statement {
    Statement::from_sql_and_values(connection.get_database_backend(), sql, values)
}

fn connect_failed(error: sea_orm::sqlx::Error) -> DbErr {
    DbErr::Conn(RuntimeErr::SqlxError(Arc::new(error)))
}

fn sqlite_options(url: &str, connections: u32, access: Access) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections)
        .min_connections(1)
        .acquire_timeout(WAIT)
        .test_before_acquire(false)
        .sqlx_logging(statements_are_logged())
        .map_sqlx_sqlite_opts(move |options| options::sqlite(options, access));
    if matches!(access, Access::Write { .. }) {
        options.map_sqlx_sqlite_pool_opts(|pool| {
            pool.before_acquire(|connection, _| Box::pin(std::future::ready(Ok(is_whole(connection)))))
        });
    }
    options
}

/// Whether the next transaction can begin on the connection; else it is closed. When the disk is full, or fails, SQLite
/// ends a transaction by itself, and the ROLLBACK that follows is refused: the driver goes on counting it, and the next
/// BEGIN would be a savepoint in a transaction that nobody ever commits.
///
/// Asked before the connection is lent, when the pool has waited for what the last one left undone.
fn is_whole(connection: &SqliteConnection) -> bool {
    !connection.is_in_transaction()
}
