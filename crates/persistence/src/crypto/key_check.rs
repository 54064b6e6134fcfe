//! Whether the installation key is the one that this database was written with.

use sea_orm::{ConnectionTrait as _, DbErr, Statement};

use super::keyring::Keyring;
use crate::database::Database;
use crate::settings;

/// The setting that holds the fingerprint.
const SETTING: &str = "key_fingerprint";

/// Why the process mustn't start.
#[derive(Debug, thiserror::Error)]
pub enum KeyCheckError {
    /// Another key: no login would be found and no contact detail could be opened.
    #[error("the key file doesn't belong to this database: it was written with another key")]
    OtherKey,
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DbErr),
}

/// Compares the keyring with the database's own; the first one that comes is remembered.
///
/// To be called once by every command that writes, after migrating and before anything is served.
/// With another key nothing would be lost, but every sign-in would fail, and what is sealed
/// meanwhile couldn't be opened with the right one.
///
/// # Errors
/// [`KeyCheckError`].
pub async fn check_key(database: &Database, keyring: &Keyring) -> Result<(), KeyCheckError> {
    let fingerprint = keyring.fingerprint();
    let writer = database.writer();
    let backend = writer.get_database_backend();
    // Of two nodes that start on an empty database with different keys, the first one wins.
    writer
        .execute_raw(Statement::from_sql_and_values(
            backend,
            "INSERT INTO settings (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING",
            [SETTING.into(), fingerprint.as_str().into()],
        ))
        .await?;
    let known = settings::get(database, SETTING).await?;
    if known.as_deref() == Some(fingerprint.as_str()) { Ok(()) } else { Err(KeyCheckError::OtherKey) }
}

/// Whether the database knows its key, so that no other must be made for it.
///
/// # Errors
/// Those of the database.
pub async fn has_key(database: &Database) -> Result<bool, DbErr> {
    settings::get(database, SETTING).await.map(|known| known.is_some())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::{Counting, on_both};

    on_both! {
        async fn the_first_key_is_remembered_and_another_refused(database: &Database) {
            let first = Keyring::parse(&Keyring::generate(&Counting::new(1))).unwrap();
            let other = Keyring::parse(&Keyring::generate(&Counting::new(2))).unwrap();
            check_key(database, &first).await.unwrap();
            check_key(database, &first).await.unwrap();
            assert!(matches!(check_key(database, &other).await, Err(KeyCheckError::OtherKey)));
            // A newer key after the first one seals from now on; the database stays its own.
            let rotated = format!("{}k2 {}\n", first.text(), "ab".repeat(32));
            check_key(database, &Keyring::parse(&rotated).unwrap()).await.unwrap();
        }
    }
}
