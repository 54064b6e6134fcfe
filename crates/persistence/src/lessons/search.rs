//! The search index of lessons: the analyser's tokens of the version that readers see.

use std::collections::BTreeSet;

use maip_domain::search::{MAX_TOKENS, Token, analyse};
use sea_orm::{ConnectionTrait, DbBackend, DbErr};

use crate::read::Dialect;
use crate::write::batch::{Batch, Change};

/// Indexes a lesson under these texts of a language, in place of what it was indexed under. Call it in the
/// transaction that changes what readers see of the lesson.
///
/// # Errors
/// Those of the database.
pub async fn index<'a>(
    connection: &impl ConnectionTrait,
    lesson_id: &str,
    language: &str,
    texts: impl IntoIterator<Item = &'a str>,
) -> Result<(), DbErr> {
    let backend = connection.get_database_backend();
    let mut batch = Batch::default();
    for change in changes(backend, lesson_id, language, texts) {
        batch.push(change);
    }
    for statement in batch.into_statements(backend) {
        connection.execute_raw(statement).await?;
    }
    Ok(())
}

/// The same as changes that are yet to be made.
pub(super) fn changes<'a>(
    backend: DbBackend,
    lesson_id: &str,
    language: &str,
    texts: impl IntoIterator<Item = &'a str>,
) -> Vec<Change> {
    let tokens: BTreeSet<Token> = texts.into_iter().flat_map(|text| analyse(text, language)).collect();
    let tokens: Vec<&str> = tokens.iter().take(MAX_TOKENS).map(Token::as_str).collect();
    let tokens = tokens.join(" ");
    match Dialect::of(backend) {
        // Tokens are letters and digits: as text of the type they need no quotes.
        Dialect::Postgres => vec![Change::of(
            "lesson_search",
            "INSERT INTO lesson_search (lesson_id, tokens) VALUES ($1, CAST($2 AS tsvector)) \
             ON CONFLICT (lesson_id) DO UPDATE SET tokens = excluded.tokens",
            [lesson_id.into(), tokens.into()],
        )],
        Dialect::Sqlite => vec![
            Change::of(
                "lesson_search_rows",
                "INSERT INTO lesson_search_rows (lesson_id) VALUES ($1) ON CONFLICT (lesson_id) DO NOTHING",
                [lesson_id.into()],
            ),
            Change::of(
                "lesson_search",
                "INSERT OR REPLACE INTO lesson_search (rowid, tokens) \
                 SELECT r.row, $2 FROM lesson_search_rows r WHERE r.lesson_id = $1",
                [lesson_id.into(), tokens.into()],
            ),
        ],
    }
}

mod anew;
#[cfg(test)]
mod tests;

pub use anew::{index_all, is_current};
