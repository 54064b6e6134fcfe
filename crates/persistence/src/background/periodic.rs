//! Work that comes round: which, how often, and that one node at a time does it.

use std::time::Duration;

use sea_orm::{ConnectionTrait as _, DatabaseTransaction, DbErr, Statement, Value};
use tokio::sync::watch;
use tracing::{info, warn};

use super::Background;
use super::expiry::expire_introductions;
use super::pruning;

/// Between two looks for due work.
const LOOK: Duration = Duration::from_secs(5);

/// How many rows one transaction takes, so that it is short.
pub(super) const BATCH: u64 = 500;

/// A piece of periodic work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Job {
    ExpireIntroductions,
    PruneCodes,
    PruneRefreshTokens,
    PruneSessions,
    PruneOutcomes,
    PruneMessages,
}

impl Job {
    pub(super) const ALL: [Self; 6] = [
        Self::ExpireIntroductions,
        Self::PruneCodes,
        Self::PruneRefreshTokens,
        Self::PruneSessions,
        Self::PruneOutcomes,
        Self::PruneMessages,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::ExpireIntroductions => "expire introductions",
            Self::PruneCodes => "prune one-time codes",
            Self::PruneRefreshTokens => "prune refresh tokens",
            Self::PruneSessions => "prune sessions",
            Self::PruneOutcomes => "prune outcomes of mutations",
            Self::PruneMessages => "prune messages",
        }
    }

    fn seconds(self) -> i64 {
        match self {
            // Readers see an introduction as expired at once; this only writes it down.
            Self::ExpireIntroductions => 60,
            _ => 3600,
        }
    }

    /// Does some of it, and says how many rows that were; fewer than [`BATCH`]: all of it.
    async fn work(self, background: &Background, transaction: &DatabaseTransaction) -> Result<u64, DbErr> {
        let now = background.clock.now();
        match self {
            Self::ExpireIntroductions => {
                expire_introductions(transaction, (background.clock.as_ref(), background.entropy.as_ref()))
                    .await
            }
            Self::PruneCodes => pruning::codes(transaction, now).await,
            Self::PruneRefreshTokens => pruning::refresh_tokens(transaction, now).await,
            Self::PruneSessions => pruning::sessions(transaction, now).await,
            Self::PruneOutcomes => pruning::outcomes(transaction, now).await,
            Self::PruneMessages => pruning::messages(transaction, now).await,
        }
    }
}

impl Background {
    pub(super) async fn keep_time_until(&self, mut stopped: watch::Receiver<bool>) {
        while !*stopped.borrow() {
            let mut more = false;
            for job in Job::ALL {
                match self.work_if_due(job).await {
                    Ok(rows) => more |= rows >= BATCH,
                    // It stays due and is tried at the next look.
                    Err(error) => warn!(%error, job = job.name(), "can't be done now"),
                }
            }
            if !more {
                let _ = tokio::time::timeout(LOOK, stopped.wait_for(|stop| *stop)).await;
            }
        }
    }

    /// Does some of the work if it is due, in one transaction with the note that it is done.
    pub(super) async fn work_if_due(&self, job: Job) -> Result<u64, DbErr> {
        let now = self.clock.now();
        if !self.is_due(job).await? {
            return Ok(0);
        }
        let transaction = self.database.begin().await?;
        // Locks the row until the end: another node waits, and then finds that it isn't due.
        let taken = self.put_off(&transaction, job, job.seconds()).await?;
        let mut rows = 0;
        if taken {
            rows = job.work(self, &transaction).await?;
            if rows >= BATCH {
                let statement = Statement::from_sql_and_values(
                    transaction.get_database_backend(),
                    "UPDATE periodic_jobs SET due_at = $1 WHERE name = $2",
                    [now.micros().into(), job.name().into()],
                );
                transaction.execute_raw(statement).await?;
            }
        }
        transaction.commit().await?;
        if rows > 0 {
            info!(job = job.name(), rows, "done");
        }
        Ok(rows)
    }

    async fn is_due(&self, job: Job) -> Result<bool, DbErr> {
        // The node that wrote last may be this one, and a replica may not know it yet.
        let connection = match self.database.dialect() {
            crate::read::Dialect::Postgres => self.database.writer(),
            crate::read::Dialect::Sqlite => self.database.reader(),
        };
        let statement = Statement::from_sql_and_values(
            connection.get_database_backend(),
            "SELECT 1 FROM periodic_jobs WHERE name = $1 AND due_at > $2",
            [job.name().into(), self.clock.now().micros().into()],
        );
        Ok(connection.query_one_raw(statement).await?.is_none())
    }

    async fn put_off(
        &self,
        transaction: &DatabaseTransaction,
        job: Job,
        seconds: i64,
    ) -> Result<bool, DbErr> {
        let now = self.clock.now();
        let values: [Value; 3] =
            [job.name().into(), now.plus_seconds(seconds).micros().into(), now.micros().into()];
        let statement = Statement::from_sql_and_values(
            transaction.get_database_backend(),
            "INSERT INTO periodic_jobs (name, due_at) VALUES ($1, $2) \
             ON CONFLICT (name) DO UPDATE SET due_at = excluded.due_at WHERE periodic_jobs.due_at <= $3",
            values,
        );
        Ok(transaction.execute_raw(statement).await?.rows_affected() == 1)
    }
}
