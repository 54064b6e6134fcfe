//! Platforms, memberships, appointments.

pub mod entity;
