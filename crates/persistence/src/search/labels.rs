//! What the labels of concepts are known by in a search.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use maip_domain::search::{Origin, known_words, label_keys, word_keys};
use sea_orm::{ConnectionTrait as _, DbErr, FromQueryResult as _, Statement};

use crate::bulk::{Begun, Rows, delete_where_in};
use crate::database::Database;

/// The table of the keys.
pub(crate) const LABEL_KEYS: &str = "concept_label_keys";

/// The table of the words by which typing errors are told.
pub(super) const WORDS: &str = "search_words";

/// So many concepts are held at a time; an import waits meanwhile.
const AT_ONCE: u32 = 500;

/// So many words are remembered, each for what it is to write it once more in vain.
const MAX_REMEMBERED: usize = 1 << 20;

/// Rows for it, and for the words of the labels.
pub(crate) struct LabelRows {
    keys: Rows,
    words: Rows,
    /// The digests of words that were written.
    written: HashSet<u64>,
}

impl LabelRows {
    pub fn new() -> Self {
        Self {
            keys: Rows::new(LABEL_KEYS, &["key", "concept_id", "language", "label"]),
            words: Rows::new(WORDS, &["key", "word", "origin"]).on_conflict("ON CONFLICT DO NOTHING"),
            written: HashSet::new(),
        }
    }

    /// Takes a label.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn push(
        &mut self,
        transaction: &Begun,
        concept: &str,
        language: &str,
        label: &str,
    ) -> Result<(), DbErr> {
        for key in label_keys(label, language) {
            self.keys.push(transaction, [key.into(), concept.into(), language.into(), label.into()]).await?;
        }
        for word in known_words([label]) {
            if self.written.len() >= MAX_REMEMBERED || self.written.insert(digest(&word)) {
                for key in word_keys(&word) {
                    let row = [key.into(), word.as_str().into(), Origin::Label.code().into()];
                    self.words.push(transaction, row).await?;
                }
            }
        }
        Ok(())
    }

    /// Writes what is left.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn finish(self, transaction: &Begun) -> Result<(), DbErr> {
        self.words.finish(transaction).await?;
        self.keys.finish(transaction).await
    }
}

fn digest(word: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    word.hash(&mut hasher);
    hasher.finish()
}

#[derive(sea_orm::FromQueryResult)]
struct Label {
    concept_id: String,
    language: String,
    text: String,
}

/// Writes the keys of all labels anew, some hundred concepts at a time; each has its old keys or its new ones.
pub(super) async fn all_anew(database: &Database) -> Result<(), DbErr> {
    let mut after = String::new();
    loop {
        let transaction = database.begin().await?;
        let backend = transaction.get_database_backend();
        if backend == sea_orm::DbBackend::Postgres {
            // As an import does: of two who write, the other waits.
            transaction.execute_unprepared("LOCK TABLE concepts IN SHARE ROW EXCLUSIVE MODE").await?;
        }
        let sql = format!("SELECT id FROM concepts WHERE id > $1 ORDER BY id LIMIT {AT_ONCE}");
        let rows = transaction
            .query_all_raw(Statement::from_sql_and_values(backend, sql, [after.as_str().into()]))
            .await?;
        let ids = rows.iter().map(|row| row.try_get("", "id")).collect::<Result<Vec<String>, _>>()?;
        let (Some(first), Some(last)) = (ids.first(), ids.last()) else {
            return transaction.commit().await;
        };
        delete_where_in(&transaction, LABEL_KEYS, "concept_id", ids.iter().map(String::as_str)).await?;
        let labels = Label::find_by_statement(Statement::from_sql_and_values(
            backend,
            "SELECT concept_id, language, text FROM concept_labels WHERE concept_id >= $1 AND concept_id <= $2 \
             ORDER BY id",
            [first.into(), last.into()],
        ));
        let mut rows = LabelRows::new();
        for Label { concept_id, language, text } in labels.all(&transaction).await? {
            rows.push(&transaction, &concept_id, &language, &text).await?;
        }
        rows.finish(&transaction).await?;
        transaction.commit().await?;
        after.clone_from(last);
    }
}
