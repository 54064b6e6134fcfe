//! The labels that concepts have in the store: as far as it takes to tell whether a file has others, and how
//! a concept is shown by those that stay.
//!
//! A file speaks for the languages that it has labels in. In those it replaces what is held; labels in
//! other languages stay as they are.

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use maip_domain::closed_set::ClosedSet as _;
use sea_orm::{ConnectionTrait as _, DbErr, Statement};

use super::facts::LabelKind;
use super::store::HeldRow;
use super::vocabulary::{ConceptIndex, Label, Vocabulary};
use crate::database::Begun;

/// So many concepts' labels are read at a time: a whole vocabulary has a million.
const CONCEPTS_AT_ONCE: usize = 1_000;

/// What matters of the held labels of each concept, by its id.
pub(super) struct HeldLabels(HashMap<String, OfConcept>);

#[derive(Default)]
struct OfConcept {
    /// A sum over the labels in the file's languages, in whatever order they come.
    sum: u64,
    /// Of the labels in other languages, the one by which the concept would be shown.
    staying: Option<Staying>,
}

struct Staying {
    language: String,
    kind: LabelKind,
    text: String,
}

impl Staying {
    fn label(&self) -> Label<'_> {
        Label { language: &self.language, kind: self.kind, text: &self.text }
    }
}

impl HeldLabels {
    /// Of these concepts, which are in the order of their ids, as this file sees them.
    pub(super) async fn of(
        transaction: &Begun,
        held: &[HeldRow],
        vocabulary: &Vocabulary,
    ) -> Result<Self, DbErr> {
        let replaced: HashSet<&str> = vocabulary.languages().into_iter().collect();
        let mut concepts: HashMap<String, OfConcept> = HashMap::new();
        for part in held.chunks(CONCEPTS_AT_ONCE) {
            let (Some(first), Some(last)) = (part.first(), part.last()) else { continue };
            let statement = Statement::from_sql_and_values(
                transaction.get_database_backend(),
                "SELECT concept_id, language, kind, text FROM concept_labels WHERE concept_id BETWEEN $1 AND $2",
                [first.id.as_str().into(), last.id.as_str().into()],
            );
            for row in transaction.query_all_raw(statement).await? {
                let concept = concepts.entry(row.try_get_by_index(0)?).or_default();
                let (language, kind): (String, String) = (row.try_get_by_index(1)?, row.try_get_by_index(2)?);
                let text: String = row.try_get_by_index(3)?;
                if replaced.contains(language.as_str()) {
                    add(&mut concept.sum, &language, &kind, &text);
                } else if let Some(kind) = LabelKind::from_code(&kind) {
                    let label = Staying { language, kind, text };
                    if concept.staying.as_ref().is_none_or(|best| label.label().rank() < best.label().rank())
                    {
                        concept.staying = Some(label);
                    }
                }
            }
        }
        Ok(Self(concepts))
    }

    /// Whether the concept with this id has these labels, and no other in the file's languages.
    pub(super) fn are<'a>(&self, id: &str, labels: impl Iterator<Item = Label<'a>>) -> bool {
        let mut sum = 0;
        for label in labels {
            add(&mut sum, label.language, label.kind.code(), label.text);
        }
        self.0.get(id).map(|concept| concept.sum).unwrap_or_default() == sum
    }

    /// How the concept with this id is shown by the file's labels together with those that stay.
    pub(super) fn shown_as<'a>(
        &'a self,
        id: &str,
        vocabulary: &'a Vocabulary,
        concept: ConceptIndex,
    ) -> &'a str {
        let staying = self.0.get(id).and_then(|concept| concept.staying.as_ref()).map(Staying::label);
        vocabulary
            .labels(concept)
            .chain(staying)
            .min_by_key(Label::rank)
            .map_or_else(|| vocabulary.uri(concept), |label| label.text)
    }
}

/// The sum is of this process alone: it is kept nowhere.
fn add(sum: &mut u64, language: &str, kind: &str, text: &str) {
    let mut hasher = DefaultHasher::new();
    (language, kind, text).hash(&mut hasher);
    *sum = sum.wrapping_add(hasher.finish());
}
