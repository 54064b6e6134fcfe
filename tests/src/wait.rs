//! Waiting for a condition, never for a time.

use std::time::{Duration, Instant};

/// How long a condition may take to hold, on a machine that does much else.
const PATIENCE: Duration = Duration::from_mins(2);
/// How long it is left alone between two looks.
const PAUSE: Duration = Duration::from_millis(5);

/// Waits until the condition holds; `what` says which, where it doesn't in time.
pub async fn until(what: &str, mut condition: impl AsyncFnMut() -> bool) {
    let start = Instant::now();
    while !condition().await {
        assert!(start.elapsed() < PATIENCE, "{what}: not in time");
        tokio::time::sleep(PAUSE).await;
    }
}
