//! One process of an installation: what HTTP talks to.

use std::sync::Arc;

use maip_api::{Execute, Request, Response};
use maip_domain::time::Entropy as _;
use maip_http::{Installation, NotReady};
use maip_migrations::SchemaState;
use maip_persistence::crypto::{AccessKeys, Keyring, Passwords};
use maip_persistence::database::Database;
use maip_persistence::services::{Delivery, Services};

use crate::system::{SystemClock, SystemEntropy};

/// The services of a process with the real clock and the real randomness.
pub fn services(database: Database, keyring: Keyring) -> Services {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    Services {
        database,
        keyring: Arc::new(keyring),
        access: Arc::new(AccessKeys::default()),
        passwords: Passwords::new(cores),
        delivery: Delivery::default(),
        clock: Arc::new(SystemClock),
        entropy: Arc::new(SystemEntropy),
    }
}

/// Executes requests, and says whether it can.
#[derive(Debug)]
pub struct Node<E> {
    executor: E,
    services: Services,
}

impl<E: Execute> Node<E> {
    /// With what executes requests.
    pub fn new(executor: E, services: Services) -> Self {
        Self { executor, services }
    }
}

impl<E: Execute> Execute for Node<E> {
    async fn execute(&self, request: Request) -> Response {
        self.executor.execute(request).await
    }
}

impl<E: Execute> Installation for Node<E> {
    async fn ready(&self) -> Result<(), NotReady> {
        match maip_migrations::state(self.services.database.reader()).await {
            Ok(SchemaState::Current) => Ok(()),
            Ok(_) => Err(NotReady::Schema),
            Err(error) => {
                tracing::warn!(%error, "the database doesn't answer");
                Err(NotReady::Database)
            }
        }
    }

    async fn key_set(&self) -> Result<String, NotReady> {
        let Services { access, database, keyring, .. } = &self.services;
        access.key_set(database, keyring, self.services.now()).await.map_err(|error| {
            tracing::warn!(%error, "the key set can't be read");
            NotReady::Database
        })
    }

    fn fill_random(&self, buffer: &mut [u8]) {
        SystemEntropy.fill(buffer);
    }
}
