//! What each command does, a file each.

mod admin;
mod audit;
mod backup;
mod import;
pub mod migrate;
mod operations;
pub mod serve;
mod token;

use crate::cli::{AuditTask, ImportTask, Task};
use crate::config::{Config, show};
use crate::demo;
use crate::exit::Outcome;
use crate::output;

/// Defaults that differ from the settings' own.
pub fn defaults(task: &Task) -> Vec<(&'static str, String)> {
    match task {
        Task::Demo { .. } => {
            vec![("data_dir", "./maip-data/demo".to_owned()), ("log", "warn".to_owned())]
        }
        _ => Vec::new(),
    }
}

/// Runs a command to its end.
pub async fn run(task: Task, config: &Config) -> Outcome {
    match task {
        Task::Serve => serve::run(config).await,
        Task::Migrate => migrate::run(config).await,
        Task::Import(ImportTask::Vocabulary { file }) => import::vocabulary(config, &file).await,
        Task::Operations(task) => operations::run(config, task).await,
        Task::Backup { file } => backup::run(config, &file).await,
        Task::Config => {
            output::write(&show::show(config));
            Ok(())
        }
        Task::Schema { subgraph } => {
            schema(subgraph);
            Ok(())
        }
        // Done before there is a configuration, since it needs none.
        Task::CleanPdf => Ok(()),
        Task::Audit(AuditTask::Verify) => audit::verify(config).await,
        Task::Admin(task) => admin::run(config, task).await,
        Task::Demo { reset } => demo::run(config, reset).await,
        Task::Token(task) => token::run(config, task).await,
    }
}

/// Prints the schema.
pub fn schema(subgraph: bool) {
    output::write(&if subgraph { maip_api::Api::subgraph_sdl() } else { maip_api::Api::sdl() });
}
