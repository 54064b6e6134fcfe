//! Writing a vocabulary that was read: all of it in one transaction, or nothing.
//!
//! Concepts are told by their URI and keep their ids. What the file says of a concept replaces what
//! was held of it, labels in the languages that the file has labels in at all; labels in other languages
//! and concepts that the file doesn't have stay as they are.

use maip_domain::closed_set::ClosedSet as _;
use maip_domain::id::ConceptId;
use maip_domain::sort_key::sort_key;
use maip_domain::time::{Clock, Entropy};
use sea_orm::{ConnectionTrait as _, DbErr, FromQueryResult as _, Statement, Value};

use super::error::ImportError;
use super::graph::Ancestors;
use super::labels::HeldLabels;
use super::merge::{Held, Merged, Place};
use super::vocabulary::{Findings, Vocabulary};
use crate::bulk::{Rows, delete_where_both_in, delete_where_in};
use crate::database::Begun;
use crate::search::{LABEL_KEYS, LabelRows};

/// What an import did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Concepts that are new.
    pub added: usize,
    /// Concepts that were held and whose deprecation changed, or whose labels in the file's languages.
    pub changed: usize,
    /// Concepts that were held and are as they were, but for links.
    pub kept: usize,
    /// Labels of the file's concepts.
    pub labels: usize,
    /// Links of the file's concepts to broader ones.
    pub links: usize,
    /// Links to parents that neither the file nor the store has; they are left out.
    pub links_left_out: usize,
    /// What was found in the file that isn't wrong enough to refuse it.
    pub findings: Findings,
}

