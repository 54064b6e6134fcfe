//! How countries, languages, concepts, products and projects are read. They are for everyone.

use maip_domain::identity::scope::Scope;
use maip_domain::policy::rules::record::PART;
use maip_domain::policy::rules::vocabulary::{CONCEPT as CONCEPT_POLICY, REFERENCE};
use maip_domain::vocabulary::{LabelKind, Region, WritingDirection};

use crate::lessons::read::LESSON;
use crate::membership::read::PLATFORM;
use crate::read::declare::{
    Argument, Condition, Entity, Filter, FilterType, RootField, RootKind, Scalar, Sort, by_number, by_text,
    closed, connection, field, filter, many, one, optional,
};

/// A name in one language, of a country, a product or a platform.
pub static LOCAL_NAME: Entity = Entity {
    name: "LocalName",
    description: "The name of something in one language.",
    prefix: None,
    table: "(SELECT country_id AS of_id, language, name AS text FROM country_names \
            UNION ALL SELECT product_id, language, name FROM product_names \
            UNION ALL SELECT platform_id, language, name FROM platform_names)",
    key: "of_id",
    policy: &PART,
    joins: &[],
    attributes: &[],
    related: &[],
    fields: &[
        field("language", Scalar::Language, "{t}.language", "The language of the name."),
        field("text", Scalar::Text, "{t}.text", "The name in that language."),
    ],
    relations: &[],
    filters: &[],
    sorts: &[],
};

/// A country or territory.
pub static COUNTRY: Entity = Entity {
    name: "Country",
    description: "A country or territory of ISO 3166-1, with its FAO region.",
    prefix: Some("country"),
    table: "countries",
    key: "id",
    policy: &REFERENCE,
    joins: &[],
    attributes: &[],
    related: &[],
    fields: &[
        field("id", Scalar::Id, "{t}.id", "Its id, for `node`; its `code` is what people use."),
        field("code", Scalar::Country, "{t}.code", "ISO 3166-1 alpha-3, such as MWI."),
        field("alpha2", Scalar::Text, "{t}.alpha2", "ISO 3166-1 alpha-2, such as MW, as flags are named."),
        field("name", Scalar::Text, "{t}.name", "Its English short name; `names` has the other languages."),
        optional(
            "region",
            Scalar::Enum(closed::<Region>),
            "{t}.region",
            "Its FAO region; null where no regional office serves it.",
        ),
    ],
    relations: &[
        many(
            "names",
            &LOCAL_NAME,
            "{t}.language",
            "{t}.of_id = {p}.id",
            "Its names in the six UN languages, by language.",
        ),
        connection("products", &PRODUCT, "{t}.country_id = {p}.id", "Its Special Agricultural Products."),
        connection("platforms", &PLATFORM, "{t}.country_id = {p}.id", "Its innovation platforms."),
        connection("lessons", &LESSON, "{t}.country_id = {p}.id", "The lessons of its platforms."),
    ],
    filters: &[
        filter(
            "region",
            FilterType::AnyOf(Scalar::Enum(closed::<Region>)),
            "{t}.region IN {in}",
            "In one of these FAO regions.",
        ),
        filter(
            "code",
            FilterType::AnyOf(Scalar::Country),
            "{t}.code IN {in}",
            "One of these, by alpha-3 code.",
        ),
        filter(
            "name",
            FilterType::SortKey,
            "{t}.sort_key >= {?} AND {t}.sort_key < {?} || '\u{10ffff}'",
            "Whose English name begins so; case and accents make no difference.",
        ),
        filter(
            "hasProducts",
            FilterType::One(Scalar::Bool),
            "(EXISTS (SELECT 1 FROM products x WHERE x.country_id = {t}.id)) = {?}",
            "With, or without, a Special Agricultural Product.",
        ),
    ],
    sorts: &[
        Sort {
            code: "NAME",
            description: "By English name.",
            columns: &[by_text("{t}.sort_key"), by_text("{t}.id")],
            descending: false,
        },
        Sort {
            code: "CODE",
            description: "By alpha-3 code.",
            columns: &[by_text("{t}.code")],
            descending: false,
        },
    ],
};

/// A language.
pub static LANGUAGE: Entity = Entity {
    name: "Language",
    description: "A language that texts and people may name. Others are accepted too: any BCP 47 tag is.",
    prefix: None,
    table: "languages",
    key: "code",
    policy: &REFERENCE,
    joins: &[],
    attributes: &[],
    related: &[],
    fields: &[
        field("code", Scalar::Language, "{t}.code", "BCP 47, such as ny or zh-Hant."),
        field("name", Scalar::Text, "{t}.name", "Its English name."),
        field("nativeName", Scalar::Text, "{t}.native_name", "Its name in the language itself."),
        field(
            "direction",
            Scalar::Enum(closed::<WritingDirection>),
            "{t}.direction",
            "The direction in which it is written.",
        ),
        field("script", Scalar::Text, "{t}.script", "Its usual script, by ISO 15924, such as Arab."),
    ],
    relations: &[],
    filters: &[filter(
        "code",
        FilterType::AnyOf(Scalar::Language),
        "{t}.code IN {in}",
        "One of these, by BCP 47 code.",
    )],
    sorts: &[Sort {
        code: "CODE",
        description: "By code.",
        columns: &[by_text("{t}.code")],
        descending: false,
    }],
};

