//! A row as a lesson.

use std::collections::BTreeSet;
use std::str::FromStr as _;

use async_graphql::MaybeUndefined;
use maip_domain::closed_set::ClosedSet;
use maip_domain::error_code::ErrorCode;
use maip_domain::lessons::{Attribution, Outcome};
use maip_domain::membership::member::ActorType;
use maip_domain::visibility::Visibility;
use maip_domain::vocabulary::{CountryCode, LanguageTag};
use maip_persistence::lessons::content::Edit;
use maip_persistence::write::{Refusal, UserError};

use super::super::content::{LessonContentInput, LessonCostInput};
use super::table::{Cell, Row};
use crate::schema::Closed;
use crate::schema::scalars::{Decimal, Language};

/// The columns that are read, each with the field of the API that it is.
pub const COLUMNS: [(&str, &str); 18] = [
    ("title", "title"),
    ("language", "language"),
    ("abstract", "abstract"),
    ("context", "context"),
    ("problem", "problem"),
    ("what_was_done", "whatWasDone"),
    ("result", "result"),
    ("outcome", "outcome"),
    ("enabling_conditions", "enablingConditions"),
    ("hindering_conditions", "hinderingConditions"),
    ("who_gained", "whoGained"),
    ("who_lost", "whoLost"),
    ("costs", "costs"),
    ("actor_types", "actorTypes"),
    ("concept_uris", "conceptIds"),
    ("country", "country"),
    ("visibility", "visibility"),
    ("attribution", "attribution"),
];

/// Columns of an export that say what an import doesn't take over.
const PASSED_OVER: [&str; 18] = [
    "id",
    "url",
    "concepts",
    "author",
    "organisation",
    "country_name",
    "region",
    "platform",
    "status",
    "version",
    "text_origin",
    "tried_elsewhere",
    "tries_worked",
    "tries_partly",
    "tries_failed",
    "missing_conditions",
    "published_at",
    "updated_at",
];

/// What is wrong with the names of the columns.
pub fn check_columns(columns: &[String], refusal: &mut Refusal) {
    for (place, name) in columns.iter().enumerate() {
        let known = COLUMNS.iter().any(|(known, _)| known == name);
        if !known && !name.is_empty() && !PASSED_OVER.contains(&name.as_str()) {
            let message = format!("there is no column {name:?}; see the template");
            refusal.push(UserError::at(format!("columns.{place}"), ErrorCode::Invalid, message));
        } else if known && columns.iter().take(place).any(|other| other == name) {
            let message = format!("the column {name} is there twice");
            refusal.push(UserError::at(format!("columns.{place}"), ErrorCode::Conflict, message));
        }
    }
    for needed in ["title", "language"] {
        if !columns.iter().any(|name| name == needed) {
            let message = format!("the column {needed} is missing");
            refusal.push(UserError::at("columns", ErrorCode::Required, message));
        }
    }
}

/// A lesson of a row.
pub struct Imported {
    /// The number of the row.
    pub number: usize,
    /// Whether nothing is wrong with it by itself.
    pub is_sound: bool,
    /// What it says, but for its concepts.
    pub content: Edit,
    /// The URIs of its concepts.
    pub concepts: BTreeSet<String>,
    pub country: Option<CountryCode>,
    pub visibility: Option<Visibility>,
    pub attribution: Option<Attribution>,
}

/// Reads a row; what is wrong is noted, each with the row and the column.
pub fn read(row: Row, columns: &[String], refusal: &mut Refusal) -> Imported {
    let number = row.number;
    let mut wrong = Refusal::default();
    let mut cells = Cells { row, columns, wrong: &mut wrong };
    let language =
        cells.parsed("language", |text| LanguageTag::from_str(text).map_err(|error| error.to_string()));
    let (visibility, attribution) = (cells.code("visibility"), cells.code("attribution"));
    let country =
        cells.parsed("country", |text| CountryCode::from_str(text).map_err(|error| error.to_string()));
    let outcome = cells.code::<Outcome>("outcome").map(Closed);
    let actor_types = cells.words("actor_types").into_iter();
    let actor_types: Vec<Closed<ActorType>> =
        actor_types.filter_map(|code| cells.parse_code("actor_types", &code)).map(Closed).collect();
    let concepts = cells.words("concept_uris").into_iter().collect();
    let costs = cells.lines("costs");
    let costs: Vec<LessonCostInput> = costs.iter().filter_map(|line| cells.cost(line)).collect();
    let mut text = |column| MaybeUndefined::Value(cells.text(column));
    let input = LessonContentInput {
        language: language.map(Language),
        title: text("title"),
        abstract_text: text("abstract"),
        context: text("context"),
        problem: text("problem"),
        what_was_done: text("what_was_done"),
        result: text("result"),
        who_gained: text("who_gained"),
        who_lost: text("who_lost"),
        outcome: outcome.map_or(MaybeUndefined::Undefined, MaybeUndefined::Value),
        enabling_conditions: MaybeUndefined::Value(cells.lines("enabling_conditions")),
        hindering_conditions: MaybeUndefined::Value(cells.lines("hindering_conditions")),
        costs: MaybeUndefined::Value(costs),
        concept_ids: MaybeUndefined::Undefined,
        actor_types: MaybeUndefined::Value(actor_types),
    };
    if input.language.is_none() && cells.text("language").is_empty() {
        cells.note("language", ErrorCode::Required, "a new lesson needs it");
    }
    let content = input.check(&mut wrong);
    let errors = wrong.into_errors();
    let is_sound = errors.is_empty();
    let mut told: BTreeSet<Option<String>> = BTreeSet::new();
    for error in errors {
        let error = placed(number, error);
        // What can't be read isn't missing too.
        if told.insert(error.field.clone()) || error.code != ErrorCode::Required {
            refusal.push(error);
        }
    }
    Imported { number, is_sound, content, concepts, country, visibility, attribution }
}

