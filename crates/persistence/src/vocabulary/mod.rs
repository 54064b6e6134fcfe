//! Countries, languages, concepts and Special Agricultural Products.

pub(crate) mod country;
pub mod lookup;
pub mod read;
pub mod reference;
