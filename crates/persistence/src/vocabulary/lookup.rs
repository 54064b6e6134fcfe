//! Finding records of the vocabulary by what they are known by outside, many at a time.

use std::collections::HashMap;

use sea_orm::{ConnectionTrait, DbErr, QueryResult, Statement};

/// A country as other records repeat it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CountryKeys {
    /// Its id.
    pub id: String,
    /// Its FAO region, if it is in one.
    pub region: Option<String>,
}

/// All countries, by their alpha-3 code.
///
/// # Errors
/// Those of the database.
pub async fn countries(connection: &impl ConnectionTrait) -> Result<HashMap<String, CountryKeys>, DbErr> {
    let rows = all(connection, "SELECT code, id, region FROM countries").await?;
    rows.iter()
        .map(|row| {
            let keys = CountryKeys { id: row.try_get_by_index(1)?, region: row.try_get_by_index(2)? };
            Ok((row.try_get_by_index(0)?, keys))
        })
        .collect()
}

/// The ids of all concepts, by their URI.
///
/// # Errors
/// Those of the database.
pub async fn concepts(connection: &impl ConnectionTrait) -> Result<HashMap<String, String>, DbErr> {
    let rows = all(connection, "SELECT uri, id FROM concepts").await?;
    rows.iter().map(|row| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?))).collect()
}

async fn all(connection: &impl ConnectionTrait, sql: &str) -> Result<Vec<QueryResult>, DbErr> {
    connection.query_all_raw(Statement::from_string(connection.get_database_backend(), sql)).await
}
