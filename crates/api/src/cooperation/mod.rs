//! Contact cards, introductions and consents, as mutations.

mod cards;
mod consents;
mod details;
mod introductions;

use maip_domain::identity::scope::Scope;
use maip_persistence::cooperation::read::INTRODUCTION;
use maip_persistence::record::events::Wanted;

use crate::mutation::Mutation;
use crate::subscription::Subscription;

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

/// The subscriptions of this feature.
pub static SUBSCRIPTIONS: &[Subscription] = &[Subscription {
    name: "introductionChanged",
    description: "Each introduction of the viewer's that is requested, accepted, declined or expires.",
    event: "IntroductionChanged",
    record: "introduction",
    entity: &INTRODUCTION,
    wanted: Wanted { subject_type: "Introduction", kind: None },
    insiders: None,
    scope: Scope::IntroductionsRead,
}];
