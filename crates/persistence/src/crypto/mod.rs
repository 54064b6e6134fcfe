//! Secrets at rest: sealed values, blind indexes, digests of tokens, hashed passwords, signing keys.
//!
//! Everything keyed here comes from one installation key, which is kept outside the database.

mod access;
mod keyring;
mod passwords;

pub use access::{AccessClaims, AccessError, AccessKeys, LIFETIME_SECONDS};
pub use keyring::{KeyError, Keyring};
pub use passwords::{PasswordFailure, Passwords};
