//! Leases: which of several nodes does a piece of work that only one may do.
//!
//! A lease is taken inside the transaction of the work. Its row stays locked until that transaction
//! ends, so that no other node can take over in the midst of it, however wrong its clock is; the
//! expiry only says when others may try.

use maip_domain::time::{Clock, Entropy, Timestamp};
use sea_orm::{ConnectionTrait, DbErr, Statement};

/// A lease by name, as one node takes it.
#[derive(Clone, Debug)]
pub struct Lease {
    name: &'static str,
    holder: String,
    seconds: i64,
}

impl Lease {
    /// A lease for so many seconds, to be taken by a holder with a name made up now.
    #[must_use]
    pub fn new(name: &'static str, seconds: i64, clock: &dyn Clock, entropy: &dyn Entropy) -> Self {
        Self { name, holder: maip_domain::id::generate("node", clock, entropy), seconds }
    }

    /// Takes the lease, or takes it anew. `false`: another has it.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn take(&self, transaction: &impl ConnectionTrait, now: Timestamp) -> Result<bool, DbErr> {
        let statement = Statement::from_sql_and_values(
            transaction.get_database_backend(),
            "INSERT INTO leases (name, holder, expires_at) VALUES ($1, $2, $3) \
             ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, expires_at = excluded.expires_at \
             WHERE leases.holder = excluded.holder OR leases.expires_at <= $4",
            [
                self.name.into(),
                self.holder.as_str().into(),
                now.plus_seconds(self.seconds).micros().into(),
                now.micros().into(),
            ],
        );
        Ok(transaction.execute_raw(statement).await?.rows_affected() == 1)
    }

    /// Gives the lease up, if it is held, so that another need not wait for its end.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn give_up(&self, connection: &impl ConnectionTrait) -> Result<(), DbErr> {
        let statement = Statement::from_sql_and_values(
            connection.get_database_backend(),
            "DELETE FROM leases WHERE name = $1 AND holder = $2",
            [self.name.into(), self.holder.as_str().into()],
        );
        connection.execute_raw(statement).await.map(|_| ())
    }
}
