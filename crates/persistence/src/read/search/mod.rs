//! The search over several types: what it asks for, and what was found.
//!
//! It is the one read of more than one statement: which records are found, in which order and why is asked first; the
//! records themselves are then read like those of `nodes`, with the rest of the operation.

pub(super) mod find;
mod kinds;
mod statement;
mod suggest;

use std::collections::BTreeMap;

use maip_domain::search::{Asked, SearchKind};

use super::declare::{Entity, Sort, by_number, by_text};
use super::plan::{FilterValue, NodeGroup, Page, PagePick};

pub use kinds::{Facet, entity_of};
pub use suggest::{SuggestPick, SuggestPlan};

/// So many values of a facet are told.
pub const MAX_VALUES: u64 = 20;

/// The order of what is found.
pub static RANKED: Sort = Sort {
    code: "RANK",
    description: "By rank.",
    columns: &[by_number("h.rank"), by_text("h.id")],
    descending: true,
};

/// A search.
#[derive(Debug)]
pub struct SearchPlan {
    /// What is asked for.
    pub asked: Asked,
    /// Which kinds are searched.
    pub kinds: Vec<SearchKind>,
    /// What is kept of it.
    pub filters: Vec<(Facet, FilterValue)>,
    /// Which page.
    pub page: Page,
    /// What is answered, in order.
    pub parts: Vec<(Box<str>, SearchPick)>,
    /// The records that are shown, by type and place; which ones is known once something was found.
    pub groups: Vec<NodeGroup>,
    /// What was found.
    pub found: Option<Found>,
}

