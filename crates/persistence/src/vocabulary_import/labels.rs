//! The labels that concepts have in the store, as far as it takes to tell whether a file has others.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use maip_domain::closed_set::ClosedSet as _;
use sea_orm::{ConnectionTrait as _, DatabaseTransaction, DbErr, Statement};

use super::store::HeldRow;
use super::vocabulary::Label;

/// So many concepts' labels are read at a time: a whole vocabulary has a million.
const CONCEPTS_AT_ONCE: usize = 1_000;

/// A sum over the labels of each concept, in whatever order they come.
pub(super) struct HeldLabels(HashMap<String, u64>);

impl HeldLabels {
    /// Of these concepts, which are in the order of their ids.
    pub(super) async fn of(transaction: &DatabaseTransaction, held: &[HeldRow]) -> Result<Self, DbErr> {
        let mut sums = HashMap::new();
        for part in held.chunks(CONCEPTS_AT_ONCE) {
            let (Some(first), Some(last)) = (part.first(), part.last()) else { continue };
            let statement = Statement::from_sql_and_values(
                transaction.get_database_backend(),
                "SELECT concept_id, language, kind, text FROM concept_labels WHERE concept_id BETWEEN $1 AND $2",
                [first.id.as_str().into(), last.id.as_str().into()],
            );
            for row in transaction.query_all_raw(statement).await? {
                let concept: String = row.try_get_by_index(0)?;
                let (language, kind): (String, String) = (row.try_get_by_index(1)?, row.try_get_by_index(2)?);
                let text: String = row.try_get_by_index(3)?;
                add(sums.entry(concept).or_default(), &language, &kind, &text);
            }
        }
        Ok(Self(sums))
    }

    /// Whether the concept with this id has these labels, and no other.
    pub(super) fn are<'a>(&self, concept: &str, labels: impl Iterator<Item = Label<'a>>) -> bool {
        let mut sum = 0;
        for label in labels {
            add(&mut sum, label.language, label.kind.code(), label.text);
        }
        self.0.get(concept).copied().unwrap_or_default() == sum
    }
}

/// The sum is of this process alone: it is kept nowhere.
fn add(sum: &mut u64, language: &str, kind: &str, text: &str) {
    let mut hasher = DefaultHasher::new();
    (language, kind, text).hash(&mut hasher);
    *sum = sum.wrapping_add(hasher.finish());
}
