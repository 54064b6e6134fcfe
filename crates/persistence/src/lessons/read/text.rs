//! What a lesson says, in the language that serves its reader best.

use maip_domain::lessons::{LessonPart, TextOrigin};
use maip_domain::policy::rules::record::PART;
use maip_domain::vocabulary::WritingDirection;

use super::LESSON_TRANSLATION;
use crate::read::declare::{Entity, Field, Join, Scalar, Source, closed, field, list, one, sourced};

/// The translation that is shown in place of the version `{t}`; none where its own language serves the reader as well.
///
/// Of all that are in a language which the reader prefers to the original's, those in the most preferred; of these what
/// is not stale, then what was reviewed, what a person translated, what is nearest to the reader's region, and what was
/// there first, so that nobody takes a place by adding another. One of a later version says what this one doesn't.
const BEST: &str = "{b}.id = (SELECT x.id FROM lesson_translations x JOIN {languages} w ON x.language LIKE w.form \
     AND w.but NOT LIKE '%,' || x.language || ',%' \
     WHERE x.lesson_id = {t}.lesson_id AND x.version_number <= {t}.number AND x.status <> 'WITHDRAWN' \
     AND w.preference < COALESCE((SELECT MIN(o.preference) FROM {languages} o WHERE {t}.language LIKE o.form \
     AND o.but NOT LIKE '%,' || {t}.language || ',%'), 1000) \
     ORDER BY w.preference, x.version_number DESC, CASE x.status WHEN 'REVIEWED' THEN 0 ELSE 1 END, \
     CASE x.origin WHEN 'HUMAN' THEN 0 ELSE 1 END, w.place, x.created_at, x.id LIMIT 1)";

/// A text: the translation's, else the original's.
macro_rules! best {
    ($column:literal) => {
        concat!("COALESCE(NULLIF({b}.", $column, ", ''), {t}.", $column, ")")
    };
}

/// A list of texts, likewise.
macro_rules! best_list {
    ($column:literal) => {
        Source::StoredList(concat!("COALESCE(NULLIF({b}.", $column, ", '[]'), {t}.", $column, ")"))
    };
}

/// Whether the translation leaves out what the original says.
macro_rules! left_out {
    ($number:literal, $part:literal, $column:literal, $empty:literal) => {
        concat!(
            "SELECT ",
            $number,
            " AS n, '",
            $part,
            "' AS v WHERE {b}.",
            $column,
            " = '",
            $empty,
            "' AND {t}.",
            $column,
            " <> '",
            $empty,
            "'"
        )
    };
}

/// The texts of a lesson for one reader.
pub static LESSON_TEXT: Entity = Entity {
    name: "LessonText",
    description: "What an edition of a lesson says, in the best language for the reader: a translation where there is one \
                  into a language that they prefer, else the original. Say where it is from: see `origin`, `stale` and \
                  `reviewed`; set `lang` and `dir` by `language` and `direction`.",
    prefix: None,
    table: "lesson_versions",
    key: "id",
    policy: &PART,
    joins: &[Join { name: "b", table: "lesson_translations", on: BEST }],
    attributes: &[],
    related: &[],
    fields: &[
        field(
            "language",
            Scalar::Language,
            "COALESCE({b}.language, {t}.language)",
            "The language of the texts, but for what `untranslated` names.",
        ),
        sourced(
            "direction",
            Scalar::Enum(closed::<WritingDirection>),
            false,
            Source::Direction("COALESCE({b}.language, {t}.language)"),
            "The direction in which `language` is written.",
        ),
        field("originalLanguage", Scalar::Language, "{t}.language", "The language in which it was written."),
        field(
            "origin",
            Scalar::Enum(closed::<TextOrigin>),
            "COALESCE({b}.origin, {t}.origin)",
            "Where the texts come from. Show a machine's as such.",
        ),
        field(
            "stale",
            Scalar::Bool,
            "COALESCE({b}.version_id <> {t}.id, FALSE)",
            "Whether it is a translation of an earlier edition, because there is none of this one in that language: the \
             original may say something else by now.",
        ),
        field(
            "reviewed",
            Scalar::Bool,
            "COALESCE({b}.status = 'REVIEWED', TRUE)",
            "Whether someone besides its translator has read the translation against the original; true for the original.",
        ),
        list(
            "untranslated",
            Scalar::Enum(closed::<LessonPart>),
            UNTRANSLATED,
            "What the translation leaves out: these texts are in `originalLanguage`.",
        ),
        text("title", best!("title"), "The title."),
        text("abstract", best!("abstract"), "The gist; empty in an unfinished draft, as any text here."),
        text("context", best!("context"), "Where and under which circumstances it happened."),
        text("problem", best!("problem"), "What was to be solved."),
        text("whatWasDone", best!("what_was_done"), "What was done about it."),
        text("result", best!("result"), "What came of it, in words."),
        sourced(
            "enablingConditions",
            Scalar::Text,
            false,
            best_list!("enabling_conditions"),
            "What helped, one condition an item.",
        ),
        sourced(
            "hinderingConditions",
            Scalar::Text,
            false,
            best_list!("hindering_conditions"),
            "What hindered, one condition an item.",
        ),
        text("whoGained", best!("who_gained"), "Who gained from it."),
        text("whoLost", best!("who_lost"), "Who lost by it."),
    ],
    relations: &[one(
        "translation",
        &LESSON_TRANSLATION,
        true,
        "{t}.id = {p_b}.id",
        "The translation from which the texts are; null where they are the original's.",
    )],
    filters: &[],
    sorts: &[],
};

const fn text(name: &'static str, sql: &'static str, description: &'static str) -> Field {
    field(name, Scalar::Text, sql, description)
}

const UNTRANSLATED: &str = concat!(
    "SELECT m.v FROM (",
    left_out!("1", "ABSTRACT", "abstract", ""),
    " UNION ALL ",
    left_out!("2", "CONTEXT", "context", ""),
    " UNION ALL ",
    left_out!("3", "PROBLEM", "problem", ""),
    " UNION ALL ",
    left_out!("4", "WHAT_WAS_DONE", "what_was_done", ""),
    " UNION ALL ",
    left_out!("5", "RESULT", "result", ""),
    " UNION ALL ",
    left_out!("6", "ENABLING_CONDITIONS", "enabling_conditions", "[]"),
    " UNION ALL ",
    left_out!("7", "HINDERING_CONDITIONS", "hindering_conditions", "[]"),
    " UNION ALL ",
    left_out!("8", "WHO_GAINED", "who_gained", ""),
    " UNION ALL ",
    left_out!("9", "WHO_LOST", "who_lost", ""),
    ") m ORDER BY m.n"
);
