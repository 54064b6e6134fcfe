//! What every write and every read with secrets needs, made once when the process starts.

use std::sync::Arc;

use maip_domain::time::{Clock, Entropy, Timestamp};

use crate::crypto::{AccessKeys, Keyring, Passwords};
use crate::database::Database;

/// The database, the keys, the clock and the randomness of this process.
#[derive(Clone)]
pub struct Services {
    /// The database.
    pub database: Database,
    /// The installation key and what is derived from it.
    pub keyring: Arc<Keyring>,
    /// Signs and checks access tokens.
    pub access: Arc<AccessKeys>,
    /// Hashes and checks passwords.
    pub passwords: Passwords,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// The source of randomness.
    pub entropy: Arc<dyn Entropy>,
}

impl std::fmt::Debug for Services {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Services").field("dialect", &self.database.dialect()).finish_non_exhaustive()
    }
}

impl Services {
    /// The present instant.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }
}
