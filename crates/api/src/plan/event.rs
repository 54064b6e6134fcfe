//! What is selected of a subscription's event.

use maip_persistence::read::declare::Field;
use maip_persistence::read::plan::{Item, Lookup, Pick, Root, RootRead, Selection};

use super::{Planner, Refusal, given};
use crate::document::collect::Collected;
use crate::errors::Failure;
use crate::schema::names;
use crate::subscription::{Subscription, position};

/// The key of the field that says whether the viewer hears of an event; no key that a client can give.
const TOLD: &str = "?";

/// Whether the viewer hears of an event of which this was read: of all that was read something is there.
pub(crate) fn is_told<'a>(records: impl IntoIterator<Item = &'a str>) -> bool {
    let untold = format!("{{\"{TOLD}\":null}}");
    records.into_iter().all(|record| record != "null" && record != untold)
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
    /// event, the last one says whether the viewer is one.
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
        let roots = self.selections.into_iter().chain(told).enumerate().map(|(number, selection)| Root {
            key: number.to_string().into(),
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

    /// The position that `after` names.
    pub fn after(&self, field: &Collected) -> Result<Option<i64>, Failure> {
        let arguments =
            self.arguments(field).map_err(|(Refusal::Field(failure) | Refusal::Request(failure))| failure)?;
        let Some(cursor) = given(&arguments, names::AFTER).and_then(|cursor| cursor.as_str()) else {
            return Ok(None);
        };
        position::read(cursor).map(Some).ok_or_else(|| Failure::bad_input("after: not a cursor of an event"))
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
