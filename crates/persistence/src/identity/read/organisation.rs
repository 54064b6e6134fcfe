//! Organisations and their API tokens.

use maip_domain::identity::OrganisationKind;
use maip_domain::identity::scope::Scope;
use maip_domain::policy::rules::identity::{
    API_TOKEN as API_TOKEN_POLICY, MANAGES_ORGANISATION, ORGANISATION as ORGANISATION_POLICY, SEES_CLEARANCE,
};
use maip_domain::policy::{Attribute, Related};
use maip_domain::vocabulary::Region;

use super::ACCOUNT;
use crate::cooperation::read::CONTACT_CARD;
use crate::lessons::read::LESSON;
use crate::membership::read::MEMBERSHIP;
use crate::read::declare::{
    Entity, FilterType, Scalar, alphabetical, closed, connection, field, filter, list, many, newest_first,
    one, optional,
};
use crate::vocabulary::read::COUNTRY;

/// An organisation.
pub static ORGANISATION: Entity = Entity {
    name: "Organisation",
    description: "An organisation: a member of platforms like a person, and, where cleared for it, a partner \
                  that reads through the API.",
    prefix: Some("organisation"),
    table: "organisations",
    key: "id",
    policy: &ORGANISATION_POLICY,
    joins: &[],
    attributes: &[
        (Attribute::Id, "{t}.id"),
        (Attribute::State, "CASE WHEN {t}.verified_at IS NOT NULL THEN 'VERIFIED' END"),
        (Attribute::Country, "(SELECT c.code FROM countries c WHERE c.id = {t}.country_id)"),
        (Attribute::Region, "(SELECT c.region FROM countries c WHERE c.id = {t}.country_id)"),
    ],
    related: &[(
        Related::Invited,
        "SELECT x.account_id AS v FROM organisation_manager_requests x WHERE x.organisation_id = {t}.id",
    )],
    fields: &[
        field("id", Scalar::Id, "{t}.id", "Its id."),
        field("name", Scalar::Text, "{t}.name", "Its name."),
        field("kind", Scalar::Enum(closed::<OrganisationKind>), "{t}.kind", "What kind of body it is."),
        optional("website", Scalar::Text, "{t}.website", "The address of its website."),
        optional(
            "verifiedAt",
            Scalar::Instant,
            "{t}.verified_at",
            "When a focal point or the secretariat confirmed that it is what it says; null until then.",
        ),
        list(
            "clearedScopes",
            Scalar::Enum(closed::<Scope>),
            "SELECT x.scope AS v FROM organisation_clearances x WHERE x.organisation_id = {t}.id ORDER BY x.scope",
            "What its API tokens may be allowed at most; for its people, the secretariat and the system \
             administrator.",
        )
        .shown_to(&SEES_CLEARANCE),
        field("createdAt", Scalar::Instant, "{t}.created_at", "When it was entered."),
        field("updatedAt", Scalar::Instant, "{t}.updated_at", "When it last changed."),
        field("revision", Scalar::Int, "{t}.revision", "Name it as `expectedRevision` when you change it."),
    ],
    relations: &[
        one("country", &COUNTRY, true, "{t}.id = {p}.country_id", "Its country; null for an international one."),
        many(
            "managers",
            &ACCOUNT,
            "{t}.sort_key, {t}.id",
            "{t}.id IN (SELECT x.account_id FROM organisation_people x WHERE x.organisation_id = {p}.id AND x.manager)",
            "Who manages it, as far as you may see them.",
        ),
        many(
            "askedManagers",
            &ACCOUNT,
            "{t}.sort_key, {t}.id",
            "{t}.id IN (SELECT x.account_id FROM organisation_manager_requests x WHERE x.organisation_id = {p}.id)",
            "Who was named as a manager and hasn't answered yet; for its managers and the secretariat.",
        )
        .shown_to(&MANAGES_ORGANISATION),
        connection(
            "people",
            &ACCOUNT,
            "{t}.id IN (SELECT x.account_id FROM organisation_people x WHERE x.organisation_id = {p}.id)",
            "Who belongs to it, managers included, as far as you may see them.",
        ),
        connection("memberships", &MEMBERSHIP, "{t}.organisation_id = {p}.id", "The platforms that it belongs to."),
        connection(
            "contactCards",
            &CONTACT_CARD,
            "{t}.organisation_id = {p}.id",
            "What it offers help with in the contact directory.",
        ),
        connection(
            "lessons",
            &LESSON,
            "{t}.organisation_id = {p}.id AND {t}.attribution IN ('NAME', 'ORGANISATION')",
            "The lessons written on its behalf.",
        ),
        connection(
            "apiTokens",
            &API_TOKEN,
            "{t}.organisation_id = {p}.id",
            "Its API tokens, without their secrets; for its managers and the system administrator.",
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
            "kind",
            FilterType::AnyOf(Scalar::Enum(closed::<OrganisationKind>)),
            "{t}.kind IN {in}",
            "Of one of these kinds.",
        ),
        filter(
            "country",
            FilterType::AnyOf(Scalar::Country),
            "{t}.country_id IN (SELECT x.id FROM countries x WHERE x.code IN {in})",
            "In one of these countries.",
        ),
        filter(
            "region",
            FilterType::AnyOf(Scalar::Enum(closed::<Region>)),
            "{t}.country_id IN (SELECT x.id FROM countries x WHERE x.region IN {in})",
            "In one of these FAO regions.",
        ),
        filter(
            "verified",
            FilterType::One(Scalar::Bool),
            "({t}.verified_at IS NOT NULL) = {?}",
            "Verified ones, or those that wait for it.",
        ),
    ],
    sorts: &[
        alphabetical("NAME", "By name."),
        newest_first("By the time of entry, latest first."),
    ],
};

