//! Whether the address of a database can be read, before anything is asked of it.

use sea_orm::sqlx::Error;
use sea_orm::sqlx::postgres::PgConnectOptions;
use sea_orm::sqlx::sqlite::SqliteConnectOptions;

/// What is wrong with this URL, without any part of it that may be secret.
///
/// # Errors
/// The reason, as a part of a sentence.
pub fn check(url: &str) -> Result<(), String> {
    let read = if url.starts_with("postgres") {
        url.parse::<PgConnectOptions>().map(drop)
    } else {
        url.parse::<SqliteConnectOptions>().map(drop)
    };
    read.map_err(|error| match error {
        Error::Configuration(reason) => reason.to_string(),
        other => other.to_string(),
    })
}
