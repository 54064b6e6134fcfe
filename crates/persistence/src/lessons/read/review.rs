//! The review thread, and endorsements.

use maip_domain::lessons::ReviewEntryKind;
use maip_domain::policy::rules::lessons::{
    ENDORSEMENT as ENDORSEMENT_POLICY, REVIEW_ENTRY as REVIEW_ENTRY_POLICY,
};
use maip_domain::policy::{Attribute, Related};

use super::{LESSON, LESSON_VERSION};
use crate::identity::read::ACCOUNT;
use crate::read::declare::{
    Entity, FilterType, Join, Scalar, closed, field, filter, newest_first, oldest_first, one,
};
use crate::vocabulary::read::COUNTRY;

/// What both have of their lesson, and what else one of them has.
macro_rules! attributes_of_lesson {
    ($($more:expr)?) => {
        &[
            $($more,)?
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
        ]
    };
}

const LESSON_OF_IT: Join = Join { name: "l", table: "lessons", on: "{l}.id = {t}.lesson_id" };

const CONTRIBUTORS: (Related, &str) = (
    Related::Contributors,
    "SELECT x.account_id AS v FROM lesson_contributors x WHERE x.lesson_id = {t}.lesson_id AND x.part <> 'ASKED'",
);

/// A remark in a review.
pub static REVIEW_ENTRY: Entity = Entity {
    name: "ReviewEntry",
    description: "A remark in the review of a lesson, seen by its authors and reviewers alone.",
    prefix: Some("review"),
    table: "review_entries",
    key: "id",
    policy: &REVIEW_ENTRY_POLICY,
    joins: &[LESSON_OF_IT, Join { name: "v", table: "lesson_versions", on: "{v}.id = {t}.version_id" }],
    attributes: attributes_of_lesson!((
        Attribute::HandedIn,
        "CASE WHEN {v}.submitted_at IS NOT NULL THEN 'YES' END"
    )),
    related: &[CONTRIBUTORS],
    fields: &[
        field("id", Scalar::Id, "{t}.id", "Its id."),
        field("kind", Scalar::Enum(closed::<ReviewEntryKind>), "{t}.kind", "What it is."),
        field("text", Scalar::Text, "{t}.text", "What was said."),
        field("createdAt", Scalar::Instant, "{t}.created_at", "When it was said."),
    ],
    relations: &[
        one("author", &ACCOUNT, true, "{t}.id = {p}.author_id", "Who said it."),
        one("version", &LESSON_VERSION, true, "{t}.id = {p}.version_id", "About which version."),
        one("lesson", &LESSON, true, "{t}.id = {p}.lesson_id", "About which lesson."),
    ],
    filters: &[filter(
        "kind",
        FilterType::AnyOf(Scalar::Enum(closed::<ReviewEntryKind>)),
        "{t}.kind IN {in}",
        "Of one of these kinds.",
    )],
    sorts: &[oldest_first("By time, oldest first.")],
};

/// An endorsement.
pub static ENDORSEMENT: Entity = Entity {
    name: "Endorsement",
    description: "A country's word for a lesson, given by its national focal point.",
    prefix: Some("endorsement"),
    table: "endorsements",
    key: "id",
    policy: &ENDORSEMENT_POLICY,
    joins: &[LESSON_OF_IT],
    attributes: attributes_of_lesson!(),
    related: &[CONTRIBUTORS],
    fields: &[
        field("id", Scalar::Id, "{t}.id", "Its id."),
        field("note", Scalar::Text, "{t}.note", "Why, in the focal point's words; may be empty."),
        field("createdAt", Scalar::Instant, "{t}.created_at", "When it was given."),
    ],
    relations: &[
        one("country", &COUNTRY, false, "{t}.id = {p}.country_id", "The country that endorses."),
        one(
            "account",
            &ACCOUNT,
            true,
            "{t}.id = {p}.account_id",
            "The focal point who gave it, where you may see people.",
        ),
        one("version", &LESSON_VERSION, true, "{t}.id = {p}.version_id", "The version that was endorsed."),
        one("lesson", &LESSON, true, "{t}.id = {p}.lesson_id", "The lesson."),
    ],
    filters: &[filter(
        "country",
        FilterType::AnyOf(Scalar::Country),
        "{t}.country_code IN {in}",
        "By one of these countries.",
    )],
    sorts: &[newest_first("By time, newest first.")],
};
