//! `maip-bench MODE …`: the server measured against its limit and its peers, on the same data.
//!
//! Figures are ratios within one run: a machine's speed drifts, the ratio of two neighbours in time hardly does.

mod data;
mod extent;
mod finding;
mod hostile;
mod load;
mod part;
mod process;
mod report;
mod run;
mod side;
mod stage;
mod work;

use std::path::Path;
use std::process::ExitCode;

use extent::Extent;

type Failure = Box<dyn std::error::Error + Send + Sync>;

const USAGE: &str = "usage: maip-bench smoke|hostile|ci|quick|full MAIP_BINARY REPORT_FOLDER [PART…]
parts: throughput (with latency), memory, start, plans, scale, sqlite; all of them where none is named";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let runtime = match tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("no runtime: {error}");
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(dispatch(&args.iter().map(String::as_str).collect::<Vec<_>>())) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn dispatch(args: &[&str]) -> Result<(), Failure> {
    let (extent, binary, folder, parts) = match args {
        ["limit", url, connections] => return side::limit::serve(url, connections.parse()?).await,
        ["attack", name, address] => return hostile::attack(name, address.parse()?).await,
        ["smoke", binary, folder] => return run::smoke(Path::new(binary), Path::new(folder)).await,
        ["hostile", binary, folder] => return hostile::run(Path::new(binary), Path::new(folder)).await,
        ["ci", binary, folder, parts @ ..] => (Extent::ci(), binary, folder, parts),
        ["quick", binary, folder, parts @ ..] => (Extent::quick(), binary, folder, parts),
        ["full", binary, folder, parts @ ..] => (Extent::full(), binary, folder, parts),
        _ => return Err(USAGE.into()),
    };
    run::run(extent, parts, Path::new(binary), Path::new(folder)).await
}
