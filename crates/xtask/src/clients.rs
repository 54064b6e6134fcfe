//! `cargo xtask clients`: what frontends and partners use, run against the real server.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::{Failure, Result, exec};

/// What the server prints when it serves, before its address.
const READY: &str = "listening on ";

/// Starts the demonstration and runs each project under `clients/` against it.
///
/// # Errors
/// A build, an installation or a test failed, or npm isn't there.
pub fn run() -> Result {
    let npm = exec::on_path("npm").ok_or_else(|| {
        Failure::new(
            "npm is not on PATH: install Node.js 20 or later, such as Debian's packages nodejs and npm",
        )
    })?;
    exec::run(&mut exec::cargo("build", &["--package", "maip", "--bin", "maip"]))?;
    let demo = Demo::start()?;
    let mut failed = Vec::new();
    for project in projects()? {
        let name = project.file_name().unwrap_or_default().to_string_lossy().into_owned();
        println!("\n== clients/{name}");
        let result = demo.test(&npm, &project);
        if let Err(failure) = result {
            println!("{failure}");
            failed.push(name);
        }
    }
    if failed.is_empty() {
        Ok(())
    } else {
        Err(Failure::new(format!("clients failed: {}", failed.join(", "))))
    }
}

/// The folders with a package, in the order of their names.
fn projects() -> Result<Vec<PathBuf>> {
    let folder = exec::root().join("clients");
    let entries = std::fs::read_dir(&folder)
        .map_err(|error| Failure::new(format!("{} can't be read: {error}", folder.display())))?;
    let mut projects: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.join("package.json").is_file())
        .collect();
    projects.sort();
    if projects.is_empty() { Err(Failure::new("there is no client to run")) } else { Ok(projects) }
}

/// `maip demo` in a folder of its own, ended on drop.
struct Demo {
    process: Child,
    url: String,
    data_dir: PathBuf,
}

impl Demo {
    fn start() -> Result<Self> {
        let data_dir = std::env::temp_dir().join(format!("maip-clients-{}", std::process::id()));
        std::fs::create_dir_all(&data_dir)
            .map_err(|error| Failure::new(format!("{} can't be made: {error}", data_dir.display())))?;
        let binary = exec::target_dir().join("debug").join(format!("maip{}", std::env::consts::EXE_SUFFIX));
        let mut process = Command::new(&binary)
            .args(["demo", "--port", "0", "--data-dir"])
            .arg(&data_dir)
            .current_dir(&data_dir)
            // All of it comes from one address, and as fast as it can.
            .env("MAIP_RATE_LIMIT_ANONYMOUS", "0")
            .env("MAIP_RATE_LIMIT_ACCOUNT", "0")
            .env("MAIP_LOG", "warn")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| Failure::new(format!("cannot start {}: {error}", binary.display())))?;
        let stdout = process.stdout.take();
        let mut demo = Self { process, url: String::new(), data_dir };
        let mut lines = BufReader::new(stdout.ok_or_else(|| Failure::new("no standard output"))?).lines();
        while let Some(Ok(line)) = lines.next() {
            if let Some((_, url)) = line.split_once(READY) {
                url.trim().trim_end_matches('/').clone_into(&mut demo.url);
                // Whatever it still prints must not block it.
                std::thread::spawn(move || lines.for_each(drop));
                return Ok(demo);
            }
        }
        Err(Failure::new("the demonstration ended before it listened"))
    }

    fn test(&self, npm: &Path, project: &Path) -> Result {
        let npm = |arguments: &[&str]| {
            let mut command = Command::new(npm);
            command.args(arguments).current_dir(project).stdin(Stdio::null());
            command.env("MAIP_URL", &self.url);
            command.env("MAIP_DEMO_ACCOUNTS", self.data_dir.join("demo-accounts.json"));
            command.env("MAIP_SCHEMA", exec::root().join("schema.graphql"));
            exec::run(&mut command)
        };
        npm(&["ci", "--no-audit", "--no-fund"])?;
        npm(&["test"])
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        // It may have ended already.
        drop(self.process.kill());
        drop(self.process.wait());
        drop(std::fs::remove_dir_all(&self.data_dir));
    }
}
