//! Writes: one unit of work each, with the viewer's facts, an audit row and an event.
//!
//! A store function takes a [`Unit`], asks the policy through it, changes rows, records what it
//! did, and ends with [`Unit::commit`]. Whatever returns early rolls back.
//!
//! What it has decided on it puts into the unit: such changes are sent together, in one statement
//! where they can be, so that a write is some few round trips to the database.

pub(crate) mod batch;
mod claim;
mod error;
mod hold;
mod outcome;
mod recording;
mod repeated;
mod snapshots;
mod transaction;
mod unit;

pub use claim::{Claim, Claimed, Digest};
pub use error::{Refusal, Stale, UserError, WriteError, WriteResult};
pub use hold::Hold;
pub use outcome::{Replay, Written};
pub use recording::Change;
pub use repeated::MutationKey;
pub use transaction::Transaction;
pub use unit::Unit;
