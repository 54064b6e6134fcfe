//! How countries, languages, concepts, products and projects are read. They are for everyone.

mod concept;
mod place;
mod product;

use maip_domain::identity::scope::Scope;

use crate::read::declare::{Argument, RootField, RootKind, Scalar};

pub use concept::{CONCEPT, CONCEPT_LABEL};
pub use place::{COUNTRY, LANGUAGE, LOCAL_NAME};
pub use product::{COUNTRY_PAIR, PRODUCT, PROJECT};

/// Root fields of this feature.
pub static ROOTS: &[RootField] = &[
    RootField {
        name: "countries",
        description: "Countries and territories of ISO 3166-1.",
        entity: &COUNTRY,
        kind: RootKind::Connection { only: None, among: None },
        scope: Some(Scope::VocabularyRead),
    },
    RootField {
        name: "country",
        description: "One country by its code.",
        entity: &COUNTRY,
        kind: RootKind::By(&[Argument {
            name: "code",
            description: "ISO 3166-1 alpha-3, such as MWI.",
            scalar: Scalar::Country,
            on: "{t}.code = {?}",
        }]),
        scope: Some(Scope::VocabularyRead),
    },
    RootField {
        name: "languages",
        description: "The languages that this installation knows by name.",
        entity: &LANGUAGE,
        kind: RootKind::Connection { only: None, among: None },
        scope: Some(Scope::VocabularyRead),
    },
    RootField {
        name: "concepts",
        description: "Concepts of the vocabulary: by a label in any language, by what is broader.",
        entity: &CONCEPT,
        kind: RootKind::Connection { only: None, among: None },
        scope: Some(Scope::VocabularyRead),
    },
    RootField {
        name: "concept",
        description: "One concept, by its id or its URI.",
        entity: &CONCEPT,
        kind: RootKind::By(&[
            Argument {
                name: "id",
                description: "Its id in this system.",
                scalar: Scalar::Id,
                on: "{t}.id = {?}",
            },
            Argument {
                name: "uri",
                description: "Its URI, such as http://aims.fao.org/aos/agrovoc/c_806.",
                scalar: Scalar::Text,
                on: "{t}.uri = {?}",
            },
        ]),
        scope: Some(Scope::VocabularyRead),
    },
    RootField {
        name: "products",
        description: "The Special Agricultural Products (SAPs) of countries.",
        entity: &PRODUCT,
        kind: RootKind::Connection { only: None, among: None },
        scope: Some(Scope::VocabularyRead),
    },
    RootField {
        name: "product",
        description: "One Special Agricultural Product.",
        entity: &PRODUCT,
        kind: RootKind::ById,
        scope: Some(Scope::VocabularyRead),
    },
    RootField {
        name: "projects",
        description: "The projects under which countries work.",
        entity: &PROJECT,
        kind: RootKind::Connection { only: None, among: None },
        scope: Some(Scope::VocabularyRead),
    },
    RootField {
        name: "project",
        description: "One project.",
        entity: &PROJECT,
        kind: RootKind::ById,
        scope: Some(Scope::VocabularyRead),
    },
];
