//! Countries, languages, concepts and Special Agricultural Products.

pub mod read;
pub mod reference;
