//! Parsed and validated documents by the hash of their text, bounded in number and in bytes. Nothing
//! in it depends on variables.

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};

use lru::LruCache;
use sha2::{Digest as _, Sha256};

use super::Document;

type Hash = [u8; 32];

pub(super) struct Cache {
    entries: Mutex<Entries>,
    max_bytes: usize,
}

struct Entries {
    by_hash: LruCache<Hash, Arc<Document>>,
    bytes: usize,
}

impl Cache {
    pub fn new(documents: usize, max_bytes: usize) -> Self {
        let capacity = NonZeroUsize::new(documents).unwrap_or(NonZeroUsize::MIN);
        Self { entries: Mutex::new(Entries { by_hash: LruCache::new(capacity), bytes: 0 }), max_bytes }
    }

    pub fn hash(text: &str) -> Hash {
        Sha256::digest(text.as_bytes()).into()
    }

    pub fn get(&self, hash: &Hash) -> Option<Arc<Document>> {
        self.lock().by_hash.get(hash).cloned()
    }

    pub fn put(&self, hash: Hash, document: Arc<Document>) {
        if document.bytes > self.max_bytes {
            return;
        }
        let mut entries = self.lock();
        entries.bytes += document.bytes;
        // What comes back is the entry of the same hash, or the oldest where the number was reached.
        if let Some((_, old)) = entries.by_hash.push(hash, document) {
            entries.bytes -= old.bytes;
        }
        while entries.bytes > self.max_bytes {
            let Some((_, old)) = entries.by_hash.pop_lru() else { break };
            entries.bytes -= old.bytes;
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Entries> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    #[cfg(test)]
    pub fn size(&self) -> (usize, usize) {
        let entries = self.lock();
        (entries.by_hash.len(), entries.bytes)
    }
}
