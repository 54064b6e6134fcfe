//! What the labels of concepts are known by in a search.

use maip_domain::search::label_keys;
use sea_orm::{ConnectionTrait as _, DbErr, FromQueryResult as _, Statement};

use crate::bulk::{Begun, Rows, delete_where_in};
use crate::database::Database;

/// The table of the keys.
pub(crate) const LABEL_KEYS: &str = "concept_label_keys";

/// So many concepts are held at a time; an import waits meanwhile.
const AT_ONCE: u32 = 500;

/// Rows for it.
pub(crate) struct LabelRows(Rows);

impl LabelRows {
    pub fn new() -> Self {
        Self(Rows::new(LABEL_KEYS, &["key", "concept_id", "language", "label"]))
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
            self.0.push(transaction, [key.into(), concept.into(), language.into(), label.into()]).await?;
        }
        Ok(())
    }

    /// Writes what is left.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn finish(self, transaction: &Begun) -> Result<(), DbErr> {
        self.0.finish(transaction).await
    }
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
