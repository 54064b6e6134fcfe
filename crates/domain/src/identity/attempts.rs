//! How fast passwords and codes may be tried: ever slower, never not at all.

use crate::time::Timestamp;

/// A pace: so many attempts at once, then one after each wait, the waits twice as long each time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// Attempts without a wait.
    pub free: i64,
    /// The first wait, in seconds.
    pub first_wait: i64,
    /// The longest wait, in seconds: whoever tries to shut a person out can't make it longer.
    pub longest_wait: i64,
    /// After so many seconds without an attempt all is forgotten.
    pub forgotten_after: i64,
}

/// For passwords and PINs. Of the million PINs of six digits 96 can be tried in a day.
pub const PASSWORD: Pace = Pace { free: 5, first_wait: 10, longest_wait: 15 * 60, forgotten_after: 86_400 };
/// For one-time codes, which bear only few attempts anyway.
pub const CODE: Pace = Pace { free: 20, first_wait: 5, longest_wait: 60, forgotten_after: 3_600 };
/// For what sends a message to a login: sign-up and lost passwords.
pub const MESSAGE: Pace = Pace { free: 5, first_wait: 60, longest_wait: 15 * 60, forgotten_after: 86_400 };

impl Pace {
    /// How long to wait after so many attempts, in seconds.
    #[must_use]
    pub fn wait(&self, attempts: i64) -> i64 {
        let doublings = attempts.saturating_sub(self.free).clamp(0, 20);
        if attempts < self.free {
            0
        } else {
            self.first_wait.saturating_mul(1_i64 << doublings).min(self.longest_wait)
        }
    }

    /// The number of attempts with this one, or how many seconds are still to be waited. An attempt
    /// that comes too early isn't counted.
    pub fn next(&self, attempts: i64, last: Timestamp, now: Timestamp) -> Result<i64, i64> {
        if last.plus_seconds(self.forgotten_after) <= now {
            return Ok(1);
        }
        let free_at = last.plus_seconds(self.wait(attempts));
        if free_at <= now {
            return Ok(attempts.saturating_add(1));
        }
        Err((free_at.micros() - now.micros()).div_euclid(Timestamp::SECOND) + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_waits_double_up_to_the_longest() {
        let waits: Vec<i64> = (0..14).map(|attempts| PASSWORD.wait(attempts)).collect();
        assert_eq!(waits, [0, 0, 0, 0, 0, 10, 20, 40, 80, 160, 320, 640, 900, 900]);
        assert_eq!(PASSWORD.wait(i64::MAX), 900);
    }

    #[test]
    fn an_early_attempt_waits_and_a_day_forgets() {
        let last = Timestamp::from_micros(0);
        assert_eq!(PASSWORD.next(4, last, last), Ok(5));
        assert_eq!(PASSWORD.next(5, last, last.plus_seconds(9)), Err(2));
        assert_eq!(PASSWORD.next(5, last, last.plus_seconds(10)), Ok(6));
        assert_eq!(PASSWORD.next(60, last, last.plus_seconds(900)), Ok(61));
        assert_eq!(PASSWORD.next(60, last, last.plus_seconds(86_400)), Ok(1));
    }

    proptest! {
        #[test]
        fn nobody_waits_longer_than_the_longest_wait(attempts in 0..i64::MAX, since in 0_i64..100_000) {
            let last = Timestamp::from_micros(1_000_000);
            if let Err(seconds) = PASSWORD.next(attempts, last, last.plus_seconds(since)) {
                prop_assert!(seconds > 0 && seconds <= PASSWORD.longest_wait + 1);
            }
        }
    }
}
