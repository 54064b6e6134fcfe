//! Opening the database: what has to be there, and what is said where it isn't.

use std::path::{Path, PathBuf};

use maip_migrations::SchemaState;
use maip_persistence::database::Database;
use maip_persistence::search;

use crate::config::Config;
use crate::config::show::mask;
use crate::exit::{Exit, Failure, Outcome};
use crate::private_file;

/// Opens a database that is there and has this version's schema.
pub async fn open_current(config: &Config) -> Outcome<Database> {
    if let Some(file) = sqlite_file(&config.database_url).filter(|file| !file.exists()) {
        let message = format!("there is no database at {}: run `maip migrate` to make it", file.display());
        return Err(Failure::new(Exit::SchemaMissing, message));
    }
    let database = connect(config).await?;
    let place = mask(&config.database_url);
    match maip_migrations::state(database.reader()).await? {
        SchemaState::Current => Ok(database),
        SchemaState::Missing => Err(Failure::new(
            Exit::SchemaMissing,
            format!("the database at {place} has no schema: run `maip migrate` to make it"),
        )),
        SchemaState::Older { next } => Err(Failure::new(
            Exit::SchemaOlder,
            format!(
                "the database at {place} is of an earlier version (it lacks `{next}`): back it up, then run `maip migrate`"
            ),
        )),
        SchemaState::Newer { unknown } => Err(newer(&place, &unknown)),
    }
}

/// Opens a database, or makes an empty one where it is a file.
pub async fn open_or_create(config: &Config) -> Outcome<Database> {
    let file = sqlite_file(&config.database_url);
    let folder = file.as_ref().and_then(|file| file.parent().map(PathBuf::from));
    for folder in folder.iter().chain([&config.data_dir]) {
        create_folder(folder)?;
    }
    if let Some(file) = file {
        create_file(&file)?;
    }
    connect(config).await
}

/// Brings the database to this version's schema, and says how many steps that took.
pub async fn migrate(config: &Config, database: &Database) -> Outcome<usize> {
    if let SchemaState::Newer { unknown } = maip_migrations::state(database.reader()).await? {
        return Err(newer(&mask(&config.database_url), &unknown));
    }
    Ok(maip_migrations::migrate(database.begin_migration().await?).await?)
}

/// Makes the search index anew where an earlier version's analyser made it, and says of how many records.
pub async fn index(database: &Database) -> Outcome<u64> {
    Ok(search::index_all(database).await?)
}

fn newer(place: &str, unknown: &str) -> Failure {
    Failure::new(
        Exit::SchemaNewer,
        format!(
            "the database at {place} is of a later version (it has `{unknown}`): use that version of maip, or restore a backup"
        ),
    )
}

async fn connect(config: &Config) -> Outcome<Database> {
    let connected =
        Database::connect_within(&config.database_url, config.database_connections, config.sqlite_most_bytes);
    connected.await.map_err(|error| {
        let place = mask(&config.database_url);
        Failure::new(Exit::Database, format!("the database at {place} can't be opened: {error}"))
    })
}

fn create_folder(folder: &Path) -> Outcome {
    std::fs::create_dir_all(folder).map_err(|error| {
        Failure::new(Exit::Output, format!("the folder {} can't be made: {error}", folder.display()))
    })
}

/// Makes the file of a database, if it isn't there: what SQLite makes, all may read. What it adds beside the file
/// (`-wal`, `-shm`) gets the file's own rights.
fn create_file(file: &Path) -> Outcome {
    match private_file::create_new(file) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => {
            Err(Failure::new(Exit::Database, format!("{} can't be made: {error}", file.display())))
        }
        _ => Ok(()),
    }
}

/// The file of a SQLite database; `None` for a server.
pub fn sqlite_file(url: &str) -> Option<PathBuf> {
    let path = url.strip_prefix("sqlite://").or_else(|| url.strip_prefix("sqlite:"))?;
    Some(PathBuf::from(path.split('?').next().unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_of_a_url_is_found() {
        assert_eq!(sqlite_file("sqlite://./maip-data/maip.db"), Some(PathBuf::from("./maip-data/maip.db")));
        assert_eq!(sqlite_file("sqlite:///srv/maip.db?mode=rwc"), Some(PathBuf::from("/srv/maip.db")));
        assert_eq!(sqlite_file("postgres://h/maip"), None);
    }
}
