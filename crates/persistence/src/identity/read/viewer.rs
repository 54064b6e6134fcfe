//! The one who asks.

use maip_domain::identity::scope::Scope;
use maip_domain::policy::Attribute;
use maip_domain::policy::rules::identity::{SESSION as SESSION_POLICY, VIEWER as VIEWER_POLICY};

use super::{ACCOUNT, ORGANISATION};
use crate::cooperation::read::{CONTACT_CARD, DISCLOSURE, INTRODUCTION};
use crate::lessons::read::LESSON;
use crate::membership::read::{APPOINTMENT, MEMBERSHIP};
use crate::read::declare::{
    Entity, Scalar, Source, closed, connection, field, list, many, one, optional, sourced,
};

/// The one who asks.
pub static VIEWER: Entity = Entity {
    name: "Viewer",
    description: "You, as the server knows you: a person with a session, or an organisation's API token.",
    prefix: None,
    table: "me",
    key: "expires_at",
    policy: &VIEWER_POLICY,
    joins: &[],
    attributes: &[],
    related: &[],
    fields: &[
        list(
            "scopes",
            Scalar::Enum(closed::<Scope>),
            "SELECT x.scope AS v FROM api_token_scopes x JOIN organisation_clearances y \
             ON y.organisation_id = {t}.organisation_id AND y.scope = x.scope \
             WHERE x.token_id = {t}.token_id ORDER BY x.scope",
            "What the token may do now; empty for a person, whom roles and offices allow what they may do.",
        ),
        list(
            "countries",
            Scalar::Country,
            "SELECT x.country_code AS v FROM api_token_countries x WHERE x.token_id = {t}.token_id \
             ORDER BY x.country_code",
            "The countries to which the token is restricted; empty for a person, and where it reads all.",
        ),
        field(
            "allCountries",
            Scalar::Bool,
            "{t}.all_countries",
            "Whether records of all countries can be read; else those of `countries` only.",
        ),
        optional(
            "tokenExpiresAt",
            Scalar::Instant,
            "CASE WHEN {t}.token_id IS NOT NULL THEN {t}.expires_at END",
            "When the API token stops working; null for a person.",
        ),
        optional(
            "sessionExpiresAt",
            Scalar::Instant,
            "CASE WHEN {t}.session_id IS NOT NULL THEN {t}.expires_at END",
            "When the session ends unless it is refreshed; null for a token.",
        ),
    ],
    relations: &[
        one("account", &ACCOUNT, true, "{t}.id = {p}.account_id", "The person; null for a token."),
        one(
            "organisation",
            &ORGANISATION,
            true,
            "{t}.id = {p}.organisation_id",
            "The organisation whose token it is; null for a person.",
        ),
        many(
            "organisations",
            &ORGANISATION,
            "{t}.sort_key, {t}.id",
            "{t}.id IN (SELECT x.organisation_id FROM my_organisations x)",
            "The organisations that you belong to; for a token, its own.",
        ),
        many(
            "memberships",
            &MEMBERSHIP,
            "{t}.created_at, {t}.id",
            "({t}.account_id = {p}.account_id OR {t}.organisation_id = {p}.organisation_id) \
             AND {t}.status IN ('INVITED', 'REQUESTED', 'ACTIVE', 'SUSPENDED')",
            "Your memberships in platforms, and invitations and requests that wait for an answer.",
        ),
        many(
            "appointments",
            &APPOINTMENT,
            "{t}.starts_at, {t}.id",
            "{t}.account_id = {p}.account_id AND {t}.starts_at <= {now} \
             AND ({t}.ends_at IS NULL OR {t}.ends_at > {now})",
            "The offices that you hold now.",
        ),
        connection(
            "lessons",
            &LESSON,
            "EXISTS (SELECT 1 FROM lesson_contributors x WHERE x.account_id = {p}.account_id \
             AND x.lesson_id = {t}.id AND x.part <> 'ASKED')",
            "The lessons that you wrote, wrote with others or recorded, drafts included.",
        ),
        connection(
            "coAuthorRequests",
            &LESSON,
            "EXISTS (SELECT 1 FROM lesson_contributors x WHERE x.account_id = {p}.account_id \
             AND x.lesson_id = {t}.id AND x.part = 'ASKED')",
            "The lessons that name you as a co-author and wait for your answer: `acceptCoAuthorship` or \
             `declineCoAuthorship`.",
        ),
        connection(
            "managerRequests",
            &ORGANISATION,
            "EXISTS (SELECT 1 FROM organisation_manager_requests x WHERE x.account_id = {p}.account_id \
             AND x.organisation_id = {t}.id)",
            "The organisations that name you as a manager and wait for your answer: `acceptOrganisationManagement` \
             or `declineOrganisationManagement`.",
        ),
        connection(
            "contactCards",
            &CONTACT_CARD,
            "({t}.account_id = {p}.account_id OR {t}.organisation_id IN (SELECT x.organisation_id \
             FROM my_organisations x WHERE x.manager))",
            "Your own contact cards and those of the organisations that you manage, retired ones included.",
        ),
        connection(
            "introductions",
            &INTRODUCTION,
            "TRUE",
            "The introductions that you asked for or are asked for.",
        ),
        connection(
            "disclosures",
            &DISCLOSURE,
            "TRUE",
            "Who has read your contact details, and those of organisations that you manage, latest first.",
        ),
        many(
            "sessions",
            &SESSION,
            "{t}.last_used_at DESC, {t}.id",
            "{t}.account_id = {p}.account_id AND {t}.revoked_at IS NULL AND {t}.expires_at > {now}",
            "The devices on which you are signed in.",
        ),
        one("limits", &VIEWER_LIMITS, false, "TRUE", "The limits that apply to your requests."),
    ],
    filters: &[],
    sorts: &[],
};

