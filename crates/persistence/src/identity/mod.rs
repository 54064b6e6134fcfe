//! Accounts, sign-in, sessions, organisations, API tokens.

pub mod entity;
pub mod read;
