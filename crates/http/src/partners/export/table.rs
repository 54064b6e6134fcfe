//! Lessons as rows: what the columns are, and what is in their cells.
//!
//! The names are those that an import takes, for what an import takes.

use maip_api::partners::{Concept, LessonRecord, Named, Texts, WholeLesson, import_columns};

/// What is in a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// A text, whatever it looks like.
    Text(String),
    /// A number.
    Number(u32),
}

/// What a cell is made from.
type Read = fn(&WholeLesson, &Texts, &str) -> Cell;

fn text(text: &str) -> Cell {
    Cell::Text(text.to_owned())
}

fn maybe(text: Option<&str>) -> Cell {
    Cell::Text(text.unwrap_or_default().to_owned())
}

fn name(named: Option<&Named>) -> Cell {
    maybe(named.map(|named| named.name.as_str()))
}

/// Several in one cell, each in a line of its own.
fn list<'a>(items: impl IntoIterator<Item = &'a str>) -> Cell {
    Cell::Text(items.into_iter().collect::<Vec<_>>().join("\n"))
}

fn concepts(lesson: &LessonRecord, of: fn(&Concept) -> &str) -> Cell {
    list(lesson.concepts.iter().map(of))
}

/// Each column's name and what is in it.
pub const COLUMNS: [(&str, Read); 34] = [
    ("id", |lesson, _, _| text(&lesson.record.id)),
    ("url", |lesson, _, base| Cell::Text(format!("{base}/lessons/{}", lesson.record.id))),
    ("title", |lesson, _, _| text(&lesson.record.title)),
    ("language", |lesson, _, _| text(&lesson.record.language)),
    ("abstract", |lesson, _, _| text(&lesson.record.gist)),
    ("context", |_, texts, _| text(&texts.context)),
    ("problem", |_, texts, _| text(&texts.problem)),
    ("what_was_done", |_, texts, _| text(&texts.what_was_done)),
    ("result", |_, texts, _| text(&texts.result)),
    ("outcome", |lesson, _, _| maybe(lesson.record.outcome.as_deref())),
    ("enabling_conditions", |_, texts, _| list(texts.enabling_conditions.iter().map(String::as_str))),
    ("hindering_conditions", |_, texts, _| list(texts.hindering_conditions.iter().map(String::as_str))),
    ("who_gained", |_, texts, _| text(&texts.who_gained)),
    ("who_lost", |_, texts, _| text(&texts.who_lost)),
    ("costs", |_, texts, _| {
        let costs = texts.costs.iter().map(ToString::to_string);
        Cell::Text(costs.collect::<Vec<_>>().join("\n"))
    }),
    ("actor_types", |lesson, _, _| list(lesson.actor_types.iter().map(String::as_str))),
    ("concepts", |lesson, _, _| concepts(&lesson.record, |concept| &concept.label)),
    ("concept_uris", |lesson, _, _| concepts(&lesson.record, |concept| &concept.uri)),
    ("author", |lesson, _, _| maybe(lesson.record.author_name.as_deref())),
    ("organisation", |lesson, _, _| name(lesson.record.organisation.as_ref())),
    ("country", |lesson, _, _| text(&lesson.record.country.code)),
    ("country_name", |lesson, _, _| text(&lesson.record.country.name)),
    ("region", |lesson, _, _| maybe(lesson.record.country.region.as_deref())),
    ("platform", |lesson, _, _| name(lesson.record.platform.as_ref())),
    ("status", |lesson, _, _| text(&lesson.record.status)),
    ("version", |_, texts, _| Cell::Number(texts.number)),
    ("text_origin", |_, texts, _| text(&texts.origin)),
    ("tried_elsewhere", |lesson, _, _| Cell::Number(lesson.replication_outcomes.total)),
    ("tries_worked", |lesson, _, _| Cell::Number(lesson.replication_outcomes.worked)),
    ("tries_partly", |lesson, _, _| Cell::Number(lesson.replication_outcomes.partly)),
    ("tries_failed", |lesson, _, _| Cell::Number(lesson.replication_outcomes.failed)),
    ("missing_conditions", |lesson, _, _| list(lesson.missing_conditions.iter().map(String::as_str))),
    ("published_at", |lesson, _, _| maybe(lesson.record.published_at.as_deref())),
    ("updated_at", |lesson, _, _| text(&lesson.record.updated_at)),
];

/// The names of the columns.
pub fn head() -> Vec<Cell> {
    COLUMNS.iter().map(|(name, _)| text(name)).collect()
}

/// The names of the columns that an import takes.
pub fn template() -> Vec<Cell> {
    import_columns().map(text).collect()
}

/// The cells of a lesson.
pub fn row(lesson: &WholeLesson, base: &str) -> Vec<Cell> {
    let none = Texts::default();
    let texts = lesson.texts.as_ref().unwrap_or(&none);
    COLUMNS.iter().map(|(_, read)| read(lesson, texts, base)).collect()
}
