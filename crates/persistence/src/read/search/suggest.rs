//! What is suggested while a search is being typed: labels of concepts, and titles of what the viewer may see.
//!
//! Both stand in an index by what they begin with, and of each so many are looked at as there is room for: what is typed
//! first is quick whatever it is.

use std::collections::BTreeSet;

use maip_domain::closed_set::ClosedSet as _;
use maip_domain::search::{PLACES, SuggestionKind, after};
use maip_domain::time::Timestamp;
use sea_orm::Value;
use serde::Deserialize;

use super::super::render::Renderer;
use super::super::sql::{Dialect, Sql};
use super::super::viewer::{Viewer, expressions};
use super::kinds::{SEARCHED, Searched};

/// So many of each kind are looked at.
const LOOKED_AT: u64 = 400;
/// So many of each kind are gone through to suggest each record once.
const TAKEN: u64 = 100;

/// Suggestions for what was typed so far.
#[derive(Debug)]
pub struct SuggestPlan {
    /// What they begin with, as the analyser has it; none where nothing can be found.
    pub typed: Option<String>,
    /// In which languages; in all where none are named.
    pub languages: Option<Vec<String>>,
    /// How many.
    pub first: usize,
    /// What is answered of each, in order.
    pub parts: Vec<(Box<str>, SuggestPick)>,
    /// What was found.
    pub found: Vec<Suggestion>,
}

#[cfg(test)]
impl SuggestPlan {
    pub(in crate::read) fn statement(
        &self,
        viewer: &Viewer,
        now: Timestamp,
        dialect: Dialect,
    ) -> (String, Vec<Value>) {
        statement(self, viewer, now, dialect)
    }
}

/// A field of a suggestion.
#[derive(Clone, Copy, Debug)]
pub enum SuggestPick {
    /// `__typename`.
    TypeName,
    /// The text.
    Text,
    /// Its language.
    Language,
    /// What it names.
    Kind,
    /// The id of that.
    NodeId,
}

/// A suggestion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    pub(in crate::read) text: String,
    pub(in crate::read) language: Option<String>,
    pub(in crate::read) kind: SuggestionKind,
    pub(in crate::read) id: String,
}

/// What an entry begins with, which it is of what, its text and language.
type Row = (String, String, String, String);

/// The labels, and the titles of each kind.
#[derive(Deserialize, Default)]
pub(super) struct Rows(Vec<Row>, Vec<Vec<Row>>);

/// `[labels, [titles of each kind]]`.
pub(super) fn statement(
    plan: &SuggestPlan,
    viewer: &Viewer,
    now: Timestamp,
    dialect: Dialect,
) -> (String, Vec<Value>) {
    let mut renderer = Renderer::new(viewer.kind(), now, dialect);
    let credentials = expressions(viewer, &renderer.now(), dialect, &mut renderer.bindings);
    let typed = plan.typed.as_deref().unwrap_or_default();
    let from = renderer.bindings.bind(dialect, typed);
    let to = renderer.bindings.bind(dialect, after(typed).as_str());
    let mut range = Sql::new(".key >= ");
    range.sql(&from).push(" AND x.key < ").sql(&to);
    let languages = plan.languages.as_ref().map(|languages| renderer.texts(languages));
    let kept = |column: &'static str| {
        let mut sql = Sql::default();
        if let Some(languages) = &languages {
            sql.push(" AND ").push(column).push(" IN ").sql(languages);
        }
        sql
    };
    let labels = labels(&renderer, &range, &kept("k.language"));
    let titles: Vec<Sql> = SEARCHED
        .iter()
        .map(|searched| titles(&mut renderer, searched, viewer, &range, &kept("o.language")))
        .collect();
    let titles = renderer.array(&titles);
    let answer = renderer.array(&[labels, titles]);
    let (viewer_row, _) = renderer.viewer_row();
    let mut sql = Sql::default();
    if !credentials.is_empty() {
        sql.push("WITH ").sql(&credentials).sql(&viewer_row).push(" ");
    }
    sql.push("SELECT CAST(").sql(&answer).push(" AS text) AS answer");
    (sql.into_text(), renderer.bindings.values)
}

