//! A private, migrated database per test: a template is migrated once by the binary itself, and cloned.

mod postgres;
mod sqlite;

use std::cell::RefCell;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::{Arc, OnceLock, Weak};

use tempfile::TempDir;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use xtask::postgres::{Binaries, PrivateServer};

use crate::binary;

/// The keys of every test's installation.
const KEYS: &str = "k1 6d6169702074657374206b65792c206e6576657220757365206974206f746865";

/// The databases that the product runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Backend {
    /// A file in the data directory.
    Sqlite,
    /// A database of its own on the server that `MAIP_TEST_POSTGRES_URL` names.
    Postgres,
}

/// A migrated database and a data directory that belong to one test; deleted on drop.
///
/// Several servers may run on one: see [`crate::Server::on`].
#[derive(Debug)]
pub struct Database {
    backend: Backend,
    url: String,
    data_dir: TempDir,
    dropped_at_end: bool,
    _permit: Arc<OwnedSemaphorePermit>,
}

impl Database {
    /// A new database, as `maip migrate` leaves it.
    ///
    /// Waits while too many other tests use theirs.
    pub async fn create(backend: Backend) -> Self {
        let permit = permit().await;
        let data_dir = new_data_dir();
        let url = match backend {
            Backend::Sqlite => sqlite::clone_template(data_dir.path()),
            Backend::Postgres => postgres::clone_template(data_dir.path()).await,
        };
        Self { backend, url, data_dir, dropped_at_end: backend == Backend::Postgres, _permit: permit }
    }

    /// The database of a PostgreSQL server that belongs to one test, which may kill it or read its log.
    pub async fn on_private_server(server: &PrivateServer) -> Self {
        let permit = permit().await;
        let data_dir = new_data_dir();
        let url = server.url().to_owned();
        migrate(&url, data_dir.path());
        Self { backend: Backend::Postgres, url, data_dir, dropped_at_end: false, _permit: permit }
    }

    /// Which one this is.
    #[must_use]
    pub fn backend(&self) -> Backend {
        self.backend
    }

    /// What the binary gets as `MAIP_DATABASE_URL`.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// What the binary gets as `MAIP_DATA_DIR`.
    #[must_use]
    pub fn data_dir(&self) -> &Path {
        self.data_dir.path()
    }

    /// The binary with a subcommand, set to this database. Nothing of the caller's own configuration reaches it.
    #[must_use]
    pub fn command(&self, args: &[&str]) -> Command {
        command(&self.url, self.data_dir(), args)
    }

    /// Runs a subcommand on this database to its end.
    #[must_use]
    pub fn run(&self, args: &[&str]) -> Output {
        self.command(args).output().expect("the maip binary starts")
    }
}

/// A PostgreSQL server that belongs to one test, which may kill it or read its log, with these settings.
///
/// It takes the server's programs on this machine. Where PostgreSQL is only reachable, the test is left out, which it
/// says; on continuous integration (`CI` is set) nothing is left out.
#[must_use]
pub fn private_postgres(settings: &[(&str, &str)]) -> Option<PrivateServer> {
    let Some(binaries) = Binaries::find() else {
        let what = "this needs the programs of a PostgreSQL server on this machine, which aren't there";
        assert!(std::env::var_os("CI").is_none(), "{what}");
        let thread = std::thread::current();
        // Not by `eprintln!`, which shows only what failed.
        let line = format!("\nLEFT OUT: {}: {what}\n", thread.name().unwrap_or("a test"));
        std::io::stderr().write_all(line.as_bytes()).expect("standard error is there");
        return None;
    };
    Some(PrivateServer::start(&binaries, settings).expect("a private server starts"))
}

impl Drop for Database {
    fn drop(&mut self) {
        if self.dropped_at_end {
            postgres::drop_database(&self.url);
        }
    }
}

fn new_data_dir() -> TempDir {
    tempfile::Builder::new().prefix("maip-test-").tempdir().expect("a temporary folder can be made")
}

fn command(url: &str, data_dir: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(binary::path());
    let inherited = std::env::vars_os().map(|(key, _)| key);
    for key in inherited.filter(|key| key.to_string_lossy().starts_with("MAIP_")) {
        command.env_remove(key);
    }
    command.args(args).current_dir(data_dir).stdin(Stdio::null());
    command.env("MAIP_DATABASE_URL", url).env("MAIP_DATA_DIR", data_dir);
    // A database that is cloned from a template has the template's keys.
    command.env("MAIP_KEYS", KEYS);
    // Tests are one address, and ask more of it than a stranger may. Those of the limits set their own.
    for limit in ["ANONYMOUS", "ACCOUNT", "ANONYMOUS_COST", "ACCOUNT_COST", "SIGN_IN", "REFRESH"] {
        command.env(format!("MAIP_RATE_LIMIT_{limit}"), "0");
    }
    command
}

/// Migrates an empty database with the binary itself.
fn migrate(url: &str, data_dir: &Path) {
    let output = command(url, data_dir, &["migrate"]).output().expect("the maip binary starts");
    assert!(
        output.status.success(),
        "`maip migrate` ended with {}\n{}{}",
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
}

/// Bounds the tests that use a database at once, however many threads the tests have.
///
/// A test that takes several shares one permit among them: two tests can't wait for each other.
async fn permit() -> Arc<OwnedSemaphorePermit> {
    static PERMITS: OnceLock<Arc<Semaphore>> = OnceLock::new();
    thread_local! {
        // The body of a test stays on its thread.
        static HELD: RefCell<Weak<OwnedSemaphorePermit>> = const { RefCell::new(Weak::new()) };
    }
    if let Some(held) = HELD.with_borrow(Weak::upgrade) {
        return held;
    }
    let permits = PERMITS.get_or_init(|| {
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        Arc::new(Semaphore::new(cores.max(2)))
    });
    let permit = Arc::new(permits.clone().acquire_owned().await.expect("the semaphore is never closed"));
    HELD.set(Arc::downgrade(&permit));
    permit
}
