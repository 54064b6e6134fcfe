//! Tells this process how far the outbox has come. One task looks for all who wait; each of them then
//! reads what it wants, at its own pace, so that nobody slow holds up anybody or loses anything. As
//! long as nobody waits, nothing is looked for.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{sleep, timeout};
use tracing::{debug, warn};

use super::events;
use super::wake::Wake;
use crate::database::Database;

/// Until the next look where nothing has woken us: behind a pooler that hands on no notification.
const LOOK_ANYWAY: Duration = Duration::from_secs(2);

/// The wait after a first failure, and the longest after failures in a row.
const BACK_OFF: Duration = Duration::from_millis(200);
const LONGEST_BACK_OFF: Duration = Duration::from_secs(10);

/// How far the outbox has come, as this process knows it.
#[derive(Clone, Debug)]
pub struct Feed {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    /// The last position known; none while nobody follows, and before the first look after that.
    last: watch::Sender<Option<i64>>,
    /// How many follow. Always locked before `last`.
    followers: watch::Sender<usize>,
}

/// Someone who is told of new positions. Looked for as long as there is one.
#[derive(Debug)]
pub struct Following {
    shared: Arc<Shared>,
    last: watch::Receiver<Option<i64>>,
}

impl Following {
    /// The last position known, which then counts as seen.
    pub fn last(&mut self) -> Option<i64> {
        *self.last.borrow_and_update()
    }

    /// Ready when there is a position that wasn't seen.
    pub async fn changed(&mut self) {
        if self.last.changed().await.is_err() {
            // Can't be: the sender is in our own hands.
            std::future::pending::<()>().await;
        }
    }
}

impl Drop for Following {
    fn drop(&mut self) {
        self.shared.followers.send_modify(|count| {
            *count -= 1;
            if *count == 0 {
                self.shared.last.send_replace(None);
            }
        });
    }
}

impl Default for Feed {
    fn default() -> Self {
        let (last, followers) = (watch::Sender::new(None), watch::Sender::new(0));
        Self { shared: Arc::new(Shared { last, followers }) }
    }
}

impl Feed {
    /// The last position known; none where nobody follows.
    #[must_use]
    pub fn last(&self) -> Option<i64> {
        *self.shared.last.borrow()
    }

    /// Is told of each new position.
    #[must_use]
    pub fn follow(&self) -> Following {
        self.shared.followers.send_modify(|count| *count += 1);
        Following { shared: Arc::clone(&self.shared), last: self.shared.last.subscribe() }
    }

    /// The same, with a position that is known from the first moment on, unless the database is away.
    pub async fn attend(&self, database: &Database) -> Following {
        let mut following = self.follow();
        if following.last().is_none()
            && let Err(error) = self.look(database).await
        {
            debug!(%error, "it isn't known how far the outbox has come");
        }
        following
    }

    /// Looks, whenever somebody follows, until it is told to stop. While the database is away, nothing
    /// is told.
    pub async fn run(&self, database: &Database, stop: impl Future<Output = ()>) {
        self.run_and_look_anyway(database, LOOK_ANYWAY, stop).await;
    }

    async fn run_and_look_anyway(
        &self,
        database: &Database,
        anyway: Duration,
        stop: impl Future<Output = ()>,
    ) {
        let mut stop = std::pin::pin!(stop);
        let mut followers = self.shared.followers.subscribe();
        let mut wake = None;
        let mut failures = 0_u32;
        loop {
            tokio::select! {
                biased;
                () = &mut stop => break,
                _ = followers.wait_for(|count| *count > 0) => {}
            }
            let looked = match &wake {
                Some(_) => self.look(database).await,
                // First this, so that nothing is missed between the two.
                None => match Wake::open(database).await {
                    Ok(opened) => {
                        wake = Some(opened);
                        self.look(database).await
                    }
                    Err(error) => Err(error),
                },
            };
            match looked {
                Ok(()) => failures = 0,
                Err(error) => {
                    failures = failures.saturating_add(1);
                    // Whatever else uses the database says so louder.
                    if failures == 1 {
                        warn!(%error, "new events can't be looked for now");
                    } else {
                        debug!(%error, failures, "new events can't be looked for now");
                    }
                    wake = None;
                }
            }
            tokio::select! {
                biased;
                () = &mut stop => break,
                _ = followers.wait_for(|count| *count == 0) => wake = None,
                broken = wait(&mut wake, anyway, failures) => if broken {
                    wake = None;
                },
            }
        }
    }

