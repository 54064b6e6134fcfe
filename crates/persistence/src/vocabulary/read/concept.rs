//! Concepts and their labels.

use maip_domain::id::ConceptId;
use maip_domain::policy::rules::record::PART;
use maip_domain::policy::rules::vocabulary::CONCEPT as CONCEPT_POLICY;
use maip_domain::vocabulary::LabelKind;

use crate::lessons::read::LESSON;
use crate::read::declare::{
    Condition, Entity, Filter, FilterType, Scalar, Sort, alphabetical, by_number, by_text, closed,
    connection, field, filter, many,
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
            FilterType::Ids(ConceptId::PREFIX),
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
        alphabetical("LABEL", "By `label`."),
        Sort {
            code: "UPDATED_AT",
            description: "By the time of the last change, latest first.",
            columns: &[by_number("{t}.updated_at"), by_text("{t}.id")],
            descending: true,
        },
    ],
};
