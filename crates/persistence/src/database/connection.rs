//! Connections that are lent: how they are made, kept, and closed.
//!
//! The driver's own pool asks the database for a sign of life whenever a connection comes back. For
//! a read that is half as much again: its statement took one round trip, and that it succeeded is
//! the sign. So these connections are kept here, and one is closed where that sign is missing.

use std::sync::Arc;
use std::time::Duration;

use deadpool::Runtime;
use deadpool::managed::{Manager, Metrics, Object, Pool, PoolError, RecycleError, RecycleResult};
use sea_orm::sqlx::postgres::{PgConnectOptions, PgConnection};
use sea_orm::sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sea_orm::sqlx::{ConnectOptions as _, Connection as _, Error as Sqlx};
use sea_orm::{ConnAcquireErr, DbErr, RuntimeErr};

use super::options::{WAIT, statements_are_logged};

/// Connections are replaced after this time: the server keeps plans and buffers for each of them.
const LONGEST_USE: Duration = Duration::from_mins(30);

/// How a connection is made.
#[derive(Debug)]
pub(super) enum Connector {
    Postgres(PgConnectOptions),
    Sqlite(SqliteConnectOptions),
}

/// A connection.
#[derive(Debug)]
pub(super) enum Connection {
    Postgres(PgConnection),
    Sqlite(SqliteConnection),
}

/// Connections to lend.
#[derive(Clone, Debug)]
pub(super) struct Connections(Pool<Connector>);

impl Connections {
    /// At most so many, each made when it is needed.
    pub fn new(connector: Connector, most: u32) -> Result<Self, DbErr> {
        let connector = connector.logging(statements_are_logged());
        let pool = Pool::builder(connector)
            .max_size(usize::try_from(most).unwrap_or(usize::MAX).max(1))
            .wait_timeout(Some(WAIT))
            .create_timeout(Some(WAIT))
            .runtime(Runtime::Tokio1)
            .build()
            .map_err(|error| DbErr::Conn(RuntimeErr::Internal(error.to_string())))?;
        Ok(Self(pool))
    }

    /// A connection, to be given back or closed.
    ///
    /// # Errors
    /// None came free in time, or none can be made.
    pub async fn lend(&self) -> Result<Lent, DbErr> {
        match self.0.get().await {
            Ok(object) => Ok(Lent(Some(object))),
            Err(PoolError::Backend(error)) => Err(DbErr::Conn(RuntimeErr::SqlxError(Arc::new(error)))),
            Err(PoolError::Timeout(_)) => Err(DbErr::ConnectionAcquire(ConnAcquireErr::Timeout)),
            Err(_) => Err(DbErr::ConnectionAcquire(ConnAcquireErr::ConnectionClosed)),
        }
    }

    /// One that is new, after [`Lent::had_ended`]: the server has probably ended the others too.
    ///
    /// # Errors
    /// See [`Self::lend`].
    pub async fn lend_new(&self) -> Result<Lent, DbErr> {
        self.close_idle().await;
        self.lend().await
    }

    async fn close_idle(&self) {
        for connection in self.0.retain(|_, _| false).removed {
            connection.close().await;
        }
    }

    /// Closes all; those in use when they come back.
    pub async fn close(&self) {
        self.close_idle().await;
        self.0.close();
    }
}

/// A connection while it is used. It is closed unless it is given back, and with it what it was doing: after
/// a statement that failed, and when whoever asked has gone.
#[derive(Debug, Default)]
pub(super) struct Lent(Option<Object<Connector>>);

impl Lent {
    /// Whether it wasn't given back yet.
    pub fn is_there(&self) -> bool {
        self.0.is_some()
    }

    /// Whether its first statement failed because the server had ended it while nobody used it. Then nothing was
    /// done, and can be asked for again of another one.
    pub fn had_ended(&self, error: &Sqlx) -> bool {
        let was_kept = self.0.as_ref().is_some_and(|object| Object::metrics(object).recycled.is_some());
        was_kept && has_ended(error)
    }

    /// The connection; it is there until it is given back.
    pub fn connection(&mut self) -> Result<&mut Connection, Sqlx> {
        self.0.as_deref_mut().ok_or(Sqlx::PoolClosed)
    }

    /// Gives it back, for others to use.
    pub fn give_back(&mut self) {
        drop(self.0.take());
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

/// Whether the connection is of no more use: broken, or ended by the server (class 57P of its
/// codes), which it says when it is asked the next time.
fn has_ended(error: &Sqlx) -> bool {
    match error {
        Sqlx::Io(_) => true,
        Sqlx::Database(error) => error.code().is_some_and(|code| code.starts_with("57P")),
        _ => false,
    }
}
