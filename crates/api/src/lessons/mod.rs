//! Mutations of lessons: writing, review, publication, endorsement, replication.

mod content;
mod draft;
mod replications;
mod review;

use maip_persistence::lessons::read::LESSON;

use crate::mutation::{Mutation, Payload};

/// The mutations of this feature.
pub static MUTATIONS: &[&dyn Mutation] = &[
    &draft::DRAFT,
    &draft::UPDATE,
    &review::SUBMIT,
    &review::START,
    &review::REQUEST_CHANGES,
    &review::COMMENT,
    &review::PUBLISH,
    &review::WITHDRAW,
    &review::REVISE,
    &review::ENDORSE,
    &replications::PLAN,
    &replications::CONCLUDE,
];

/// What they all answer.
const PAYLOAD: Payload = Payload::of("lesson", &LESSON, "The lesson as it is now, as far as you see it.");
