//! `cargo xtask clients`: what frontends and partners use, run against the real server.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use crate::{Failure, Result, exec};

/// What the server prints when it serves, before its address.
const READY: &str = "listening on ";

/// Starts the demonstration and runs each project under `clients/` against it.
///
/// # Errors
/// A build, an installation or a test failed, or what a project is run with isn't there.
pub fn run() -> Result {
    let projects = projects()?;
    for (_, kind) in &projects {
        kind.program()?;
    }
    exec::run(&mut exec::cargo("build", &["--package", "maip", "--bin", "maip"]))?;
    let demo = Demo::start()?;
    let mut failed = Vec::new();
    for (project, kind) in projects {
        let name = project.file_name().unwrap_or_default().to_string_lossy().into_owned();
        println!("\n== clients/{name}");
        let began = Instant::now();
        if let Err(failure) = demo.test(kind, &project, &name) {
            println!("{failure}");
            failed.push(name.clone());
        }
        println!("== clients/{name}: {} s", began.elapsed().as_secs());
    }
    if failed.is_empty() {
        Ok(())
    } else {
        Err(Failure::new(format!("clients failed: {}", failed.join(", "))))
    }
}

/// What a project is made with, told by the file that lists what it needs.
#[derive(Clone, Copy)]
enum Kind {
    Npm,
    Python,
    Rust,
}

impl Kind {
    fn of(project: &Path) -> Option<Self> {
        let files =
            [("package.json", Self::Npm), ("requirements.txt", Self::Python), ("Cargo.toml", Self::Rust)];
        files.into_iter().find(|(file, _)| project.join(file).is_file()).map(|(_, kind)| kind)
    }

    /// The program that sets it up.
    fn program(self) -> Result<PathBuf> {
        let (program, instruction) = match self {
            Self::Npm => ("npm", "install Node.js 20 or later, such as Debian's packages nodejs and npm"),
            Self::Python => {
                ("python3", "install Python 3.10 or later, such as Debian's package python3-venv")
            }
            Self::Rust => ("cargo", "install Rust"),
        };
        exec::on_path(program).ok_or_else(|| Failure::new(format!("{program} is not on PATH: {instruction}")))
    }

    /// What installs its packages and then tests it.
    fn steps(self, name: &str) -> Result<Vec<Command>> {
        let program = self.program()?;
        let steps = match self {
            Self::Npm => {
                vec![command(&program, &["ci", "--no-audit", "--no-fund"]), command(&program, &["test"])]
            }
            Self::Python => {
                let environment = exec::target_dir().join("clients").join(name);
                let mut make = command(&program, &["-m", "venv"]);
                make.arg(&environment);
                let python = environment.join("bin").join("python");
                let install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
                vec![
                    make,
                    command(&python, &[&install[..], &["--requirement", "requirements.txt"]].concat()),
                    command(&python, &["-m", "unittest", "--verbose"]),
                ]
            }
            Self::Rust => {
                let mut test = exec::cargo("test", &[]);
                test.env("CARGO_TARGET_DIR", exec::target_dir().join("clients"));
                vec![exec::cargo("fmt", &["--check"]), test]
            }
        };
        Ok(steps)
    }
}

fn command(program: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null());
    command
}

/// The folders with a project, in the order of their names.
fn projects() -> Result<Vec<(PathBuf, Kind)>> {
    let folder = exec::root().join("clients");
    let entries = std::fs::read_dir(&folder)
        .map_err(|error| Failure::new(format!("{} can't be read: {error}", folder.display())))?;
    let mut projects: Vec<(PathBuf, Kind)> = entries
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            Kind::of(&path).map(|kind| (path, kind))
        })
        .collect();
    projects.sort_by(|(one, _), (other, _)| one.cmp(other));
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
        let binary = binary();
        let mut process = Command::new(&binary)
            .args(["demo", "--port", "0", "--data-dir"])
            .arg(&data_dir)
            .current_dir(&data_dir)
            // All of it comes from one address, and as fast as it can.
            .env("MAIP_RATE_LIMIT_ANONYMOUS", "0")
            .env("MAIP_RATE_LIMIT_ACCOUNT", "0")
            .env("MAIP_RATE_LIMIT_SIGN_IN", "0")
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

    fn test(&self, kind: Kind, project: &Path, name: &str) -> Result {
        for mut step in kind.steps(name)? {
            step.current_dir(project)
                .env("MAIP_URL", &self.url)
                .env("MAIP_DEMO_ACCOUNTS", self.data_dir.join("demo-accounts.json"))
                .env("MAIP_SCHEMA", exec::root().join("schema.graphql"))
                .env("MAIP_BINARY", binary());
            exec::run(&mut step)?;
        }
        Ok(())
    }
}

/// The server that was built.
fn binary() -> PathBuf {
    exec::target_dir().join("debug").join(format!("maip{}", std::env::consts::EXE_SUFFIX))
}

impl Drop for Demo {
    fn drop(&mut self) {
        // It may have ended already.
        drop(self.process.kill());
        drop(self.process.wait());
        drop(std::fs::remove_dir_all(&self.data_dir));
    }
}
