//! The schema: filled from the declarations of what can be read and of the mutations, described in
//! every part, printed as SDL. Nothing is resolved through it.

mod closed;
mod describe;
pub mod scalars;

pub use closed::Closed;
