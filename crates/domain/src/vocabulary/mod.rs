//! Countries and FAO regions, languages, concepts (AGROVOC), Special Agricultural Products.

pub mod country;
pub mod direction;
pub mod label;
pub mod language;
pub mod preference;
pub mod region;
pub mod script;

pub use country::{CountryCode, CountryCodeError};
pub use direction::WritingDirection;
pub use label::LabelKind;
pub use language::{LanguageTag, LanguageTagError};
pub use preference::{LanguagePreferences, ServingTag};
pub use region::Region;
pub use script::ScriptCode;
