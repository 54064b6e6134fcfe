//! Contact cards, consent, introductions, disclosure.

mod card_parts;
pub mod cards;
pub mod consents;
pub mod entity;
pub mod introductions;
mod place;
pub mod read;
#[cfg(test)]
mod tests;