fn labels(renderer: &Renderer, range: &Sql, kept: &Sql) -> Sql {
    let columns = ["k.key", "k.concept_id", "k.label", "k.language"].map(Sql::new);
    let mut select = Sql::new("SELECT ");
    select.sql(&renderer.array(&columns)).push(
        " AS v FROM (SELECT x.key AS key, x.concept_id AS concept_id, x.label AS label, x.language AS language \
         FROM concept_label_keys x WHERE x",
    );
    select.sql(range).push(" ORDER BY x.key, x.concept_id, x.language, x.label LIMIT ").number(LOOKED_AT);
    select.push(") k JOIN concepts c ON c.id = k.concept_id WHERE NOT c.deprecated").sql(kept);
    select.push(" ORDER BY k.key, k.concept_id, k.language, k.label LIMIT ").number(TAKEN);
    listed(renderer, &select)
}

/// The titles of one kind.
fn titles(
    renderer: &mut Renderer,
    searched: &'static Searched,
    viewer: &Viewer,
    range: &Sql,
    kept: &Sql,
) -> Sql {
    let entity = searched.entity();
    let mut select = Sql::new("SELECT ");
    let columns = ["b.key", "b.record_id", "o.title", "o.language"].map(Sql::new);
    select.sql(&renderer.array(&columns)).push(" AS v FROM ");
    if super::super::policy_sql::denied(entity, viewer.kind()) {
        select.push("search_beginnings b JOIN search_beginnings o ON o.record_id = b.record_id WHERE FALSE");
        return listed(renderer, &select);
    }
    let row = renderer.fresh();
    let (joins, policy) = renderer.guarded(entity, row);
    let only = renderer.template(searched.only, row, None);
    select.push("(SELECT x.key AS key, x.record_id AS record_id, x.place AS place FROM search_beginnings x WHERE x.kind = ");
    select.literal(searched.kind.code()).push(" AND x").sql(range);
    select.push(" ORDER BY x.key, x.record_id, x.place LIMIT ").number(LOOKED_AT).push(") b ");
    // SQLite takes a CROSS JOIN in the order in which it is written: from what was found to the records.
    select.push("CROSS JOIN search_documents d CROSS JOIN search_beginnings o CROSS JOIN ");
    if renderer.dialect == Dialect::Postgres && renderer.kind != Viewer::Anonymous.kind() {
        select.push("viewer CROSS JOIN ");
    }
    select.push(entity.table).push(" ").alias(row).sql(&joins);
    select.push(" WHERE d.record_id = b.record_id AND b.place < d.beginnings AND o.record_id = b.record_id ");
    select.push("AND o.place = b.place - b.place % ").number(PLACES as u64).push(" AND ");
    select.alias(row).push(".id = b.record_id AND (").sql(&only).push(") AND (").sql(&policy).push(")");
    select.sql(kept).push(" ORDER BY b.key, b.record_id, b.place LIMIT ").number(TAKEN);
    listed(renderer, &select)
}

fn listed(renderer: &Renderer, select: &Sql) -> Sql {
    let mut sql = Sql::default();
    if renderer.dialect == Dialect::Postgres {
        sql.push("(SELECT COALESCE(json_agg(r.v), '[]'::json) FROM (").sql(select).push(") r)");
        return sql;
    }
    // What is JSON in a derived table is text outside of it.
    sql.push("json((SELECT json_group_array(json(r.v)) FROM (").sql(select).push(") r))");
    sql
}

/// What is suggested: concepts and records by turns of half of the room each, as far as there are enough of both; in
/// each half what comes first by what it begins with.
pub(super) fn chosen(Rows(labels, titles): Rows, first: usize) -> Vec<Suggestion> {
    let mut seen = BTreeSet::new();
    let mut concepts = Vec::new();
    for (_, id, label, language) in labels {
        if seen.insert(id.clone()) {
            concepts.push(Suggestion {
                text: label,
                language: Some(language),
                kind: SuggestionKind::Concept,
                id,
            });
        }
    }
    let mut found: Vec<(String, SuggestionKind, String, String, String)> = Vec::new();
    for (searched, rows) in SEARCHED.iter().zip(titles) {
        let kind = SuggestionKind::from(searched.kind);
        found.extend(rows.into_iter().map(|(key, id, title, language)| (key, kind, id, title, language)));
    }
    found.sort();
    let mut records = Vec::new();
    for (_, kind, id, text, language) in found {
        if seen.insert(id.clone()) {
            records.push(Suggestion { text, language: Some(language), kind, id });
        }
    }
    let half = first.div_ceil(2);
    let of_concepts = concepts.len().min(half.max(first.saturating_sub(records.len())));
    concepts.truncate(of_concepts);
    records.truncate(first.saturating_sub(of_concepts));
    concepts.append(&mut records);
    concepts
}