/// An error about a field of a lesson, as one about a cell.
pub fn placed(number: usize, error: UserError) -> UserError {
    let field = error.field.as_deref().unwrap_or_default();
    let name = field.split('.').next().unwrap_or_default();
    let column = COLUMNS.iter().find(|(column, field)| *column == name || *field == name);
    let column = column.map_or(name, |(column, _)| column);
    let message = format!("row {number}, column {column}: {}", error.message);
    UserError { field: Some(format!("rows.{number}.{column}")), message, ..error }
}

/// The cells of a row, by the names of their columns.
struct Cells<'a> {
    row: Row,
    columns: &'a [String],
    wrong: &'a mut Refusal,
}

impl Cells<'_> {
    fn note(&mut self, column: &str, code: ErrorCode, message: impl Into<String>) {
        self.wrong.push(UserError::at(column, code, message));
    }

    fn text(&mut self, column: &str) -> String {
        let place = self.columns.iter().position(|name| name == column);
        match place.and_then(|place| self.row.cells.get(place)) {
            Some(Cell::Text(text)) => text.clone(),
            Some(Cell::Wrong(why)) => {
                let why = *why;
                // Said once, however often the cell is asked for.
                if let Some(cell) = place.and_then(|place| self.row.cells.get_mut(place)) {
                    *cell = Cell::Text(String::new());
                }
                self.note(column, ErrorCode::Invalid, why);
                String::new()
            }
            None => String::new(),
        }
    }

    fn lines(&mut self, column: &str) -> Vec<String> {
        let text = self.text(column);
        text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
    }

    /// What stands in lines, or with spaces, commas or semicolons between.
    fn words(&mut self, column: &str) -> Vec<String> {
        let text = self.text(column);
        let between = |character: char| character.is_whitespace() || matches!(character, ',' | ';');
        text.split(between).filter(|word| !word.is_empty()).map(str::to_owned).collect()
    }

    fn parsed<T>(&mut self, column: &str, parse: impl FnOnce(&str) -> Result<T, String>) -> Option<T> {
        let text = self.text(column);
        if text.is_empty() {
            return None;
        }
        match parse(&text) {
            Ok(value) => Some(value),
            Err(why) => {
                self.note(column, ErrorCode::Invalid, why);
                None
            }
        }
    }

    fn code<T: ClosedSet>(&mut self, column: &str) -> Option<T> {
        let text = self.text(column);
        if text.is_empty() { None } else { self.parse_code(column, &text) }
    }

    fn parse_code<T: ClosedSet>(&mut self, column: &str, text: &str) -> Option<T> {
        let code = T::from_code(&text.to_uppercase());
        if code.is_none() {
            let codes: Vec<&str> = T::MEMBERS.iter().map(|member| member.code).collect();
            self.note(column, ErrorCode::Invalid, format!("it is one of {}", codes.join(", ")));
        }
        code
    }

    /// A cost: an amount, a currency, and what was paid for.
    fn cost(&mut self, line: &str) -> Option<LessonCostInput> {
        let mut parts = line.splitn(3, char::is_whitespace).map(str::trim);
        let (Some(amount), Some(currency), Some(item)) = (parts.next(), parts.next(), parts.next()) else {
            self.note(
                "costs",
                ErrorCode::Invalid,
                "a cost is an amount, a currency and an item, such as 120.50 MWK Racks",
            );
            return None;
        };
        Some(LessonCostInput {
            item: item.to_owned(),
            amount: Decimal(amount.to_owned()),
            currency: currency.to_uppercase(),
        })
    }
}
