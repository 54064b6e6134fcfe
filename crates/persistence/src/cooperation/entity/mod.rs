//! Rows of the feature's tables, for writes.
#![expect(missing_docs, reason = "columns are explained where they are made, in the migrations")]

pub mod consent_fields;
pub mod consents;
pub mod contact_card_concepts;
pub mod contact_card_countries;
pub mod contact_card_languages;
pub mod contact_cards;
pub mod contact_details;
pub mod disclosures;
pub mod introduction_fields;
pub mod introductions;
