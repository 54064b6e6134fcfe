//! `maip-bench smoke MAIP_BINARY REPORT`: requests per second of the server and of one hand-written
//! SQL endpoint, in turns within one run, on the same PostgreSQL server and data.
//!
//! Figures are ratios: a machine's speed drifts, the ratio of two neighbours in time hardly does.

mod client;
mod data;
mod hostile;
mod limit;
mod measure;
mod queries;
mod report;
mod server;

use std::path::Path;
use std::process::ExitCode;

type Failure = Box<dyn std::error::Error + Send + Sync>;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [command, binary, report] = args.as_slice() else {
        eprintln!("usage: maip-bench smoke MAIP_BINARY REPORT");
        return ExitCode::FAILURE;
    };
    if !["smoke", "hostile"].contains(&command.as_str()) {
        eprintln!("unknown command `{command}`; there are: smoke, hostile");
        return ExitCode::FAILURE;
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("no runtime: {error}");
            return ExitCode::FAILURE;
        }
    };
    let (binary, report) = (Path::new(binary), Path::new(report));
    let done = if command == "hostile" {
        runtime.block_on(hostile::run(binary, report))
    } else {
        runtime.block_on(smoke(binary, report))
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn smoke(binary: &Path, report: &Path) -> Result<(), Failure> {
    let binaries = xtask::postgres::Binaries::find().ok_or("no PostgreSQL server binaries here")?;
    // As in production; the machine's disk isn't what is measured.
    let postgres = xtask::postgres::PrivateServer::start(&binaries, &[("shared_buffers", "512MB")])?;
    let data_dir = tempfile::tempdir()?;
    server::migrate(binary, postgres.url(), data_dir.path())?;
    println!("{} lessons are made ...", data::LESSONS);
    let lessons = data::fill(postgres.url()).await?;
    let server = server::Server::start(binary, postgres.url(), data_dir.path())?;
    let limit = limit::start(postgres.url()).await?;

    let mut rows = Vec::new();
    for shape in queries::shapes(&lessons) {
        let compared = shape.compare(server.address(), limit).await?;
        println!("{}: the same {} bytes from both", shape.name, compared);
        rows.push(measure::in_turns(&shape, server.address(), limit, compared).await?);
    }
    let text = report::markdown(&rows, &binaries.version());
    std::fs::write(report, &text)?;
    println!("{text}");
    Ok(())
}
