//! Consents, and what was read under them.

use maip_domain::cooperation::{ConsentAudience, ConsentStatus, ContactField};
use maip_domain::id::ContactCardId;
use maip_domain::policy::Attribute;
use maip_domain::policy::rules::cooperation::{CONSENT as CONSENT_POLICY, DISCLOSURE as DISCLOSURE_POLICY};

use super::{CONTACT_CARD, INTRODUCTION};
use crate::identity::read::{ACCOUNT, ORGANISATION};
use crate::read::declare::{
    Entity, FilterType, Join, Scalar, closed, field, filter, list, newest_first, one, optional, visible,
};

macro_rules! status {
    () => {
        "CASE WHEN {t}.withdrawn_at IS NOT NULL THEN 'WITHDRAWN' WHEN {t}.expires_at <= {now} THEN 'EXPIRED' \
         ELSE 'CURRENT' END"
    };
}

/// A consent.
pub static CONSENT: Entity = Entity {
    name: "Consent",
    description: "A consent to show some details of a contact card to someone, until it ends or is withdrawn.",
    prefix: Some("consent"),
    table: "consents",
    key: "id",
    policy: &CONSENT_POLICY,
    joins: &[Join { name: "c", table: "contact_cards", on: "{c}.id = {t}.card_id" }],
    attributes: &[
        (Attribute::State, status!()),
        (Attribute::Owner, "{c}.account_id"),
        (Attribute::Organisation, "{c}.organisation_id"),
        (Attribute::Counterpart, "{t}.to_account_id"),
        (Attribute::CounterpartOrganisation, "{t}.to_organisation_id"),
    ],
    related: &[],
    fields: &[
        field("id", Scalar::Id, "{t}.id", "Its id."),
        field("audience", Scalar::Enum(closed::<ConsentAudience>), "{t}.audience", "To whom it is given."),
        field("status", Scalar::Enum(closed::<ConsentStatus>), status!(), "Whether it opens anything now."),
        list(
            "fields",
            Scalar::Enum(closed::<ContactField>),
            "SELECT x.field AS v FROM consent_fields x WHERE x.consent_id = {t}.id ORDER BY x.field",
            "Which details it opens.",
        ),
        field("purpose", Scalar::Text, "{t}.purpose", "What for."),
        field("expiresAt", Scalar::Instant, "{t}.expires_at", "When it ends."),
        optional("withdrawnAt", Scalar::Instant, "{t}.withdrawn_at", "When it was withdrawn."),
        field("createdAt", Scalar::Instant, "{t}.created_at", "When it was given."),
    ],
    relations: &[
        one("card", &CONTACT_CARD, true, "{t}.id = {p}.card_id", "The card whose details it opens."),
        one(
            "account",
            &ACCOUNT,
            true,
            "{t}.id = {p}.to_account_id",
            "The person to whom it is given, if one.",
        ),
        one(
            "organisation",
            &ORGANISATION,
            true,
            "{t}.id = {p}.to_organisation_id",
            "The organisation to which it is given, if one.",
        ),
        one(
            "introduction",
            &INTRODUCTION,
            true,
            "{t}.id = {p}.introduction_id",
            "The introduction from which it came, if one.",
        ),
    ],
    filters: &[
        filter(
            "status",
            FilterType::AnyOf(Scalar::Enum(closed::<ConsentStatus>)),
            concat!(status!(), " IN {in}"),
            "That stand like this.",
        ),
        filter(
            "audience",
            FilterType::AnyOf(Scalar::Enum(closed::<ConsentAudience>)),
            "{t}.audience IN {in}",
            "Given to one of these audiences.",
        ),
        visible(
            "card",
            FilterType::Ids(ContactCardId::PREFIX),
            &CONTACT_CARD,
            "{t}.id = {p}.card_id AND {t}.id IN {in}",
            "For one of these cards, as far as you may see them.",
        ),
    ],
    sorts: &[newest_first("By time, latest first.")],
};

/// One logged reading.
pub static DISCLOSURE: Entity = Entity {
    name: "Disclosure",
    description: "One reading of a detail of your contact card by someone else.",
    prefix: Some("disclosure"),
    table: "disclosures",
    key: "id",
    policy: &DISCLOSURE_POLICY,
    joins: &[],
    attributes: &[(Attribute::Owner, "{t}.account_id"), (Attribute::Organisation, "{t}.organisation_id")],
    related: &[],
    fields: &[
        field("id", Scalar::Id, "{t}.id", "Its id."),
        field("field", Scalar::Enum(closed::<ContactField>), "{t}.field", "Which detail was read."),
        optional(
            "readerName",
            Scalar::Text,
            "COALESCE((SELECT x.display_name FROM accounts x WHERE x.id = {t}.reader_account_id), \
             (SELECT x.name FROM organisations x WHERE x.id = {t}.reader_organisation_id))",
            "The name of who read it, also where that account is closed to you now.",
        ),
        field(
            "byToken",
            Scalar::Bool,
            "({t}.reader_token_id IS NOT NULL)",
            "Whether an organisation's system read it through the API, and not a person.",
        ),
        field("createdAt", Scalar::Instant, "{t}.created_at", "When it was read."),
    ],
    relations: &[
        one("card", &CONTACT_CARD, true, "{t}.id = {p}.card_id", "The card."),
        one("reader", &ACCOUNT, true, "{t}.id = {p}.reader_account_id", "The person who read it."),
        one(
            "readerOrganisation",
            &ORGANISATION,
            true,
            "{t}.id = {p}.reader_organisation_id",
            "The organisation whose token read it.",
        ),
    ],
    filters: &[
        visible(
            "card",
            FilterType::Ids(ContactCardId::PREFIX),
            &CONTACT_CARD,
            "{t}.id = {p}.card_id AND {t}.id IN {in}",
            "Of one of these cards.",
        ),
        filter(
            "field",
            FilterType::AnyOf(Scalar::Enum(closed::<ContactField>)),
            "{t}.field IN {in}",
            "Of one of these details.",
        ),
    ],
    sorts: &[newest_first("By time, latest first.")],
};
