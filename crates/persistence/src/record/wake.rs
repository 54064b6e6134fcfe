//! What wakes those who look for new events: on PostgreSQL the sequencer's notification, on SQLite
//! the number that changes with each commit of another connection.

use std::time::Duration;

use sea_orm::DbErr;
use sea_orm::sqlx::postgres::{PgListener, PgPoolOptions};
use sea_orm::sqlx::sqlite::SqliteConnection;
use sea_orm::sqlx::{ConnectOptions as _, Error, query_scalar};

use super::sequencer::CHANNEL;
use crate::database::Database;
use crate::read::Dialect;

/// Between two looks at SQLite's number, which is in shared memory.
const LOOK: Duration = Duration::from_millis(100);

/// Listens on a connection of its own, so that however busy the others are, it is woken.
pub(super) enum Wake {
    Notified(Box<PgListener>),
    Versioned { connection: Box<SqliteConnection>, version: i64 },
}

impl Wake {
    /// Listens from now on.
    pub async fn open(database: &Database) -> Result<Self, DbErr> {
        match database.dialect() {
            Dialect::Postgres => Self::notified(database).await,
            Dialect::Sqlite => Self::versioned(database).await,
        }
        .map_err(|error| DbErr::Custom(error.to_string()))
    }

    async fn notified(database: &Database) -> Result<Self, Error> {
        let options = database.writer().get_postgres_connection_pool().connect_options();
        // Of one, for when it breaks.
        let pool = PgPoolOptions::new()
            .max_connections(1)
            .max_lifetime(None)
            .idle_timeout(None)
            .connect_lazy_with(options.as_ref().clone());
        let mut listener = PgListener::connect_with(&pool).await?;
        listener.listen(CHANNEL).await?;
        Ok(Self::Notified(Box::new(listener)))
    }

    async fn versioned(database: &Database) -> Result<Self, Error> {
        let options = database.reader().get_sqlite_connection_pool().connect_options();
        let mut connection = options.connect().await?;
        let version = version(&mut connection).await?;
        Ok(Self::Versioned { connection: Box::new(connection), version })
    }

    /// Ready when there may be something new.
    pub async fn woken(&mut self) -> Result<(), DbErr> {
        let woken = match self {
            // Nothing comes where the connection was lost and made anew; it may have been missed.
            Self::Notified(listener) => listener.try_recv().await.map(|_| ()),
            Self::Versioned { connection, version: known } => loop {
                tokio::time::sleep(LOOK).await;
                match version(connection).await {
                    Ok(now) if now == *known => {}
                    Ok(now) => {
                        *known = now;
                        break Ok(());
                    }
                    Err(error) => break Err(error),
                }
            },
        };
        woken.map_err(|error| DbErr::Custom(error.to_string()))
    }
}

async fn version(connection: &mut SqliteConnection) -> Result<i64, Error> {
    query_scalar("PRAGMA data_version").fetch_one(connection).await
}
