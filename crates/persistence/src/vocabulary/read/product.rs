//! Special Agricultural Products, and the projects under which countries work on them.

use maip_domain::id::ConceptId;
use maip_domain::policy::rules::record::PART;
use maip_domain::policy::rules::vocabulary::REFERENCE;
use maip_domain::vocabulary::Region;

use super::{CONCEPT, COUNTRY, LOCAL_NAME};
use crate::lessons::read::LESSON;
use crate::membership::read::PLATFORM;
use crate::read::declare::{
    Entity, FilterType, Scalar, Sort, alphabetical, by_text, closed, connection, field, filter, many, one,
};

/// A Special Agricultural Product.
pub static PRODUCT: Entity = Entity {
    name: "Product",
    description: "A Special Agricultural Product (SAP) of a country: the one that it builds a value chain for.",
    prefix: Some("product"),
    table: "products",
    key: "id",
    policy: &REFERENCE,
    joins: &[],
    attributes: &[],
    related: &[],
    fields: &[
        field("id", Scalar::Id, "{t}.id", "Its id."),
        field("name", Scalar::Text, "{t}.name", "Its English name; `names` has the other languages."),
    ],
    relations: &[
        many("names", &LOCAL_NAME, "{t}.language", "{t}.of_id = {p}.id", "Its names, by language."),
        one("country", &COUNTRY, false, "{t}.id = {p}.country_id", "The country that chose it."),
        one("concept", &CONCEPT, false, "{t}.id = {p}.concept_id", "The concept that it is."),
        connection(
            "platforms",
            &PLATFORM,
            "EXISTS (SELECT 1 FROM platform_products x WHERE x.product_id = {p}.id AND x.platform_id = {t}.id)",
            "The platforms that work on it.",
        ),
        connection(
            "lessons",
            &LESSON,
            "EXISTS (SELECT 1 FROM platform_products x WHERE x.product_id = {p}.id \
             AND x.platform_id = {t}.platform_id)",
            "The lessons of these platforms.",
        ),
    ],
    filters: &[
        filter(
            "country",
            FilterType::AnyOf(Scalar::Country),
            "{t}.country_id IN (SELECT x.id FROM countries x WHERE x.code IN {in})",
            "Of one of these countries.",
        ),
        filter(
            "region",
            FilterType::AnyOf(Scalar::Enum(closed::<Region>)),
            "{t}.country_id IN (SELECT x.id FROM countries x WHERE x.region IN {in})",
            "Of a country in one of these FAO regions.",
        ),
        filter(
            "concept",
            FilterType::Ids(ConceptId::PREFIX),
            "EXISTS (SELECT 1 FROM concept_ancestors x WHERE x.concept_id = {t}.concept_id \
             AND x.ancestor_id IN {in})",
            "That is one of these concepts or something narrower.",
        ),
        filter(
            "name",
            FilterType::SortKey,
            "{t}.sort_key >= {?} AND {t}.sort_key < {?} || '\u{10ffff}'",
            "Whose English name begins so.",
        ),
    ],
    sorts: &[alphabetical("NAME", "By English name.")],
};

/// Who learns from whom.
pub static COUNTRY_PAIR: Entity = Entity {
    name: "CountryPair",
    description: "A country that learns from another about a product, under a project.",
    prefix: None,
    table: "country_pairs",
    key: "id",
    policy: &PART,
    joins: &[],
    attributes: &[],
    related: &[],
    fields: &[],
    relations: &[
        one("beneficiary", &COUNTRY, false, "{t}.id = {p}.beneficiary_id", "The country that learns."),
        one(
            "provider",
            &COUNTRY,
            false,
            "{t}.id = {p}.provider_id",
            "The country that shares what it knows.",
        ),
        one("concept", &CONCEPT, false, "{t}.id = {p}.concept_id", "What it is about."),
    ],
    filters: &[],
    sorts: &[],
};

/// A project.
pub static PROJECT: Entity = Entity {
    name: "Project",
    description: "A project of FAO under which countries work.",
    prefix: Some("project"),
    table: "projects",
    key: "id",
    policy: &REFERENCE,
    joins: &[],
    attributes: &[],
    related: &[],
    fields: &[
        field("id", Scalar::Id, "{t}.id", "Its id."),
        field("symbol", Scalar::Text, "{t}.symbol", "Its symbol, such as FVC/GLO/184/MUL."),
        field("title", Scalar::Text, "{t}.title", "Its title, in English."),
        field("fund", Scalar::Text, "{t}.fund", "The fund that pays for it, such as FVC."),
    ],
    relations: &[
        connection(
            "countries",
            &COUNTRY,
            "{t}.id IN (SELECT x.country_id FROM project_countries x WHERE x.project_id = {p}.id)",
            "The countries that it covers.",
        ),
        many("pairs", &COUNTRY_PAIR, "{t}.id", "{t}.project_id = {p}.id", "Who learns from whom under it."),
    ],
    filters: &[filter(
        "country",
        FilterType::AnyOf(Scalar::Country),
        "EXISTS (SELECT 1 FROM project_countries x JOIN countries y ON y.id = x.country_id \
         WHERE x.project_id = {t}.id AND y.code IN {in})",
        "That covers one of these countries.",
    )],
    sorts: &[Sort {
        code: "SYMBOL",
        description: "By symbol.",
        columns: &[by_text("{t}.symbol")],
        descending: false,
    }],
};
