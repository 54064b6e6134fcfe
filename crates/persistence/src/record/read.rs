//! How the audit is read.

use maip_domain::id::AccountId;
use maip_domain::identity::scope::Scope;
use maip_domain::policy::Attribute;
use maip_domain::policy::rules::record::{AUDIT_ENTRY as AUDIT_ENTRY_POLICY, SEES_POSITION};

use crate::identity::read::{ACCOUNT, ORGANISATION};
use crate::read::declare::{
    Entity, FilterType, RootField, RootKind, Scalar, Source, field, filter, newest_first, one, optional,
    sourced, visible,
};

/// One audit entry.
pub static AUDIT_ENTRY: Entity = Entity {
    name: "AuditEntry",
    description: "Who did what to which record, and when. It holds names of fields, never their values.",
    prefix: Some("audit"),
    table: "audit_entries",
    key: "id",
    policy: &AUDIT_ENTRY_POLICY,
    joins: &[],
    attributes: &[
        (Attribute::Owner, "{t}.actor_account_id"),
        (Attribute::Country, "{t}.country_code"),
        (
            Attribute::Organisation,
            "CASE WHEN {t}.subject_type = 'Organisation' THEN {t}.subject_id ELSE {t}.actor_organisation_id END",
        ),
    ],
    related: &[],
    fields: &[
        field("id", Scalar::Id, "{t}.id", "Its id."),
        optional(
            "position",
            Scalar::Int,
            "{t}.position",
            "Its place in the sealed chain, without gaps: for the system administrator, since it tells how much else \
             was done. Null for the moment before it is sealed, and for others.",
        )
        .shown_to(&SEES_POSITION),
        field("createdAt", Scalar::Instant, "{t}.created_at", "When it was done."),
        field(
            "action",
            Scalar::Text,
            "{t}.action",
            "What was done: the type of the record and the step, such as lesson.published.",
        ),
        field("subjectType", Scalar::Text, "{t}.subject_type", "The type of the record, such as Lesson."),
        field(
            "subjectId",
            Scalar::Id,
            "{t}.subject_id",
            "The record; read it with `node`, as far as you may.",
        ),
        optional("countryCode", Scalar::Country, "{t}.country_code", "The country that it belongs to."),
        sourced(
            "fields",
            Scalar::Text,
            false,
            Source::StoredList("{t}.fields"),
            "The names of the fields that changed; of refused sign-ins and codes, how many in a quarter of an hour.",
        ),
        field(
            "sealed",
            Scalar::Bool,
            "({t}.digest IS NOT NULL)",
            "Whether it is part of the sealed chain yet.",
        ),
        field(
            "requestId",
            Scalar::Text,
            "{t}.request_id",
            "The request that did it, as in the server's log.",
        ),
    ],
    relations: &[
        one(
            "actor",
            &ACCOUNT,
            true,
            "{t}.id = {p}.actor_account_id",
            "The person who did it; null for a token, and for someone whom you may not see.",
        ),
        one(
            "actorOrganisation",
            &ORGANISATION,
            true,
            "{t}.id = {p}.actor_organisation_id",
            "The organisation whose token did it.",
        ),
        one(
            "onBehalfOf",
            &ACCOUNT,
            true,
            "{t}.id = {p}.on_behalf_of_id",
            "The person on whose behalf it was done.",
        ),
    ],
    filters: &[
        filter(
            "subject",
            FilterType::AnyOf(Scalar::Id),
            "{t}.subject_id IN {in}",
            "About one of these records, of whatever type.",
        ),
        filter(
            "subjectType",
            FilterType::AnyOf(Scalar::Text),
            "{t}.subject_type IN {in}",
            "About records of one of these types.",
        ),
        filter(
            "action",
            FilterType::AnyOf(Scalar::Text),
            "{t}.action IN {in}",
            "One of these actions, such as lesson.published.",
        ),
        visible(
            "actor",
            FilterType::Ids(AccountId::PREFIX),
            &ACCOUNT,
            "{t}.id = {p}.actor_account_id AND {t}.id IN {in}",
            "Done by one of these people, as far as you may see them.",
        ),
        filter(
            "country",
            FilterType::AnyOf(Scalar::Country),
            "{t}.country_code IN {in}",
            "About records of one of these countries.",
        ),
        filter(
            "from",
            FilterType::One(Scalar::Instant),
            "{t}.created_at >= {?}",
            "Done at this time or later.",
        ),
        filter("until", FilterType::One(Scalar::Instant), "{t}.created_at < {?}", "Done before this time."),
    ],
    sorts: &[newest_first("By time, latest first.")],
};

/// Root fields of this feature.
pub static ROOTS: &[RootField] = &[RootField {
    name: "auditEntries",
    description: "The audit, as far as you may see it: all for the system administrator, the country's for a \
                  focal point, its own for an organisation, and your own deeds.",
    entity: &AUDIT_ENTRY,
    kind: RootKind::Connection { only: None, among: None },
    scope: Some(Scope::AuditRead),
}];
