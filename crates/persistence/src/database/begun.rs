//! A transaction that may write.
//!
//! On PostgreSQL it has a connection of its own, and begins in the same round trip in which it takes its
//! first lock. Each round trip costs a write of a few rows more than the rows do.

use std::fmt::Write as _;
use std::sync::Arc;

use sea_orm::entity::prelude::async_trait::async_trait;
use sea_orm::sqlx::postgres::{PgConnection, PgQueryResult};
use sea_orm::sqlx::query::Query;
use sea_orm::sqlx::{AssertSqlSafe, Error as Sqlx, Postgres, SqlSafeStr, query_with, raw_sql};
use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, ExecResult, QueryResult, RuntimeErr, Statement,
    Values,
};
use sea_query_sqlx::SqlxValues;
use tokio::runtime::Handle;
use tokio::sync::Mutex;
use tokio::time::timeout;

use super::connection::{Connection, Connections, Lent};
use super::options::WAIT;

/// A lock of PostgreSQL's that goes by a number and lasts until the transaction ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AdvisoryLock {
    /// With others that hold it shared.
    Shared(i64),
    /// Alone.
    Alone(i64),
}

impl AdvisoryLock {
    /// The statement that takes it, and waits for it.
    pub fn statement(self) -> String {
        match self {
            Self::Shared(number) => format!("SELECT pg_advisory_xact_lock_shared({number})"),
            Self::Alone(number) => format!("SELECT pg_advisory_xact_lock({number})"),
        }
    }
}

/// A transaction that may write. Dropped without [`Begun::commit`], it never was.
#[derive(Debug)]
pub struct Begun(Inner);

#[derive(Debug)]
enum Inner {
    Postgres(Own),
    Sqlite(DatabaseTransaction),
}

/// A connection in a transaction.
#[derive(Debug)]
struct Own(Mutex<Lent>);

impl Begun {
    /// On SQLite the driver's own serves.
    pub(super) fn of(transaction: DatabaseTransaction) -> Self {
        Self(Inner::Sqlite(transaction))
    }

    /// Begins on one of these connections to PostgreSQL, and takes the lock.
    pub(super) async fn on(connections: &Connections, lock: Option<AdvisoryLock>) -> Result<Self, DbErr> {
        let mut sql = String::from("BEGIN");
        if let Some(lock) = lock {
            // Writing to a string can't fail.
            let _ = write!(sql, "; {}", lock.statement());
        }
        let mut lent = connections.lend().await?;
        match simple(&mut lent, AssertSqlSafe(sql.clone())).await {
            Err(error) if lent.had_ended(&error) => {
                drop(lent);
                lent = connections.lend_new().await?;
                simple(&mut lent, AssertSqlSafe(sql)).await
            }
            result => result,
        }
        .map_err(not_executed)?;
        Ok(Self(Inner::Postgres(Own(Mutex::new(lent)))))
    }

    /// Makes it last.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn commit(self) -> Result<(), DbErr> {
        match self.0 {
            Inner::Postgres(own) => own.end("COMMIT").await,
            Inner::Sqlite(transaction) => transaction.commit().await,
        }
    }

    /// Ends it without a trace.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn rollback(self) -> Result<(), DbErr> {
        match self.0 {
            Inner::Postgres(own) => own.end("ROLLBACK").await,
            Inner::Sqlite(transaction) => transaction.rollback().await,
        }
    }
}

impl Own {
    async fn end(self, sql: &'static str) -> Result<(), DbErr> {
        let mut lent = self.0.lock().await;
        // Where it fails, or nobody waits for it any more, the connection is closed or rolled back.
        simple(&mut lent, sql).await.map_err(not_executed)?;
        lent.give_back();
        Ok(())
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        let mut lent = std::mem::take(self.0.get_mut());
        if !lent.is_there() {
            return;
        }
        let Ok(runtime) = Handle::try_current() else { return };
        runtime.spawn(async move {
            // Else it is closed, which ends the transaction too.
            if let Ok(Ok(_)) = timeout(WAIT, simple(&mut lent, "ROLLBACK")).await {
                lent.give_back();
            }
        });
    }
}

#[async_trait]
impl ConnectionTrait for Begun {
    fn get_database_backend(&self) -> DbBackend {
        match &self.0 {
            Inner::Postgres(_) => DbBackend::Postgres,
            Inner::Sqlite(transaction) => transaction.get_database_backend(),
        }
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        match &self.0 {
            Inner::Postgres(own) => {
                let mut lent = own.0.lock().await;
                let done = prepared(statement).execute(postgres(&mut lent).map_err(not_executed)?).await;
                done.map(ExecResult::from).map_err(not_executed)
            }
            Inner::Sqlite(transaction) => transaction.execute_raw(statement).await,
        }
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        match &self.0 {
            Inner::Postgres(own) => {
                let done = simple(&mut *own.0.lock().await, AssertSqlSafe(sql.to_owned())).await;
                done.map(ExecResult::from).map_err(not_executed)
            }
            Inner::Sqlite(transaction) => transaction.execute_unprepared(sql).await,
        }
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        match &self.0 {
            Inner::Postgres(own) => {
                let mut lent = own.0.lock().await;
                let row = prepared(statement).fetch_optional(postgres(&mut lent).map_err(not_read)?).await;
                row.map(|row| row.map(QueryResult::from)).map_err(not_read)
            }
            Inner::Sqlite(transaction) => transaction.query_one_raw(statement).await,
        }
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        match &self.0 {
            Inner::Postgres(own) => {
                let mut lent = own.0.lock().await;
                let rows = prepared(statement).fetch_all(postgres(&mut lent).map_err(not_read)?).await;
                rows.map(|rows| rows.into_iter().map(QueryResult::from).collect()).map_err(not_read)
            }
            Inner::Sqlite(transaction) => transaction.query_all_raw(statement).await,
        }
    }
}

fn prepared(statement: Statement) -> Query<'static, Postgres, SqlxValues> {
    let values = statement.values.unwrap_or_else(|| Values(Vec::new()));
    query_with(AssertSqlSafe(statement.sql), SqlxValues(values))
}

/// Runs a text without values.
async fn simple(lent: &mut Lent, sql: impl SqlSafeStr) -> Result<PgQueryResult, Sqlx> {
    raw_sql(sql).execute(postgres(lent)?).await
}

fn postgres(lent: &mut Lent) -> Result<&mut PgConnection, Sqlx> {
    match lent.connection()? {
        Connection::Postgres(connection) => Ok(connection),
        Connection::Sqlite(_) => Err(Sqlx::PoolClosed),
    }
}

fn not_executed(error: Sqlx) -> DbErr {
    DbErr::Exec(RuntimeErr::SqlxError(Arc::new(error)))
}

fn not_read(error: Sqlx) -> DbErr {
    DbErr::Query(RuntimeErr::SqlxError(Arc::new(error)))
}
