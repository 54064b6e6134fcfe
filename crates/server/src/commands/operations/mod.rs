//! `maip operations import|list|remove`: documents that clients may send by their names.

mod file;

use std::path::Path;

use maip_api::operations::{Checker, plain_id};
use maip_domain::time::Clock as _;
use maip_persistence::trusted_documents::{self, ImportError, Imported, Listed};

use self::file::Entry;
use crate::cli::OperationsTask;
use crate::config::Config;
use crate::exit::{Exit, Failure, Outcome};
use crate::output::{say, write};
use crate::store;
use crate::system::SystemClock;

/// Runs one of the commands to its end.
pub async fn run(config: &Config, task: OperationsTask) -> Outcome {
    match task {
        OperationsTask::Import { file } => import(config, &file).await,
        OperationsTask::List => {
            let database = store::open_current(config).await?;
            let documents = trusted_documents::list(&database).await?;
            write(&documents.iter().map(line).collect::<String>());
            database.close().await?;
            Ok(())
        }
        OperationsTask::Remove { id } => {
            let database = store::open_current(config).await?;
            if !trusted_documents::remove(&database, &plain_id(&id)).await? {
                return Err(Failure::new(Exit::Refused, format!("no document has the id {id:?}")));
            }
            database.close().await?;
            say(format_args!("{id} is removed: servers that have it in memory notice within a minute"));
            Ok(())
        }
    }
}

async fn import(config: &Config, path: &Path) -> Outcome {
    let refuse =
        |reason: &dyn std::fmt::Display| Failure::new(Exit::Input, format!("{}: {reason}", path.display()));
    let database = store::open_current(config).await?;
    let bytes = std::fs::read(path).map_err(|error| refuse(&error))?;
    let entries = file::read(&bytes).map_err(|problem| refuse(&problem))?;
    let checker = Checker::new()
        .map_err(|problem| Failure::new(Exit::Internal, format!("the schema is broken: {problem}")))?;
    let mut documents = Vec::with_capacity(entries.len());
    let mut problems = Vec::new();
    for Entry { id, body } in entries {
        match checker.check(&id, &body) {
            Ok(document) => documents.push(document),
            Err(found) => problems.extend(found.into_iter().map(|problem| format!("{id}: {problem}"))),
        }
    }
    if !problems.is_empty() {
        let all = problems.join("\n  ");
        return Err(refuse(&format_args!("nothing was imported\n  {all}")));
    }
    let imported = trusted_documents::import(&database, &documents, SystemClock.now()).await;
    let Imported { added, known } = imported.map_err(|error| match error {
        ImportError::Taken(_) => refuse(&error),
        ImportError::Database(error) => error.into(),
    })?;
    database.close().await?;
    say(format_args!("imported {}", path.display()));
    say(format_args!("  documents  {added} added, {known} known"));
    Ok(())
}

/// A document a line.
fn line(document: &Listed) -> String {
    let Listed { id, name, bytes, created } = document;
    format!("{id}  {created}  {bytes} bytes  {name}\n")
}
