//! `cargo xtask test`: every Rust check and test of the repository.

use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Instant;

use crate::postgres::{Binaries, TestServer, URL_VARIABLE};
use crate::{Failure, Result, exec, layering, rust_version, schema};

/// What this command leaves out, printed at its end.
const NOT_PART: &str = "clients (cargo xtask clients), bench, fuzz";

/// Runs each check and all tests. One that fails does not keep the others from running.
pub fn everything() -> Result {
    let mut report = Report::default();
    report.step("format", || exec::run(&mut exec::cargo("fmt", &["--all", "--check"])));
    report.step("layering", layering::check);
    report.step("Rust version", rust_version::check);
    if exec::succeeds(&mut exec::cargo("deny", &["--version"])) {
        report.step("dependencies", || {
            exec::run(&mut exec::cargo(
                "deny",
                &["--offline", "check", "--hide-inclusion-graph", "bans", "licenses", "sources"],
            ))
        });
        report.not_run.push("cargo deny check advisories (needs the network)".to_owned());
    } else {
        report.not_run.push("cargo deny (not installed; cargo install cargo-deny)".to_owned());
    }
    report.step("clippy", || {
        exec::run(&mut exec::cargo("clippy", &["--workspace", "--all-targets", "--", "-D", "warnings"]))
    });
    report.step("documentation", || {
        exec::run(exec::cargo("doc", &["--no-deps", "--workspace"]).env("RUSTDOCFLAGS", "-D warnings"))
    });
    let mut totals = Totals::default();
    // Both, so that the features of shared dependencies are those of `cargo test` and nothing is built twice.
    if report.step("build", || exec::run(&mut exec::cargo("build", &["--workspace", "--bins", "--tests"]))) {
        report.step("schema", || schema::check(&maip()));
        report.step("tests", || {
            let server = TestServer::find_or_start()?;
            totals = cargo_test(&server, &["--no-fail-fast"])?;
            totals.as_result()
        });
    } else {
        report.not_run.extend(["schema drift".to_owned(), "tests (the build failed)".to_owned()]);
    }
    report.without_binaries();
    report.not_run.push(NOT_PART.to_owned());
    report.finish(&totals)
}

/// Runs only `cargo test --workspace` with these arguments, PostgreSQL at hand.
pub fn only(args: &[&str]) -> Result {
    let mut report = Report::default();
    let mut totals = Totals::default();
    if report.step("build", || exec::run(&mut exec::cargo("build", &["--workspace", "--bins", "--tests"]))) {
        report.step("tests", || {
            let server = TestServer::find_or_start()?;
            totals = cargo_test(&server, args)?;
            totals.as_result()
        });
    }
    report.without_binaries();
    report.not_run.push(format!(
        "format, layering, Rust version, dependencies, clippy, documentation, schema drift, {NOT_PART}"
    ));
    report.finish(&totals)
}

/// The binary that the build step made.
fn maip() -> PathBuf {
    exec::target_dir().join("debug").join(format!("maip{}", std::env::consts::EXE_SUFFIX))
}

/// Runs the tests, passes their output on and adds their results up.
fn cargo_test(server: &TestServer, args: &[&str]) -> Result<Totals> {
    let mut command: Command = exec::cargo("test", &["--workspace"]);
    command.args(args).env(URL_VARIABLE, server.url()).env("MAIP_TEST_BINARY", maip()).stdout(Stdio::piped());
    let mut child =
        command.spawn().map_err(|error| Failure::new(format!("cannot start cargo test: {error}")))?;
    let mut totals = Totals::default();
    if let Some(stdout) = child.stdout.take() {
        for line in BufReader::new(stdout).split(b'\n') {
            let line =
                line.map_err(|error| Failure::new(format!("the output of cargo test broke off: {error}")))?;
            let text = String::from_utf8_lossy(&line);
            println!("{text}");
            totals.add(&text);
        }
    }
    let status = child.wait().map_err(|error| Failure::new(format!("cargo test: {error}")))?;
    totals.ended_well = status.success();
    Ok(totals)
}

