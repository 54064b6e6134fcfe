//! Platforms, memberships and appointments, as mutations.

mod appointments;
mod invitations;
mod members;
mod platforms;
mod registration;
mod requests;

use maip_domain::identity::scope::Scope;
use maip_domain::policy::rules::membership::HEARD_BY_FELLOWS;
use maip_domain::text;
use maip_persistence::membership::read::{FOLLOWED, MEMBERSHIP};
use maip_persistence::record::events::Wanted;
use maip_persistence::write::Refusal;

use crate::mutation::{Mutation, Payload};
use crate::subscription::{Insiders, Subscription};

/// The mutations of this feature.
pub static MUTATIONS: &[&dyn Mutation] = &[
    &platforms::CREATE,
    &platforms::UPDATE,
    &platforms::ADVANCE,
    &invitations::INVITE,
    &invitations::ACCEPT,
    &invitations::DECLINE,
    &requests::REQUEST,
    &requests::APPROVE,
    &requests::DECLINE,
    &registration::REGISTER,
    &members::CHANGE_ROLE,
    &members::SUSPEND,
    &members::REINSTATE,
    &members::LEAVE,
    &appointments::APPOINT,
    &appointments::END,
];

/// The subscriptions of this feature.
pub static SUBSCRIPTIONS: &[Subscription] = &[Subscription {
    name: "membershipChanged",
    description: "Each membership that the viewer may see and that is asked for, begins, changes or ends. Of \
                  requests, suspensions and ends only both sides hear, whoever sees the membership by then.",
    event: "MembershipChanged",
    record: "membership",
    entity: &MEMBERSHIP,
    wanted: Wanted { subject_type: "Membership", kind: None },
    insiders: Some(Insiders { others_hear: HEARD_BY_FELLOWS, known_by: &FOLLOWED }),
    scope: Scope::MembersRead,
}];

const OF_MEMBERSHIP: Payload = Payload::of("membership", &MEMBERSHIP, "The membership as it is now.");

/// What is said with an invitation or a request; nothing is as good as an empty text.
fn message(refusal: &mut Refusal, message: Option<String>) -> Option<String> {
    let rule = text::TextRule { min: 0, ..text::MESSAGE };
    message
        .and_then(|message| refusal.take("message", text::check(&message, &rule)))
        .filter(|message| !message.is_empty())
}
