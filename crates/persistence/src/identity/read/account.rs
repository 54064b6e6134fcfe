//! People.

use maip_domain::id::PlatformId;
use maip_domain::identity::{AccountStatus, AgeGroup, LoginKind, Sex};
use maip_domain::policy::rules::identity::{
    ACCOUNT as ACCOUNT_POLICY, LOGIN as LOGIN_POLICY, SEES_STATUS, SELF,
};
use maip_domain::policy::{Attribute, Related};

use super::ORGANISATION;
use crate::cooperation::read::CONTACT_CARD;
use crate::lessons::read::LESSON;
use crate::membership::read::{APPOINTMENT, MEMBERSHIP, PLATFORM};
use crate::read::declare::{
    Entity, FilterType, Scalar, Source, alphabetical, closed, connection, field, filter, many, newest_first,
    one, optional, sourced, visible,
};
use crate::vocabulary::read::COUNTRY;

/// The login of an account, for the person alone.
pub static LOGIN: Entity = Entity {
    name: "Login",
    description: "The login of an account.",
    prefix: None,
    table: "accounts",
    key: "id",
    policy: &LOGIN_POLICY,
    joins: &[],
    attributes: &[(Attribute::Id, "{t}.id")],
    related: &[],
    fields: &[],
    relations: &[],
    filters: &[],
    sorts: &[],
};

const CANDIDATE: &str = "SELECT m.platform_id AS v FROM memberships m WHERE m.account_id = {t}.id \
                         AND m.status IN ('INVITED', 'REQUESTED', 'ACTIVE', 'SUSPENDED')";
const CANDIDATE_COUNTRIES: &str = "SELECT m.platform_country_code AS v FROM memberships m \
                                   WHERE m.account_id = {t}.id \
                                   AND m.status IN ('INVITED', 'REQUESTED', 'ACTIVE', 'SUSPENDED')";

