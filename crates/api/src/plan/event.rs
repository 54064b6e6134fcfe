//! What is selected of a subscription's event.

use std::collections::HashMap;

use maip_persistence::read::declare::Field;
use maip_persistence::read::plan::{Item, Lookup, Pick, Root, RootRead, Selection};
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use super::{Planner, Refusal, given};
use crate::document::collect::Collected;
use crate::errors::Failure;
use crate::schema::names;
use crate::subscription::Subscription;

/// The key of the root that says whether the viewer hears of an event; those of records are numbers.
const TOLD: &str = "told";

/// What that root is read as.
#[derive(Deserialize)]
struct Told {
    told: Option<IgnoredAny>,
}

/// Whether the viewer hears of an event of which this was read, by the keys of its roots: each record is there, and
/// what is there for those alone who hear of it.
pub(crate) fn is_told(read: &HashMap<&str, &RawValue>) -> bool {
    !read.is_empty()
        && read.iter().all(|(key, record)| match *key {
            TOLD => matches!(serde_json::from_str(record.get()), Ok(Some(Told { told: Some(_) }))),
            _ => record.get() != "null",
        })
}

/// An event, by response key, with what is read of its record.
pub(crate) struct EventPlan {
    parts: Vec<(Box<str>, EventPart)>,
    selections: Vec<Selection>,
    /// What it costs.
    pub cost: u64,
}

/// A field of an event.
#[derive(Clone, Copy)]
pub(crate) enum EventPart {
    TypeName,
    Cursor,
    Kind,
    OccurredAt,
    /// The record, read as the root of this number.
    Record(usize),
}

impl EventPlan {
    /// The parts, and the roots that read the record of an event, by their number. There is one in any case, since
    /// it is the read that says whether the viewer may see the record at all. Where only insiders hear of such an
    /// event, one more says whether the viewer is one.
    pub fn of(
        self,
        subscription: &Subscription,
        record: &str,
        told_by: Option<&'static Field>,
    ) -> (Vec<(Box<str>, EventPart)>, Vec<Root>) {
        let told = told_by.map(|field| Selection {
            entity: subscription.entity,
            items: vec![Item { key: TOLD.into(), pick: Pick::Field(field) }],
        });
        let records = self.selections.into_iter().enumerate();
        let records = records.map(|(number, selection)| (number.to_string(), selection));
        let roots = records.chain(told.map(|selection| (TOLD.to_owned(), selection)));
        let roots = roots.map(|(key, selection)| Root {
            key: key.into(),
            scope: Some(subscription.scope),
            read: RootRead::One { lookup: Lookup::Key(record.into()), selection },
        });
        (self.parts, roots.collect())
    }
}

impl Planner<'_> {
    /// Plans an event of a subscription.
    pub fn event(
        &mut self,
        subscription: &'static Subscription,
        field: &Collected,
    ) -> Result<EventPlan, Failure> {
        self.parts_of_event(subscription, field)
            .map_err(|(Refusal::Field(failure) | Refusal::Request(failure))| failure)
    }

    /// The cursor that `after` names.
    pub fn after(&self, field: &Collected) -> Result<Option<String>, Failure> {
        let arguments =
            self.arguments(field).map_err(|(Refusal::Field(failure) | Refusal::Request(failure))| failure)?;
        Ok(given(&arguments, names::AFTER).and_then(|cursor| cursor.as_str()).map(str::to_owned))
    }

    fn parts_of_event(
        &mut self,
        subscription: &'static Subscription,
        field: &Collected,
    ) -> Result<EventPlan, Refusal> {
        let mut plan =
            EventPlan { parts: Vec::with_capacity(field.fields().len()), selections: Vec::new(), cost: 0 };
        for part in field.fields() {
            let planned = match part.name() {
                names::CURSOR => EventPart::Cursor,
                names::KIND => EventPart::Kind,
                names::OCCURRED_AT => EventPart::OccurredAt,
                name if name == subscription.record => {
                    let selection =
                        self.inside(field, |planner| planner.one_record(subscription.entity, part))?;
                    plan.selections.push(selection);
                    EventPart::Record(plan.selections.len() - 1)
                }
                _ => EventPart::TypeName,
            };
            plan.parts.push((part.key.as_str().into(), planned));
        }
        if plan.selections.is_empty() {
            let item = Item { key: "seen".into(), pick: Pick::TypeName };
            plan.selections.push(Selection { entity: subscription.entity, items: vec![item] });
        }
        plan.cost = self.cost();
        Ok(plan)
    }
}
