//! The `maip` binary under load.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::Failure;

/// A running `maip serve`, killed on drop.
pub struct Server {
    process: Child,
    address: SocketAddr,
}

impl Server {
    pub fn start(binary: &Path, url: &str, data_dir: &Path) -> Result<Self, Failure> {
        let mut process = command(binary, url, data_dir, "serve")
            .env("MAIP_PORT", "0")
            .env("MAIP_LOG", "warn")
            // One address sends all the load here.
            .env("MAIP_RATE_LIMIT_ANONYMOUS", "0")
            .stdout(Stdio::piped())
            .spawn()?;
        let stdout = process.stdout.take().ok_or("no standard output")?;
        for line in BufReader::new(stdout).lines() {
            if let Some((_, address)) = line?.split_once("listening on http://") {
                return Ok(Self { process, address: address.trim().trim_end_matches('/').parse()? });
            }
        }
        Err("the server ended at its start".into())
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

pub fn migrate(binary: &Path, url: &str, data_dir: &Path) -> Result<(), Failure> {
    let status = command(binary, url, data_dir, "migrate").stdout(Stdio::null()).status()?;
    if status.success() { Ok(()) } else { Err(format!("maip migrate: {status}").into()) }
}

fn command(binary: &Path, url: &str, data_dir: &Path, subcommand: &str) -> Command {
    let mut command = Command::new(binary);
    command.arg(subcommand).current_dir(data_dir).stdin(Stdio::null());
    command.env("MAIP_DATABASE_URL", url).env("MAIP_DATA_DIR", data_dir);
    command
}
