//! The time that a request takes, without the time that it stands in a line with limits of its own.

use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, timeout_at};

/// While it stands still, so often is looked whether it goes on.
const LOOK: Duration = Duration::from_millis(100);

/// A request's stopwatch. Its clones are the same one: whoever limits the request and whoever makes it
/// wait look at one.
#[derive(Clone, Debug, Default)]
pub struct Stopwatch(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    /// How many hold it, and since when somebody does.
    holders: usize,
    since: Option<Instant>,
    stood: Duration,
}

/// It took longer than it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it took longer than it may")]
pub struct TookTooLong;

/// Holds a stopwatch for as long as it is kept.
#[derive(Debug)]
pub struct Held<'a>(&'a Stopwatch);

impl Stopwatch {
    /// Makes it stand still.
    #[must_use]
    pub fn hold(&self) -> Held<'_> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.holders += 1;
        state.since.get_or_insert_with(Instant::now);
        Held(self)
    }

    /// Does this, for so long at most by this stopwatch.
    ///
    /// # Errors
    /// [`TookTooLong`]; what was under way is given up.
    pub async fn limit<T>(&self, limit: Duration, work: impl Future<Output = T>) -> Result<T, TookTooLong> {
        let mut work = pin!(work);
        let begun = Instant::now();
        let (before, _) = self.stood(begun);
        let mut end = begun + limit;
        loop {
            if let Ok(done) = timeout_at(end, work.as_mut()).await {
                return Ok(done);
            }
            let now = Instant::now();
            let (stood, held) = self.stood(now);
            let later = begun + limit + stood.saturating_sub(before);
            if !held && later <= end {
                return Err(TookTooLong);
            }
            end = if held { later.max(now + LOOK) } else { later };
        }
    }

    /// For how long it stood still, and whether it does.
    fn stood(&self, now: Instant) -> (Duration, bool) {
        let state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let current = state.since.map_or(Duration::ZERO, |since| now.saturating_duration_since(since));
        (state.stood + current, state.since.is_some())
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        let mut state = self.0.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.holders -= 1;
        if state.holders == 0
            && let Some(since) = state.since.take()
        {
            state.stood += since.elapsed();
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::sleep;

    use super::*;

    const MOMENT: Duration = Duration::from_millis(100);

    #[tokio::test]
    async fn the_time_in_line_does_not_count() {
        let watch = Stopwatch::default();
        let work = async {
            let held = watch.hold();
            sleep(10 * MOMENT).await;
            drop(held);
        };
        assert_eq!(watch.limit(5 * MOMENT, work).await, Ok(()));
    }

    #[tokio::test]
    async fn the_rest_does_before_and_after() {
        let watch = Stopwatch::default();
        assert_eq!(watch.limit(MOMENT, sleep(600 * MOMENT)).await, Err(TookTooLong));
        let work = async {
            let held = watch.hold();
            sleep(2 * MOMENT).await;
            drop(held);
            sleep(600 * MOMENT).await;
        };
        assert_eq!(watch.limit(MOMENT, work).await, Err(TookTooLong));
        // What stood still before a limit began is nothing that it gives.
        let begun = Instant::now();
        assert_eq!(watch.limit(MOMENT, sleep(600 * MOMENT)).await, Err(TookTooLong));
        assert!(begun.elapsed() < 300 * MOMENT);
    }

    #[tokio::test]
    async fn who_gives_up_in_line_lets_it_go_on() {
        let watch = Stopwatch::default();
        let lost = async {
            let _held = watch.hold();
            sleep(600 * MOMENT).await;
        };
        assert!(tokio::time::timeout(MOMENT, lost).await.is_err());
        assert_eq!(watch.limit(MOMENT, sleep(600 * MOMENT)).await, Err(TookTooLong));
    }
}
