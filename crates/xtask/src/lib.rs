//! The repository's chores, started with `cargo xtask`.
//!
//! A library too, so that tests which need a PostgreSQL server of their own (one to kill, one whose log they read)
//! start it with [`postgres::PrivateServer`].

pub mod bench;
pub mod clients;
pub mod docs;
pub mod exec;
pub mod fuzz;
pub mod layering;
pub mod postgres;
pub mod rust_version;
pub mod schema;
pub mod test;

/// What went wrong in a chore, in words for the person at the terminal.
#[derive(Debug)]
pub struct Failure(String);

impl Failure {
    /// A failure with its message: what went wrong, and what to do about it.
    pub fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Failure {}

/// The result of a chore or of a part of one.
pub type Result<T = ()> = std::result::Result<T, Failure>;
