//! The connections of reads, each of which is a single statement.
//!
//! The driver's own pool asks the database for a sign of life whenever a connection comes back. For
//! a read that is half as much again: its statement took one round trip, and that it succeeded is
//! the sign. So these connections are kept here. One whose statement failed, or was given up, is
//! closed, and with it what it was doing.

use std::sync::Arc;
use std::time::Duration;

use deadpool::Runtime;
use deadpool::managed::{Manager, Metrics, Object, Pool, PoolError, RecycleError, RecycleResult};
use sea_orm::sqlx::postgres::{PgConnectOptions, PgConnection};
use sea_orm::sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sea_orm::sqlx::{
    AssertSqlSafe, ConnectOptions as _, Connection as _, Error as Sqlx, Row as _, query_with,
};
use sea_orm::{ConnAcquireErr, DbErr, RuntimeErr, Value, Values};
use sea_query_sqlx::SqlxValues;

use super::options::{WAIT, statements_are_logged};
use super::together::{Question, Together};

/// Connections are replaced after this time: the server keeps plans and buffers for each of them.
const LONGEST_USE: Duration = Duration::from_mins(30);

/// How a connection is made.
#[derive(Debug)]
pub(super) enum Connector {
    Postgres(PgConnectOptions),
    Sqlite(SqliteConnectOptions),
}

/// A connection that reads.
#[derive(Debug)]
pub(super) enum Connection {
    Postgres(PgConnection),
    Sqlite(SqliteConnection),
}

/// The connections of reads.
#[derive(Clone, Debug)]
pub(crate) struct Reads {
    connections: Connections,
    together: Together,
}

#[derive(Clone, Debug)]
struct Connections(Pool<Connector>);

impl Reads {
    /// At most so many, each made when it is needed.
    pub(super) fn new(connector: Connector, most: u32) -> Result<Self, DbErr> {
        let connector = connector.logging(statements_are_logged());
        let pool = Pool::builder(connector)
            .max_size(usize::try_from(most).unwrap_or(usize::MAX).max(1))
            .wait_timeout(Some(WAIT))
            .create_timeout(Some(WAIT))
            .runtime(Runtime::Tokio1)
            .build()
            .map_err(|error| DbErr::Conn(RuntimeErr::Internal(error.to_string())))?;
        Ok(Self { connections: Connections(pool), together: Together::default() })
    }

    /// The text in the first column of the statement's only row. The first value is the instant of asking:
    /// those who ask the same at other instants may share an answer.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn text(&self, sql: &Arc<str>, values: Vec<Value>) -> Result<Arc<str>, DbErr> {
        let question = Question::new(sql, &values);
        let (connections, sql) = (self.connections.clone(), Arc::clone(sql));
        self.together.ask(question, move || async move { connections.text(&sql, values).await }).await
    }

    /// Makes the first connection, or says why that can't be done.
    pub(super) async fn reach(&self) -> Result<(), DbErr> {
        let nothing = Arc::from("SELECT CAST('' AS text)");
        self.connections.text(&nothing, Vec::new()).await.map(|_| ())
    }

    /// Closes the connections; those in use end with their statement.
    pub(super) async fn close(&self) {
        self.connections.close_idle().await;
        self.connections.0.close();
    }
}

impl Connections {
    async fn text(&self, sql: &Arc<str>, values: Vec<Value>) -> Result<Arc<str>, DbErr> {
        let values = SqlxValues(Values(values));
        let mut lent = self.lend().await?;
        match lent.text(sql, values.clone()).await {
            // The server ended it while nobody used it, and probably the others too. That is no
            // reason to fail: what only reads can be asked again.
            Err(error) if lent.was_kept() && has_ended(&error) => {
                drop(lent);
                return Box::pin(self.anew(sql, values)).await;
            }
            result => result,
        }
        .map_err(failed)
    }

