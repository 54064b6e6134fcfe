//! Accounts, sessions, organisations, API tokens.

pub mod accounts;
pub mod admin;
mod attempts;
pub mod codes;
pub mod entity;
mod letters;
pub mod read;
pub mod recovery;
pub mod sessions;
pub mod sign_in;
pub mod sign_up;
pub mod standing;
