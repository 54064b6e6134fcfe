//! Tells this process how far the outbox has come. One task looks for all who wait; each of them then
//! reads what it wants, at its own pace, so that nobody slow holds up anybody or loses anything.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tracing::{debug, warn};

use super::events;
use crate::database::Database;

/// Between two looks: a look is one row by its key.
const LOOK: Duration = Duration::from_millis(100);

/// The longest wait after failures in a row.
const LONGEST_BACK_OFF: Duration = Duration::from_secs(10);

/// How far the outbox has come, as this process knows it.
#[derive(Clone, Debug)]
pub struct Feed {
    last: Arc<watch::Sender<Option<i64>>>,
}

impl Default for Feed {
    fn default() -> Self {
        Self { last: Arc::new(watch::Sender::new(None)) }
    }
}

impl Feed {
    /// The last position known; none before the first look.
    #[must_use]
    pub fn last(&self) -> Option<i64> {
        *self.last.borrow()
    }

    /// Is told of each new position.
    #[must_use]
    pub fn follow(&self) -> watch::Receiver<Option<i64>> {
        self.last.subscribe()
    }

    /// Looks until it is told to stop. While the database is away, nothing is told.
    pub async fn run(&self, database: &Database, stop: impl Future<Output = ()>) {
        let mut stop = std::pin::pin!(stop);
        let mut failures = 0_u32;
        loop {
            let pause = match self.look(database).await {
                Ok(()) => {
                    failures = 0;
                    LOOK
                }
                Err(error) => {
                    failures = failures.saturating_add(1);
                    // Whatever else uses the database says so louder.
                    if failures == 1 {
                        warn!(%error, "new events can't be looked for now");
                    } else {
                        debug!(%error, failures, "new events can't be looked for now");
                    }
                    LOOK.saturating_mul(1 << failures.min(7)).min(LONGEST_BACK_OFF)
                }
            };
            tokio::select! {
                biased;
                () = &mut stop => break,
                () = tokio::time::sleep(pause) => {}
            }
        }
    }

    /// One look.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn look(&self, database: &Database) -> Result<(), sea_orm::DbErr> {
        let last = events::last_position(database).await?;
        self.last.send_if_modified(|known| {
            let moved = *known != Some(last);
            *known = Some(last);
            moved
        });
        Ok(())
    }
}