/// A label of a concept.
pub static CONCEPT_LABEL: Entity = Entity {
    name: "ConceptLabel",
    description: "A name of a concept in one language.",
    prefix: None,
    table: "concept_labels",
    key: "id",
    policy: &PART,
    joins: &[],
    attributes: &[],
    related: &[],
    fields: &[
        field("language", Scalar::Language, "{t}.language", "The language of the label."),
        field("text", Scalar::Text, "{t}.text", "The label."),
        field(
            "kind",
            Scalar::Enum(closed::<LabelKind>),
            "{t}.kind",
            "PREFERRED is the one to show in its language.",
        ),
    ],
    relations: &[],
    filters: &[],
    sorts: &[],
};

/// A concept.
pub static CONCEPT: Entity = Entity {
    name: "Concept",
    description: "A concept of the vocabulary (AGROVOC): the same thing under its names in all languages. \
                  Refer to it by its URI or id, never by a label.",
    prefix: Some("concept"),
    table: "concepts",
    key: "id",
    policy: &CONCEPT_POLICY,
    joins: &[],
    attributes: &[],
    related: &[],
    fields: &[
        field("id", Scalar::Id, "{t}.id", "Its id in this system."),
        field("uri", Scalar::Text, "{t}.uri", "Its URI, the same in every system that uses the vocabulary."),
        field(
            "label",
            Scalar::Text,
            "{t}.label",
            "Its English name, or that of another language where it has none; `labels` has all of them.",
        ),
        field(
            "deprecated",
            Scalar::Bool,
            "{t}.deprecated",
            "Whether the vocabulary no longer wants it used; what uses it already stays.",
        ),
        field("createdAt", Scalar::Instant, "{t}.created_at", "When it was first imported."),
        field("updatedAt", Scalar::Instant, "{t}.updated_at", "When an import last changed it."),
    ],
    relations: &[
        many(
            "labels",
            &CONCEPT_LABEL,
            "{t}.language, {t}.kind DESC, {t}.id",
            "{t}.concept_id = {p}.id AND {t}.kind <> 'HIDDEN'",
            "All its names, by language, the preferred one first.",
        ),
        connection(
            "broader",
            &CONCEPT,
            "{t}.id IN (SELECT x.broader_id FROM concept_broader x WHERE x.concept_id = {p}.id)",
            "The concepts one step above it; there may be several.",
        ),
        connection(
            "narrower",
            &CONCEPT,
            "{t}.id IN (SELECT x.concept_id FROM concept_broader x WHERE x.broader_id = {p}.id)",
            "The concepts one step below it.",
        ),
        connection(
            "lessons",
            &LESSON,
            "EXISTS (SELECT 1 FROM lesson_version_concepts x JOIN concept_ancestors a \
             ON a.concept_id = x.concept_id AND a.ancestor_id = {p}.id \
             WHERE x.version_id = {t}.current_version_id)",
            "Lessons about it or something narrower.",
        ),
    ],
    filters: &[
        filter(
            "label",
            FilterType::SortKey,
            "{t}.id IN (SELECT x.concept_id FROM concept_labels x \
             WHERE x.sort_key >= {?} AND x.sort_key < {?} || '\u{10ffff}')",
            "With a label, in any language, that begins so; case and accents make no difference.",
        ),
        Filter {
            name: "labelContains",
            takes: FilterType::SortKey,
            condition: Condition::Each {
                sqlite: "{t}.id IN (SELECT x.concept_id FROM concept_labels x WHERE instr(x.sort_key, {?}) > 0)",
                postgres: "{t}.id IN (SELECT x.concept_id FROM concept_labels x \
                           WHERE strpos(x.sort_key, {?}) > 0)",
            },
            description: "With a label, in any language, that contains this; slower than `label`.",
            among: None,
        },
        filter(
            "broader",
            FilterType::AnyOf(Scalar::Id),
            "{t}.id IN (SELECT x.concept_id FROM concept_ancestors x \
             WHERE x.ancestor_id IN {in} AND x.distance > 0)",
            "Narrower than one of these concepts, at any depth.",
        ),
        filter("uri", FilterType::AnyOf(Scalar::Text), "{t}.uri IN {in}", "One of these, by URI."),
        filter(
            "deprecated",
            FilterType::One(Scalar::Bool),
            "{t}.deprecated = {?}",
            "Those that the vocabulary no longer wants used, or only the others.",
        ),
    ],
    sorts: &[
        Sort {
            code: "LABEL",
            description: "By `label`.",
            columns: &[by_text("{t}.sort_key"), by_text("{t}.id")],
            descending: false,
        },
        Sort {
            code: "UPDATED_AT",
            description: "By the time of the last change, latest first.",
            columns: &[by_number("{t}.updated_at"), by_text("{t}.id")],
            descending: true,
        },
    ],
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
            FilterType::AnyOf(Scalar::Id),
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
    sorts: &[Sort {
        code: "NAME",
        description: "By English name.",
        columns: &[by_text("{t}.sort_key"), by_text("{t}.id")],
        descending: false,
    }],
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
