//! Contact cards, consent, introductions, disclosure.

pub mod entity;
pub mod read;
