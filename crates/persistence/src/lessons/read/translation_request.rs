//! The wish for a translation of a lesson.

use maip_domain::id::LessonId;
use maip_domain::lessons::TranslationRequestStatus;
use maip_domain::policy::Attribute;
use maip_domain::policy::rules::translations::TRANSLATION_REQUEST as TRANSLATION_REQUEST_POLICY;

use super::{LESSON, LESSON_TRANSLATION};
use crate::identity::read::{ACCOUNT, ORGANISATION};
use crate::read::declare::{
    Entity, FilterType, Join, Scalar, Sort, by_number, by_text, closed, field, filter, newest_first, one,
    optional, visible,
};
use crate::vocabulary::read::COUNTRY;

/// How it stands now: what was taken and not done in time is open again, and nothing stands for ever.
macro_rules! standing {
    () => {
        "CASE WHEN {t}.status IN ('OPEN', 'TAKEN') AND {t}.lapses_at <= {now} THEN 'LAPSED' \
         WHEN {t}.status = 'TAKEN' AND {t}.taken_until <= {now} THEN 'OPEN' ELSE {t}.status END"
    };
}

/// The wish for a translation.
pub static TRANSLATION_REQUEST: Entity = Entity {
    name: "TranslationRequest",
    description: "The wish of a member to read a lesson in a language. Whoever translates takes it first, so that no two \
                  do the same work; any translation of the lesson into the language then makes it DONE.",
    prefix: Some("translationrequest"),
    table: "translation_requests",
    key: "id",
    policy: &TRANSLATION_REQUEST_POLICY,
    joins: &[Join { name: "l", table: "lessons", on: "{l}.id = {t}.lesson_id" }],
    attributes: &[
        (Attribute::State, standing!()),
        (Attribute::ParentState, "{l}.status"),
        (Attribute::Visibility, "{l}.visibility"),
        (Attribute::Platform, "{l}.platform_id"),
        (Attribute::Country, "{l}.country_code"),
        (Attribute::Requester, "{t}.requested_by"),
        (Attribute::Translator, "{t}.taken_by"),
        (Attribute::Organisation, "{t}.organisation_id"),
    ],
    related: &[],
    fields: &[
        field("id", Scalar::Id, "{t}.id", "Its id."),
        field(
            "language",
            Scalar::Language,
            "{t}.language",
            "The language into which the lesson is to be translated.",
        ),
        field("originalLanguage", Scalar::Language, "{l}.language", "The language of the lesson."),
        field("status", Scalar::Enum(closed::<TranslationRequestStatus>), standing!(), "How it stands."),
        field("note", Scalar::Text, "{t}.note", "What it is for, as whoever asked put it; may be empty."),
        field(
            "lapsesAt",
            Scalar::Instant,
            "{t}.lapses_at",
            "Until when it stands where nothing comes of it.",
        ),
        optional(
            "takenUntil",
            Scalar::Instant,
            "CASE WHEN {t}.status = 'TAKEN' AND {t}.taken_until > {now} THEN {t}.taken_until END",
            "Until when it is kept for who has taken it; null where nobody has.",
        ),
        field("createdAt", Scalar::Instant, "{t}.created_at", "When it was asked for."),
        field("updatedAt", Scalar::Instant, "{t}.updated_at", "When it was last changed."),
        field("revision", Scalar::Int, "{t}.revision", "How often it changed."),
    ],
    relations: &[
        one("lesson", &LESSON, true, "{t}.id = {p}.lesson_id", "The lesson, where you may see it."),
        one("country", &COUNTRY, false, "{t}.id = {p_l}.country_id", "The country of the lesson."),
        one(
            "requestedBy",
            &ACCOUNT,
            true,
            "{t}.id = {p}.requested_by",
            "Who asked for it, where you may see people.",
        ),
        one(
            "takenBy",
            &ACCOUNT,
            true,
            "{t}.id = {p}.taken_by AND {p}.status IN ('TAKEN', 'DONE') AND ({p}.status = 'DONE' OR {p}.taken_until > {now})",
            "The person who has taken it, where you may see people.",
        ),
        one(
            "takenByOrganisation",
            &ORGANISATION,
            true,
            "{t}.id = {p}.organisation_id AND {p}.status IN ('TAKEN', 'DONE') \
             AND ({p}.status = 'DONE' OR {p}.taken_until > {now})",
            "The organisation whose token has taken it.",
        ),
        one(
            "translation",
            &LESSON_TRANSLATION,
            true,
            "{t}.id = {p}.translation_id",
            "What came of it; null until it is DONE.",
        ),
    ],
    filters: &[
        filter(
            "status",
            FilterType::AnyOf(Scalar::Enum(closed::<TranslationRequestStatus>)),
            concat!(standing!(), " IN {in}"),
            "In one of these states. Work to be taken is OPEN.",
        ),
        filter(
            "language",
            FilterType::AnyOf(Scalar::Language),
            "{t}.language IN {in}",
            "Into one of these languages.",
        ),
        filter(
            "originalLanguage",
            FilterType::AnyOf(Scalar::Language),
            "EXISTS (SELECT 1 FROM lessons x WHERE x.id = {t}.lesson_id AND x.language IN {in})",
            "Of lessons written in one of these languages.",
        ),
        filter(
            "country",
            FilterType::AnyOf(Scalar::Country),
            "EXISTS (SELECT 1 FROM lessons x WHERE x.id = {t}.lesson_id AND x.country_code IN {in})",
            "Of lessons of one of these countries.",
        ),
        visible(
            "lesson",
            FilterType::Ids(LessonId::PREFIX),
            &LESSON,
            "{t}.id = {p}.lesson_id AND {t}.id IN {in}",
            "Of one of these lessons, as far as you may see them.",
        ),
    ],
    sorts: &[
        newest_first("By the time at which it was asked for, latest first."),
        Sort {
            code: "LAPSES_AT",
            description: "By the time at which it lapses, soonest first.",
            columns: &[by_number("{t}.lapses_at"), by_text("{t}.id")],
            descending: false,
        },
    ],
};
