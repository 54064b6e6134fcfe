//! `cargo xtask bench smoke`: the server against one hand-written SQL endpoint.

use std::process::Command;

use crate::{Result, exec};

/// Builds both with optimisation, runs them in turns, and writes the report.
///
/// # Errors
/// A build or the run failed.
pub fn smoke() -> Result {
    run("smoke", "smoke.md")
}

/// Builds both with optimisation, attacks a demonstration, and writes the report.
///
/// # Errors
/// A build or the run failed.
pub fn hostile() -> Result {
    run("hostile", "")
}

fn run(command: &str, report: &str) -> Result {
    exec::run(&mut exec::cargo("build", &["--release", "--package", "maip", "--package", "maip-bench"]))?;
    let built = exec::target_dir().join("release");
    let report = exec::root().join("benches").join("report").join(report);
    exec::run(Command::new(built.join("maip-bench")).arg(command).arg(built.join("maip")).arg(report))
}
