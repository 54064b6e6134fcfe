//! Token buckets: as many requests at once as a minute allows, refilled steadily.

use std::hash::Hash;
use std::num::NonZeroUsize;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use lru::LruCache;

/// The window that a rate is counted in.
pub const WINDOW_SECONDS: u32 = 60;

/// How many a minute; zero is no limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate(u32);

impl Rate {
    /// So many a minute; zero is no limit.
    #[must_use]
    pub const fn per_minute(count: u32) -> Self {
        Self(count)
    }

    /// So many a minute.
    #[must_use]
    pub const fn count(self) -> u32 {
        self.0
    }
}

/// What a bucket says of one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Whether it may pass.
    pub allowed: bool,
    /// How many more may pass at once.
    pub remaining: u32,
    /// Seconds until that one (or one more) may pass.
    pub retry_after_seconds: u32,
    /// Seconds until as many may pass at once as the limit allows.
    pub full_after_seconds: u32,
}

/// One bucket for each key, the least recently used forgotten first, so that strangers can't fill
/// the memory. A forgotten bucket begins full again.
pub struct Buckets<K: Hash + Eq> {
    rate: Rate,
    buckets: Mutex<LruCache<K, Bucket>>,
}

#[derive(Clone, Copy)]
struct Bucket {
    filled: f64,
    at: Instant,
}

impl<K: Hash + Eq> Buckets<K> {
    /// Buckets of one rate, so many at most.
    pub fn new(rate: Rate, capacity: NonZeroUsize) -> Self {
        Self { rate, buckets: Mutex::new(LruCache::new(capacity)) }
    }

    /// The rate of each.
    pub fn rate(&self) -> Rate {
        self.rate
    }

    /// Takes so many from the key's bucket, or nothing where there is less. `None` where there is no limit.
    pub fn take(&self, key: K, count: u32, now: Instant) -> Option<Verdict> {
        self.change(key, f64::from(count), now)
    }

    /// Puts so many back.
    pub fn give_back(&self, key: K, count: u32, now: Instant) {
        self.change(key, -f64::from(count), now);
    }

    fn change(&self, key: K, wanted: f64, now: Instant) -> Option<Verdict> {
        if self.rate.0 == 0 {
            return None;
        }
        let capacity = f64::from(self.rate.0);
        let per_second = capacity / f64::from(WINDOW_SECONDS);
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let bucket = buckets.get_or_insert_mut(key, || Bucket { filled: capacity, at: now });
        let gained = now.saturating_duration_since(bucket.at).as_secs_f64() * per_second;
        bucket.filled = (bucket.filled + gained).min(capacity);
        bucket.at = now;
        // More at once than the bucket ever holds can never pass by waiting; it empties the bucket.
        let needed = wanted.min(capacity);
        let allowed = bucket.filled >= needed;
        if allowed {
            bucket.filled = (bucket.filled - needed).min(capacity);
        }
        let next = if allowed { 1.0 } else { needed };
        let missing = (next - bucket.filled).max(0.0);
        Some(Verdict {
            allowed: allowed && wanted <= capacity,
            remaining: whole(bucket.filled.floor()),
            retry_after_seconds: whole((missing / per_second).ceil()),
            full_after_seconds: whole(((capacity - bucket.filled) / per_second).ceil()),
        })
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between zero and a u32's rate")]
fn whole(number: f64) -> u32 {
    number.clamp(0.0, f64::from(u32::MAX)) as u32
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn buckets(rate: u32, capacity: usize) -> Buckets<&'static str> {
        Buckets::new(Rate::per_minute(rate), NonZeroUsize::new(capacity).unwrap())
    }

    #[test]
    fn a_minutes_worth_passes_at_once_and_then_one_at_a_time() {
        let (buckets, start) = (buckets(6, 8), Instant::now());
        for remaining in (0..6).rev() {
            let verdict = buckets.take("a", 1, start).unwrap();
            assert!(verdict.allowed);
            assert_eq!(verdict.remaining, remaining);
        }
        let refused = buckets.take("a", 1, start).unwrap();
        assert_eq!(
            refused,
            Verdict { allowed: false, remaining: 0, retry_after_seconds: 10, full_after_seconds: 60 }
        );
        assert!(!buckets.take("a", 1, start + Duration::from_secs(9)).unwrap().allowed);
        assert!(buckets.take("a", 1, start + Duration::from_secs(10)).unwrap().allowed);
        assert!(!buckets.take("a", 1, start + Duration::from_secs(10)).unwrap().allowed);
    }

    #[test]
    fn callers_do_not_share_a_bucket() {
        let (buckets, start) = (buckets(1, 8), Instant::now());
        assert!(buckets.take("a", 1, start).unwrap().allowed);
        assert!(buckets.take("b", 1, start).unwrap().allowed);
        assert!(!buckets.take("a", 1, start).unwrap().allowed);
    }

    #[test]
    fn what_is_given_back_can_be_taken_again_and_never_overflows() {
        let (buckets, start) = (buckets(2, 8), Instant::now());
        buckets.give_back("a", 1, start);
        assert!(buckets.take("a", 2, start).unwrap().allowed);
        buckets.give_back("a", 1, start);
        assert!(buckets.take("a", 1, start).unwrap().allowed);
        assert!(!buckets.take("a", 1, start).unwrap().allowed);
    }

    #[test]
    fn more_than_a_bucket_holds_never_passes() {
        let (buckets, start) = (buckets(3, 8), Instant::now());
        assert!(!buckets.take("a", 4, start).unwrap().allowed);
        assert!(!buckets.take("a", 1, start).unwrap().allowed);
    }

    #[test]
    fn memory_is_bounded_and_zero_is_no_limit() {
        let (small, start) = (buckets(1, 2), Instant::now());
        for key in ["a", "b", "c"] {
            assert!(small.take(key, 1, start).unwrap().allowed);
        }
        assert_eq!(small.buckets.lock().unwrap().len(), 2);
        assert_eq!(buckets(0, 2).take("a", 1, start), None);
    }
}
