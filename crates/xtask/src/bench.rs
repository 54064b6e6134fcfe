//! `cargo xtask bench`: the server against a hand-written endpoint and its peers, on data that is made for it.

use std::process::Command;

use crate::{Failure, Result, exec};

/// What can be measured: a run's name in [`run`].
const EXTENTS: &[&str] = &["full", "quick", "ci", "smoke", "hostile"];

/// Builds both and runs the named extent, `full` where none is; further words name parts of it. `--profile NAME`
/// before them all builds with that profile, such as `production`, which is what is deployed.
///
/// # Errors
/// A build or the run failed, or there is no such extent.
pub fn run(args: &[&str]) -> Result {
    let (wished, args) = match args {
        ["--profile", name, rest @ ..] => (Some(*name), rest),
        all => (None, all),
    };
    let (extent, parts) = match args {
        [] => ("full", &[][..]),
        [extent, parts @ ..] if EXTENTS.contains(extent) => (*extent, parts),
        [other, ..] => {
            return Err(Failure::new(format!("there is no `{other}`; there are {}", EXTENTS.join(", "))));
        }
    };
    // Whether it works shows without optimisation too, which is built already where tests run.
    let profile = wished.unwrap_or(if extent == "ci" { "dev" } else { "release" });
    let folder = if profile == "dev" { "debug" } else { profile };
    let packages = ["--profile", profile, "--package", "maip", "--package", "maip-bench"];
    exec::run(&mut exec::cargo("build", &packages))?;
    let built = exec::target_dir().join(folder);
    let program = |name: &str| built.join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    // What a short run finds is no report.
    let report = match extent {
        "full" | "smoke" | "hostile" => exec::root().join("benches").join("report"),
        _ => built.clone(),
    };
    let mut bench = Command::new(program("maip-bench"));
    bench.arg(extent).arg(program("maip")).arg(report).args(parts).env("BENCH_PROFILE", profile);
    exec::run(&mut bench)
}
