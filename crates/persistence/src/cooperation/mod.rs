//! Contact cards, consent, introductions, disclosure.

pub mod cards;
pub mod consents;
pub mod entity;
pub mod introductions;
mod place;
pub mod read;
#[cfg(test)]
mod tests;
