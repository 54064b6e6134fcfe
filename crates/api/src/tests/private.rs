//! A migrated database of its own for each test, and the services around it.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};

use maip_domain::time::{Clock, Entropy, Timestamp};
use maip_persistence::crypto::{AccessKeys, Keyring, Passwords};
use maip_persistence::database::Database;
use maip_persistence::files::Files;
use maip_persistence::services::{Delivery, Services};
use maip_sqlite_trace::Trace;
use sea_orm::ConnectionTrait as _;
use sea_orm_migration::MigratorTrait as _;

/// The name of an SQLite database.
const FILE: &str = "test.db";

/// A clock that stands still.
struct Fixed;

impl Clock for Fixed {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(1_800_000_000_000_000)
    }
}

/// Bytes that differ from call to call, and are the same in each test.
struct Counting(AtomicU64);

impl Entropy for Counting {
    fn fill(&self, buffer: &mut [u8]) {
        for byte in buffer {
            let next = self.0.fetch_add(0x9E37_79B9_7F4A_7C15, Ordering::Relaxed);
            *byte = next.to_be_bytes()[0];
        }
    }
}

/// The services around a database that goes away with the test.
pub struct Private {
    pub services: Services,
    _directory: Option<tempfile::TempDir>,
}

impl Private {
    pub async fn sqlite() -> Self {
        Self::inside(tempfile::tempdir().unwrap()).await
    }

    /// The same, with what SQLite runs for it.
    pub async fn traced() -> (Self, Trace) {
        let directory = tempfile::tempdir().unwrap();
        let trace = Trace::of(&directory.path().join(FILE));
        (Self::inside(directory).await, trace)
    }

    async fn inside(directory: tempfile::TempDir) -> Self {
        let url = format!("sqlite://{}", directory.path().join(FILE).display());
        Self { services: services(&url).await, _directory: Some(directory) }
    }

    pub async fn postgres() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        static SERVER: LazyLock<String> = LazyLock::new(|| {
            std::env::var("MAIP_TEST_POSTGRES_URL").expect(
                "MAIP_TEST_POSTGRES_URL is not set, and tests on PostgreSQL are not skipped: `cargo xtask test` sets it up",
            )
        });
        let name = format!("maip_api_{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
        let admin = sea_orm::Database::connect(SERVER.as_str()).await.unwrap();
        admin.execute_unprepared(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await.unwrap();
        admin.execute_unprepared(&format!("CREATE DATABASE {name}")).await.unwrap();
        let (before, _) = SERVER.rsplit_once('/').unwrap();
        Self { services: services(&format!("{before}/{name}")).await, _directory: None }
    }
}

async fn services(url: &str) -> Services {
    let migration = if url.starts_with("sqlite") { format!("{url}?mode=rwc") } else { url.to_owned() };
    let migration = sea_orm::Database::connect(migration).await.unwrap();
    maip_migrations::Migrator::up(&migration, None).await.unwrap();
    migration.close().await.unwrap();
    let entropy = Counting(AtomicU64::new(0));
    let keyring = Arc::new(Keyring::parse(&Keyring::generate(&entropy)).unwrap());
    Services {
        database: Database::connect(url, 6).await.unwrap(),
        keyring: keyring.clone(),
        files: Files::in_memory(keyring),
        access: Arc::new(AccessKeys::default()),
        passwords: Passwords::new(1),
        feed: maip_persistence::record::Feed::default(),
        delivery: Delivery::default(),
        clock: Arc::new(Fixed),
        entropy: Arc::new(entropy),
    }
}
