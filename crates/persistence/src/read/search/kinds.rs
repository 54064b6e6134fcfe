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
    pub entity: &'static Entity,
    /// Besides the policy, as in the list of the type.
    pub only: &'static str,
    /// Its time, in microseconds.
    pub time: &'static str,
    pub country: &'static str,
    pub region: &'static str,
    pub outcome: &'static str,
    pub language: &'static str,
}

pub(super) static SEARCHED: &[Searched] = &[
    Searched {
        kind: SearchKind::Lesson,
        entity: &LESSON,
        only: "TRUE",
        time: "{t}.sort_at",
        country: "{t}.country_code",
        region: "{t}.region",
        outcome: "{t}.outcome",
        language: "{t}.language",
    },
    Searched {
        kind: SearchKind::Contact,
        entity: &CONTACT_CARD,
        only: "{t}.status = 'PUBLISHED'",
        time: "{t}.created_at",
        country: "{t}.country_code",
        region: "{t}.region",
        outcome: "CAST(NULL AS text)",
        language: "{t}.language",
    },
    Searched {
        kind: SearchKind::Platform,
        entity: &PLATFORM,
        only: "TRUE",
        time: "{t}.created_at",
        country: "{t}.country_code",
        region: "{t}.region",
        outcome: "CAST(NULL AS text)",
        language: "{t}.language",
    },
    Searched {
        kind: SearchKind::Product,
        entity: &PRODUCT,
        only: "TRUE",
        time: "0",
        country: "(SELECT y.code FROM countries y WHERE y.id = {t}.country_id)",
        region: "(SELECT y.region FROM countries y WHERE y.id = {t}.country_id)",
        outcome: "CAST(NULL AS text)",
        language: "CAST(NULL AS text)",
    },
];

/// The type of the records of a kind.
#[must_use]
pub fn entity_of(kind: SearchKind) -> &'static Entity {
    SEARCHED.iter().find(|searched| searched.kind == kind).map_or(&LESSON, |searched| searched.entity)
}

/// The concepts that the records of `hits` are about, as `id` and `v`. Ids tell the types apart.
pub(super) const CONCEPTS: &str = "SELECT h.id AS id, x.concept_id AS v FROM hits h JOIN lessons l ON l.id = h.id \
     JOIN lesson_version_concepts x ON x.version_id = l.current_version_id \
     UNION SELECT h.id, x.concept_id FROM hits h JOIN contact_card_concepts x ON x.card_id = h.id \
     UNION SELECT h.id, y.concept_id FROM hits h JOIN platform_products x ON x.platform_id = h.id \
     JOIN products y ON y.id = x.product_id \
     UNION SELECT h.id, y.concept_id FROM hits h JOIN products y ON y.id = h.id";

/// The same of one record.
pub(super) const CONCEPTS_OF_ONE: &str = "SELECT x.concept_id AS v FROM lessons l \
     JOIN lesson_version_concepts x ON x.version_id = l.current_version_id WHERE l.id = h.id \
     UNION SELECT x.concept_id FROM contact_card_concepts x WHERE x.card_id = h.id \
     UNION SELECT y.concept_id FROM platform_products x JOIN products y ON y.id = x.product_id \
     WHERE x.platform_id = h.id UNION SELECT y.concept_id FROM products y WHERE y.id = h.id";
