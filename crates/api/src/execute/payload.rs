//! The payload of a mutation: its record read back after the commit, its other values shaped from
//! what the write gave.

use std::collections::HashMap;

use maip_domain::closed_set::ClosedSet as _;
use maip_domain::time::Timestamp;
use maip_persistence::read::declare::Scalar;
use maip_persistence::read::plan::{Lookup, ReadPlan, Root, RootRead, Selection};
use maip_persistence::read::run::ReadError;
use maip_persistence::read::viewer::{Standing, Viewer};
use maip_persistence::write::UserError;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::Api;
use super::query::read_failure;
use crate::errors::Failure;
use crate::mutation::MutationOutcome;
use crate::plan::payload::{ConflictPart, PayloadPart, PayloadPlan, UserErrorPart};
use crate::request::Request;
use crate::schema::names;

/// A payload as text, and what failed in reading it back.
pub(super) struct Shaped {
    pub json: String,
    pub failures: Vec<Failure>,
}

impl Api {
    pub(super) async fn shape(
        &self,
        request: &Request,
        viewer: &Viewer,
        outcome: MutationOutcome,
        mut plan: PayloadPlan,
        key: &str,
    ) -> Shaped {
        let viewer = outcome.read_as.as_ref().unwrap_or(viewer);
        let roots = roots(&mut plan, &outcome);
        let mut failures = Vec::new();
        let text = match self.read_back(viewer, roots).await {
            Ok(text) => text,
            // The write is done; only its record can't be shown.
            Err(error) => {
                failures.push(read_failure(&error, &request.request_id).at(vec![key.into()]));
                "{}".to_owned()
            }
        };
        let records: HashMap<&str, &RawValue> = serde_json::from_str(&text).unwrap_or_default();
        let mut writer = Writer { out: String::from("{"), records: &records, outcome: &outcome, next: 0 };
        for (key, part) in &plan {
            writer.key(key);
            writer.part(part);
        }
        writer.out.push('}');
        Shaped { json: writer.out, failures }
    }

    async fn read_back(&self, viewer: &Viewer, roots: Vec<Root>) -> Result<String, ReadError> {
        if roots.is_empty() {
            return Ok("{}".to_owned());
        }
        let answer = self.read(&ReadPlan::new(viewer.clone(), self.services.now(), roots)).await?;
        // Whoever signs out sees nothing more.
        Ok(if answer.standing == Standing::Refused { "{}".to_owned() } else { answer.data })
    }
}

/// The records to be read back. Each takes the number under which the writer meets it.
fn roots(plan: &mut PayloadPlan, outcome: &MutationOutcome) -> Vec<Root> {
    let mut number = 0_usize;
    let mut roots = Vec::new();
    let mut add = |selection: &mut Selection, record: Option<&String>| {
        if let Some(record) = record {
            let selection =
                std::mem::replace(selection, Selection { entity: selection.entity, items: Vec::new() });
            let lookup = Lookup::Key(record.as_str().into());
            roots.push(Root {
                key: number.to_string().into(),
                scope: None,
                read: RootRead::One { lookup, selection },
            });
        }
        number += 1;
    };
    let current = outcome.conflict.as_ref().map(|conflict| &conflict.stale.record);
    for (_, part) in plan {
        match part {
            PayloadPart::Record(selection) => add(selection, outcome.record.as_ref()),
            PayloadPart::Conflict(_, parts) => {
                for (_, part) in parts {
                    if let ConflictPart::Current(selection) = part {
                        add(selection, current);
                    }
                }
            }
            _ => {}
        }
    }
    roots
}

struct Writer<'a> {
    out: String,
    records: &'a HashMap<&'a str, &'a RawValue>,
    outcome: &'a MutationOutcome,
    next: usize,
}

impl Writer<'_> {
    fn key(&mut self, key: &str) {
        if !self.out.ends_with('{') {
            self.out.push(',');
        }
        // Response keys are GraphQL names: nothing to escape.
        self.out.push('"');
        self.out.push_str(key);
        self.out.push_str("\":");
    }

    fn json(&mut self, value: &Value) {
        self.out.push_str(&value.to_string());
    }

    fn record(&mut self) {
        let number = self.next.to_string();
        self.next += 1;
        let text = self.records.get(number.as_str()).map_or("null", |record| record.get());
        self.out.push_str(text);
    }

    fn part(&mut self, part: &PayloadPart) {
        match part {
            PayloadPart::TypeName(name) => self.json(&name.as_ref().into()),
            PayloadPart::Record(_) => self.record(),
            PayloadPart::Value(name, scalar) => {
                let value = self.outcome.extras.get(*name);
                self.json(&shown(value, *scalar));
            }
            PayloadPart::Object(name, object, fields) => {
                let Some(Value::Object(values)) = self.outcome.extras.get(*name) else {
                    self.out.push_str("null");
                    return;
                };
                self.out.push('{');
                for (key, field) in fields {
                    self.key(key);
                    match field {
                        Some(field) => self.json(&shown(values.get(field.name), field.scalar)),
                        None => self.json(&object.name.into()),
                    }
                }
                self.out.push('}');
            }
            PayloadPart::UserErrors(parts) => {
                self.out.push('[');
                for (place, error) in self.outcome.user_errors.iter().enumerate() {
                    if place > 0 {
                        self.out.push(',');
                    }
                    self.json(&Value::Object(user_error(error, parts)));
                }
                self.out.push(']');
            }
            PayloadPart::Conflict(name, parts) => self.conflict(name, parts),
        }
    }

    fn conflict(&mut self, name: &str, parts: &[(Box<str>, ConflictPart)]) {
        let Some(conflict) = &self.outcome.conflict else {
            self.out.push_str("null");
            // Their numbers are taken all the same.
            self.next += parts.iter().filter(|(_, part)| matches!(part, ConflictPart::Current(_))).count();
            return;
        };
        self.out.push('{');
        for (key, part) in parts {
            self.key(key);
            match part {
                ConflictPart::TypeName => self.json(&name.into()),
                ConflictPart::Current(_) => self.record(),
                ConflictPart::Base => self.json(&conflict.stale.base.clone().unwrap_or_default()),
                ConflictPart::Mine => self.json(&conflict.mine),
                ConflictPart::ExpectedRevision => self.json(&conflict.stale.expected.into()),
                ConflictPart::CurrentRevision => self.json(&conflict.stale.actual.into()),
            }
        }
        self.out.push('}');
    }
}

fn user_error(error: &UserError, parts: &[(Box<str>, UserErrorPart)]) -> Map<String, Value> {
    parts
        .iter()
        .map(|(key, part)| {
            let value = match part {
                UserErrorPart::TypeName => names::USER_ERROR.into(),
                UserErrorPart::Field => error.field.clone().into(),
                UserErrorPart::Code => error.code.code().into(),
                UserErrorPart::Message => error.message.clone().into(),
                UserErrorPart::State => error.state.clone().into(),
            };
            (key.to_string(), value)
        })
        .collect()
}

/// A value as it is shown: instants may be given in microseconds, as in the database.
fn shown(value: Option<&Value>, scalar: Scalar) -> Value {
    match (value, scalar) {
        (Some(Value::Number(micros)), Scalar::Instant) => {
            micros.as_i64().map(|micros| Timestamp::from_micros(micros).to_rfc3339()).into()
        }
        (value, _) => value.cloned().unwrap_or_default(),
    }
}