/// The sums of libtest's own result lines.
#[derive(Debug, Default, PartialEq, Eq)]
struct Totals {
    passed: u64,
    failed: u64,
    ignored: u64,
    ended_well: bool,
}

impl Totals {
    /// Counts a line such as `test result: ok. 3 passed; 0 failed; 1 ignored; …`; any other line counts nothing.
    fn add(&mut self, line: &str) {
        let Some((_, counts)) = line.strip_prefix("test result: ").and_then(|rest| rest.split_once(". "))
        else {
            return;
        };
        for count in counts.split("; ") {
            let mut words = count.split_whitespace();
            let (Some(number), Some(what)) = (words.next().and_then(|n| n.parse::<u64>().ok()), words.next())
            else {
                continue;
            };
            match what {
                "passed" => self.passed += number,
                "failed" => self.failed += number,
                "ignored" => self.ignored += number,
                _ => {}
            }
        }
    }

    fn as_result(&self) -> Result {
        if self.ended_well && self.passed > 0 {
            Ok(())
        } else if self.ended_well {
            Err(Failure::new("no test was run"))
        } else {
            Err(Failure::new(format!("cargo test failed, {} tests among what it ran", self.failed)))
        }
    }
}

#[derive(Default)]
struct Report {
    failed: Vec<String>,
    not_run: Vec<String>,
}

impl Report {
    /// Runs one check and remembers whether it failed.
    fn step(&mut self, name: &str, check: impl FnOnce() -> Result) -> bool {
        println!("\n== {name}");
        flush();
        let started = Instant::now();
        let result = check();
        match &result {
            Ok(()) => println!("== {name}: ok, {} s", started.elapsed().as_secs()),
            Err(failure) => {
                println!("{failure}\n== {name}: FAILED, {} s", started.elapsed().as_secs());
                self.failed.push(name.to_owned());
            }
        }
        flush();
        result.is_ok()
    }

    /// Tests that kill PostgreSQL or read its log need its programs here; on continuous integration they fail without.
    fn without_binaries(&mut self) {
        if Binaries::find().is_none() && std::env::var_os("CI").is_none() {
            self.not_run
                .push("tests that kill PostgreSQL or read its log (its programs aren't here)".to_owned());
        }
    }

    fn finish(self, totals: &Totals) -> Result {
        println!();
        for what in &self.not_run {
            println!("not run: {what}");
        }
        if !self.failed.is_empty() {
            println!("failed: {}", self.failed.join(", "));
        }
        if totals.passed + totals.failed > 0 {
            let skipped =
                if totals.ignored > 0 { format!(", {} skipped", totals.ignored) } else { String::new() };
            println!("{} passed, {} failed{skipped}", totals.passed, totals.failed);
        }
        flush();
        if self.failed.is_empty() {
            Ok(())
        } else {
            Err(Failure::new(format!("failed: {}", self.failed.join(", "))))
        }
    }
}

/// Our lines and those of the programs we start go to the same place and must stay in order.
fn flush() {
    // Nobody reads any more: nothing is left to be kept in order.
    drop(std::io::stdout().flush());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn result_lines_are_added_up_and_other_lines_are_not() {
        let mut totals = Totals::default();
        totals.add(
            "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s",
        );
        totals.add("test result: FAILED. 10 passed; 2 failed; 0 ignored; 0 measured; 5 filtered out; finished in 1.20s");
        totals.add("test a ... ok");
        totals.add("7 passed");
        assert_eq!(totals, Totals { passed: 13, failed: 2, ignored: 1, ended_well: false });
    }

    #[test]
    fn a_run_of_no_tests_is_a_failure() {
        let totals = Totals { ended_well: true, ..Totals::default() };
        assert_eq!(totals.as_result().unwrap_err().to_string(), "no test was run");
    }
}
