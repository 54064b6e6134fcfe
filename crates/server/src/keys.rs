//! The keys that seal logins and contact details: configured, or a file in the data directory. The
//! database knows its keys by their fingerprint, so that others are refused before they do harm.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use maip_persistence::crypto::{KeyCheckError, Keyring, check_key, has_key};
use maip_persistence::database::Database;

use crate::config::Config;
use crate::exit::{Exit, Failure, Outcome};
use crate::private_file;
use crate::system::SystemEntropy;

/// The file in the data directory.
const FILE: &str = "keys";

/// The keys, and the file where they were made just now.
pub struct Keys {
    pub keyring: Keyring,
    pub made: Option<PathBuf>,
}

/// Reads the keys of a database that has been migrated.
pub async fn read(config: &Config, database: &Database) -> Outcome<Keyring> {
    let Some(text) = text(config)? else {
        return Err(failure(format!(
            "there is no key file at {}: without the keys that `maip migrate` made, logins and contact details can't be read",
            path(config).display()
        )));
    };
    let keyring = parse(&text)?;
    check(&keyring, database).await?;
    Ok(keyring)
}

/// Reads the keys, or makes them for a database that has none yet.
pub async fn read_or_make(config: &Config, database: &Database) -> Outcome<Keys> {
    let known = has_key(database).await?;
    let (keyring, made) = match text(config)? {
        Some(text) => (parse(&text)?, None),
        None if known => {
            return read(config, database).await.map(|keyring| Keys { keyring, made: None });
        }
        None => {
            let text = Keyring::generate(&SystemEntropy);
            let path = path(config);
            write(&path, &text).map_err(|error| {
                failure(format!("the key file {} can't be written: {error}", path.display()))
            })?;
            (parse(&text)?, Some(path))
        }
    };
    check(&keyring, database).await?;
    Ok(Keys { keyring, made })
}

fn path(config: &Config) -> PathBuf {
    config.data_dir.join(FILE)
}

fn text(config: &Config) -> Outcome<Option<String>> {
    if let Some(text) = &config.keys {
        return Ok(Some(text.clone()));
    }
    let path = path(config);
    match std::fs::read_to_string(&path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(failure(format!("the key file {} can't be read: {error}", path.display()))),
    }
}

fn parse(text: &str) -> Outcome<Keyring> {
    Keyring::parse(text).map_err(|error| failure(error.to_string()))
}

/// Compares the keys with the database's own; a database without any takes these.
async fn check(keyring: &Keyring, database: &Database) -> Outcome {
    check_key(database, keyring).await.map_err(|error| match error {
        KeyCheckError::Database(error) => error.into(),
        KeyCheckError::OtherKey => failure(error.to_string()),
    })
}

fn failure(message: String) -> Failure {
    Failure::new(Exit::Keys, message)
}

/// Writes a file that is on disk before anything is sealed with it.
fn write(path: &Path, text: &str) -> std::io::Result<()> {
    let mut file = private_file::create_new(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}
