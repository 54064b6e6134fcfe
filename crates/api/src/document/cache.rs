//! What was made of texts, or texts themselves, bounded in number and in bytes. Nothing in it depends
//! on variables.

use std::borrow::Borrow;
use std::fmt::Write as _;
use std::hash::Hash;
use std::num::NonZeroUsize;
use std::sync::{Mutex, MutexGuard, PoisonError};

use lru::LruCache;
use sha2::{Digest as _, Sha256};

pub(crate) struct Cache<K: Hash + Eq, V> {
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

/// The SHA-256 of a text.
pub(crate) fn hash(text: &str) -> [u8; 32] {
    Sha256::digest(text.as_bytes()).into()
}

/// The same in hexadecimal digits, as clients write it.
pub(crate) fn digest(text: &str) -> String {
    hash(text).iter().fold(String::with_capacity(64), |mut digits, byte| {
        // Writing to a string never fails.
        let _ = write!(digits, "{byte:02x}");
        digits
    })
}

impl<K: Hash + Eq, V: Clone> Cache<K, V> {
    pub fn new(entries: usize, max_bytes: usize) -> Self {
        let capacity = NonZeroUsize::new(entries).unwrap_or(NonZeroUsize::MIN);
        Self { entries: Mutex::new(Entries { by_key: LruCache::new(capacity), bytes: 0 }), max_bytes }
    }

    pub fn get<Q: Hash + Eq + ?Sized>(&self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        self.lock().by_key.get(key).map(|entry| entry.value.clone())
    }

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

    #[cfg(test)]
    pub fn size(&self) -> (usize, usize) {
        let entries = self.lock();
        (entries.by_key.len(), entries.bytes)
    }
}
