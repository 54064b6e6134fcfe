//! Versions of lessons.

use maip_domain::lessons::{Attribution, MissingField, Outcome, TextOrigin, VersionState};
use maip_domain::membership::member::ActorType;
use maip_domain::policy::rules::lessons::{LESSON_VERSION as LESSON_VERSION_POLICY, SEES_WORK};
use maip_domain::policy::rules::record::PART;
use maip_domain::policy::{Attribute, Related};
use maip_domain::visibility::Visibility;

use super::{LESSON, LESSON_ATTACHMENT, LESSON_TEXT, LESSON_TRANSLATION, missing};
use crate::identity::read::ACCOUNT;
use crate::read::declare::{
    Entity, FilterType, Join, Scalar, Sort, Source, by_number, closed, connection, field, filter, list, many,
    one, optional, sourced,
};
use crate::vocabulary::read::CONCEPT;

/// One version.
pub static LESSON_VERSION: Entity = Entity {
    name: "LessonVersion",
    description: "One edition of a lesson. Once published it never changes; a revision is a new version.",
    prefix: Some("lessonversion"),
    table: "lesson_versions",
    key: "id",
    policy: &LESSON_VERSION_POLICY,
    joins: &[Join { name: "l", table: "lessons", on: "{l}.id = {t}.lesson_id" }],
    attributes: &[
        (Attribute::State, "{t}.state"),
        (Attribute::HandedIn, "CASE WHEN {t}.submitted_at IS NOT NULL THEN 'YES' END"),
        (Attribute::ParentState, "{l}.status"),
        (Attribute::Visibility, "{l}.visibility"),
        (Attribute::Platform, "{l}.platform_id"),
        (Attribute::Country, "{l}.country_code"),
        (Attribute::Region, "{l}.region"),
        (Attribute::Owner, "{l}.author_id"),
        (
            Attribute::RecorderOrganisation,
            "(SELECT k.organisation_id FROM api_tokens k WHERE k.id = {l}.recorded_by_token)",
        ),
    ],
    related: &[
        (
            Related::Contributors,
            "SELECT x.account_id AS v FROM lesson_contributors x WHERE x.lesson_id = {t}.lesson_id AND x.part <> 'ASKED'",
        ),
        (
            Related::Invited,
            "SELECT x.account_id AS v FROM lesson_contributors x WHERE x.lesson_id = {t}.lesson_id AND x.part = 'ASKED'",
        ),
    ],
    fields: &[
        field("id", Scalar::Id, "{t}.id", "Its id."),
        field("number", Scalar::Int, "{t}.number", "Its number, from 1."),
        field("state", Scalar::Enum(closed::<VersionState>), "{t}.state", "Its state."),
        field("language", Scalar::Language, "{t}.language", "The language of its texts."),
        field("origin", Scalar::Enum(closed::<TextOrigin>), "{t}.origin", "Where its texts come from."),
        field("title", Scalar::Text, "{t}.title", "The title."),
        field(
            "abstract",
            Scalar::Text,
            "{t}.abstract",
            "The gist; empty in an unfinished draft, as any text here.",
        ),
        field("context", Scalar::Text, "{t}.context", "Where and under which circumstances it happened."),
        field("problem", Scalar::Text, "{t}.problem", "What was to be solved."),
        field("whatWasDone", Scalar::Text, "{t}.what_was_done", "What was done about it."),
        field("result", Scalar::Text, "{t}.result", "What came of it, in words."),
        optional(
            "outcome",
            Scalar::Enum(closed::<Outcome>),
            "{t}.outcome",
            "Whether it worked; null while a draft doesn't say.",
        ),
        sourced(
            "enablingConditions",
            Scalar::Text,
            false,
            Source::StoredList("{t}.enabling_conditions"),
            "What helped, one condition an item.",
        ),
        sourced(
            "hinderingConditions",
            Scalar::Text,
            false,
            Source::StoredList("{t}.hindering_conditions"),
            "What hindered, one condition an item.",
        ),
        field("whoGained", Scalar::Text, "{t}.who_gained", "Who gained from it."),
        field("whoLost", Scalar::Text, "{t}.who_lost", "Who lost by it."),
        list(
            "actorTypes",
            Scalar::Enum(closed::<ActorType>),
            "SELECT x.actor_type AS v FROM lesson_version_actor_types x WHERE x.version_id = {t}.id \
             ORDER BY x.actor_type",
            "For whom it is.",
        ),
        list(
            "missingForSubmission",
            Scalar::Enum(closed::<MissingField>),
            missing!("{t}"),
            "What it still lacks before it can be handed in, in the order in which to ask for it.",
        ),
        field(
            "visibility",
            Scalar::Enum(closed::<Visibility>),
            "{t}.visibility",
            "Who may see the lesson once this version is published.",
        ),
        field(
            "attribution",
            Scalar::Enum(closed::<Attribution>),
            "{t}.attribution",
            "How the author is named once this version is published.",
        ),
        optional("submittedAt", Scalar::Instant, "{t}.submitted_at", "When it was last handed in."),
        optional("publishedAt", Scalar::Instant, "{t}.published_at", "When it was published."),
        field("createdAt", Scalar::Instant, "{t}.created_at", "When it was begun."),
        field("updatedAt", Scalar::Instant, "{t}.updated_at", "When it last changed."),
        field(
            "revision",
            Scalar::Int,
            "{t}.revision",
            "How often it changed; the lock is the lesson's `revision`.",
        ),
    ],
    relations: &[
        one("lesson", &LESSON, true, "{t}.id = {p}.lesson_id", "The lesson."),
        one(
            "text",
            &LESSON_TEXT,
            false,
            "{t}.id = {p}.id",
            "What it says in the best language for the reader, and where that is from.",
        )
        .in_languages(),
        connection(
            "translations",
            &LESSON_TRANSLATION,
            "{t}.version_id = {p}.id",
            "Its translations; those of other versions aren't among them.",
        ),
        many(
            "attachments",
            &LESSON_ATTACHMENT,
            "{t}.position, {t}.id",
            "{t}.version_id = {p}.id",
            "Its photos, documents and recordings, in their order: 20 at most.",
        ),
        many("costs", &LESSON_COST, "{t}.position", "{t}.version_id = {p}.id", "What it cost, item by item."),
        many(
            "concepts",
            &CONCEPT,
            "{t}.sort_key, {t}.id",
            "{t}.id IN (SELECT x.concept_id FROM lesson_version_concepts x WHERE x.version_id = {p}.id)",
            "What it is about.",
        ),
        one(
            "reviewer",
            &ACCOUNT,
            true,
            "{t}.id = {p}.reviewer_id",
            "Who reviews or reviewed it; for its authors and reviewers.",
        )
        .shown_to(&SEES_WORK),
    ],
    filters: &[filter(
        "state",
        FilterType::AnyOf(Scalar::Enum(closed::<VersionState>)),
        "{t}.state IN {in}",
        "In one of these states.",
    )],
    sorts: &[Sort {
        code: "NUMBER",
        description: "By number, newest first.",
        columns: &[by_number("{t}.number")],
        descending: true,
    }],
};

/// A cost.
pub static LESSON_COST: Entity = Entity {
    name: "LessonCost",
    description: "Something that had to be paid for.",
    prefix: None,
    table: "lesson_costs",
    key: "version_id",
    policy: &PART,
    joins: &[],
    attributes: &[],
    related: &[],
    fields: &[
        field("item", Scalar::Text, "{t}.item", "What was paid for."),
        field("amount", Scalar::Decimal, "{t}.amount", "How much, as a decimal number."),
        field("currency", Scalar::Text, "{t}.currency", "In which currency, by ISO 4217, such as BDT."),
    ],
    relations: &[],
    filters: &[],
    sorts: &[],
};
