//! What an installation remembers about itself: texts by name.

use sea_orm::{ConnectionTrait, DbErr, Statement};

use crate::database::Database;

/// A setting's value.
///
/// # Errors
/// Those of the database.
pub async fn get(database: &Database, name: &str) -> Result<Option<String>, DbErr> {
    let connection = database.writer();
    let backend = connection.get_database_backend();
    let text = "SELECT value FROM settings WHERE name = $1";
    let row = connection.query_one_raw(Statement::from_sql_and_values(backend, text, [name.into()])).await?;
    row.map(|row| row.try_get_by_index(0)).transpose()
}

/// Sets a value.
///
/// # Errors
/// Those of the database.
pub async fn put(database: &Database, name: &str, value: &str) -> Result<(), DbErr> {
    put_in(database.writer(), name, value).await
}

/// Sets a value within a transaction.
///
/// # Errors
/// Those of the database.
pub async fn put_in(connection: &impl ConnectionTrait, name: &str, value: &str) -> Result<(), DbErr> {
    let text = "INSERT INTO settings (name, value) VALUES ($1, $2) \
                ON CONFLICT (name) DO UPDATE SET value = excluded.value";
    let backend = connection.get_database_backend();
    let values = [name.into(), value.into()];
    connection.execute_raw(Statement::from_sql_and_values(backend, text, values)).await?;
    Ok(())
}

/// Whether anyone has an account here: then the database is in use.
///
/// # Errors
/// Those of the database.
pub async fn has_accounts(database: &Database) -> Result<bool, DbErr> {
    let connection = database.writer();
    let backend = connection.get_database_backend();
    let row =
        connection.query_one_raw(Statement::from_string(backend, "SELECT 1 FROM accounts LIMIT 1")).await?;
    Ok(row.is_some())
}