    /// The same on a connection that is new.
    async fn anew(&self, sql: &Arc<str>, values: SqlxValues) -> Result<Arc<str>, DbErr> {
        self.close_idle().await;
        self.lend().await?.text(sql, values).await.map_err(failed)
    }

    async fn lend(&self) -> Result<Lent, DbErr> {
        match self.0.get().await {
            Ok(object) => Ok(Lent(Some(object))),
            Err(PoolError::Backend(error)) => Err(DbErr::Conn(RuntimeErr::SqlxError(Arc::new(error)))),
            Err(PoolError::Timeout(_)) => Err(DbErr::ConnectionAcquire(ConnAcquireErr::Timeout)),
            Err(_) => Err(DbErr::ConnectionAcquire(ConnAcquireErr::ConnectionClosed)),
        }
    }

    async fn close_idle(&self) {
        for connection in self.0.retain(|_, _| false).removed {
            connection.close().await;
        }
    }
}

/// A connection while it is used. It goes back only after a statement that succeeded; else, and when
/// whoever asked has gone, it is closed.
struct Lent(Option<Object<Connector>>);

impl Lent {
    fn was_kept(&self) -> bool {
        self.0.as_ref().is_some_and(|object| Object::metrics(object).recycled.is_some())
    }

    async fn text(&mut self, sql: &Arc<str>, values: SqlxValues) -> Result<Arc<str>, Sqlx> {
        let Some(object) = &mut self.0 else { return Err(Sqlx::PoolClosed) };
        let sql = AssertSqlSafe(Arc::clone(sql));
        let text: Arc<str> = match &mut **object {
            Connection::Postgres(connection) => {
                query_with(sql, values).fetch_one(connection).await?.try_get::<&str, _>(0)?.into()
            }
            Connection::Sqlite(connection) => {
                query_with(sql, values).fetch_one(connection).await?.try_get::<&str, _>(0)?.into()
            }
        };
        drop(self.0.take());
        Ok(text)
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        if let Some(object) = self.0.take() {
            drop(Object::take(object));
        }
    }
}

impl Manager for Connector {
    type Type = Connection;
    type Error = Sqlx;

    async fn create(&self) -> Result<Connection, Sqlx> {
        // Apart: it is large, seldom runs, and would be moved about with each read.
        Ok(match self {
            Self::Postgres(options) => Connection::Postgres(Box::pin(options.connect()).await?),
            Self::Sqlite(options) => Connection::Sqlite(Box::pin(options.connect()).await?),
        })
    }

    async fn recycle(&self, _: &mut Connection, metrics: &Metrics) -> RecycleResult<Sqlx> {
        if metrics.age() > LONGEST_USE {
            return Err(RecycleError::message("it was used long enough"));
        }
        Ok(())
    }
}

impl Connector {
    fn logging(self, logged: bool) -> Self {
        match self {
            Self::Postgres(options) if !logged => Self::Postgres(options.disable_statement_logging()),
            Self::Sqlite(options) if !logged => Self::Sqlite(options.disable_statement_logging()),
            logging => logging,
        }
    }
}

impl Connection {
    /// Ends it in good order; what goes wrong in that changes nothing.
    async fn close(self) {
        let closed = match self {
            Self::Postgres(connection) => connection.close().await,
            Self::Sqlite(connection) => connection.close().await,
        };
        if let Err(error) = closed {
            tracing::debug!(%error, "a connection was not closed in good order");
        }
    }
}

fn failed(error: Sqlx) -> DbErr {
    DbErr::Query(RuntimeErr::SqlxError(Arc::new(error)))
}

/// Whether the connection is of no more use: broken, or ended by the server (class 57P of its
/// codes), which it says when it is asked the next time.
fn has_ended(error: &Sqlx) -> bool {
    match error {
        Sqlx::Io(_) => true,
        Sqlx::Database(error) => error.code().is_some_and(|code| code.starts_with("57P")),
        _ => false,
    }
}