/// An API token.
pub static API_TOKEN: Entity = Entity {
    name: "ApiToken",
    description: "An API token of an organisation, without its secret, which is shown once, when it is made.",
    prefix: Some("token"),
    table: "api_tokens",
    key: "id",
    policy: &API_TOKEN_POLICY,
    joins: &[],
    attributes: &[
        (Attribute::Organisation, "{t}.organisation_id"),
        (Attribute::State, "CASE WHEN {t}.revoked_at IS NOT NULL THEN 'REVOKED' END"),
    ],
    related: &[],
    fields: &[
        field("id", Scalar::Id, "{t}.id", "Its id."),
        field("name", Scalar::Text, "{t}.name", "What it is for, in the words of who made it."),
        field("hint", Scalar::Text, "{t}.hint", "The beginning of the secret, by which to recognise it."),
        list(
            "scopes",
            Scalar::Enum(closed::<Scope>),
            "SELECT x.scope AS v FROM api_token_scopes x WHERE x.token_id = {t}.id ORDER BY x.scope",
            "What it may do, as far as the organisation is still cleared for it.",
        ),
        field(
            "allCountries",
            Scalar::Bool,
            "{t}.all_countries",
            "Whether it reads records of all countries; else of `countries` only.",
        ),
        list(
            "countries",
            Scalar::Country,
            "SELECT x.country_code AS v FROM api_token_countries x WHERE x.token_id = {t}.id ORDER BY x.country_code",
            "The countries whose records it reads; empty where it reads all.",
        ),
        field("expiresAt", Scalar::Instant, "{t}.expires_at", "When it stops working."),
        optional("revokedAt", Scalar::Instant, "{t}.revoked_at", "When it was revoked."),
        optional(
            "lastUsedAt",
            Scalar::Instant,
            "{t}.last_used_at",
            "When it was last used, to about a minute.",
        ),
        optional(
            "overlapsUntil",
            Scalar::Instant,
            "(SELECT MIN(x.expires_at) FROM api_token_secrets x WHERE x.token_id = {t}.id \
             AND x.expires_at > {now} AND x.expires_at < {t}.expires_at)",
            "Until when the former secret works too, after a rotation.",
        ),
        field("createdAt", Scalar::Instant, "{t}.created_at", "When it was made."),
        field("updatedAt", Scalar::Instant, "{t}.updated_at", "When it last changed."),
        field("revision", Scalar::Int, "{t}.revision", "Name it as `expectedRevision` when you change it."),
    ],
    relations: &[
        one("organisation", &ORGANISATION, false, "{t}.id = {p}.organisation_id", "Whose it is."),
        one("createdBy", &ACCOUNT, true, "{t}.id = {p}.created_by", "Who made it."),
    ],
    filters: &[filter(
        "usable",
        FilterType::One(Scalar::Bool),
        "({t}.revoked_at IS NULL AND {t}.expires_at > {now}) = {?}",
        "Those that still work, or only the others.",
    )],
    sorts: &[newest_first("By age, newest first.")],
};