/// Which group has the records of each type.
pub type ByType = Vec<(&'static Entity, usize)>;

/// A field of the connection.
#[derive(Debug)]
pub enum SearchPick {
    /// `__typename`.
    TypeName,
    /// The hits.
    Edges(Vec<(Box<str>, HitPick)>),
    /// Their records alone.
    Nodes(ByType),
    /// The page.
    PageInfo(Vec<(Box<str>, PagePick)>),
    /// How many were found.
    TotalCount,
    /// Whether that is exact.
    TotalCountIsExact,
    /// The facets.
    Facets(FacetPicks),
}

/// A facet, and what is wanted of each of its values.
pub type FacetPick = (Facet, Vec<(Box<str>, BucketPick)>);

/// What is wanted of all facets, by the response key; none is `__typename`.
pub type FacetPicks = Vec<(Box<str>, Option<FacetPick>)>;

/// A field of a hit.
#[derive(Debug)]
pub enum HitPick {
    /// `__typename`.
    TypeName,
    /// Its cursor.
    Cursor,
    /// Its record.
    Node(ByType),
    /// Why it was found.
    Why(Vec<(Box<str>, WhyPick)>),
}

/// A field of the reasons.
#[derive(Debug)]
pub enum WhyPick {
    /// `__typename`.
    TypeName,
    /// The language of the record.
    Language,
    /// The languages of the translations that have a word of the search.
    Translations,
    /// The words.
    Terms(Vec<(Box<str>, TermPick)>),
    /// The concepts.
    Concepts(Vec<(Box<str>, ConceptPick)>),
}

/// A field of a word that was found.
#[derive(Debug, Clone, Copy)]
pub enum TermPick {
    /// `__typename`.
    TypeName,
    /// The word.
    Word,
    /// Whether the title has it.
    InTitle,
    /// What the record has in its place.
    CorrectedTo,
}

/// A field of a concept by which something was found.
#[derive(Debug, Clone, Copy)]
pub enum ConceptPick {
    /// `__typename`.
    TypeName,
    /// The concept, in this group.
    Concept(usize),
    /// The label in the search.
    Label,
    /// The language of that label.
    LabelLanguage,
    /// The steps between the two.
    Distance,
    /// From the concept that the search names to that of the record, in this group.
    Path(usize),
}

/// A field of a value of a facet.
#[derive(Debug, Clone, Copy)]
pub enum BucketPick {
    /// `__typename`.
    TypeName,
    /// How many have it.
    Count,
    /// The value itself.
    Value,
    /// The record that it names, in this group.
    Record(usize),
}

/// What was found.
#[derive(Debug, Default)]
pub struct Found {
    pub(super) hits: Vec<Hit>,
    pub(super) more: bool,
    pub(super) count: u32,
    pub(super) exact: bool,
    pub(super) facets: BTreeMap<Facet, Vec<(String, u32)>>,
}

/// One record that was found.
#[derive(Debug)]
pub(super) struct Hit {
    pub id: String,
    pub rank: i64,
    pub language: Option<String>,
    /// The words that it has.
    pub terms: Vec<MatchedTerm>,
    pub concepts: Vec<MatchedConcept>,
    /// The languages of the translations that have one of the words.
    pub translations: Vec<String>,
}

/// A word by which a record was found.
#[derive(Debug)]
pub(super) struct MatchedTerm {
    pub word: String,
    pub in_title: bool,
    /// What it has in its place.
    pub corrected: Option<String>,
}

/// A concept by which a record was found.
#[derive(Debug, Clone)]
pub(super) struct MatchedConcept {
    pub id: String,
    pub label: String,
    pub label_language: String,
    /// From the concept that the search names to this one.
    pub path: Vec<String>,
}

impl SearchPlan {
    pub(super) fn wants(&self, wanted: fn(&SearchPick) -> bool) -> bool {
        self.parts.iter().any(|(_, pick)| wanted(pick))
    }

    /// Whether it is asked why something was found by concepts.
    pub(super) fn wants_concepts(&self) -> bool {
        self.parts.iter().any(|(_, pick)| {
            matches!(pick, SearchPick::Edges(fields) if fields.iter().any(|(_, field)| {
                matches!(field, HitPick::Why(why) if why.iter().any(|(_, pick)| matches!(pick, WhyPick::Concepts(_))))
            }))
        })
    }

    /// Whether it is asked in which translations something was found.
    pub(super) fn wants_translations(&self) -> bool {
        self.parts.iter().any(|(_, pick)| {
            matches!(pick, SearchPick::Edges(fields) if fields.iter().any(|(_, field)| {
                matches!(field, HitPick::Why(why) if why.iter().any(|(_, pick)| matches!(pick, WhyPick::Translations)))
            }))
        })
    }

    /// Where the records of the hits go, once for each field that shows them.
    pub(super) fn shown(&self) -> impl Iterator<Item = &ByType> {
        self.parts.iter().flat_map(|(_, pick)| {
            let (nodes, edges) = match pick {
                SearchPick::Nodes(by_type) => (Some(by_type), &[][..]),
                SearchPick::Edges(fields) => (None, fields.as_slice()),
                _ => (None, &[][..]),
            };
            let of_edges = edges.iter().filter_map(|(_, field)| {
                if let HitPick::Node(by_type) = field { Some(by_type) } else { None }
            });
            nodes.into_iter().chain(of_edges)
        })
    }

    /// The facets that are asked for.
    pub(super) fn facets(&self) -> Vec<Facet> {
        let mut facets: Vec<Facet> = self
            .parts
            .iter()
            .filter_map(|(_, pick)| if let SearchPick::Facets(fields) = pick { Some(fields) } else { None })
            .flatten()
            .filter_map(|(_, field)| field.as_ref().map(|(facet, _)| *facet))
            .collect();
        facets.sort_unstable();
        facets.dedup();
        facets
    }
}

#[cfg(test)]
pub(in crate::read) use statement::latest_numbers;

/// The statements of a search, but for those about concepts, of which it names none.
#[cfg(test)]
pub(in crate::read) fn statements(
    plan: &SearchPlan,
    viewer: &super::viewer::Viewer,
    now: maip_domain::time::Timestamp,
    dialect: super::sql::Dialect,
) -> Vec<(String, Vec<sea_orm::Value>)> {
    let keys: Vec<&str> = plan.asked.spans.iter().map(|span| span.key.as_str()).collect();
    let (slots, _) = find::slots(&plan.asked, &[], dialect);
    let mut all =
        vec![statement::labels(&keys, dialect), statement::hits(plan, &slots, viewer, now, dialect)];
    for (_, typed) in plan.asked.doubtful(&[]) {
        let keys = maip_domain::search::near_keys(&typed);
        all.push(statement::known(&keys.iter().map(String::as_str).collect::<Vec<_>>(), dialect));
    }
    all
}
