//! Everything that touches the database: entities and stores for writes, read plans and their
//! renderers for reads, outbox and audit.

pub mod database;
pub mod read;
pub mod vocabulary_import;
