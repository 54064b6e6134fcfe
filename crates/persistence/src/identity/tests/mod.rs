//! Accounts, codes and sessions on both databases.

mod beside;
mod codes;
mod held;
mod my_data;
mod organisations;
mod recorded;
mod sessions;
mod sign_in;
mod sign_up;
mod token_use;

use std::sync::Arc;

use maip_domain::error_code::ErrorCode;
use maip_domain::id::AccountId;
use maip_domain::identity::{AccountStatus, Login, password};

use super::accounts::{self, NewAccount};
use super::sign_in as signing_in;
use crate::crypto::{AccessKeys, Keyring, Passwords};
use crate::database::Database;
use crate::read::viewer::Viewer;
use crate::services::{Delivery, Services};
use crate::tests::{Counting, Hand};
use crate::write::{Hold, MutationKey, Unit, WriteError, WriteResult, Written};

const PASSWORD: &str = "mangoes ripen in march";

/// A database with everything that a write needs, and a clock to turn.
struct House {
    services: Services,
    clock: Arc<Hand>,
}

impl House {
    fn new(database: &Database) -> Self {
        Self::sending(database, Delivery::default())
    }

    fn sending(database: &Database, delivery: Delivery) -> Self {
        let clock = Arc::new(Hand::new());
        let entropy = Arc::new(Counting::new(11));
        let keyring = Arc::new(Keyring::parse(&Keyring::generate(entropy.as_ref())).unwrap());
        let services = Services {
            database: database.clone(),
            keyring: keyring.clone(),
            files: crate::files::Files::in_memory(keyring),
            access: Arc::new(AccessKeys::default()),
            passwords: Passwords::new(2),
            feed: crate::record::Feed::default(),
            delivery,
            clock: clock.clone(),
            entropy,
        };
        Self { services, clock }
    }

    fn key() -> MutationKey {
        MutationKey::unrepeated("test")
    }

    async fn begin(&self, viewer: &Viewer) -> Unit<'_> {
        Unit::begin(&self.services, viewer, "request", Self::key()).await.unwrap()
    }

    async fn begin_alone(&self, viewer: &Viewer) -> Unit<'_> {
        Unit::begin_holding(&self.services, viewer, "request", Self::key(), Hold::Alone).await.unwrap()
    }

    async fn anonymous(&self) -> Unit<'_> {
        self.begin(&Viewer::Anonymous).await
    }

    /// An account with the password of all tests.
    async fn account(&self, login: &str, status: AccountStatus) -> AccountId {
        let login = Login::parse_any(login).unwrap();
        let canonical = password::canonical(login.kind(), PASSWORD);
        let hash = self.services.passwords.hash(canonical, self.services.entropy.as_ref()).await.unwrap();
        let id = AccountId::generate(self.clock.as_ref(), self.services.entropy.as_ref());
        let new = NewAccount {
            status,
            display_name: "Grace Banda".to_owned(),
            language: "ny".parse().unwrap(),
            country: None,
            login: Some(login),
            password_hash: (status != AccountStatus::Unclaimed).then_some(hash),
            login_verified: status == AccountStatus::Active,
            sex: None,
            age_group: None,
            registered: None,
            system_administrator: false,
        };
        let transaction = self.services.database.begin().await.unwrap();
        assert!(accounts::insert(&self.services, &transaction, self.services.now(), &id, new).await.unwrap());
        transaction.commit().await.unwrap();
        id
    }

    async fn sign_in(&self, login: &str, password: &str) -> WriteResult<Written> {
        let login = Login::parse_any(login).unwrap();
        let proven = signing_in::prove(&self.services, &login, password).await?;
        signing_in::sign_in(self.anonymous().await, &proven, Some("phone")).await
    }
}

/// The codes of a refusal.
#[track_caller]
fn refused(result: WriteResult<Written>) -> Vec<ErrorCode> {
    match result {
        Err(WriteError::Refused(errors)) => errors.into_iter().map(|error| error.code).collect(),
        other => panic!("not refused: {other:?}"),
    }
}

/// A token of the session in an answer.
fn token(written: &Written, name: &str) -> String {
    written.extras["session"][name].as_str().unwrap().to_owned()
}
