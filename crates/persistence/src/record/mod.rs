//! The record of what was done: audit rows and events, written with the change itself, then numbered
//! and sealed by the sequencer.

mod append;
mod chain;
pub mod events;
mod feed;
pub mod lease;
pub mod read;
pub mod sequencer;
pub mod verify;
mod wake;

#[cfg(test)]
mod tests;

pub(crate) use append::rows;
pub use append::{AuditDraft, EventDraft, append};
pub use feed::{Feed, Following};
pub use sequencer::Sequencer;
pub use verify::verify;
