//! Random operations, executed here and by another executor over the same records as plain objects:
//! the same bytes. And what one of them doesn't accept, the other doesn't either.

use std::fmt::Write as _;

use apollo_compiler::resolvers::Execution;
use apollo_compiler::response::JsonMap;
use apollo_compiler::schema::ExtendedType;
use apollo_compiler::validation::Valid;
use apollo_compiler::{ExecutableDocument, Schema};
use serde_json::{Map, Value, json};

use super::library::{ADA, BO, FIGS, Library, Reader, SECRET, request};
use super::oracle::Thing;
use crate::ApiSettings;
use crate::request::Request;
use crate::schema::sdl;

/// So many valid ones; those that aren't come for nothing.
const VALID: u64 = 300;

/// A small generator of random numbers, the same in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((mixed ^ (mixed >> 31)) % u64::try_from(limit).unwrap()).unwrap()
    }

    fn one_in(&mut self, many: usize) -> bool {
        self.below(many) == 0
    }

    fn of<'a>(&mut self, choices: &[&'a str]) -> &'a str {
        choices[self.below(choices.len())]
    }
}

/// Writes an operation with its fragments and variables.
struct Writer<'a> {
    random: Random,
    schema: &'a Schema,
    fragments: Vec<String>,
}

impl Writer<'_> {
    fn selection(&mut self, ty: &str, depth: usize) -> String {
        let fields: Vec<(String, String, String)> = match self.schema.types.get(ty) {
            Some(ExtendedType::Object(object)) => object
                .fields
                .iter()
                // What gateways ask is no part of the specification.
                .filter(|(name, _)| !name.starts_with('_'))
                .map(|(name, field)| {
                    let takes =
                        field.arguments.iter().map(|argument| argument.name.to_string()).collect::<Vec<_>>();
                    (name.to_string(), field.ty.inner_named_type().to_string(), takes.join(" "))
                })
                .collect(),
            _ => vec![("id".to_owned(), "ID".to_owned(), String::new())],
        };
        let mut out = String::from("{");
        for _ in 0..=self.random.below(4) {
            out.push(' ');
            match self.random.below(10) {
                0 => out.push_str("__typename"),
                1 if depth > 0 => {
                    let condition = self.condition(ty);
                    let on = if condition == ty && self.random.one_in(2) {
                        String::new()
                    } else {
                        format!(" on {condition}")
                    };
                    let directive = self.directive();
                    write!(out, "...{on}{directive} {}", self.selection(&condition, depth - 1)).unwrap();
                }
                2 if depth > 0 => {
                    let condition = self.condition(ty);
                    let body = self.selection(&condition, depth - 1);
                    let name = format!("F{}", self.fragments.len());
                    self.fragments.push(format!("fragment {name} on {condition} {body}"));
                    write!(out, "...{name}{}", self.directive()).unwrap();
                    if self.random.one_in(3) {
                        write!(out, " ...{name}").unwrap();
                    }
                }
                _ => {
                    let (name, target, takes) = &fields[self.random.below(fields.len())];
                    let composite = matches!(
                        self.schema.types.get(target.as_str()),
                        Some(ExtendedType::Object(_) | ExtendedType::Interface(_))
                    );
                    if composite && depth == 0 {
                        out.push_str("__typename");
                        continue;
                    }
                    if self.random.one_in(5) {
                        let alias = self.random.of(&["a", "b", "id", "c", "d", "e", "title"]);
                        write!(out, "{alias}: ").unwrap();
                    }
                    out.push_str(name);
                    out.push_str(&self.arguments(name, target, takes));
                    out.push_str(&self.directive());
                    if composite {
                        write!(out, " {}", self.selection(target, depth - 1)).unwrap();
                    }
                }
            }
        }
        out.push_str(" }");
        out
    }

    /// A type that a fragment on this one can have.
    fn condition(&mut self, ty: &str) -> String {
        match ty {
            "Node" => self.random.of(&["Author", "Book", "Node"]).to_owned(),
            "Author" | "Book" if self.random.one_in(3) => "Node".to_owned(),
            other => other.to_owned(),
        }
    }

    fn directive(&mut self) -> String {
        if !self.random.one_in(6) {
            return String::new();
        }
        let name = self.random.of(&["skip", "include"]);
        let value = self.random.of(&["true", "false", "$yes", "$no", "$given"]);
        format!(" @{name}(if: {value})")
    }

    fn arguments(&mut self, field: &str, target: &str, takes: &str) -> String {
        let id = self.random.of(&[ADA, BO, FIGS, SECRET]);
        match field {
            "node" => return format!("(id: \"{id}\")"),
            "nodes" => {
                let other = self.random.of(&[ADA, BO, FIGS, SECRET]);
                return if self.random.one_in(3) {
                    "(ids: $ids)".to_owned()
                } else {
                    format!("(ids: [\"{id}\", \"{other}\"])")
                };
            }
            "author" if takes == "id" => return format!("(id: \"{}\")", self.random.of(&[ADA, BO])),
            "book" if takes == "id" => return format!("(id: \"{}\")", self.random.of(&[FIGS, SECRET])),
            "bookBy" => return format!("(year: {})", self.random.of(&["1990", "1999", "$known"])),
            _ if takes.is_empty() => return String::new(),
            _ => {}
        }
        let mut arguments = Vec::new();
        match self.random.below(4) {
            0 => arguments.push(format!("first: {}", self.random.of(&["0", "1", "2", "$few", "null"]))),
            1 => arguments.push(format!("last: {}", self.random.of(&["1", "2", "$few"]))),
            _ => {}
        }
        if target == "BookConnection" && self.random.one_in(3) {
            let filter = self.random.of(&[
                "{ kind: NOVEL }",
                "{ kind: [REPORT, NOVEL], year: $year }",
                "{ year: 1995 }",
                "$filter",
                "null",
                "{}",
            ]);
            arguments.push(format!("filter: {filter}"));
        }
        if target == "BookConnection" && self.random.one_in(3) {
            arguments.push(format!("sort: {}", self.random.of(&["YEAR", "TITLE"])));
        }
        if self.random.one_in(4) {
            arguments.push(format!("direction: {}", self.random.of(&["ASC", "DESC"])));
        }
        if arguments.is_empty() { String::new() } else { format!("({})", arguments.join(", ")) }
    }
}

