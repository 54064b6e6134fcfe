//! `cargo xtask fuzz`: builds the fuzzers with coverage, and runs each for a while.

use std::process::Command;

use crate::{Failure, Result, exec};

/// The fuzzers.
const TARGETS: &[&str] = &["http_headers", "http_body", "http_messages", "http_multipart", "compiler"];

/// Coverage as libFuzzer wants it, by flags that the stable compiler has.
const COVERAGE: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Ccodegen-units=1 --cfg fuzzing";

/// Runs each for so many seconds.
///
/// # Errors
/// A build failed, a fuzzer found something, or the number is none.
pub fn run(seconds: &str) -> Result {
    let seconds: u32 = seconds.parse().map_err(|_| Failure::new("fuzz takes a number of seconds"))?;
    let folder = exec::root().join("fuzz");
    let built = exec::target_dir().join("fuzz");
    // With a target named, the flags aren't those of build scripts and macros.
    let host = host()?;
    let mut compiling = exec::cargo("build", &["--release", "--target", &host, "--manifest-path"]);
    compiling.arg(folder.join("Cargo.toml")).arg("--target-dir").arg(&built).env("RUSTFLAGS", COVERAGE);
    exec::run(&mut compiling)?;
    let found = folder.join("found");
    create(&found)?;
    for target in TARGETS {
        let corpus = built.join("corpus").join(target);
        create(&corpus)?;
        let mut fuzzer = Command::new(built.join(&host).join("release").join(target));
        fuzzer
            .arg(&corpus)
            .arg(folder.join("seeds").join(target))
            .arg(format!("-max_total_time={seconds}"))
            .arg(format!("-artifact_prefix={}/{target}-", found.display()))
            .args([
                "-rss_limit_mb=2048",
                "-timeout=10",
                "-max_len=16384",
                "-print_final_stats=1",
                "-verbosity=0",
            ]);
        exec::run(&mut fuzzer)?;
    }
    Ok(())
}

fn create(folder: &std::path::Path) -> Result {
    std::fs::create_dir_all(folder)
        .map_err(|error| Failure::new(format!("{} can't be made: {error}", folder.display())))
}

/// What this machine is called by the compiler.
fn host() -> Result<String> {
    let version = exec::output(Command::new("rustc").arg("-vV"))?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).map(str::to_owned);
    host.ok_or_else(|| Failure::new("rustc doesn't say what this machine is called"))
}
