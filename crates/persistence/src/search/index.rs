//! One record in the index.

use maip_domain::closed_set::ClosedSet as _;
use maip_domain::search::{Document, Token};
use sea_orm::{ConnectionTrait, DbBackend, DbErr};

use crate::read::Dialect;
use crate::write::batch::{Batch, Change};

/// Indexes a record in place of what it was indexed under. Call it in the transaction that changes what readers see
/// of it.
///
/// # Errors
/// Those of the database.
pub async fn index(connection: &impl ConnectionTrait, document: &Document<'_>) -> Result<(), DbErr> {
    let backend = connection.get_database_backend();
    let mut batch = Batch::default();
    for change in changes(backend, document) {
        batch.push(change);
    }
    for statement in batch.into_statements(backend) {
        connection.execute_raw(statement).await?;
    }
    Ok(())
}

/// The same as changes that are yet to be made.
pub(crate) fn changes(backend: DbBackend, document: &Document<'_>) -> Vec<Change> {
    let tokens = document.tokens();
    let tokens: Vec<&str> = tokens.iter().map(Token::as_str).collect();
    let tokens = tokens.join(" ");
    let (kind, id) = (document.kind.code(), document.id);
    match Dialect::of(backend) {
        // Tokens are letters and digits: as text of the type they need no quotes.
        Dialect::Postgres => vec![Change::of(
            "search_documents",
            "INSERT INTO search_documents (kind, record_id, tokens) VALUES ($1, $2, CAST($3 AS tsvector)) \
             ON CONFLICT (record_id) DO UPDATE SET tokens = excluded.tokens",
            [kind.into(), id.into(), tokens.into()],
        )],
        Dialect::Sqlite => vec![
            Change::of(
                "search_documents",
                "INSERT INTO search_documents (kind, record_id) VALUES ($1, $2) ON CONFLICT (record_id) DO NOTHING",
                [kind.into(), id.into()],
            ),
            Change::of(
                "search_tokens",
                "INSERT OR REPLACE INTO search_tokens (rowid, tokens) \
                 SELECT d.number, $2 FROM search_documents d WHERE d.record_id = $1",
                [id.into(), tokens.into()],
            ),
        ],
    }
}
