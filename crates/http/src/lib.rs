//! placeholder
pub mod explorer;
