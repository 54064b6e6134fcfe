//! One record in the index.

use std::collections::BTreeSet;

use maip_domain::closed_set::ClosedSet as _;
use maip_domain::search::{Beginning, Document, Origin, Token, word_keys};
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
    let dialect = Dialect::of(backend);
    let mut changes = vec![];
    let beginnings: Vec<_> = document.beginnings().collect();
    let places = beginnings.last().map_or(0, |last| last.place + 1);
    changes.extend(found_by(dialect, document, i64::try_from(places).unwrap_or_default()));
    if !beginnings.is_empty() {
        changes.push(begins_with(dialect, document, &beginnings));
    }
    changes.extend(known(dialect, &document.known_words(), Origin::Text));
    changes
}

fn found_by(dialect: Dialect, document: &Document<'_>, places: i64) -> Vec<Change> {
    let tokens = document.tokens();
    let tokens: Vec<&str> = tokens.iter().map(Token::as_str).collect();
    let tokens = tokens.join(" ");
    let (kind, id) = (document.kind.code(), document.id);
    match dialect {
        // Tokens are letters and digits: as text of the type they need no quotes.
        Dialect::Postgres => vec![Change::of(
            "search_documents",
            "INSERT INTO search_documents (kind, record_id, tokens, beginnings) \
             VALUES ($1, $2, CAST($3 AS tsvector), $4) \
             ON CONFLICT (record_id) DO UPDATE SET tokens = excluded.tokens, beginnings = excluded.beginnings",
            [kind.into(), id.into(), tokens.into(), places.into()],
        )],
        Dialect::Sqlite => vec![
            Change::of(
                "search_documents",
                "INSERT INTO search_documents (kind, record_id, beginnings) VALUES ($1, $2, $3) \
                 ON CONFLICT (record_id) DO UPDATE SET beginnings = excluded.beginnings",
                [kind.into(), id.into(), places.into()],
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

/// The rows of the titles, in one value: there may be very many.
fn begins_with(dialect: Dialect, document: &Document<'_>, beginnings: &[Beginning<'_>]) -> Change {
    let rows: Vec<_> = beginnings
        .iter()
        .map(|Beginning { place, key, title }| {
            let (title, language) = title.unwrap_or_default();
            serde_json::json!([place, key, title, language])
        })
        .collect();
    let sql = match dialect {
        Dialect::Postgres => {
            "INSERT INTO search_beginnings (record_id, place, kind, key, title, language) \
             SELECT $1, CAST(r.value ->> 0 AS bigint), $2, r.value ->> 1, r.value ->> 2, r.value ->> 3 \
             FROM json_array_elements(CAST($3 AS json)) r (value) WHERE TRUE \
             ON CONFLICT (record_id, place) DO UPDATE SET key = excluded.key, title = excluded.title, \
             language = excluded.language"
        }
        Dialect::Sqlite => {
            "INSERT INTO search_beginnings (record_id, place, kind, key, title, language) \
             SELECT $1, r.value ->> 0, $2, r.value ->> 1, r.value ->> 2, r.value ->> 3 FROM json_each($3) r WHERE TRUE \
             ON CONFLICT (record_id, place) DO UPDATE SET key = excluded.key, title = excluded.title, \
             language = excluded.language"
        }
    };
    let rows = serde_json::Value::Array(rows).to_string();
    Change::of("search_beginnings", sql, [document.id.into(), document.kind.code().into(), rows.into()])
}

/// Adds words to those that are known, in their order: of two who add the same ones neither waits for the other in a
/// circle.
fn known(dialect: Dialect, words: &BTreeSet<String>, origin: Origin) -> Option<Change> {
    let rows: BTreeSet<(String, &String)> =
        words.iter().flat_map(|word| word_keys(word).into_iter().map(move |key| (key, word))).collect();
    if rows.is_empty() {
        return None;
    }
    let sql = match dialect {
        Dialect::Postgres => {
            "INSERT INTO search_words (key, word, origin) SELECT r.value ->> 0, r.value ->> 1, $1 \
             FROM json_array_elements(CAST($2 AS json)) r (value) WHERE TRUE ON CONFLICT DO NOTHING"
        }
        Dialect::Sqlite => {
            "INSERT INTO search_words (key, word, origin) SELECT r.value ->> 0, r.value ->> 1, $1 FROM json_each($2) r \
             WHERE TRUE ON CONFLICT DO NOTHING"
        }
    };
    Some(Change::of("search_words", sql, [origin.code().into(), serde_json::json!(rows).to_string().into()]))
}