/// Why an import failed. Nothing of it is stored.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The file doesn't fit what is held: together there is a cycle, or too much.
    #[error(transparent)]
    Refused(#[from] ImportError),
    /// The database failed.
    #[error("the database failed: {0}")]
    Database(#[from] DbErr),
}

/// Writes a vocabulary in a transaction that may write; the caller commits it.
///
/// # Errors
/// [`StoreError`]; then the transaction must be rolled back.
pub async fn import(
    transaction: &Begun,
    vocabulary: &Vocabulary,
    clock: &dyn Clock,
    entropy: &dyn Entropy,
) -> Result<Report, StoreError> {
    if transaction.get_database_backend() == sea_orm::DbBackend::Postgres {
        // Two imports at a time would each add what the other adds. Readers go on.
        transaction.execute_unprepared("LOCK TABLE concepts IN SHARE ROW EXCLUSIVE MODE").await?;
    }
    let held = held_concepts(transaction).await?;
    let links = held_links(transaction, &held).await?;
    let concepts: Vec<Held> =
        held.iter().map(|row| Held { id: row.id.clone(), uri: row.uri.clone() }).collect();
    let merged = Merged::of(vocabulary, &concepts, &links)?;

    let mut report = Report { findings: vocabulary.findings(), ..Report::default() };
    report.links_left_out = merged.links_left_out;
    let labels = HeldLabels::of(transaction, &held, vocabulary).await?;
    let mut ids: Vec<String> = concepts.into_iter().map(|concept| concept.id).collect();
    write_concepts(
        transaction,
        vocabulary,
        &merged,
        (&held, &labels),
        &mut ids,
        &mut report,
        (clock, entropy),
    )
    .await?;
    write_labels(transaction, vocabulary, &merged, &ids, &mut report).await?;
    write_links(transaction, &merged, &ids, &mut report).await?;
    write_ancestors(transaction, &merged, &ids).await?;
    Ok(report)
}

#[derive(sea_orm::FromQueryResult)]
pub(super) struct HeldRow {
    pub(super) id: String,
    uri: String,
    label: String,
    deprecated: bool,
}

async fn held_concepts(transaction: &Begun) -> Result<Vec<HeldRow>, DbErr> {
    let statement = Statement::from_string(
        transaction.get_database_backend(),
        "SELECT id, uri, label, deprecated FROM concepts ORDER BY id",
    );
    HeldRow::find_by_statement(statement).all(transaction).await
}

async fn held_links(transaction: &Begun, held: &[HeldRow]) -> Result<Vec<(Place, Place)>, DbErr> {
    #[derive(sea_orm::FromQueryResult)]
    struct LinkRow {
        concept_id: String,
        broader_id: String,
    }
    let statement = Statement::from_string(
        transaction.get_database_backend(),
        "SELECT concept_id, broader_id FROM concept_broader",
    );
    let place_of = |id: &str| held.binary_search_by(|row| row.id.as_str().cmp(id)).ok();
    let rows = LinkRow::find_by_statement(statement).all(transaction).await?;
    Ok(rows
        .into_iter()
        .filter_map(|row| Some((place_of(&row.concept_id)?, place_of(&row.broader_id)?)))
        .collect())
}

async fn write_concepts(
    transaction: &Begun,
    vocabulary: &Vocabulary,
    merged: &Merged,
    (held, labels): (&[HeldRow], &HeldLabels),
    ids: &mut Vec<String>,
    report: &mut Report,
    (clock, entropy): (&dyn Clock, &dyn Entropy),
) -> Result<(), DbErr> {
    let now = clock.now().micros();
    let mut rows =
        Rows::new("concepts", &["id", "uri", "deprecated", "label", "sort_key", "created_at", "updated_at"]);
    for (concept, &place) in merged.places.iter().enumerate() {
        let deprecated = vocabulary.is_deprecated(concept);
        match held.get(place) {
            None => {
                let label = vocabulary.shown_as(concept);
                let id = ConceptId::generate(clock, entropy).into_string();
                let values: [Value; 7] = [
                    id.as_str().into(),
                    vocabulary.uri(concept).into(),
                    deprecated.into(),
                    label.into(),
                    sort_key(label).into(),
                    now.into(),
                    now.into(),
                ];
                // New concepts have the places after those held, in the order of the file.
                ids.push(id);
                rows.push(transaction, values).await?;
                report.added += 1;
            }
            Some(row) => {
                let label = labels.shown_as(&row.id, vocabulary, concept);
                if row.label == label
                    && row.deprecated == deprecated
                    && labels.are(&row.id, vocabulary.labels(concept))
                {
                    report.kept += 1;
                    continue;
                }
                let statement = Statement::from_sql_and_values(
                    transaction.get_database_backend(),
                    "UPDATE concepts SET label = $1, sort_key = $2, deprecated = $3, updated_at = $4 WHERE id = $5",
                    [
                        label.into(),
                        sort_key(label).into(),
                        deprecated.into(),
                        now.into(),
                        row.id.as_str().into(),
                    ],
                );
                transaction.execute_raw(statement).await?;
                report.changed += 1;
            }
        }
    }
    rows.finish(transaction).await
}

async fn write_labels(
    transaction: &Begun,
    vocabulary: &Vocabulary,
    merged: &Merged,
    ids: &[String],
    report: &mut Report,
) -> Result<(), DbErr> {
    let languages = vocabulary.languages();
    delete_where_both_in(
        transaction,
        "concept_labels",
        ("language", &languages),
        ("concept_id", held_ids(merged, ids)),
    )
    .await?;
    delete_where_both_in(
        transaction,
        LABEL_KEYS,
        ("language", &languages),
        ("concept_id", held_ids(merged, ids)),
    )
    .await?;
    let mut keys = LabelRows::new();
    let mut rows = Rows::new("concept_labels", &["concept_id", "language", "kind", "text", "sort_key"]);
    for (concept, &place) in merged.places.iter().enumerate() {
        for label in vocabulary.labels(concept) {
            let values: [Value; 5] = [
                ids[place].as_str().into(),
                label.language.into(),
                label.kind.code().into(),
                label.text.into(),
                sort_key(label.text).into(),
            ];
            rows.push(transaction, values).await?;
            keys.push(transaction, &ids[place], label.language, label.text).await?;
            report.labels += 1;
        }
    }
    keys.finish(transaction).await?;
    rows.finish(transaction).await
}

async fn write_links(
    transaction: &Begun,
    merged: &Merged,
    ids: &[String],
    report: &mut Report,
) -> Result<(), DbErr> {
    delete_where_in(transaction, "concept_broader", "concept_id", held_ids(merged, ids)).await?;
    let mut rows = Rows::new("concept_broader", &["concept_id", "broader_id"]);
    for &place in &merged.places {
        for &parent in &merged.parents[place] {
            rows.push(transaction, [ids[place].as_str().into(), ids[parent].as_str().into()]).await?;
            report.links += 1;
        }
    }
    rows.finish(transaction).await
}

/// Writes the closure anew as a whole: a link changes the ancestors of everything below it.
async fn write_ancestors(transaction: &Begun, merged: &Merged, ids: &[String]) -> Result<(), DbErr> {
    transaction.execute_unprepared("DELETE FROM concept_ancestors").await?;
    let mut rows = Rows::new("concept_ancestors", &["concept_id", "ancestor_id", "distance"]);
    let mut ancestors = Ancestors::new(&merged.parents);
    for (place, id) in ids.iter().enumerate() {
        for &(ancestor, distance) in ancestors.of(place) {
            let values = [id.as_str().into(), ids[ancestor].as_str().into(), i64::from(distance).into()];
            rows.push(transaction, values).await?;
        }
    }
    rows.finish(transaction).await
}

fn held_ids<'a>(merged: &'a Merged, ids: &'a [String]) -> impl Iterator<Item = &'a str> + Clone {
    merged.places.iter().filter(|&&place| merged.is_held(place)).map(|&place| ids[place].as_str())
}
