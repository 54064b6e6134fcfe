//! What every write and every read with secrets needs, made once when the process starts.

use std::sync::Arc;

use maip_domain::identity::{CodeDelivery, LoginKind};
use maip_domain::time::{Clock, Entropy, Timestamp};

use crate::crypto::{AccessKeys, Keyring, Passwords};
use crate::database::Database;
use crate::files::Files;
use crate::record::Feed;

/// What messages this installation can send. What can't be sent is read out by a facilitator.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Delivery {
    /// Mail.
    pub email: bool,
    /// Text messages.
    pub sms: bool,
}

impl Delivery {
    /// How a one-time code reaches whoever has a login of this kind.
    #[must_use]
    pub fn of(self, login: LoginKind) -> CodeDelivery {
        match login {
            LoginKind::Email if self.email => CodeDelivery::Email,
            LoginKind::Phone if self.sms => CodeDelivery::Sms,
            LoginKind::Email | LoginKind::Phone | LoginKind::ShortName => CodeDelivery::Facilitator,
        }
    }

    /// Whether a message reaches whoever has a login of this kind.
    #[must_use]
    pub fn sends_to(self, login: LoginKind) -> bool {
        self.of(login) != CodeDelivery::Facilitator
    }
}

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
    /// What messages can be sent.
    pub delivery: Delivery,
    /// Takes, keeps and gives files.
    pub files: Files,
    /// How far the outbox has come.
    pub feed: Feed,
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
