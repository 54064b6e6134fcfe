//! How the contact directory and what belongs to it are read.

mod card;
mod consent;
mod introduction;

use maip_domain::identity::scope::Scope;

pub use card::{CONTACT_CARD, CONTACT_DETAIL, CONTACT_DETAILS};
pub use consent::{CONSENT, DISCLOSURE};
pub use introduction::INTRODUCTION;

use crate::read::declare::{RootField, RootKind};

/// Root fields of this feature.
pub static ROOTS: &[RootField] = &[
    RootField {
        name: "contacts",
        description: "The contact directory: who can help with what. Details open by consent only.",
        entity: &CONTACT_CARD,
        kind: RootKind::Connection { only: Some("{t}.status = 'PUBLISHED'"), among: None },
        scope: Some(Scope::ContactsRead),
    },
    RootField {
        name: "contact",
        description: "One card of the directory.",
        entity: &CONTACT_CARD,
        kind: RootKind::ById,
        scope: Some(Scope::ContactsRead),
    },
    RootField {
        name: "introductions",
        description: "The introductions that you asked for or are asked for.",
        entity: &INTRODUCTION,
        kind: RootKind::Connection { only: None, among: None },
        scope: Some(Scope::IntroductionsRead),
    },
    RootField {
        name: "introduction",
        description: "One introduction.",
        entity: &INTRODUCTION,
        kind: RootKind::ById,
        scope: Some(Scope::IntroductionsRead),
    },
    RootField {
        name: "consents",
        description: "The consents that you gave or that name you.",
        entity: &CONSENT,
        kind: RootKind::Connection { only: None, among: None },
        scope: Some(Scope::ContactsRead),
    },
];
