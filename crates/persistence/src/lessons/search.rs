//! The search index of lessons: the analyser's tokens of the version that readers see.

use std::collections::BTreeSet;

use maip_domain::search::{MAX_TOKENS, Token, analyse};
use sea_orm::{ConnectionTrait, DbErr, Statement, Value};

use crate::read::Dialect;

/// Indexes a lesson under these texts, in place of what it was indexed under. Call it in the
/// transaction that changes what readers see of the lesson.
///
/// # Errors
/// Those of the database.
pub async fn index<'a>(
    connection: &impl ConnectionTrait,
    lesson_id: &str,
    texts: impl IntoIterator<Item = &'a str>,
) -> Result<(), DbErr> {
    let tokens: BTreeSet<Token> = texts.into_iter().flat_map(analyse).collect();
    let tokens: Vec<&str> = tokens.iter().take(MAX_TOKENS).map(Token::as_str).collect();
    let tokens = tokens.join(" ");
    let backend = connection.get_database_backend();
    let run = async |sql: &str, values: Vec<Value>| {
        connection.execute_raw(Statement::from_sql_and_values(backend, sql, values)).await
    };
    match Dialect::of(backend) {
        Dialect::Postgres => {
            // Tokens are letters and digits: as text of the type they need no quotes.
            run(
                "INSERT INTO lesson_search (lesson_id, tokens) VALUES ($1, CAST($2 AS tsvector)) \
                 ON CONFLICT (lesson_id) DO UPDATE SET tokens = excluded.tokens",
                vec![lesson_id.into(), tokens.into()],
            )
            .await?;
        }
        Dialect::Sqlite => {
            run(
                "INSERT INTO lesson_search_rows (lesson_id) VALUES (?1) ON CONFLICT (lesson_id) DO NOTHING",
                vec![lesson_id.into()],
            )
            .await?;
            run(
                "INSERT OR REPLACE INTO lesson_search (rowid, tokens) \
                 SELECT r.row, ?2 FROM lesson_search_rows r WHERE r.lesson_id = ?1",
                vec![lesson_id.into(), tokens.into()],
            )
            .await?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
