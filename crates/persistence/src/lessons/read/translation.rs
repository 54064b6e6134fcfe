//! Translations of versions of lessons.

use maip_domain::lessons::{TranslationOrigin, TranslationStatus};
use maip_domain::policy::rules::translations::{
    LESSON_TRANSLATION as LESSON_TRANSLATION_POLICY, SEES_TRANSLATOR,
};
use maip_domain::policy::{Attribute, Related};

use super::{LESSON, LESSON_VERSION};
use crate::identity::read::{ACCOUNT, ORGANISATION};
use crate::read::declare::{
    Entity, FilterType, Join, Scalar, Source, closed, field, filter, newest_first, one, optional, sourced,
};

/// A text of a translation: null where the translator left it out.
const fn text(
    name: &'static str,
    sql: &'static str,
    description: &'static str,
) -> crate::read::declare::Field {
    optional(name, Scalar::Text, sql, description)
}

/// A translation.
pub static LESSON_TRANSLATION: Entity = Entity {
    name: "LessonTranslation",
    description: "A translation of one edition of a lesson, as its translator wrote it. To show a lesson in the reader's \
                  language, ask for `Lesson.text` instead, which takes the best that there is.",
    prefix: Some("translation"),
    table: "lesson_translations",
    key: "id",
    policy: &LESSON_TRANSLATION_POLICY,
    joins: &[
        Join { name: "l", table: "lessons", on: "{l}.id = {t}.lesson_id" },
        Join { name: "v", table: "lesson_versions", on: "{v}.id = {t}.version_id" },
    ],
    attributes: &[
        (Attribute::State, "{t}.status"),
        (Attribute::EditionState, "{v}.state"),
        (Attribute::HandedIn, "CASE WHEN {v}.submitted_at IS NOT NULL THEN 'YES' END"),
        (Attribute::ParentState, "{l}.status"),
        (Attribute::Visibility, "{l}.visibility"),
        (Attribute::Attribution, "{l}.attribution"),
        (Attribute::Platform, "{l}.platform_id"),
        (Attribute::Country, "{l}.country_code"),
        (Attribute::Region, "{l}.region"),
        (Attribute::Owner, "{l}.author_id"),
        (
            Attribute::RecorderOrganisation,
            "(SELECT k.organisation_id FROM api_tokens k WHERE k.id = {l}.recorded_by_token)",
        ),
        (Attribute::Translator, "{t}.translator_id"),
        (Attribute::Organisation, "{t}.organisation_id"),
        (
            Attribute::TranslatorWrote,
            "(SELECT 'YES' WHERE EXISTS (SELECT 1 FROM lesson_contributors x WHERE x.lesson_id = {t}.lesson_id \
             AND x.account_id = {t}.translator_id))",
        ),
    ],
    related: &[(
        Related::Contributors,
        "SELECT x.account_id AS v FROM lesson_contributors x WHERE x.lesson_id = {t}.lesson_id AND x.part <> 'ASKED'",
    )],
    fields: &[
        field("id", Scalar::Id, "{t}.id", "Its id."),
        field("language", Scalar::Language, "{t}.language", "The language into which it is."),
        sourced(
            "direction",
            Scalar::Enum(closed::<maip_domain::vocabulary::WritingDirection>),
            false,
            Source::Direction("{t}.language"),
            "The direction in which that is written.",
        ),
        field(
            "origin",
            Scalar::Enum(closed::<TranslationOrigin>),
            "{t}.origin",
            "Whether a person or a machine translated it. Show a machine's as such.",
        ),
        field("status", Scalar::Enum(closed::<TranslationStatus>), "{t}.status", "How far it has come."),
        field(
            "stale",
            Scalar::Bool,
            "({t}.version_id <> COALESCE({l}.published_version_id, {t}.version_id))",
            "Whether another version of the lesson was published since: it says what an earlier one said.",
        ),
        field("title", Scalar::Text, "{t}.title", "The title."),
        text("abstract", "NULLIF({t}.abstract, '')", "The gist; null where it was left out, as any text here."),
        text("context", "NULLIF({t}.context, '')", "Where and under which circumstances it happened."),
        text("problem", "NULLIF({t}.problem, '')", "What was to be solved."),
        text("whatWasDone", "NULLIF({t}.what_was_done, '')", "What was done about it."),
        text("result", "NULLIF({t}.result, '')", "What came of it, in words."),
        sourced(
            "enablingConditions",
            Scalar::Text,
            false,
            Source::StoredList("{t}.enabling_conditions"),
            "What helped, one condition an item; empty where it was left out.",
        ),
        sourced(
            "hinderingConditions",
            Scalar::Text,
            false,
            Source::StoredList("{t}.hindering_conditions"),
            "What hindered, one condition an item; empty where it was left out.",
        ),
        text("whoGained", "NULLIF({t}.who_gained, '')", "Who gained from it."),
        text("whoLost", "NULLIF({t}.who_lost, '')", "Who lost by it."),
        optional("reviewedAt", Scalar::Instant, "{t}.reviewed_at", "When someone else found it right."),
        field("createdAt", Scalar::Instant, "{t}.created_at", "When it was added."),
        field("updatedAt", Scalar::Instant, "{t}.updated_at", "When it last changed."),
        field("revision", Scalar::Int, "{t}.revision", "Name it as `expectedRevision` when you change it."),
    ],
    relations: &[
        one("lesson", &LESSON, true, "{t}.id = {p}.lesson_id", "The lesson, where you may see it."),
        one("version", &LESSON_VERSION, true, "{t}.id = {p}.version_id", "The version that it translates."),
        one(
            "translator",
            &ACCOUNT,
            true,
            "{t}.id = {p}.translator_id",
            "Who translated it, where you may see people; null where a token wrote it, and where it would tell who wrote \
             a lesson whose author isn't named.",
        )
        .shown_to(&SEES_TRANSLATOR),
        one(
            "organisation",
            &ORGANISATION,
            true,
            "{t}.id = {p}.organisation_id",
            "The organisation whose token wrote it; null where a person did.",
        ),
        one(
            "reviewedBy",
            &ACCOUNT,
            true,
            "{t}.id = {p}.reviewed_by",
            "Who found it right, where you may see people.",
        ),
    ],
    filters: &[
        filter(
            "language",
            FilterType::AnyOf(Scalar::Language),
            "{t}.language IN {in}",
            "Into one of these languages.",
        ),
        filter(
            "origin",
            FilterType::AnyOf(Scalar::Enum(closed::<TranslationOrigin>)),
            "{t}.origin IN {in}",
            "Of one of these origins.",
        ),
        filter(
            "status",
            FilterType::AnyOf(Scalar::Enum(closed::<TranslationStatus>)),
            "{t}.status IN {in}",
            "In one of these states.",
        ),
    ],
    sorts: &[newest_first("By the time at which it was added, latest first.")],
};
