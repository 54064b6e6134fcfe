//! `maip backup FILE`: a copy of a SQLite database that is in use.

use std::path::Path;

use maip_persistence::backup;

use crate::config::Config;
use crate::config::show::without_password;
use crate::exit::{Exit, Failure, Outcome};
use crate::output::say;
use crate::store;

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
    if file.exists() {
        return Err(Failure::new(Exit::Output, format!("{} is there already", file.display())));
    }
    let target = file.to_str().ok_or_else(|| Failure::new(Exit::Output, "the file's name is no text"))?;
    let database = store::open_current(config).await?;
    backup::write(&database, target).await.map_err(|error| {
        Failure::new(Exit::Output, format!("{} can't be written: {error}", file.display()))
    })?;
    database.close().await?;
    say(format_args!("wrote {}; the keys are not in it: keep a copy of them elsewhere", file.display()));
    Ok(())
}
