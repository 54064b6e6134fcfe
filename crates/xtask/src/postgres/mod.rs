//! A PostgreSQL server for tests: the one that is named, else a private one, else one that is installed or a container.

pub mod binaries;
mod container;
mod install;
mod private;

pub use binaries::Binaries;
pub use private::PrivateServer;

use container::Container;

use crate::{Failure, Result};

/// Names the server that tests use: its URL, of a role that may create databases.
pub const URL_VARIABLE: &str = "MAIP_TEST_POSTGRES_URL";

/// A PostgreSQL server that tests can use for as long as this value lives.
pub enum TestServer {
    /// The caller's own, named by [`URL_VARIABLE`].
    Named(String),
    /// A private one, stopped and deleted on drop.
    Private(PrivateServer),
    /// The container of docker-compose.yml, removed on drop.
    Container(Container),
}

impl TestServer {
    /// Finds or starts a server, and says on standard output which one it is.
    ///
    /// # Errors
    /// No server could be had; the message says what to do.
    pub fn find_or_start() -> Result<Self> {
        if let Some(url) = std::env::var(URL_VARIABLE).ok().filter(|url| !url.is_empty()) {
            println!("PostgreSQL: the one of {URL_VARIABLE}");
            return Ok(Self::Named(url));
        }
        if let Some(binaries) = Binaries::find() {
            return Self::private(&binaries);
        }
        println!("PostgreSQL: no server binaries of version {} or later here", binaries::OLDEST);
        if install::possible() {
            install::debian_package()?;
            if let Some(binaries) = Binaries::find() {
                return Self::private(&binaries);
            }
            println!("PostgreSQL: the installed package is older than {}", binaries::OLDEST);
        }
        if container::possible() {
            return Container::start().map(Self::Container);
        }
        Err(Failure::new(format!(
            "no PostgreSQL to test on, and its tests are not skipped. Do one of these:\n  \
             - install PostgreSQL {oldest} or later (Debian: apt-get install postgresql; macOS: brew install postgresql)\n  \
             - install Docker with its compose plugin and start it\n  \
             - set {URL_VARIABLE}=postgres://USER:PASSWORD@HOST:PORT/postgres to a server whose role may create databases",
            oldest = binaries::OLDEST,
        )))
    }

    /// The URL of the server's maintenance database.
    #[must_use]
    pub fn url(&self) -> &str {
        match self {
            Self::Named(url) => url,
            Self::Private(server) => server.url(),
            Self::Container(container) => container.url(),
        }
    }

    fn private(binaries: &Binaries) -> Result<Self> {
        let server = PrivateServer::start(binaries, &[])?;
        println!("PostgreSQL: private server of version {} on port {}", binaries.version(), server.port());
        Ok(Self::Private(server))
    }
}

/// Starts a server for a developer and keeps it until Ctrl-C.
pub fn serve_until_interrupted() -> Result {
    let server = TestServer::find_or_start()?;
    println!("{URL_VARIABLE}={}", server.url());
    println!("Ctrl-C stops it.");
    // Nothing to do on Ctrl-C: the guard of a private server outlives this process and cleans up.
    loop {
        std::thread::park();
    }
}
