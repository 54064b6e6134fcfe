//! What is worth keeping in memory, bounded in number and in bytes.

use std::borrow::Borrow;
use std::hash::Hash;
use std::num::NonZeroUsize;
use std::sync::{Mutex, MutexGuard, PoisonError};

use lru::LruCache;

/// The entries that were used last; what was not goes first.
pub struct Cache<K: Hash + Eq, V> {
    entries: Mutex<Entries<K, V>>,
    max_bytes: usize,
}

struct Entries<K: Hash + Eq, V> {
    by_key: LruCache<K, Entry<V>>,
    bytes: usize,
}

struct Entry<V> {
    value: V,
    bytes: usize,
}

impl<K: Hash + Eq, V: Clone> Cache<K, V> {
    /// So many entries at most, and so many bytes of them.
    #[must_use]
    pub fn new(entries: usize, max_bytes: usize) -> Self {
        let capacity = NonZeroUsize::new(entries).unwrap_or(NonZeroUsize::MIN);
        Self { entries: Mutex::new(Entries { by_key: LruCache::new(capacity), bytes: 0 }), max_bytes }
    }

    /// The value of a key, used just now.
    pub fn get<Q: Hash + Eq + ?Sized>(&self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        self.lock().by_key.get(key).map(|entry| entry.value.clone())
    }

    /// Keeps a value that takes so many bytes; not one that takes more than all may.
    pub fn put(&self, key: K, value: V, bytes: usize) {
        if bytes > self.max_bytes {
            return;
        }
        let mut entries = self.lock();
        entries.bytes += bytes;
        // What comes back is the entry of the same key, or the oldest where the number was reached.
        if let Some((_, old)) = entries.by_key.push(key, Entry { value, bytes }) {
            entries.bytes -= old.bytes;
        }
        while entries.bytes > self.max_bytes {
            let Some((_, old)) = entries.by_key.pop_lru() else { break };
            entries.bytes -= old.bytes;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Entries<K, V>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many entries there are, and how many bytes they take.
    #[must_use]
    pub fn size(&self) -> (usize, usize) {
        let entries = self.lock();
        (entries.by_key.len(), entries.bytes)
    }
}

impl<K: Hash + Eq, V> std::fmt::Debug for Cache<K, V> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Cache").finish_non_exhaustive()
    }
}
