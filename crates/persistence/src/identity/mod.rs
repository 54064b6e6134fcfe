//! Accounts, sign-in, sessions, organisations, API tokens.

pub mod api_tokens;
pub mod entity;
pub mod organisations;
pub mod read;
