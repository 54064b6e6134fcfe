//! placeholder
pub mod vocabulary_import;
