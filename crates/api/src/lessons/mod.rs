//! Mutations of lessons: writing, files, review, publication, endorsement, replication, translation.

mod attachments;
mod co_authors;
mod content;
mod draft;
mod import;
mod replications;
mod review;
mod translation_requests;
mod translations;

pub use import::columns as import_columns;

use maip_domain::identity::scope::Scope;
use maip_persistence::lessons::read::LESSON;
use maip_persistence::record::events::Wanted;

use crate::mutation::{Mutation, Payload};
use crate::subscription::Subscription;

/// The mutations of this feature.
pub static MUTATIONS: &[&dyn Mutation] = &[
    &draft::DRAFT,
    &draft::UPDATE,
    &import::IMPORT,
    &attachments::ATTACH,
    &attachments::REQUEST_UPLOAD,
    &attachments::COMPLETE_UPLOAD,
    &attachments::DESCRIBE,
    &attachments::REMOVE,
    &co_authors::ACCEPT,
    &co_authors::DECLINE,
    &review::SUBMIT,
    &review::START,
    &review::REQUEST_CHANGES,
    &review::COMMENT,
    &review::PUBLISH,
    &review::WITHDRAW,
    &review::REVISE,
    &review::ENDORSE,
    &replications::PLAN,
    &replications::RECORD_TRIAL,
    &replications::CONCLUDE,
    &replications::VERIFY,
    &translations::ADD,
    &translations::REVISE,
    &translations::REVIEW,
    &translations::WITHDRAW,
    &translation_requests::ASK,
    &translation_requests::TAKE,
    &translation_requests::RELEASE,
    &translation_requests::WITHDRAW,
];

/// The subscriptions of this feature.
pub static SUBSCRIPTIONS: &[Subscription] = &[Subscription {
    name: "lessonPublished",
    description: "Each lesson that is published and that the viewer may see, also when a new version of it is.",
    event: "LessonPublished",
    record: "lesson",
    entity: &LESSON,
    wanted: Wanted { subject_type: "Lesson", kind: Some("lesson.published") },
    insiders: None,
    scope: Scope::LessonsRead,
}];

/// What they all answer.
const PAYLOAD: Payload = Payload::of("lesson", &LESSON, "The lesson as it is now, as far as you see it.");
