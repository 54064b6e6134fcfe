//! Writes: one unit of work each, with the viewer's facts, an audit row and an event.
//!
//! A store function takes a [`Unit`], asks the policy through it, changes rows, records what it
//! did, and ends with [`Unit::commit`]. Whatever returns early rolls back.

mod claim;
mod error;
mod hold;
mod outcome;
mod repeated;
mod snapshots;
mod unit;

pub use claim::{Claim, Claimed, Digest};
pub use error::{Refusal, Stale, UserError, WriteError, WriteResult};
pub use hold::Hold;
pub use outcome::{Replay, Written};
pub use unit::{Change, MutationKey, Unit};
