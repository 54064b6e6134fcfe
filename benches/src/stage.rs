//! What a run stands on: a private PostgreSQL server with the same settings for all, and databases with data.

use std::path::{Path, PathBuf};
use std::time::Instant;

use tempfile::TempDir;
use xtask::postgres::{Binaries, PrivateServer};

use crate::data::{self, Loaded};
use crate::extent::MEMBERS;
use crate::side::maip::{Maip, make_members};
use crate::side::peers;
use crate::{Failure, process};

/// As on a server that is set up for it: what one side profits from, all do. Commits wait for the disk.
const SETTINGS: &[(&str, &str)] = &[
    ("random_page_cost", "1.1"),
    ("jit", "off"),
    ("shared_buffers", "1GB"),
    ("fsync", "on"),
    ("full_page_writes", "on"),
    ("max_wal_size", "8GB"),
    ("checkpoint_timeout", "30min"),
    // Its run would fall into one side's turn; statistics are made when the data is loaded.
    ("autovacuum", "off"),
];

pub struct Stage {
    pub binary: PathBuf,
    pub version: String,
    server: PrivateServer,
    /// The process number of the database server.
    pub postmaster: u32,
}

/// A database with data, and the installation that serves it.
pub struct Install {
    pub maip: Maip,
    pub loaded: Loaded,
    /// Deleted on drop.
    _data_dir: TempDir,
}

impl Stage {
    pub async fn new(binary: &Path) -> Result<Self, Failure> {
        let binaries = Binaries::find().ok_or("no PostgreSQL server binaries here")?;
        let server = PrivateServer::start(&binaries, SETTINGS)?;
        let client = data::connect(server.url()).await?;
        let backend: i32 = client.query_one("SELECT pg_backend_pid()", &[]).await?.get(0);
        let postmaster = u32::try_from(backend).ok().and_then(process::parent);
        let postmaster = postmaster.ok_or("the database server isn't among this machine's processes")?;
        Ok(Self { binary: binary.to_owned(), version: binaries.version(), server, postmaster })
    }

    /// What the database server has logged.
    pub fn log(&self) -> Result<String, Failure> {
        Ok(self.server.log()?)
    }

    fn url(&self, database: &str) -> String {
        let base = self.server.url();
        base.rsplit_once('/').map_or_else(|| base.to_owned(), |(server, _)| format!("{server}/{database}"))
    }

    /// A database of so many lessons, with members and the peers' views.
    pub async fn install(&self, name: &str, lessons: usize) -> Result<Install, Failure> {
        let client = data::connect(self.server.url()).await?;
        client.batch_execute(&format!("CREATE DATABASE {name}")).await?;
        let (url, data_dir) = (self.url(name), tempfile::tempdir()?);
        let maip = Maip::new(&self.binary, data_dir.path(), Some(&url));
        maip.migrate()?;
        let started = Instant::now();
        let loaded = data::postgres(&url, lessons).await?;
        println!("{lessons} lessons on PostgreSQL, loaded in {:.0} s", started.elapsed().as_secs_f64());
        maip.accounts(MEMBERS)?;
        let client = data::connect(&url).await?;
        client.batch_execute(&make_members(&loaded.platforms[0])).await?;
        client.batch_execute(&peers::views()?).await?;
        client.batch_execute("ANALYZE accounts; ANALYZE memberships").await?;
        Ok(Install { maip, loaded, _data_dir: data_dir })
    }

    /// Removes a database that nobody uses any more.
    pub async fn remove(&self, name: &str) -> Result<(), Failure> {
        let client = data::connect(self.server.url()).await?;
        Ok(client.batch_execute(&format!("DROP DATABASE {name} WITH (FORCE)")).await?)
    }

    /// The same on SQLite.
    pub async fn sqlite(&self, lessons: usize) -> Result<Install, Failure> {
        let data_dir = tempfile::tempdir()?;
        let maip = Maip::new(&self.binary, data_dir.path(), None);
        maip.migrate()?;
        let file = data_dir.path().join("maip.db");
        let started = Instant::now();
        let loaded = data::sqlite(&file, lessons).await?;
        println!("{lessons} lessons on SQLite, loaded in {:.0} s", started.elapsed().as_secs_f64());
        maip.accounts(MEMBERS)?;
        data::run_on_sqlite(&file, &make_members(&loaded.platforms[0])).await?;
        Ok(Install { maip, loaded, _data_dir: data_dir })
    }
}

impl Install {
    /// The URL of its PostgreSQL database.
    pub fn url(&self) -> Result<&str, Failure> {
        self.maip.url.as_deref().ok_or_else(|| "SQLite has no URL for others".into())
    }
}
