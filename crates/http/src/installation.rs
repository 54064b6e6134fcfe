//! What HTTP asks of the rest of the process.

use maip_api::files::{Served, SignedPath, Spool, Upload};
use maip_api::{Execute, Timestamp};

/// A running installation: executes requests, and says whether it can.
pub trait Installation: Execute {
    /// Whether requests can be answered: the database is there and has the schema of this version.
    fn ready(&self) -> impl Future<Output = Result<(), NotReady>> + Send;

    /// The JSON text of the key set with which others check access tokens (RFC 7517).
    fn key_set(&self) -> impl Future<Output = Result<String, NotReady>> + Send;

    /// Where files are received.
    fn spool(&self) -> &Spool;

    /// The file that an address leads to, if it is one of ours and holds still.
    fn find_file(&self, said: SignedPath) -> impl Future<Output = Result<Option<Served>, NotReady>> + Send;

    /// The announced file that an address takes, if it is one of ours and holds still.
    fn find_upload(&self, said: SignedPath) -> impl Future<Output = Result<Option<Upload>, NotReady>> + Send;

    /// Seals a place for the client that comes back with it; it is good on every node.
    fn seal(&self, purpose: &str, plain: &str) -> String;

    /// What was sealed for the same purpose; none where this installation hasn't sealed it.
    fn open(&self, purpose: &str, sealed: &str) -> Option<String>;

    /// The present instant.
    fn now(&self) -> Timestamp;

    /// Fills a buffer with randomness, for request ids.
    fn fill_random(&self, buffer: &mut [u8]);
}

/// Why an installation can't answer now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotReady {
    /// The database doesn't answer.
    Database,
    /// Its schema is of another version.
    Schema,
}

impl NotReady {
    /// As the probe says it.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Database => "DATABASE_UNAVAILABLE",
            Self::Schema => "SCHEMA_NOT_CURRENT",
        }
    }
}
