//! The `maip` binary: configuration, commands, start and stop.

mod background;
mod cli;
mod commands;
mod config;
mod demo;
mod exit;
mod file_store;
mod keys;
mod logging;
mod mail;
mod node;
mod open_files;
mod output;
mod private_file;
mod store;
mod system;

use std::process::ExitCode;

use crate::cli::Task;
use crate::config::Config;
use crate::config::sources::Inputs;
use crate::exit::{Exit, Failure, Outcome};

fn main() -> ExitCode {
    let (cli, flags) = match cli::read(std::env::args_os()) {
        Ok(read) => read,
        Err(error) => {
            // Help and the version are no failures, and go to standard output.
            let _ = error.print();
            return if error.use_stderr() { ExitCode::from(Exit::Usage.code()) } else { ExitCode::SUCCESS };
        }
    };
    let inputs = Inputs {
        flags,
        file: cli.config,
        environment: environment(),
        defaults: commands::defaults(&cli.command),
        folder: std::env::current_dir().unwrap_or_default(),
    };
    if matches!(cli.command, Task::CleanPdf) {
        return ExitCode::from(maip_persistence::files::clean_standard_input());
    }
    match run(cli.command, &inputs) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}

fn run(task: Task, inputs: &Inputs) -> Outcome {
    if let Task::Schema { subgraph } = task {
        commands::schema(subgraph);
        return Ok(());
    }
    let config = Config::read(inputs)?;
    logging::start(&config);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::new(Exit::Internal, error))?;
    runtime.block_on(commands::run(task, &config))
}

/// Variables whose names and values are texts; ours are.
fn environment() -> Vec<(String, String)> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect()
}
