//! Places for what goes on: `WebSocket`s and event streams, so many for each caller at once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// The places of this process.
pub struct Seats {
    most: u32,
    /// Who has how many; nobody who has none.
    taken: Arc<Mutex<HashMap<String, u32>>>,
}

/// A place, free again when this is dropped.
#[derive(Debug)]
pub struct Seat {
    taken: Arc<Mutex<HashMap<String, u32>>>,
    /// Nobody where it isn't counted.
    who: Option<String>,
}

impl Seats {
    /// So many for each caller; zero is no limit.
    pub fn new(most: u32) -> Self {
        Self { most, taken: Arc::default() }
    }

    /// One more place for a caller, unless all of theirs are taken. Nobody isn't counted.
    pub fn take(&self, who: Option<String>) -> Option<Seat> {
        let who = who.filter(|_| self.most > 0);
        if let Some(who) = &who {
            let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
            let count = taken.get(who).copied().unwrap_or_default();
            if count >= self.most {
                return None;
            }
            taken.insert(who.clone(), count + 1);
        }
        Some(Seat { taken: Arc::clone(&self.taken), who })
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let Some(who) = &self.who else { return };
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = taken.get_mut(who) {
            *count -= 1;
            if *count == 0 {
                taken.remove(who);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_has_so_many_and_gets_them_back() {
        let seats = Seats::new(2);
        let first = seats.take(Some("a".to_owned())).unwrap();
        let _second = seats.take(Some("a".to_owned())).unwrap();
        assert!(seats.take(Some("a".to_owned())).is_none());
        let other = seats.take(Some("b".to_owned()));
        assert!(other.is_some());
        drop(first);
        assert!(seats.take(Some("a".to_owned())).is_some());
        drop(other);
        assert_eq!(seats.taken.lock().unwrap().len(), 1, "who has none takes no memory");
    }

    #[test]
    fn nobody_is_not_counted_and_zero_is_no_limit() {
        let seats = Seats::new(1);
        let kept: Vec<_> = (0..3).map(|_| seats.take(None).unwrap()).collect();
        let unlimited = Seats::new(0);
        let more: Vec<_> = (0..3).map(|_| unlimited.take(Some("a".to_owned())).unwrap()).collect();
        assert_eq!(kept.len() + more.len(), 6);
    }
}
