//! The peers: `PostGraphile` and Mercurius from npm, on views that apply the same visibility.

use std::path::PathBuf;
use std::process::Command;

use super::{CONNECTIONS, Kind};
use crate::Failure;
use crate::process::Process;

/// Makes the views, and the function for the write.
pub fn views() -> Result<String, Failure> {
    Ok(std::fs::read_to_string(folder().join("views.sql"))?)
}

fn folder() -> PathBuf {
    xtask::exec::root().join("benches").join("peers")
}

/// Installs the pinned packages, a Node.js that is new enough among them.
pub fn install() -> Result<(), Failure> {
    let npm = xtask::exec::on_path("npm")
        .ok_or("npm is not on PATH: install Node.js 20 or later, such as Debian's packages nodejs and npm")?;
    let modified = |path: &str| std::fs::metadata(folder().join(path)).and_then(|file| file.modified()).ok();
    // npm writes this last.
    if modified("node_modules/.package-lock.json") > modified("package-lock.json") {
        return Ok(());
    }
    let mut command = Command::new(npm);
    command.args(["ci", "--no-audit", "--no-fund"]).current_dir(folder());
    Ok(xtask::exec::run(&mut command)?)
}

pub fn start(kind: Kind, url: &str) -> Result<Process, Failure> {
    let folder = folder();
    let script = if kind == Kind::PostGraphile { "postgraphile.js" } else { "mercurius.js" };
    let mut command = Command::new(folder.join("node_modules").join(".bin").join("node"));
    command
        .arg(script)
        .current_dir(&folder)
        .env("DATABASE_URL", url)
        .env("DATABASE_CONNECTIONS", CONNECTIONS.to_string())
        .env("NODE_ENV", "production")
        .env("GRAPHILE_ENV", "production");
    Process::listening(&mut command)
}
