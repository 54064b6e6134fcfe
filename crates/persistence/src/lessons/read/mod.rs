//! How lessons and what belongs to them are read.

mod attachment;
mod lesson;
mod replication;
mod review;
mod review_level;
mod text;
mod translation;
mod translation_request;
mod version;

#[cfg(test)]
mod tests;

use maip_domain::identity::scope::Scope;

pub use attachment::LESSON_ATTACHMENT;
pub use lesson::LESSON;
pub use replication::{REPLICATION, REPLICATION_OUTCOMES};
pub use review::{ENDORSEMENT, REVIEW_ENTRY};
pub use text::LESSON_TEXT;
pub use translation::LESSON_TRANSLATION;
pub use translation_request::TRANSLATION_REQUEST;
pub use version::{LESSON_COST, LESSON_VERSION};

use crate::read::declare::{RootField, RootKind};

/// What a version still lacks, by code: `maip_domain::lessons::missing_for_submission` in SQL, which
/// a test holds to it. `$v` is the template of the version's row.
macro_rules! missing {
    ($v:literal) => {
        concat!(
            "SELECT m.v FROM (",
            "SELECT 1 AS n, 'TITLE' AS v WHERE ",
            crate::lessons::read::blank!($v, "title"),
            " UNION ALL SELECT 2, 'ABSTRACT' WHERE ",
            crate::lessons::read::blank!($v, "abstract"),
            " UNION ALL SELECT 3, 'CONTEXT' WHERE ",
            crate::lessons::read::blank!($v, "context"),
            " UNION ALL SELECT 4, 'PROBLEM' WHERE ",
            crate::lessons::read::blank!($v, "problem"),
            " UNION ALL SELECT 5, 'WHAT_WAS_DONE' WHERE ",
            crate::lessons::read::blank!($v, "what_was_done"),
            " UNION ALL SELECT 6, 'RESULT' WHERE ",
            crate::lessons::read::blank!($v, "result"),
            " UNION ALL SELECT 7, 'OUTCOME' WHERE ",
            $v,
            ".outcome IS NULL",
            " UNION ALL SELECT 8, 'CONCEPTS' WHERE NOT EXISTS (SELECT 1 FROM lesson_version_concepts c",
            " WHERE c.version_id = ",
            $v,
            ".id) UNION ALL SELECT 9, 'CONDITIONS' WHERE ",
            $v,
            ".enabling_conditions = '[]' AND ",
            $v,
            ".hindering_conditions = '[]'",
            " UNION ALL SELECT 10, 'ATTACHMENTS' WHERE EXISTS (SELECT 1 FROM lesson_attachments c",
            " WHERE c.version_id = ",
            $v,
            ".id AND c.state <> 'READY') UNION ALL SELECT 11, 'TRANSCRIPTS' WHERE EXISTS (SELECT 1",
            " FROM lesson_attachments c WHERE c.version_id = ",
            $v,
            ".id AND c.kind = 'AUDIO' AND (c.transcript_language IS NULL OR ",
            crate::lessons::read::blank!("c", "transcript"),
            ")) UNION ALL SELECT 12, 'PEOPLE_SHOWN' WHERE EXISTS (SELECT 1 FROM lesson_attachments c",
            " WHERE c.version_id = ",
            $v,
            ".id AND c.people_shown = 'NOT_ASKED')) m ORDER BY m.n"
        )
    };
}

/// Whether a text has nothing but white space, as Unicode and Rust's `trim` know it.
macro_rules! blank {
    ($v:literal, $column:literal) => {
        concat!(
            "trim(",
            $v,
            ".",
            $column,
            ", '\t\n\u{b}\u{c}\r \u{85}\u{a0}\u{1680}\u{2000}\u{2001}\u{2002}\u{2003}\u{2004}\u{2005}\u{2006}",
            "\u{2007}\u{2008}\u{2009}\u{200a}\u{2028}\u{2029}\u{202f}\u{205f}\u{3000}') = ''"
        )
    };
}

use review_level::review_level;
use {blank, missing};

/// Root fields of this feature.
pub static ROOTS: &[RootField] = &[
    RootField {
        name: "lessons",
        description: "Lessons: published ones, and of the others those that you have to do with.",
        entity: &LESSON,
        kind: RootKind::Connection { only: None, among: None },
        scope: Some(Scope::LessonsRead),
    },
    RootField {
        name: "lesson",
        description: "One lesson.",
        entity: &LESSON,
        kind: RootKind::ById,
        scope: Some(Scope::LessonsRead),
    },
    RootField {
        name: "replications",
        description: "Tries of lessons elsewhere, failures included.",
        entity: &REPLICATION,
        kind: RootKind::Connection { only: None, among: None },
        scope: Some(Scope::LessonsRead),
    },
    RootField {
        name: "replication",
        description: "One try of a lesson.",
        entity: &REPLICATION,
        kind: RootKind::ById,
        scope: Some(Scope::LessonsRead),
    },
    RootField {
        name: "translationRequests",
        description: "Translations of lessons that members wish for. Work to be taken is in the state OPEN.",
        entity: &TRANSLATION_REQUEST,
        kind: RootKind::Connection { only: None, among: None },
        scope: Some(Scope::TranslationsWrite),
    },
    RootField {
        name: "translationRequest",
        description: "One wish for a translation.",
        entity: &TRANSLATION_REQUEST,
        kind: RootKind::ById,
        scope: Some(Scope::TranslationsWrite),
    },
];
