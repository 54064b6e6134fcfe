//! Holding an account: what acts as it, and what shuts it out or changes how it is opened, come one
//! after the other.
//!
//! PostgreSQL else lets both go on at a time, and a card comes into the directory just after its
//! person was erased. It isn't a lock of the account's row: rows of others name that row, so they
//! would wait for it with locks that its holder wants next. SQLite writes one at a time anyway.
//!
//! Whoever holds several kinds of locks takes this one first.

use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement};

/// How an account is held, until the transaction ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hold {
    /// With others that act as the account too.
    Shared,
    /// Alone: nothing else acts as the account until then.
    Alone,
}

/// Holds an account by its id, and waits for those who hold it otherwise. What is read afterwards is
/// what they left.
pub(super) async fn hold(connection: &impl ConnectionTrait, account: &str, how: Hold) -> Result<(), DbErr> {
    let backend = connection.get_database_backend();
    if backend != DbBackend::Postgres {
        return Ok(());
    }
    let sql = match how {
        Hold::Shared => "SELECT pg_advisory_xact_lock_shared(hashtextextended($1, 0))",
        Hold::Alone => "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))",
    };
    connection.execute_raw(Statement::from_sql_and_values(backend, sql, [account.into()])).await.map(drop)
}
