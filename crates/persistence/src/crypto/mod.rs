//! Secrets at rest: sealed values, blind indexes, digests of tokens, hashed passwords, signing keys. And what clients
//! get sealed: cursors of events.
//!
//! Everything keyed here comes from one installation key, which is kept outside the database.

mod access;
mod event_cursor;
mod key_check;
mod keyring;
mod passwords;

pub use access::{AccessClaims, AccessError, AccessKeys, LIFETIME_SECONDS};
pub use key_check::{KeyCheckError, check_key, has_key};
pub use keyring::{KeyError, Keyring};
pub use passwords::{PasswordFailure, Passwords};
