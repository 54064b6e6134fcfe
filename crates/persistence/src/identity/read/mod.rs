//! How accounts, the viewer, organisations and tokens are read.

mod account;
mod organisation;
mod viewer;

use maip_domain::identity::scope::Scope;

pub use account::{ACCOUNT, LOGIN};
pub use organisation::{API_TOKEN, ORGANISATION};
pub use viewer::{SESSION, VIEWER, VIEWER_LIMITS};

use crate::read::declare::{RootField, RootKind};

/// Root fields of this feature.
pub static ROOTS: &[RootField] = &[
    RootField {
        name: "viewer",
        description: "Who you are to the server, with what your session or token allows; null when you aren't \
                      signed in.",
        entity: &VIEWER,
        kind: RootKind::Single,
        scope: None,
    },
    RootField {
        name: "accounts",
        description: "People, by name. Members and those who hold an office see one another.",
        entity: &ACCOUNT,
        kind: RootKind::Connection { only: None, among: None },
        scope: Some(Scope::MembersRead),
    },
    RootField {
        name: "account",
        description: "One person.",
        entity: &ACCOUNT,
        kind: RootKind::ById,
        scope: Some(Scope::MembersRead),
    },
    RootField {
        name: "organisations",
        description: "Organisations, by name.",
        entity: &ORGANISATION,
        kind: RootKind::Connection { only: None, among: None },
        scope: None,
    },
    RootField {
        name: "organisation",
        description: "One organisation.",
        entity: &ORGANISATION,
        kind: RootKind::ById,
        scope: None,
    },
];
