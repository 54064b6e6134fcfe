//! Reads: declarations, plans, one statement, one pass over what it returns.

mod build;
pub mod cursor;
pub mod declare;
pub mod facts;
pub mod plan;
mod policy_sql;
mod render;
pub mod run;
mod shape;
mod sql;
pub(crate) mod statements;
mod values;
pub mod viewer;

pub use sql::Dialect;

#[cfg(test)]
mod tests;
