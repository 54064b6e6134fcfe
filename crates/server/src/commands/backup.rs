//! `maip backup FILE`: a copy of a SQLite database that is in use.

use std::fmt::Display;
use std::io::ErrorKind;
use std::path::Path;

use maip_persistence::backup;

use crate::config::Config;
use crate::config::show::without_password;
use crate::exit::{Exit, Failure, Outcome};
use crate::output::say;
use crate::{private_file, store};

/// Writes the copy, or says what to run where the database is a server's.
pub async fn run(config: &Config, file: &Path) -> Outcome {
    if store::sqlite_file(&config.database_url).is_none() {
        return Err(Failure::new(
            Exit::Refused,
            format!(
                "the database is PostgreSQL's: run pg_dump --format=custom --file='{}' '{}' (with the password in a .pgpass file)",
                file.display(),
                without_password(&config.database_url)
            ),
        ));
    }
    let target = file.to_str().ok_or_else(|| Failure::new(Exit::Output, "the file's name is no text"))?;
    let database = store::open_current(config).await?;
    private_file::create_new(file).map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => {
            Failure::new(Exit::Output, format!("{} is there already", file.display()))
        }
        _ => cannot_write(file, &error),
    })?;
    let written = backup::write(&database, target).await;
    if let Err(error) = written {
        // Ours: it wasn't there before. That it may stay is no more than untidy.
        drop(std::fs::remove_file(file));
        return Err(cannot_write(file, &error));
    }
    database.close().await?;
    say(format_args!("wrote {}; the keys are not in it: keep a copy of them elsewhere", file.display()));
    Ok(())
}

fn cannot_write(file: &Path, error: &impl Display) -> Failure {
    Failure::new(Exit::Output, format!("{} can't be written: {error}", file.display()))
}