    /// One look.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn look(&self, database: &Database) -> Result<(), sea_orm::DbErr> {
        let last = events::last_position(database).await?;
        let followers = self.shared.followers.borrow();
        if *followers > 0 {
            self.shared.last.send_if_modified(|known| {
                // A look that began earlier may end later.
                let moved = known.is_none_or(|known| known < last);
                if moved {
                    *known = Some(last);
                }
                moved
            });
        }
        Ok(())
    }
}

/// Until the next look. Says whether what wakes us is broken.
async fn wait(wake: &mut Option<Wake>, anyway: Duration, failures: u32) -> bool {
    let Some(wake) = wake else {
        let doubled = BACK_OFF.saturating_mul(1 << failures.saturating_sub(1).min(6));
        sleep(doubled.min(LONGEST_BACK_OFF)).await;
        return false;
    };
    match timeout(anyway, wake.woken()).await {
        Ok(Err(error)) => {
            debug!(%error, "what tells of new events is lost");
            true
        }
        Ok(Ok(())) | Err(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use maip_domain::time::Clock;
    use sea_orm::ConnectionTrait as _;

    use super::*;
    use crate::record::Sequencer;
    use crate::record::sequencer::Step;
    use crate::tests::{Counting, Hand, on_both};

    /// So long that it can't be what wakes anybody here.
    const NEVER: Duration = Duration::from_hours(1);

    async fn write(database: &Database, name: &str) {
        let written = if database.dialect() == crate::read::Dialect::Postgres {
            "CAST(CAST(pg_current_xact_id() AS text) AS bigint)"
        } else {
            "0"
        };
        let sql = format!(
            "INSERT INTO outbox (id, written, created_at, kind, subject_type, subject_id) \
             VALUES ('event_{name}', {written}, 1, 'lesson.published', 'Lesson', 'lesson_1')"
        );
        database.writer().execute_unprepared(&sql).await.unwrap();
    }

    async fn number(sequencer: &Sequencer) {
        // On PostgreSQL transactions of other tests hold it back for a moment.
        while !matches!(sequencer.step().await.unwrap(), Step::Numbered { .. }) {
            sleep(Duration::from_millis(5)).await;
        }
    }

    async fn until(following: &mut Following, position: i64) {
        let reached = async {
            while following.last() < Some(position) {
                following.changed().await;
            }
        };
        timeout(Duration::from_mins(1), reached).await.expect("it is told of in time");
    }

    on_both! {
        async fn who_follows_is_told_when_an_event_gets_its_number(database: &Database) {
            let clock: Arc<dyn Clock> = Arc::new(Hand::new());
            let sequencer = Sequencer::new(database.clone(), clock, &Counting::new(3));
            let feed = Feed::default();
            let told = async {
                for name in 1..=3 {
                    let mut following = feed.attend(database).await;
                    assert_eq!(following.last(), Some(name - 1));
                    write(database, &name.to_string()).await;
                    number(&sequencer).await;
                    until(&mut following, name).await;
                    drop(following);
                    assert_eq!(feed.last(), None, "it gets old while nobody follows");
                }
            };
            feed.run_and_look_anyway(database, NEVER, told).await;
        }

        async fn nothing_is_asked_of_the_database_while_nobody_follows(database: &Database) {
            let statements = Arc::new(AtomicUsize::new(0));
            let counted = database.clone().counted(&statements);
            let feed = Feed::default();
            let others_work = async {
                for name in 0..20 {
                    write(database, &name.to_string()).await;
                }
                assert_eq!(statements.load(Ordering::Relaxed), 0);
                let mut following = feed.follow();
                until(&mut following, 0).await;
                assert!(statements.load(Ordering::Relaxed) > 0);
            };
            feed.run_and_look_anyway(&counted, Duration::from_millis(1), others_work).await;
        }
    }

    #[tokio::test]
    async fn a_lost_connection_is_made_anew() {
        crate::tests::database::on_postgres(async |database| {
            let clock: Arc<dyn Clock> = Arc::new(Hand::new());
            let sequencer = Sequencer::new(database.clone(), clock, &Counting::new(3));
            let feed = Feed::default();
            let told = async {
                let mut following = feed.attend(database).await;
                write(database, "1").await;
                number(&sequencer).await;
                until(&mut following, 1).await;
                // Whoever isn't asking this listens.
                let listening = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE \
                                 datname = current_database() AND query LIKE 'LISTEN%'";
                database.writer().execute_unprepared(listening).await.unwrap();
                write(database, "2").await;
                number(&sequencer).await;
                until(&mut following, 2).await;
            };
            feed.run_and_look_anyway(database, NEVER, told).await;
        })
        .await;
    }
}
