//! Ids of demonstration records: made from their keys, so that they are the same in every
//! demonstration and examples can name them.

use maip_domain::id;
use maip_domain::time::{Clock, Entropy, Timestamp};
use sha2::{Digest as _, Sha256};

/// The id of the record with this key.
pub fn id(prefix: &'static str, key: &str) -> String {
    let of = OfKey(format!("maip demo {prefix} {key}"));
    id::generate(prefix, &of, &of)
}

/// The key in place of time and chance.
struct OfKey(String);

impl Clock for OfKey {
    fn now(&self) -> Timestamp {
        // 1 January 2026.
        Timestamp::from_micros(1_767_225_600_000_000)
    }
}

impl Entropy for OfKey {
    fn fill(&self, buffer: &mut [u8]) {
        for (byte, made) in buffer.iter_mut().zip(Sha256::digest(&self.0)) {
            *byte = made;
        }
    }
}