/// A person.
pub static ACCOUNT: Entity = Entity {
    name: "Account",
    description: "A person, as others see them: a name, never a login. Contact details are on contact cards.",
    prefix: Some("account"),
    table: "accounts",
    key: "id",
    policy: &ACCOUNT_POLICY,
    joins: &[],
    attributes: &[
        (Attribute::Id, "{t}.id"),
        (Attribute::State, "{t}.status"),
        (Attribute::Country, "(SELECT c.code FROM countries c WHERE c.id = {t}.country_id)"),
        (
            // What a code that is read out would open besides the person's own: nobody reads one out
            // to who holds an OFFICE, is a MANAGER of an organisation, or works for platforms while a
            // member in SEVERAL_COUNTRIES; whoever works for platforms of one country is a FACILITATOR
            // here, also as their secretary or broker.
            Attribute::Role,
            "CASE WHEN {t}.system_administrator OR EXISTS (SELECT 1 FROM appointments o \
             WHERE o.account_id = {t}.id AND (o.ends_at IS NULL OR \
             (o.ends_at > {now} AND o.ends_at > o.starts_at))) THEN 'OFFICE' \
             WHEN EXISTS (SELECT 1 FROM organisation_people p WHERE p.account_id = {t}.id AND p.manager) \
             THEN 'MANAGER' \
             WHEN EXISTS (SELECT 1 FROM memberships m WHERE m.account_id = {t}.id AND m.status = 'ACTIVE' \
             AND m.role IN ('FACILITATOR', 'SECRETARY', 'BROKER')) THEN \
             CASE (SELECT COUNT(DISTINCT m.platform_country_code) FROM memberships m \
             WHERE m.account_id = {t}.id AND m.status = 'ACTIVE') WHEN 1 THEN 'FACILITATOR' \
             ELSE 'SEVERAL_COUNTRIES' END END",
        ),
    ],
    related: &[
        (
            Related::MemberPlatforms,
            "SELECT m.platform_id AS v FROM memberships m WHERE m.account_id = {t}.id AND m.status = 'ACTIVE'",
        ),
        (
            Related::MemberCountries,
            "SELECT m.platform_country_code AS v FROM memberships m WHERE m.account_id = {t}.id \
             AND m.status = 'ACTIVE'",
        ),
        (Related::CandidatePlatforms, CANDIDATE),
        (Related::CandidateCountries, CANDIDATE_COUNTRIES),
        (
            Related::Organisations,
            "SELECT p.organisation_id AS v FROM organisation_people p WHERE p.account_id = {t}.id",
        ),
    ],
    fields: &[
        field("id", Scalar::Id, "{t}.id", "The account's id."),
        field(
            "displayName",
            Scalar::Text,
            "{t}.display_name",
            "The name under which the person is known here. After erasure it is a pseudonym.",
        ),
        field(
            "language",
            Scalar::Language,
            "{t}.language",
            "The language in which the person prefers to read.",
        ),
        field(
            "status",
            Scalar::Enum(closed::<AccountStatus>),
            "{t}.status",
            "The state of the account: for the person and for those who manage members.",
        )
        .shown_to(&SEES_STATUS),
        field(
            "registeredByOther",
            Scalar::Bool,
            "({t}.registered_by IS NOT NULL)",
            "Whether someone else registered the person; for the person and for those who manage members.",
        )
        .shown_to(&SEES_STATUS),
        sourced(
            "login",
            Scalar::Text,
            true,
            Source::Sealed {
                of: &LOGIN,
                on: "{t}.id = {p}.id AND {t}.login_sealed IS NOT NULL",
                value: "{t}.login_sealed",
                field: "LOGIN",
                logged: false,
            },
            "Your own login; null for everyone else's.",
        ),
        optional(
            "loginKind",
            Scalar::Enum(closed::<LoginKind>),
            "{t}.login_kind",
            "What your own login is; null for everyone else's.",
        )
        .shown_to(&SELF),
        optional(
            "loginVerifiedAt",
            Scalar::Instant,
            "{t}.login_verified_at",
            "When a code last proved that your login is yours; null for everyone else's.",
        )
        .shown_to(&SELF),
        field(
            "systemAdministrator",
            Scalar::Bool,
            "{t}.system_administrator",
            "Whether you are the system administrator; null for everyone else.",
        )
        .shown_to(&SELF),
        optional(
            "sex",
            Scalar::Enum(closed::<Sex>),
            "{t}.sex",
            "As you declared it for counts; null for everyone else.",
        )
        .shown_to(&SELF),
        optional(
            "ageGroup",
            Scalar::Enum(closed::<AgeGroup>),
            "{t}.age_group",
            "As you declared it for counts; null for everyone else.",
        )
        .shown_to(&SELF),
        field("createdAt", Scalar::Instant, "{t}.created_at", "When the account was made."),
        field("updatedAt", Scalar::Instant, "{t}.updated_at", "When it last changed."),
        field(
            "revision",
            Scalar::Int,
            "{t}.revision",
            "Name it as `expectedRevision` when you change the account.",
        ),
    ],
    relations: &[
        one("country", &COUNTRY, true, "{t}.id = {p}.country_id", "The person's country."),
        one(
            "registeredBy",
            &ACCOUNT,
            true,
            "{t}.id = {p}.registered_by",
            "Who registered the person on their behalf; for the person and for those who manage members.",
        )
        .shown_to(&SEES_STATUS),
        connection(
            "memberships",
            &MEMBERSHIP,
            "{t}.account_id = {p}.id",
            "The person's memberships in platforms, as far as you may see them.",
        ),
        many(
            "appointments",
            &APPOINTMENT,
            "{t}.starts_at, {t}.id",
            "{t}.account_id = {p}.id AND {t}.starts_at <= {now} AND ({t}.ends_at IS NULL OR {t}.ends_at > {now})",
            "The offices that the person holds now.",
        ),
        many(
            "organisations",
            &ORGANISATION,
            "{t}.sort_key, {t}.id",
            "{t}.id IN (SELECT x.organisation_id FROM organisation_people x WHERE x.account_id = {p}.id)",
            "The organisations that the person belongs to.",
        ),
        connection(
            "contactCards",
            &CONTACT_CARD,
            "{t}.account_id = {p}.id",
            "What the person offers help with in the contact directory: the way to get in touch.",
        ),
        connection(
            "lessons",
            &LESSON,
            "{t}.author_id = {p}.id AND {t}.attribution = 'NAME'",
            "The lessons that the person wrote under their name.",
        ),
    ],
    filters: &[
        filter(
            "name",
            FilterType::SortKey,
            "{t}.sort_key >= {?} AND {t}.sort_key < {?} || '\u{10ffff}'",
            "Whose name begins so; case and accents make no difference.",
        ),
        filter(
            "country",
            FilterType::AnyOf(Scalar::Country),
            "{t}.country_id IN (SELECT x.id FROM countries x WHERE x.code IN {in})",
            "Of one of these countries.",
        ),
        visible(
            "platform",
            FilterType::Ids(PlatformId::PREFIX),
            &PLATFORM,
            "{t}.id IN {in} AND EXISTS (SELECT 1 FROM my_memberships y WHERE y.platform_id = {t}.id) \
             AND EXISTS (SELECT 1 FROM memberships x WHERE x.platform_id = {t}.id AND x.account_id = {p}.id \
             AND x.status = 'ACTIVE' AND {p}.status IN ('ACTIVE', 'UNCLAIMED'))",
            "Fellow members in one of these platforms of yours.",
        ),
    ],
    sorts: &[alphabetical("NAME", "By name."), newest_first("By the time of registration, latest first.")],
};
