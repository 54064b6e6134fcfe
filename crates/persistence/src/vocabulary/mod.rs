//! Countries, languages, concepts and Special Agricultural Products.

pub mod lookup;
pub mod read;
pub mod reference;
