//! `maip migrate`: the schema, the keys and the reference data.

use maip_persistence::vocabulary::reference;

use crate::config::Config;
use crate::config::show::mask;
use crate::exit::{Exit, Failure, Outcome};
use crate::output::say;
use crate::system::{SystemClock, SystemEntropy};
use crate::{keys, store};

/// Brings the database to what `maip serve` expects.
pub async fn run(config: &Config) -> Outcome {
    let database = store::open_or_create(config).await?;
    let steps = store::migrate(config, &database).await?;
    let indexed = store::index(&database).await?;
    let keys = keys::read_or_make(config, &database).await?;
    let loaded = reference::load(&database, &SystemClock, &SystemEntropy).await.map_err(load_failure)?;
    database.close().await?;
    let place = mask(&config.database_url);
    match steps {
        0 => say(format_args!("{place} has this version's schema already")),
        _ => say(format_args!("{place} was brought to this version's schema ({steps} steps)")),
    }
    say(format_args!(
        "reference data: {} countries, {} languages, {} concepts added",
        loaded.countries, loaded.languages, loaded.concepts_added
    ));
    if indexed > 0 {
        say(format_args!("search: {indexed} records were indexed anew"));
    }
    if let Some(file) = keys.made {
        say(format_args!(
            "the key file {} was made; keep a copy of it elsewhere: without it, logins and contact details can't be read",
            file.display()
        ));
    }
    Ok(())
}

/// How a failure to load the reference data ends the program.
pub fn load_failure(error: reference::LoadError) -> Failure {
    match error {
        reference::LoadError::Database(error) => error.into(),
        reference::LoadError::File { .. } => Failure::new(Exit::Internal, error),
    }
}
