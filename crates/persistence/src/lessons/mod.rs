//! Lessons, their versions, review, endorsement, replication, translation.

mod aggregate;
pub mod attachments;
pub mod content;
pub mod draft;
pub mod edit;
pub mod endorsement;
pub mod entity;
pub mod handover;
pub mod import;
pub mod loaded;
pub mod people;
pub mod read;
pub mod replications;
pub mod review;
#[cfg(test)]
mod tests;
pub mod translations;
pub(crate) mod uploads;
pub mod words;
mod writer;
