//! Countries and FAO regions, languages, concepts (AGROVOC), Special Agricultural Products.

pub mod region;

pub use region::Region;
