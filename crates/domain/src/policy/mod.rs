//! Who may see and do what, as data.
//!
//! For each kind of record there is one [`Policy`]: an expression that says who may read it, and
//! for each action the clauses that must hold. Rust interprets the expressions for writes
//! ([`decide`]); the read path renders the same expressions to SQL. Nothing outside this module
//! decides who may do what.

mod action;
mod expr;
mod interpret;
pub mod rules;
mod viewer;

pub use action::{Action, Clause, Policy, Reason, Rule};
pub use expr::{Attribute, Expr, Related};
pub use interpret::{Decision, Record, decide, holds, refusing_state};
pub use viewer::{FactSet, Flag, ViewerFacts};
