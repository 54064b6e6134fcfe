//! The record of what was done: audit rows and events, written with the change itself.

mod append;

pub use append::{AuditDraft, EventDraft, append};
