//! How platforms, memberships and appointments are read.

mod appointment;
mod member;
mod platform;

use maip_domain::identity::scope::Scope;
use maip_domain::policy::rules::membership::MANAGES_MEMBERS;

use crate::read::declare::{RootField, RootKind};

pub use appointment::APPOINTMENT;
pub use member::{FOLLOWED, MEMBERSHIP};
pub use platform::PLATFORM;

/// Root fields of this feature.
pub static ROOTS: &[RootField] = &[
    RootField {
        name: "platforms",
        description: "The innovation platforms.",
        entity: &PLATFORM,
        kind: RootKind::Connection { only: None, among: None },
        scope: Some(Scope::PlatformsRead),
    },
    RootField {
        name: "platform",
        description: "One innovation platform.",
        entity: &PLATFORM,
        kind: RootKind::ById,
        scope: Some(Scope::PlatformsRead),
    },
    RootField {
        name: "memberships",
        description: "Memberships over all platforms, as far as you may see them.",
        entity: &MEMBERSHIP,
        kind: RootKind::Connection { only: None, among: None },
        scope: Some(Scope::MembersRead),
    },
    RootField {
        name: "membershipRequests",
        description: "One queue of those who ask to become members, over all the platforms that you manage.",
        entity: &MEMBERSHIP,
        kind: RootKind::Connection { only: Some("{t}.status = 'REQUESTED'"), among: Some(&MANAGES_MEMBERS) },
        scope: Some(Scope::MembersRead),
    },
    RootField {
        name: "appointments",
        description: "Who holds, held or will hold which office.",
        entity: &APPOINTMENT,
        kind: RootKind::Connection { only: None, among: None },
        scope: Some(Scope::MembersRead),
    },
];
