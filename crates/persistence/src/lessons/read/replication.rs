//! Tries of lessons elsewhere.

use maip_domain::id::{LessonId, PlatformId};
use maip_domain::lessons::{Outcome, ReplicationConclusion, ReplicationStatus};
use maip_domain::policy::rules::lessons::REPLICATION as REPLICATION_POLICY;
use maip_domain::policy::rules::record::PART;
use maip_domain::policy::{Attribute, Related};
use maip_domain::vocabulary::Region;

use super::{LESSON, LESSON_VERSION, review_level};
use crate::identity::read::ACCOUNT;
use crate::membership::read::PLATFORM;
use crate::read::declare::{
    Entity, FilterType, Join, Scalar, Source, closed, field, filter, list, newest_first, one, optional,
    sourced, visible,
};
use crate::vocabulary::read::COUNTRY;

/// A try of a lesson.
pub static REPLICATION: Entity = Entity {
    name: "Replication",
    description: "A try of one version of a lesson by another platform. Failures are as welcome as successes.",
    prefix: Some("replication"),
    table: "replications",
    key: "id",
    policy: &REPLICATION_POLICY,
    joins: &[Join { name: "l", table: "lessons", on: "{l}.id = {t}.lesson_id" }],
    attributes: &[
        (Attribute::State, "{t}.status"),
        (Attribute::Platform, "{t}.platform_id"),
        (Attribute::Country, "{t}.country_code"),
        (Attribute::Region, "{t}.region"),
        (Attribute::Owner, "{t}.created_by"),
        (Attribute::ParentState, "{l}.status"),
        (Attribute::Visibility, "{l}.visibility"),
        (Attribute::ParentPlatform, "{l}.platform_id"),
        (Attribute::ParentCountry, "{l}.country_code"),
        (
            Attribute::ReviewLevel,
            review_level!(
                "{t}.lesson_id",
                "{l}.organisation_id",
                " AND r.account_id <> {t}.created_by \
                 AND NOT EXISTS (SELECT 1 FROM replication_people x WHERE x.replication_id = {t}.id \
                 AND x.account_id = r.account_id) \
                 AND NOT EXISTS (SELECT 1 FROM memberships x WHERE x.platform_id = {t}.platform_id \
                 AND x.account_id = r.account_id AND x.status = 'ACTIVE' \
                 AND x.role IN ('FACILITATOR', 'SECRETARY', 'BROKER'))"
            ),
        ),
    ],
    related: &[
        (
            Related::Contributors,
            "SELECT x.account_id AS v FROM lesson_contributors x WHERE x.lesson_id = {t}.lesson_id \
             AND x.part <> 'ASKED'",
        ),
        (
            Related::AuthoringOrganisations,
            "SELECT x.organisation_id AS v FROM lessons x WHERE x.id = {t}.lesson_id AND x.organisation_id IS NOT NULL",
        ),
        (
            Related::Triers,
            "SELECT x.account_id AS v FROM replication_people x WHERE x.replication_id = {t}.id",
        ),
    ],
    fields: &[
        field("id", Scalar::Id, "{t}.id", "Its id."),
        field("status", Scalar::Enum(closed::<ReplicationStatus>), "{t}.status", "How far it has come."),
        optional(
            "outcome",
            Scalar::Enum(closed::<Outcome>),
            "{t}.outcome",
            "Whether it worked; null until it is concluded.",
        ),
        optional(
            "conclusion",
            Scalar::Enum(closed::<ReplicationConclusion>),
            "{t}.conclusion",
            "As what it was concluded, also once that is verified; null until then.",
        ),
        list(
            "conditionsHeld",
            Scalar::Text,
            "SELECT x.text AS v FROM replication_conditions x WHERE x.replication_id = {t}.id AND x.held \
             ORDER BY x.position",
            "Conditions of the lesson that were there, as far as it has come.",
        ),
        list(
            "conditionsMissing",
            Scalar::Text,
            "SELECT x.text AS v FROM replication_conditions x WHERE x.replication_id = {t}.id AND NOT x.held \
             ORDER BY x.position",
            "Conditions of the lesson that were missing, as far as it has come.",
        ),
        field(
            "note",
            Scalar::Text,
            "{t}.note",
            "What happened, in the words of those who tried; may be empty.",
        ),
        optional(
            "trialStartedAt",
            Scalar::Instant,
            "{t}.trial_at",
            "When it was first said how the trial went.",
        ),
        optional("concludedAt", Scalar::Instant, "{t}.concluded_at", "When it was concluded."),
        optional(
            "verifiedAt",
            Scalar::Instant,
            "{t}.verified_at",
            "When someone else verified what is said of it.",
        ),
        field(
            "verificationNote",
            Scalar::Text,
            "{t}.verification_note",
            "How it was verified, and what was found; empty until then.",
        ),
        field("createdAt", Scalar::Instant, "{t}.created_at", "When it was planned."),
        field("updatedAt", Scalar::Instant, "{t}.updated_at", "When it last changed."),
        field("revision", Scalar::Int, "{t}.revision", "Name it as `expectedRevision` when you change it."),
    ],
    relations: &[
        one("lesson", &LESSON, true, "{t}.id = {p}.lesson_id", "The lesson, where you may see it."),
        one(
            "version",
            &LESSON_VERSION,
            true,
            "{t}.id = {p}.version_id",
            "The version that was tried; a later one leaves it as it is.",
        ),
        one("platform", &PLATFORM, true, "{t}.id = {p}.platform_id", "Who tried it, where you may see it."),
        one("country", &COUNTRY, false, "{t}.id = {p}.country_id", "Where it was tried."),
        one(
            "createdBy",
            &ACCOUNT,
            true,
            "{t}.id = {p}.created_by",
            "Who planned it, where you may see people.",
        ),
        one(
            "verifiedBy",
            &ACCOUNT,
            true,
            "{t}.id = {p}.verified_by",
            "Who verified it, where you may see people: a reviewer of its country who had no part in it.",
        ),
    ],
    filters: &[
        filter(
            "status",
            FilterType::AnyOf(Scalar::Enum(closed::<ReplicationStatus>)),
            "{t}.status IN {in}",
            "In one of these states.",
        ),
        filter(
            "outcome",
            FilterType::AnyOf(Scalar::Enum(closed::<Outcome>)),
            "{t}.outcome IN {in}",
            "With one of these outcomes.",
        ),
        filter(
            "country",
            FilterType::AnyOf(Scalar::Country),
            "{t}.country_code IN {in}",
            "Tried in one of these countries.",
        ),
        filter(
            "region",
            FilterType::AnyOf(Scalar::Enum(closed::<Region>)),
            "{t}.region IN {in}",
            "Tried in one of these FAO regions.",
        ),
        visible(
            "platform",
            FilterType::Ids(PlatformId::PREFIX),
            &PLATFORM,
            "{t}.id = {p}.platform_id AND {t}.id IN {in}",
            "Tried by one of these platforms, as far as you may see them.",
        ),
        visible(
            "lesson",
            FilterType::Ids(LessonId::PREFIX),
            &LESSON,
            "{t}.id = {p}.lesson_id AND {t}.id IN {in}",
            "Of one of these lessons, as far as you may see them.",
        ),
    ],
    sorts: &[newest_first("By the time of planning, latest first.")],
};

