//! The index of the search: the analyser's tokens of what readers see, for every kind of record that is searched.
//!
//! It is one table, which says what a record is and where its tokens stand, with the tokens beside it on PostgreSQL and
//! in a full-text table on SQLite. Both only compare tokens.

mod anew;
mod index;
mod labels;
mod sources;
#[cfg(test)]
mod tests;

pub use anew::{index_all, is_current};
pub(crate) use index::changes;
pub use index::index;
pub(crate) use labels::{LABEL_KEYS, LabelRows};
pub use sources::{index_every, index_one, remove};
