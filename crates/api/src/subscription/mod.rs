//! Subscriptions: which there are.

use maip_domain::identity::scope::Scope;
use maip_persistence::read::declare::{Entity, Field};
use maip_persistence::record::events::Wanted;

/// One field of the subscription root.
#[derive(Debug)]
pub struct Subscription {
    /// Its name.
    pub name: &'static str,
    /// Its description.
    pub description: &'static str,
    /// The type of its events.
    pub event: &'static str,
    /// The event's field for the record.
    pub record: &'static str,
    /// The type of the record.
    pub entity: &'static Entity,
    /// The events that it goes by.
    pub wanted: Wanted,
    /// Where not everyone who sees the record now could see it in each of its states.
    pub insiders: Option<Insiders>,
    /// The scope that a token needs, as for reading the record.
    pub scope: Scope,
}

/// Who hears of a record's states that not everyone sees. Others may see the record by the time an event
/// is delivered, and would hear what it was before.
#[derive(Debug)]
pub struct Insiders {
    /// What others hear of: the kinds of events after which they see the record.
    pub others_hear: &'static [&'static str],
    /// A field of the record that is null for others.
    pub known_by: &'static Field,
}

impl Subscription {
    /// The field that has to be there for whoever hears of such an event.
    #[must_use]
    pub fn told_by(&self, kind: &str) -> Option<&'static Field> {
        let insiders = self.insiders.as_ref().filter(|insiders| !insiders.others_hear.contains(&kind))?;
        Some(insiders.known_by)
    }
}
