//! Load: so many clients as fast as they are answered, or requests at a given rate whatever the answers do.

pub mod client;
mod closed;
mod open;

use std::sync::Arc;
use std::time::Duration;

pub use client::{Call, Client};
pub use closed::closed;
pub use open::open;

/// The call of each number, so that no two have to be the same.
pub type Calls = Arc<dyn Fn(usize) -> Call + Send + Sync>;

/// These in turn.
pub fn in_turn(calls: Vec<Call>) -> Calls {
    Arc::new(move |number| calls[number % calls.len()].clone())
}

/// What one stretch of load gave.
#[derive(Clone, Debug, Default)]
pub struct Sample {
    pub seconds: f64,
    /// Microseconds of each request, in order of size.
    pub micros: Vec<u32>,
}

impl Sample {
    fn of(seconds: Duration, mut micros: Vec<u32>) -> Self {
        micros.sort_unstable();
        Self { seconds: seconds.as_secs_f64(), micros }
    }

    pub fn count(&self) -> f64 {
        u32::try_from(self.micros.len()).map_or(f64::NAN, f64::from)
    }

    pub fn per_second(&self) -> f64 {
        self.count() / self.seconds
    }

    /// Milliseconds below which this share of the requests was answered.
    pub fn quantile(&self, share: f64) -> f64 {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "a place in a list of some thousands"
        )]
        let place = ((self.micros.len() as f64) * share) as usize;
        let last = self.micros.len().saturating_sub(1);
        self.micros.get(place.min(last)).map_or(f64::NAN, |micros| f64::from(*micros) / 1000.0)
    }
}

fn micros(duration: Duration) -> u32 {
    u32::try_from(duration.as_micros()).unwrap_or(u32::MAX)
}
