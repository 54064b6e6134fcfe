//! Lessons, their versions, review, endorsement, replication.

mod aggregate;
pub mod content;
pub mod draft;
pub mod edit;
pub mod endorsement;
pub mod entity;
pub mod read;
pub mod review;
pub mod search;