const fn count(
    name: &'static str,
    on: &'static str,
    description: &'static str,
) -> crate::read::declare::Field {
    sourced(name, Scalar::Int, false, Source::CountOf { of: &REPLICATION, on }, description)
}

/// What came of the replications of a lesson, in numbers.
pub static REPLICATION_OUTCOMES: Entity = Entity {
    name: "ReplicationOutcomes",
    description: "What came of the replications of a lesson that you may see, in numbers.",
    prefix: None,
    table: "lessons",
    key: "id",
    policy: &PART,
    joins: &[],
    attributes: &[],
    related: &[],
    fields: &[
        count("total", "{t}.lesson_id = {p}.id", "All of them, planned ones included."),
        count("underway", "{t}.lesson_id = {p}.id AND {t}.outcome IS NULL", "Planned or being tried."),
        count("worked", "{t}.lesson_id = {p}.id AND {t}.outcome = 'WORKED'", "Concluded: it worked."),
        count(
            "partly",
            "{t}.lesson_id = {p}.id AND {t}.outcome = 'PARTLY'",
            "Concluded: it worked in part, or for some.",
        ),
        count("failed", "{t}.lesson_id = {p}.id AND {t}.outcome = 'FAILED'", "Concluded: it didn't work."),
    ],
    relations: &[],
    filters: &[],
    sorts: &[],
};
