//! Holding an account: what acts as it, and what shuts it out or changes how it is opened, come one
//! after the other.
//!
//! PostgreSQL else lets both go on at a time, and a card comes into the directory just after its
//! person was erased. It isn't a lock of the account's row: rows of others name that row, so they
//! would wait for it with locks that its holder wants next. SQLite writes one at a time anyway.
//!
//! Whoever holds several kinds of locks takes this one first.

use sea_orm::{ConnectionTrait, DbBackend, DbErr};
use sha2::{Digest as _, Sha256};

use crate::database::AdvisoryLock;

/// How an account is held, until the transaction ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hold {
    /// With others that act as the account too.
    Shared,
    /// Alone: nothing else acts as the account until then.
    Alone,
}

impl Hold {
    /// The lock by which an account is held. Two accounts that share a number wait for each other now and
    /// then, and nothing else.
    pub(super) fn of(self, account: &str) -> AdvisoryLock {
        let digest: [u8; 32] = Sha256::digest(account.as_bytes()).into();
        let number = digest.first_chunk().copied().map_or(0, i64::from_be_bytes);
        match self {
            Self::Shared => AdvisoryLock::Shared(number),
            Self::Alone => AdvisoryLock::Alone(number),
        }
    }
}

/// Holds an account by its id, and waits for those who hold it otherwise. What is read afterwards is
/// what they left.
pub(super) async fn hold(connection: &impl ConnectionTrait, account: &str, how: Hold) -> Result<(), DbErr> {
    if connection.get_database_backend() != DbBackend::Postgres {
        return Ok(());
    }
    connection.execute_unprepared(&how.of(account).statement()).await.map(drop)
}
