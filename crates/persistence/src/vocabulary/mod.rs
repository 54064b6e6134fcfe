//! Countries, languages, concepts and Special Agricultural Products.

pub mod reference;
