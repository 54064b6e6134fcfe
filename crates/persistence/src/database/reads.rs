//! Reads, each of which is a single statement on a connection of its own.

use std::sync::Arc;

use sea_orm::sqlx::{AssertSqlSafe, Error as Sqlx, Row as _, query_with};
use sea_orm::{DbErr, RuntimeErr, Value, Values};
use sea_query_sqlx::SqlxValues;

use super::connection::{Connection, Connections, Connector, Lent};
use super::together::{Question, Together};

/// The connections of reads.
#[derive(Clone, Debug)]
pub(crate) struct Reads {
    connections: Connections,
    together: Together,
}

impl Reads {
    /// At most so many, each made when it is needed.
    pub(super) fn new(connector: Connector, most: u32) -> Result<Self, DbErr> {
        Ok(Self { connections: Connections::new(connector, most)?, together: Together::default() })
    }

    /// The text in the first column of the statement's only row. The first value is the instant of asking:
    /// those who ask the same at other instants may share an answer.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn text(&self, sql: &Arc<str>, values: Vec<Value>) -> Result<Arc<str>, DbErr> {
        let question = Question::new(sql, &values);
        let (connections, sql) = (self.connections.clone(), Arc::clone(sql));
        self.together.ask(question, move || async move { text(&connections, &sql, values).await }).await
    }

    /// Makes the first connection, or says why that can't be done.
    pub(super) async fn reach(&self) -> Result<(), DbErr> {
        let nothing = Arc::from("SELECT CAST('' AS text)");
        text(&self.connections, &nothing, Vec::new()).await.map(|_| ())
    }

    /// Closes the connections; those in use end with their statement.
    pub(super) async fn close(&self) {
        self.connections.close().await;
    }
}

async fn text(connections: &Connections, sql: &Arc<str>, values: Vec<Value>) -> Result<Arc<str>, DbErr> {
    let values = SqlxValues(Values(values));
    let mut lent = connections.lend().await?;
    match fetch(&mut lent, sql, values.clone()).await {
        Err(error) if lent.had_ended(&error) => {
            drop(lent);
            return Box::pin(anew(connections, sql, values)).await;
        }
        result => result,
    }
    .map_err(failed)
}

/// The same on a connection that is new.
async fn anew(connections: &Connections, sql: &Arc<str>, values: SqlxValues) -> Result<Arc<str>, DbErr> {
    fetch(&mut connections.lend_new().await?, sql, values).await.map_err(failed)
}

async fn fetch(lent: &mut Lent, sql: &Arc<str>, values: SqlxValues) -> Result<Arc<str>, Sqlx> {
    let sql = AssertSqlSafe(Arc::clone(sql));
    let text: Arc<str> = match lent.connection()? {
        Connection::Postgres(connection) => {
            query_with(sql, values).fetch_one(connection).await?.try_get::<&str, _>(0)?.into()
        }
        Connection::Sqlite(connection) => {
            query_with(sql, values).fetch_one(connection).await?.try_get::<&str, _>(0)?.into()
        }
    };
    lent.give_back();
    Ok(text)
}

fn failed(error: Sqlx) -> DbErr {
    DbErr::Query(RuntimeErr::SqlxError(Arc::new(error)))
}
