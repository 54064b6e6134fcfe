//! Platforms, memberships, appointments.

pub mod appointments;
pub mod entity;
pub mod invitations;
pub mod members;
pub mod platforms;
pub mod read;
pub mod registration;
pub mod requests;
mod row;
#[cfg(test)]
mod tests;
