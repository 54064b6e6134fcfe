//! A demonstration to be attacked.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::Failure;

/// A running `maip demo`, killed on drop.
pub struct Server {
    process: Child,
    address: SocketAddr,
}

impl Server {
    pub fn start(binary: &Path, data_dir: &Path) -> Result<Self, Failure> {
        let mut process = Command::new(binary)
            .arg("demo")
            .current_dir(data_dir)
            .env("MAIP_DATA_DIR", data_dir)
            .env("MAIP_PORT", "0")
            .env("MAIP_LOG", "error")
            .env("MAIP_RATE_LIMIT_ANONYMOUS", "0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()?;
        let stdout = process.stdout.take().ok_or("no standard output")?;
        let mut lines = BufReader::new(stdout).lines();
        let address = loop {
            let line = lines.next().ok_or("the server ended at its start")??;
            if let Some((_, address)) = line.split_once("listening on http://") {
                break address.trim().trim_end_matches('/').parse()?;
            }
        };
        // So that it can go on printing.
        std::thread::spawn(move || lines.for_each(drop));
        Ok(Self { process, address })
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The most memory that it has had, in MiB.
    pub fn most_resident(&self) -> Result<u64, Failure> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id()))?;
        let line =
            status.lines().find_map(|line| line.strip_prefix("VmHWM:")).ok_or("the server has ended")?;
        Ok(line.trim().trim_end_matches(" kB").parse::<u64>()? / 1024)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        drop(self.process.kill());
        drop(self.process.wait());
    }
}
