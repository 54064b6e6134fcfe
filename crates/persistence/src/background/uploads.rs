//! Checks announced files that have come, whether or not their sender asks for it.

use std::time::Duration;

use tokio::sync::watch;
use tracing::{info, warn};

use super::Background;
use super::outgoing::End;
use crate::files::{Sent, take_sent, waiting};
use crate::lessons::uploads::{announced, judge_unasked};
use crate::stopwatch::Stopwatch;
use crate::write::WriteError;

/// Between two looks for files that are due.
const LOOK: Duration = Duration::from_secs(1);

/// After a failure of the database.
const AFTER_FAILURE: Duration = Duration::from_secs(5);

/// Where the line of files is full.
const LINE_SECONDS: i64 = 30;

impl Background {
    pub(super) async fn check_uploads_until(&self, mut stopped: watch::Receiver<bool>) {
        while !*stopped.borrow() {
            let pause = match self.check_next_upload().await {
                Ok(End::None) => LOOK,
                Ok(_) => continue,
                Err(error) => {
                    warn!(%error, "announced files can't be checked now");
                    AFTER_FAILURE
                }
            };
            let _ = tokio::time::timeout(pause, stopped.wait_for(|stop| *stop)).await;
        }
    }

    /// Looks after the announced file that has been due the longest.
    pub(crate) async fn check_next_upload(&self) -> Result<End, WriteError> {
        let services = &self.services;
        let Some(waiting) = waiting::lease(services).await? else { return Ok(End::None) };
        let Some(file) = announced(services, &waiting.id).await? else {
            waiting::settled(services.database.writer(), &waiting.id).await?;
            return Ok(End::Sent);
        };
        // Nobody waits for it.
        let again = match take_sent(services, &file, &Stopwatch::default()).await {
            Ok(Sent::Nothing) => waiting::back_off_seconds(waiting.attempts),
            Ok(sent) => {
                judge_unasked(services, &waiting.id, &sent).await?;
                info!(file = waiting.id, "an announced file was checked");
                return Ok(End::Sent);
            }
            Err(WriteError::LineFull) => LINE_SECONDS,
            Err(error) => {
                warn!(%error, file = waiting.id, "an announced file can't be checked now");
                waiting::back_off_seconds(waiting.attempts)
            }
        };
        waiting::later(services, &waiting, again).await?;
        Ok(End::Later)
    }
}
