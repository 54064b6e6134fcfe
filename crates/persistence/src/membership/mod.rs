//! Platforms, memberships, appointments.

pub mod entity;
pub mod read;
