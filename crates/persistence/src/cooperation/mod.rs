//! Contact cards, consent, introductions, disclosure.

pub mod entity;
