//! What the search knows of each kind of record.

use maip_domain::search::SearchKind;

use super::super::declare::Entity;
use crate::cooperation::read::CONTACT_CARD;
use crate::lessons::read::LESSON;
use crate::membership::read::PLATFORM;
use crate::vocabulary::read::PRODUCT;

/// By what the hits are counted and filtered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Facet {
    /// By their kind.
    Kind,
    /// By country.
    Country,
    /// By FAO region.
    Region,
    /// By product.
    Product,
    /// By concept.
    Concept,
    /// By outcome.
    Outcome,
    /// By language.
    Language,
}

/// A kind of record, with templates as in the declarations.
pub(super) struct Searched {
    pub kind: SearchKind,
    /// Besides the policy, as in the list of the type.
    pub only: &'static str,
    /// Its time, in microseconds.
    pub time: &'static str,
    pub country: &'static str,
    pub region: &'static str,
    pub outcome: &'static str,
    pub language: &'static str,
    pub concepts: ConceptsOf,
    pub products: ProductsOf,
}

/// Where the concepts stand that the records of a kind are about: `FROM` what, in which column the record, in which the
/// concept.
#[derive(Clone, Copy)]
pub(super) struct ConceptsOf {
    pub from: &'static str,
    pub record: &'static str,
    pub concept: &'static str,
}

/// Which products a record has to do with.
#[derive(Clone, Copy)]
pub(super) enum ProductsOf {
    /// Those of its platform, where the viewer may see that.
    Platform,
    /// Those that it works on.
    Itself,
    /// It is one.
    IsOne,
    /// None.
    None,
}

impl Searched {
    pub fn entity(&self) -> &'static Entity {
        entity_of(self.kind)
    }
}

pub(super) static SEARCHED: &[Searched] = &[
    Searched {
        kind: SearchKind::Lesson,
        only: "TRUE",
        time: "{t}.sort_at",
        country: "{t}.country_code",
        region: "{t}.region",
        outcome: "{t}.outcome",
        language: "{t}.language",
        concepts: ConceptsOf {
            from: "lesson_version_concepts x JOIN lessons l ON l.current_version_id = x.version_id",
            record: "l.id",
            concept: "x.concept_id",
        },
        products: ProductsOf::Platform,
    },
    Searched {
        kind: SearchKind::Contact,
        only: "{t}.status = 'PUBLISHED'",
        time: "{t}.created_at",
        country: "{t}.country_code",
        region: "{t}.region",
        outcome: "CAST(NULL AS text)",
        language: "{t}.language",
        concepts: ConceptsOf {
            from: "contact_card_concepts x",
            record: "x.card_id",
            concept: "x.concept_id",
        },
        products: ProductsOf::None,
    },
    Searched {
        kind: SearchKind::Platform,
        only: "TRUE",
        time: "{t}.created_at",
        country: "{t}.country_code",
        region: "{t}.region",
        outcome: "CAST(NULL AS text)",
        language: "{t}.language",
        concepts: ConceptsOf {
            from: "platform_products x JOIN products y ON y.id = x.product_id",
            record: "x.platform_id",
            concept: "y.concept_id",
        },
        products: ProductsOf::Itself,
    },
    Searched {
        kind: SearchKind::Product,
        only: "TRUE",
        time: "0",
        country: "(SELECT y.code FROM countries y WHERE y.id = {t}.country_id)",
        region: "(SELECT y.region FROM countries y WHERE y.id = {t}.country_id)",
        outcome: "CAST(NULL AS text)",
        language: "CAST(NULL AS text)",
        concepts: ConceptsOf { from: "products y", record: "y.id", concept: "y.concept_id" },
        products: ProductsOf::IsOne,
    },
];

/// The type of the records of a kind.
#[must_use]
pub fn entity_of(kind: SearchKind) -> &'static Entity {
    match kind {
        SearchKind::Lesson => &LESSON,
        SearchKind::Contact => &CONTACT_CARD,
        SearchKind::Platform => &PLATFORM,
        SearchKind::Product => &PRODUCT,
    }
}
