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
        first_of(&[&|| install::possible().then(Self::installed), &|| {
            container::possible().then(|| Container::start().map(Self::Container))
        }])
    }

    fn installed() -> Result<Self> {
        install::debian_package()?;
        let binaries = Binaries::find().ok_or_else(|| {
            Failure::new(format!("the installed package is older than {}", binaries::OLDEST))
        })?;
        Self::private(&binaries)
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

/// What the first of these ways gives that is possible here and doesn't fail.
fn first_of<T>(ways: &[&dyn Fn() -> Option<Result<T>>]) -> Result<T> {
    for way in ways {
        match way() {
            Some(Ok(server)) => return Ok(server),
            Some(Err(failure)) => println!("PostgreSQL: {failure}"),
            None => {}
        }
    }
    Err(Failure::new(format!(
        "no PostgreSQL to test on, and its tests are not skipped. Do one of these:\n  \
         - install PostgreSQL {oldest} or later (Debian: apt-get install postgresql; macOS: brew install postgresql)\n  \
         - install Docker with its compose plugin and start it\n  \
         - set {URL_VARIABLE}=postgres://USER:PASSWORD@HOST:PORT/postgres to a server whose role may create databases",
        oldest = binaries::OLDEST,
    )))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_way_that_fails_leaves_the_next_one() {
        let not_here = || None;
        let fails = || Some(Err(Failure::new("`apt-get -q update` ended with exit status: 100")));
        assert_eq!(first_of(&[&not_here, &fails, &|| Some(Ok(5432))]).ok(), Some(5432));
        let without_any =
            first_of::<u16>(&[&fails, &not_here, &fails]).map_err(|failure| failure.to_string());
        assert!(without_any.unwrap_err().contains("Do one of these:"));
    }

    #[test]
    fn a_way_is_not_tried_once_there_is_a_server() {
        assert_eq!(first_of(&[&|| Some(Ok(1)), &|| panic!("a second server")]).ok(), Some(1));
    }
}
