//! Lessons, their versions, review, endorsement, replication.

pub mod entity;
pub mod read;
pub mod search;