/// What each variable is declared as, and what is sent for it.
const VARIABLES: [(&str, &str); 8] = [
    ("yes", "Boolean = true"),
    ("no", "Boolean! = false"),
    ("given", "Boolean!"),
    ("few", "Int = 2"),
    ("year", "Int"),
    ("known", "Int! = 2001"),
    ("ids", "[ID!]!"),
    ("filter", "BookFilter = { kind: REPORT }"),
];

fn operation(schema: &Schema, seed: u64) -> (String, Map<String, Value>) {
    let mut writer = Writer { random: Random(seed << 20), schema, fragments: Vec::new() };
    let body = writer.selection("Query", 5);
    let text = format!("{body} {}", writer.fragments.join(" "));
    let declared: Vec<String> = VARIABLES
        .iter()
        .filter(|(name, _)| text.contains(&format!("${name}")))
        .map(|(name, ty)| format!("${name}: {ty}"))
        .collect();
    let head =
        if declared.is_empty() { "query".to_owned() } else { format!("query ({})", declared.join(", ")) };
    let mut sent = json!({ "given": writer.random.one_in(2), "ids": [FIGS, ADA, FIGS] });
    if writer.random.one_in(2) {
        sent["few"] = json!(1);
        sent["year"] = json!(1995);
    }
    let Value::Object(sent) = sent else { unreachable!() };
    (format!("{head} {text}"), sent)
}

fn expected(
    schema: &Valid<Schema>,
    document: &Valid<ExecutableDocument>,
    sent: &Map<String, Value>,
) -> String {
    let variables: JsonMap =
        sent.iter().map(|(name, value)| (name.as_str().into(), value.clone().into())).collect();
    let response =
        Execution::new(schema, document).raw_variable_values(&variables).execute_sync(&Thing::Query).unwrap();
    assert!(response.errors.is_empty(), "{:?}", response.errors);
    format!("{{\"data\":{}}}", serde_json::to_string(&response.data).unwrap())
}

#[tokio::test]
async fn random_operations_give_what_another_executor_gives() {
    let schema = Schema::parse_and_validate(sdl::<Library>(), "schema.graphql").unwrap();
    let settings = ApiSettings { max_cost: u64::MAX, ..ApiSettings::default() };
    let reader = Reader::with(settings).await;
    let (mut valid, mut refused, mut seed) = (0, 0, 0);
    while valid < VALID {
        seed += 1;
        let (text, sent) = operation(&schema, seed);
        let response = reader.send(Request { variables: Some(sent.clone()), ..request(&text) }).await;
        if let Ok(document) = ExecutableDocument::parse_and_validate(&schema, &text, "operation.graphql") {
            assert_eq!(response.body, expected(&schema, &document, &sent), "{seed}: {text} {sent:?}");
            valid += 1;
        } else {
            assert!(response.body.contains("BAD_USER_INPUT"), "{seed}: {text}: {}", response.body);
            refused += 1;
        }
    }
    assert!(refused > 10, "{refused} of {seed} were refused");
}
