//! What a text is recognised by.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

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
