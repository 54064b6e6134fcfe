//! One process of an installation: what HTTP talks to.

use std::sync::Arc;

use maip_api::{Api, Attending, Execute, Recognised, Request, Response, Started};
use maip_domain::time::{Entropy as _, Timestamp};
use maip_http::{Installation, NotReady};
use maip_migrations::SchemaState;
use maip_persistence::crypto::{AccessKeys, Keyring, Passwords};
use maip_persistence::database::Database;
use maip_persistence::files::{self, Files, Served, SignedPath, Spool, Upload};
use maip_persistence::record::Feed;
use maip_persistence::services::{Delivery, Services};

use crate::config::Config;
use crate::exit::{Exit, Failure, Outcome};
use crate::file_store::FilesConfig;
use crate::system::{SystemClock, SystemEntropy};

/// The services of a process with the real clock and the real randomness.
pub fn services(config: &Config, database: Database, keyring: Keyring) -> Outcome<Services> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let keyring = Arc::new(keyring);
    let FilesConfig { store, limits, photo_limits, public_url } = &config.files;
    let spool = config.data_dir.join("spool");
    let mut files = Files::new(store.open()?, spool, *limits, keyring.clone(), public_url)
        .with_photo_limits(*photo_limits);
    // Without a program of its own, as where it was removed while it runs, PDF is taken apart in this process.
    if let Ok(program) = std::env::current_exe() {
        files = files.with_pdf_program(program);
    }
    Ok(Services {
        database,
        keyring,
        files,
        access: Arc::new(AccessKeys::lasting(config.access_token_seconds)),
        passwords: Passwords::new(cores),
        feed: Feed::default(),
        delivery: Delivery { email: config.mail.is_some(), sms: false },
        clock: Arc::new(SystemClock),
        entropy: Arc::new(SystemEntropy),
    })
}

/// Executes requests, and says whether it can.
pub struct Node {
    api: Arc<Api>,
    services: Services,
}

impl Node {
    /// With the services of this process.
    pub fn new(config: &Config, services: Services) -> Outcome<Self> {
        let api = Api::new(services.clone(), config.api)
            .map_err(|problem| Failure::new(Exit::Internal, format!("the schema is broken: {problem}")))?;
        Ok(Self { api: Arc::new(api), services })
    }
}

impl Execute for Node {
    async fn execute(&self, request: Request) -> Response {
        self.api.execute(request).await
    }

    async fn resolve(&self, request: Request) -> Result<Request, Response> {
        self.api.resolve(request).await
    }

    async fn attend(&self, request: &Request) -> Option<Attending> {
        self.api.attend(request).await
    }

    async fn recognise(&self, request: Request) -> Recognised {
        self.api.recognise(request).await
    }

    fn start(self: Arc<Self>, request: Request) -> impl Future<Output = Started> + Send + 'static {
        Arc::clone(&self.api).start(request)
    }
}

impl Installation for Node {
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

    fn spool(&self) -> &Spool {
        &self.services.files.spool
    }

    async fn find_file(&self, said: SignedPath) -> Result<Option<Served>, NotReady> {
        files::find(&self.services, &said).await.map_err(|error| {
            tracing::warn!(%error, "a file can't be found");
            NotReady::Database
        })
    }

    async fn find_upload(&self, said: SignedPath) -> Result<Option<Upload>, NotReady> {
        files::find_upload(&self.services, &said).await.map_err(|error| {
            tracing::warn!(%error, "an announced file can't be found");
            NotReady::Database
        })
    }

    fn seal(&self, purpose: &str, plain: &str) -> String {
        self.services.keyring.seal("place", purpose, plain, &SystemEntropy)
    }

    fn open(&self, purpose: &str, sealed: &str) -> Option<String> {
        self.services.keyring.open("place", purpose, sealed)
    }

    fn now(&self) -> Timestamp {
        self.services.now()
    }

    fn fill_random(&self, buffer: &mut [u8]) {
        SystemEntropy.fill(buffer);
    }
}
