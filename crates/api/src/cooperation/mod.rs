//! Contact cards, introductions and consents, as mutations.

mod cards;
mod consents;
mod details;
mod introductions;

use crate::mutation::Mutation;

/// The mutations of this feature.
pub static MUTATIONS: &[&dyn Mutation] = &[
    &cards::PUBLISH,
    &cards::UPDATE,
    &cards::RETIRE,
    &introductions::REQUEST,
    &introductions::ACCEPT,
    &introductions::DECLINE,
    &consents::GRANT,
    &consents::WITHDRAW,
];
