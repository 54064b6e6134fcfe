//! `cargo xtask COMMAND`: see [`HELP`].

use std::process::ExitCode;

use xtask::{Failure, Result, bench, clients, docs, fuzz, layering, postgres, schema, test};

const HELP: &str = "\
cargo xtask COMMAND

  test [-- ARGS]   all Rust checks and tests: format, clippy, layering, the Rust version, schema drift, documentation,
                   dependencies, and the tests on SQLite and PostgreSQL. With ARGS: only `cargo test --workspace ARGS`.
  clients          real clients from npm, PyPI and crates.io against `maip demo`: every audit of GraphQL over
                   HTTP, execution compared with graphql-js; needs Node.js 20 and Python 3.10 or later
  layering         only the check that dependencies between crates point one way
  bench            the server against a hand-written SQL endpoint and against PostGraphile and Mercurius, on 100,000
                   lessons in PostgreSQL, then alone on SQLite; writes benches/report/full.*; needs npm, and an idle
                   machine for some 40 minutes. `bench full PART…` runs parts of it, and says so in the report: throughput,
                   memory, start, plans, scale, sqlite
  bench quick      the same briefly; bench ci: on 2,000 lessons, only whether it works
  bench smoke      the server against the hand-written endpoint only; writes benches/report/smoke.md
  bench hostile    what requests that are meant to hurt cost others; writes benches/report/hostile.md
  fuzz [SECONDS]   drives what reads requests with made-up input, each for so long (30); see fuzz/README.md
  schema           writes schema.graphql from the code
  docs             writes docs/policy.md from the rules
  postgres         starts a private PostgreSQL server, prints its URL, stops it on Ctrl-C
  help             this text

PostgreSQL is the server that MAIP_TEST_POSTGRES_URL names, else a private one from installed binaries, else Debian's
package `postgresql` (installed where that is possible), else the container of docker-compose.yml.";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match dispatch(&args.iter().map(String::as_str).collect::<Vec<_>>()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("\nxtask: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(args: &[&str]) -> Result {
    match args {
        ["test"] => test::everything(),
        ["test", "--", rest @ ..] => test::only(rest),
        ["clients"] => clients::run(),
        ["layering"] => layering::check(),
        ["bench", rest @ ..] => bench::run(rest),
        ["fuzz"] => fuzz::run("30"),
        ["fuzz", seconds] => fuzz::run(seconds),
        ["schema"] => schema::write(),
        ["docs"] => docs::write(),
        ["postgres"] => postgres::serve_until_interrupted(),
        [] | ["help" | "--help" | "-h"] => {
            println!("{HELP}");
            Ok(())
        }
        other => Err(Failure::new(format!("unknown command `{}`\n\n{HELP}", other.join(" ")))),
    }
}
