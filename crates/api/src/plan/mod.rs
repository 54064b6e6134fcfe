//! From collected fields and arguments to a read plan, with what it may cost counted on the way.
//!
//! Everything that depends on variables is decided here, for every request.

mod connection;
mod cost;
mod entities;
pub(crate) mod event;
mod filter;
pub(crate) mod given;
pub(crate) mod payload;
mod root;
mod search;
mod selection;

use apollo_compiler::response::{JsonMap, JsonValue};
use maip_persistence::read::plan::{Preferred, Root};
use serde_json::Value;

use crate::document::collect::{Collected, Collector};
use crate::document::{Document, Documents, arguments};
use crate::errors::Failure;
use crate::schema::Catalogue;
use cost::Cost;

/// Why something can't be planned.
pub(crate) enum Refusal {
    /// The root field is null, with this error; the others are answered.
    Field(Failure),
    /// The whole request is refused.
    Request(Failure),
}

/// What came of planning a query.
pub(crate) struct Planned {
    /// The roots, one for each root field in its order.
    pub roots: Vec<Root>,
    /// The root fields that are null because of their arguments.
    pub failures: Vec<Failure>,
    /// What it costs.
    pub cost: u64,
}

/// Plans one operation.
pub(crate) struct Planner<'a> {
    catalogue: Catalogue,
    documents: &'a Documents,
    variables: &'a JsonMap,
    collector: Collector<'a>,
    cost: Cost,
    /// The response keys that lead to where planning is, for messages.
    path: Vec<String>,
    failures: Vec<Failure>,
    /// The languages that the reader prefers where a field isn't given any.
    accept_language: Option<&'a str>,
    /// The same as it is bound, once it is needed.
    languages: Option<Preferred>,
    /// Whether the schema is in the answer already; it is long.
    told_schema: bool,
}

impl<'a> Planner<'a> {
    pub fn new(
        catalogue: Catalogue,
        documents: &'a Documents,
        document: &'a Document,
        variables: &'a JsonMap,
    ) -> Self {
        Self {
            catalogue,
            documents,
            variables,
            collector: Collector::new(documents, document, variables),
            cost: Cost::new(documents.settings.max_cost),
            path: Vec::new(),
            failures: Vec::new(),
            accept_language: None,
            languages: None,
            told_schema: false,
        }
    }

    /// For a reader who prefers these languages, as `Accept-Language` has them.
    pub fn preferring(self, accept_language: Option<&'a str>) -> Self {
        Self { accept_language, ..self }
    }

    /// The same, with another bound of what it may cost.
    pub fn costing_at_most(self, most: u64) -> Self {
        Self { cost: Cost::new(most), ..self }
    }

    /// Takes the cost of the questions about the schema, before they are answered.
    pub fn ask_schema(&mut self, fields: &[Collected]) -> Result<(), Failure> {
        let questions = fields.iter().filter(|field| field.asks_schema());
        questions.into_iter().try_for_each(|field| self.cost.schema(field.name() == "__schema"))
    }

    /// Plans the fields of the query root. `introspected` has the answers of `__schema` and `__type`.
    pub fn query(mut self, fields: &[Collected], introspected: &JsonMap) -> Result<Planned, Failure> {
        let mut roots = Vec::with_capacity(fields.len());
        for field in fields {
            roots.push(self.root(field, introspected)?);
        }
        Ok(Planned { roots, failures: self.failures, cost: self.cost.sum() })
    }

    /// What was planned so far costs so much.
    pub fn cost(&self) -> u64 {
        self.cost.sum()
    }

    /// The `input` argument of a mutation.
    pub fn input(&self, field: &Collected) -> Result<JsonValue, Failure> {
        let arguments =
            self.arguments(field).map_err(|(Refusal::Field(failure) | Refusal::Request(failure))| failure)?;
        Ok(arguments.get(crate::schema::names::INPUT).cloned().unwrap_or_default())
    }

    fn arguments(&self, field: &Collected) -> Result<JsonMap, Refusal> {
        arguments::of(&self.documents.schema, &field.field, self.variables)
            .map_err(|message| self.refuse(field, &message))
    }

    /// Refuses a field. At the root that makes the field null; further down, where its place in the
    /// answer isn't known yet, the request is refused, and the message names the fields.
    fn refuse(&self, field: &Collected, message: &str) -> Refusal {
        if self.path.is_empty() {
            let path = vec![Value::from(field.key.as_str())];
            Refusal::Field(Failure::bad_input(message).at(path))
        } else {
            let path = self.path.join(".");
            Refusal::Request(Failure::bad_input(format!("{path}.{}: {message}", field.key)))
        }
    }
}

/// An argument that is given and not null.
fn given<'v>(arguments: &'v JsonMap, name: &str) -> Option<&'v JsonValue> {
    arguments.get(name).filter(|value| !value.is_null())
}
