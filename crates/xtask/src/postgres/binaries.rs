//! Where the programs of a PostgreSQL server are.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::exec;

/// The oldest major version that MAIP supports.
pub const OLDEST: u32 = 15;

/// The programs of one installed PostgreSQL server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binaries {
    dir: PathBuf,
    version: (u32, u32),
}

impl Binaries {
    /// The newest server on PATH, where `pg_config` says, or in the usual folders; none that is older than [`OLDEST`].
    #[must_use]
    pub fn find() -> Option<Self> {
        candidates()
            .into_iter()
            .filter_map(Self::in_dir)
            .filter(|found| found.version.0 >= OLDEST)
            .max_by_key(|f| f.version)
    }

    /// The folder with `initdb`, `pg_ctl` and `postgres`.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Version as PostgreSQL writes it, such as `15.18`.
    #[must_use]
    pub fn version(&self) -> String {
        format!("{}.{}", self.version.0, self.version.1)
    }

    fn in_dir(dir: PathBuf) -> Option<Self> {
        if !["initdb", "pg_ctl", "postgres"].iter().all(|program| dir.join(program).is_file()) {
            return None;
        }
        let said = exec::output(Command::new(dir.join("postgres")).arg("--version")).ok()?;
        Some(Self { version: parse_version(&said)?, dir })
    }
}

fn candidates() -> Vec<PathBuf> {
    let mut dirs = Vec::new();
    if let Some(initdb) = exec::on_path("initdb") {
        dirs.extend(initdb.parent().map(Path::to_path_buf));
    }
    if let Ok(bindir) = exec::output(Command::new("pg_config").arg("--bindir")) {
        dirs.push(PathBuf::from(bindir.trim()));
    }
    // Debian and Ubuntu; Red Hat and Fedora; Homebrew on its two homes.
    dirs.extend(below("/usr/lib/postgresql", |_| true));
    dirs.extend(below("/usr", |name| name.starts_with("pgsql-")));
    for homebrew in ["/opt/homebrew/opt", "/usr/local/opt"] {
        dirs.extend(below(homebrew, |name| name.starts_with("postgresql")));
    }
    dirs
}

/// The `bin` of each folder in `parent` whose name is wanted.
fn below(parent: &str, wanted: impl Fn(&str) -> bool) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(parent) else { return Vec::new() };
    let named = entries.flatten().filter(|entry| wanted(&entry.file_name().to_string_lossy()));
    named.map(|entry| entry.path().join("bin")).collect()
}

/// Reads `postgres (PostgreSQL) 15.18 (Debian 15.18-0)`; a beta (`18beta1`) counts as its `.0`.
fn parse_version(said: &str) -> Option<(u32, u32)> {
    let version = said.split_once("(PostgreSQL)")?.1.split_whitespace().next()?;
    let digits = |text: &str| -> Option<u32> {
        let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
        text[..end].parse().ok()
    };
    let (major, minor) = version.split_once('.').unwrap_or((version, "0"));
    Some((digits(major)?, digits(minor).unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_from_what_the_server_says() {
        assert_eq!(parse_version("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n"), Some((15, 18)));
        assert_eq!(parse_version("postgres (PostgreSQL) 17.2"), Some((17, 2)));
        assert_eq!(parse_version("postgres (PostgreSQL) 18beta1"), Some((18, 0)));
        assert_eq!(parse_version("something else 15.18"), None);
    }

    #[test]
    fn a_folder_without_a_server_is_no_server() {
        assert_eq!(Binaries::in_dir(PathBuf::from("/")), None);
    }
}
