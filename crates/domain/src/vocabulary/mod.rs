//! Countries and FAO regions, languages, concepts (AGROVOC), Special Agricultural Products.

pub mod country;
pub mod direction;
pub mod label;
pub mod language;
pub mod region;

pub use country::{CountryCode, CountryCodeError};
pub use direction::WritingDirection;
pub use label::LabelKind;
pub use language::{LanguageTag, LanguageTagError};
pub use region::Region;
