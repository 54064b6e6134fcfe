//! Work that comes round: which, how often, and that one node at a time does it.

use std::time::Duration;

use sea_orm::{ConnectionTrait as _, DbErr, Statement, Value};
use tokio::sync::watch;
use tracing::{info, warn};

use super::Background;
use super::expiry::expire_introductions;
use super::handover::hand_over_ended;
use super::{REQUEST, pruning};
use crate::database::Begun;
use crate::identity::refusals::write_down;

/// Between two looks for due work.
const LOOK: Duration = Duration::from_secs(5);

/// How many rows one transaction takes, so that it is short.
pub(super) const BATCH: u64 = 500;

/// A piece of periodic work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Job {
    ExpireIntroductions,
    HandOver,
    WriteRefusals,
    PruneCodes,
    PruneRefreshTokens,
    PruneSessions,
    PruneOutcomes,
    PruneMessages,
    PruneEvents,
    ExpireUploads,
}

impl Job {
    pub(super) const ALL: [Self; 10] = [
        Self::ExpireIntroductions,
        Self::HandOver,
        Self::WriteRefusals,
        Self::PruneCodes,
        Self::PruneRefreshTokens,
        Self::PruneSessions,
        Self::PruneOutcomes,
        Self::PruneMessages,
        Self::PruneEvents,
        Self::ExpireUploads,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::ExpireIntroductions => "expire introductions",
            Self::HandOver => "hand over what is open where an appointment ended",
            Self::WriteRefusals => "write refused sign-ins and codes into the audit",
            Self::PruneCodes => "prune one-time codes",
            Self::PruneRefreshTokens => "prune refresh tokens",
            Self::PruneSessions => "prune sessions",
            Self::PruneOutcomes => "prune outcomes of mutations",
            Self::PruneMessages => "prune messages",
            Self::PruneEvents => "prune events",
            Self::ExpireUploads => "forget files that were announced and never sent",
        }
    }

    fn seconds(self) -> i64 {
        match self {
            // Readers see an introduction as expired at once; this only writes it down. Nor does anyone
            // decide about a lesson in an office that has ended.
            Self::ExpireIntroductions | Self::HandOver | Self::WriteRefusals => 60,
            _ => 3600,
        }
    }

    /// Does some of it, and says how many rows that were; fewer than [`BATCH`]: all of it.
    async fn work(self, background: &Background, transaction: Begun) -> Result<(Begun, u64), DbErr> {
        let now = background.services.clock.now();
        let sources = (background.services.clock.as_ref(), background.services.entropy.as_ref());
        let within = &transaction;
        let rows = match self {
            Self::HandOver => return hand_over_ended(&background.services, transaction).await,
            Self::ExpireIntroductions => expire_introductions(within, sources).await,
            Self::WriteRefusals => write_down(within, sources, (REQUEST, BATCH)).await,
            Self::PruneCodes => pruning::codes(within, now).await,
            Self::PruneRefreshTokens => pruning::refresh_tokens(within, now).await,
            Self::PruneSessions => pruning::sessions(within, now).await,
            Self::PruneOutcomes => pruning::outcomes(within, now).await,
            Self::PruneMessages => pruning::messages(within, now).await,
            Self::PruneEvents => pruning::events(within, now, background.event_days).await,
            Self::ExpireUploads => crate::files::expire_uploads(within, now, BATCH).await,
        }?;
        Ok((transaction, rows))
    }
}

impl Background {
    pub(super) async fn keep_time_until(&self, mut stopped: watch::Receiver<bool>) {
        while !*stopped.borrow() {
            self.write_token_uses().await;
            let mut more = self.remove_files().await;
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
        self.write_token_uses().await;
    }

    /// Outside of any transaction: a store may be slow. Says whether there may be more to remove.
    async fn remove_files(&self) -> bool {
        match crate::files::remove_due(&self.services).await {
            Ok(removed) => removed > 0,
            Err(error) => {
                warn!(%error, "files that nobody wants can't be removed now");
                false
            }
        }
    }

    /// Each node knows its own, so there is nothing to lease.
    async fn write_token_uses(&self) {
        let database = &self.services.database;
        if let Err(error) = database.token_uses().write(database.writer(), self.services.now()).await {
            warn!(%error, "the last use of API tokens can't be written down now");
        }
    }

    /// Does some of the work if it is due, in one transaction with the note that it is done.
    pub(super) async fn work_if_due(&self, job: Job) -> Result<u64, DbErr> {
        let now = self.services.clock.now();
        if !self.is_due(job).await? {
            return Ok(0);
        }
        let mut transaction = self.services.database.begin().await?;
        // Locks the row until the end: another node waits, and then finds that it isn't due.
        let taken = self.put_off(&transaction, job, job.seconds()).await?;
        let mut rows = 0;
        if taken {
            (transaction, rows) = job.work(self, transaction).await?;
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
        let connection = match self.services.database.dialect() {
            crate::read::Dialect::Postgres => self.services.database.writer(),
            crate::read::Dialect::Sqlite => self.services.database.reader(),
        };
        let statement = Statement::from_sql_and_values(
            connection.get_database_backend(),
            "SELECT 1 FROM periodic_jobs WHERE name = $1 AND due_at > $2",
            [job.name().into(), self.services.clock.now().micros().into()],
        );
        Ok(connection.query_one_raw(statement).await?.is_none())
    }

    async fn put_off(&self, transaction: &Begun, job: Job, seconds: i64) -> Result<bool, DbErr> {
        let now = self.services.clock.now();
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
