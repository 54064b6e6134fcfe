//! A copy of a SQLite database that is in use.

use sea_orm::{ConnectionTrait as _, DbErr, Statement};

use crate::database::Database;

/// Writes a copy of the whole database, as of one moment, to a file that is empty or not there yet.
/// Reads and writes go on.
///
/// # Errors
/// Those of the database; it refuses a file with anything in it.
pub async fn write(database: &Database, file: &str) -> Result<(), DbErr> {
    let connection = database.writer();
    let backend = connection.get_database_backend();
    connection.execute_raw(Statement::from_sql_and_values(backend, "VACUUM INTO $1", [file.into()])).await?;
    Ok(())
}
