//! Reads: declarations, plans, one statement, one pass over what it returns.

mod build;
pub mod cursor;
pub mod declare;
pub mod facts;
pub(crate) mod inquiry;
pub mod plan;
mod policy_sql;
mod render;
pub mod run;
pub mod search;
mod shape;
mod sql;
pub(crate) mod statements;
mod values;
pub mod viewer;
mod viewer_row;

pub use sql::Dialect;

/// The text of a plan's statement, which is the same whatever its values are.
#[must_use]
pub fn statement_text(plan: &plan::ReadPlan, dialect: Dialect) -> String {
    render::render(plan, dialect).text
}

#[cfg(test)]
mod tests;
