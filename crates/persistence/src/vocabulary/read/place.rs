//! Countries and languages.

use maip_domain::policy::rules::record::PART;
use maip_domain::policy::rules::vocabulary::REFERENCE;
use maip_domain::vocabulary::{Region, WritingDirection};

use super::PRODUCT;
use crate::lessons::read::LESSON;
use crate::membership::read::PLATFORM;
use crate::read::declare::{
    Entity, FilterType, Scalar, Sort, alphabetical, by_text, closed, connection, field, filter, many,
    optional,
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
        alphabetical("NAME", "By English name."),
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