/// The limits on requests.
pub static VIEWER_LIMITS: Entity = Entity {
    name: "ViewerLimits",
    description: "The limits that apply to requests. A request beyond one of them isn't executed.",
    prefix: None,
    table: "me",
    key: "expires_at",
    policy: &VIEWER_POLICY,
    joins: &[],
    attributes: &[],
    related: &[],
    fields: &[
        sourced("maxDepth", Scalar::Int, false, Source::Given, "How deep fields may be nested."),
        sourced(
            "maxCost",
            Scalar::Int,
            false,
            Source::Given,
            "How much a request may cost, counted from its fields and the sizes of its lists.",
        ),
        sourced("maxAliases", Scalar::Int, false, Source::Given, "How many aliases a document may hold."),
        sourced("maxPageSize", Scalar::Int, false, Source::Given, "How many records a page may hold."),
        sourced("maxBodyBytes", Scalar::Int, false, Source::Given, "How long the body of a request may be."),
        sourced("timeoutMilliseconds", Scalar::Int, false, Source::Given, "How long a request may run."),
        sourced(
            "requestsPerMinute",
            Scalar::Int,
            true,
            Source::Given,
            "How many requests are served in a minute; null where they aren't limited.",
        ),
        sourced(
            "maxPhotoBytes",
            Scalar::Int,
            false,
            Source::Given,
            "How large a photo may be when it is sent.",
        ),
        sourced("maxPhotoPixels", Scalar::Int, false, Source::Given, "How many pixels a photo may have."),
        sourced("maxDocumentBytes", Scalar::Int, false, Source::Given, "How large a document may be."),
        sourced("maxAudioBytes", Scalar::Int, false, Source::Given, "How large a recording may be."),
        sourced(
            "maxFilesPerLesson",
            Scalar::Int,
            false,
            Source::Given,
            "How many files a version of a lesson may have.",
        ),
        sourced(
            "maxFilesPerRequest",
            Scalar::Int,
            false,
            Source::Given,
            "How many files one request may bring.",
        ),
        sourced(
            "maxStoredMebibytes",
            Scalar::Int,
            true,
            Source::Given,
            "How much room all files may take that you have attached, in MiB; null where that isn't limited.",
        ),
        sourced(
            "photoTypes",
            Scalar::Text,
            false,
            Source::GivenList,
            "The types of photos that are taken, such as `image/jpeg`.",
        ),
        sourced(
            "documentTypes",
            Scalar::Text,
            false,
            Source::GivenList,
            "The types of documents that are taken.",
        ),
        sourced(
            "audioTypes",
            Scalar::Text,
            false,
            Source::GivenList,
            "The types of recordings that are taken, such as `audio/mpeg`.",
        ),
    ],
    relations: &[],
    filters: &[],
    sorts: &[],
};

/// A signed-in device.
pub static SESSION: Entity = Entity {
    name: "Session",
    description: "A device on which you are signed in.",
    prefix: Some("session"),
    table: "sessions",
    key: "id",
    policy: &SESSION_POLICY,
    joins: &[],
    attributes: &[(Attribute::Owner, "{t}.account_id")],
    related: &[],
    fields: &[
        field("id", Scalar::Id, "{t}.id", "Its id."),
        optional("label", Scalar::Text, "{t}.label", "What the device called itself when it signed in."),
        field("createdAt", Scalar::Instant, "{t}.created_at", "When it signed in."),
        field("lastUsedAt", Scalar::Instant, "{t}.last_used_at", "When it last refreshed its session."),
        field(
            "expiresAt",
            Scalar::Instant,
            "{t}.expires_at",
            "When it has to sign in anew, unless it refreshes.",
        ),
        field(
            "endsAt",
            Scalar::Instant,
            "{t}.ends_at",
            "When it has to sign in anew, however often it refreshes.",
        ),
        field(
            "current",
            Scalar::Bool,
            "({t}.id = (SELECT x.session_id FROM me x))",
            "Whether it is the device of this request.",
        ),
    ],
    relations: &[],
    filters: &[],
    sorts: &[],
};
