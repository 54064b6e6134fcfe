//! Subscriptions: which there are, and where their clients stand.

pub(crate) mod position;

use maip_domain::identity::scope::Scope;
use maip_persistence::read::declare::Entity;
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
    /// The scope that a token needs, as for reading the record.
    pub scope: Scope,
}
