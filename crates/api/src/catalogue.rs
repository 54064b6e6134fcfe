//! What this API is made of.

use maip_persistence::schema::{ENTITIES, ROOTS};

use crate::mutation::Mutation;
use crate::schema::{Catalogue, Declared};
use crate::subscription::Subscription;

/// The mutations, feature by feature, in the order in which the schema shows them.
static MUTATIONS: &[&[&dyn Mutation]] = &[
    crate::identity::MUTATIONS,
    crate::membership::MUTATIONS,
    crate::lessons::MUTATIONS,
    crate::cooperation::MUTATIONS,
];

/// The subscriptions, likewise.
static SUBSCRIPTIONS: &[&[Subscription]] =
    &[crate::membership::SUBSCRIPTIONS, crate::lessons::SUBSCRIPTIONS, crate::cooperation::SUBSCRIPTIONS];

/// The declarations of this API.
pub struct Maip;

impl Declared for Maip {
    fn catalogue() -> Catalogue {
        Catalogue { entities: ENTITIES, roots: ROOTS, mutations: MUTATIONS, subscriptions: SUBSCRIPTIONS }
    }
}
