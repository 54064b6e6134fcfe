//! Rows of the feature's tables, for writes.
#![expect(missing_docs, reason = "columns are explained where they are made, in the migrations")]

pub mod endorsements;
pub mod lesson_attachments;
pub mod lesson_contributors;
pub mod lesson_costs;
pub mod lesson_translations;
pub mod lesson_version_actor_types;
pub mod lesson_version_concepts;
pub mod lesson_versions;
pub mod lessons;
pub mod replication_conditions;
pub mod replication_people;
pub mod replications;
pub mod review_entries;
pub mod translation_requests;
