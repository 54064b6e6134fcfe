//! Accounts, sign-in, sessions, organisations, API tokens.

pub mod accounts;
pub mod admin;
pub mod api_tokens;
mod attempts;
pub mod codes;
pub mod entity;
pub mod erasure;
pub mod export;
mod letters;
pub mod managers;
pub mod organisations;
pub mod read;
pub mod recovery;
pub(crate) mod refusals;
pub mod sessions;
pub mod sign_in;
pub mod sign_up;
pub mod standing;
#[cfg(test)]
mod tests;
pub(crate) mod token_use;
