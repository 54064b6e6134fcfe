//! Platforms (MAIPs), members and roles, invitations, requests, appointments.

pub mod appointment;
pub mod member;
pub mod stage;

pub use appointment::{AppointmentKind, AppointmentScope, AppointmentStatus};
pub use member::{ActorType, MembershipAction, MembershipRole, MembershipStatus};
pub use stage::{PlatformCycle, PlatformStage};
