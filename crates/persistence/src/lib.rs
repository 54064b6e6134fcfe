//! Everything that touches the database: entities and stores for writes, read plans and their
//! renderers for reads, outbox and audit.

pub mod background;
pub mod backup;
pub mod bulk;
pub mod cache;
pub mod code;
pub mod cooperation;
pub mod crypto;
pub mod database;
pub mod database_url;
pub mod exclusive;
pub mod files;
pub mod identity;
pub mod lessons;
pub mod membership;
pub mod outage;
pub mod read;
pub mod record;
pub mod schema;
pub mod search;
pub mod services;
pub mod settings;
pub mod stopwatch;
#[cfg(test)]
mod tests;
pub mod trusted_documents;
pub mod vocabulary;
pub mod vocabulary_import;
pub mod write;

pub use sea_orm::DbErr;
