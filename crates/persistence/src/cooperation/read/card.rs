//! Contact cards and their details.

use maip_domain::cooperation::{ContactCardStatus, DetailsStatus};
use maip_domain::id::{ConceptId, PlatformId};
use maip_domain::membership::member::MembershipRole;
use maip_domain::policy::rules::cooperation::{
    CONTACT_CARD as CONTACT_CARD_POLICY, CONTACT_DETAIL as CONTACT_DETAIL_POLICY, OWNER,
};
use maip_domain::policy::rules::record::PART;
use maip_domain::policy::{Attribute, Related};
use maip_domain::visibility::Visibility;
use maip_domain::vocabulary::Region;

use super::CONSENT;
use crate::identity::read::{ACCOUNT, ORGANISATION};
use crate::membership::read::{MEMBERSHIP, PLATFORM};
use crate::read::declare::{
    Entity, Field, FilterType, Join, Scalar, Source, alphabetical, closed, connection, field, filter, list,
    many, newest_first, one, sourced, visible,
};
use crate::vocabulary::read::{CONCEPT, COUNTRY};

/// A card of the contact directory.
pub static CONTACT_CARD: Entity = Entity {
    name: "ContactCard",
    description: "A card of the contact directory: who can help with what, where and in which languages.",
    prefix: Some("contact"),
    table: "contact_cards",
    key: "id",
    policy: &CONTACT_CARD_POLICY,
    joins: &[Join { name: "a", table: "accounts", on: "{a}.id = {t}.account_id" }],
    attributes: &[
        (Attribute::State, "{t}.status"),
        (Attribute::Visibility, "{t}.visibility"),
        (Attribute::Platform, "{t}.platform_id"),
        (Attribute::Country, "{t}.country_code"),
        (Attribute::Owner, "{t}.account_id"),
        (Attribute::Organisation, "{t}.organisation_id"),
        (Attribute::ParentState, "CASE WHEN {t}.account_id IS NULL THEN 'ACTIVE' ELSE {a}.status END"),
    ],
    related: &[
        (
            Related::Awaiting,
            "SELECT i.requester_id AS v FROM introductions i WHERE i.card_id = {t}.id AND i.status = 'REQUESTED' \
             AND i.expires_at > {now}",
        ),
        (
            Related::ConsentedAccounts,
            "SELECT c.to_account_id AS v FROM consents c WHERE c.card_id = {t}.id \
             AND c.to_account_id IS NOT NULL AND c.withdrawn_at IS NULL AND c.expires_at > {now}",
        ),
        (
            Related::ConsentedOrganisations,
            "SELECT c.to_organisation_id AS v FROM consents c WHERE c.card_id = {t}.id \
             AND c.to_organisation_id IS NOT NULL AND c.withdrawn_at IS NULL AND c.expires_at > {now}",
        ),
    ],
    fields: &[
        field("id", Scalar::Id, "{t}.id", "Its id."),
        field("headline", Scalar::Text, "{t}.headline", "What it is about, in one line."),
        field(
            "canHelpWith",
            Scalar::Text,
            "{t}.can_help_with",
            "What the person or organisation can help with.",
        ),
        field("language", Scalar::Language, "{t}.language", "The language in which the card is written."),
        list(
            "languages",
            Scalar::Language,
            "SELECT x.language AS v FROM contact_card_languages x WHERE x.card_id = {t}.id ORDER BY x.language",
            "The languages in which they can be spoken to.",
        ),
        field(
            "status",
            Scalar::Enum(closed::<ContactCardStatus>),
            "{t}.status",
            "Whether it is in the directory.",
        ),
        field("visibility", Scalar::Enum(closed::<Visibility>), "{t}.visibility", "Who may see the card."),
        sourced(
            "detailsStatus",
            Scalar::Enum(closed::<DetailsStatus>),
            false,
            Source::Presence {
                of: &CONTACT_DETAIL,
                on: "{t}.card_id = {p}.id",
                visible: "VISIBLE",
                hidden: "NO_CONSENT",
                absent: "NONE_GIVEN",
                unavailable: "UNAVAILABLE",
            },
            "Why the `details` are there, or aren't.",
        ),
        field("createdAt", Scalar::Instant, "{t}.created_at", "When it was published."),
        field("updatedAt", Scalar::Instant, "{t}.updated_at", "When it last changed."),
        field("revision", Scalar::Int, "{t}.revision", "Name it as `expectedRevision` when you change it."),
    ],
    relations: &[
        one(
            "account",
            &ACCOUNT,
            true,
            "{t}.id = {p}.account_id",
            "Whose card it is; null for an organisation's, and where you may not see people.",
        ),
        one(
            "organisation",
            &ORGANISATION,
            true,
            "{t}.id = {p}.organisation_id",
            "Whose card it is; null for a person's.",
        ),
        one(
            "platform",
            &PLATFORM,
            true,
            "{t}.id = {p}.platform_id",
            "The platform for which it was published.",
        ),
        one("country", &COUNTRY, false, "{t}.id = {p}.country_id", "Where the person or organisation is."),
        many(
            "countries",
            &COUNTRY,
            "{t}.sort_key, {t}.id",
            "{t}.id IN (SELECT x.country_id FROM contact_card_countries x WHERE x.card_id = {p}.id)",
            "For which countries they can help; empty for any.",
        ),
        many(
            "concepts",
            &CONCEPT,
            "{t}.sort_key, {t}.id",
            "{t}.id IN (SELECT x.concept_id FROM contact_card_concepts x WHERE x.card_id = {p}.id)",
            "What they can help with, as concepts.",
        ),
        one(
            "details",
            &CONTACT_DETAILS,
            false,
            "{t}.id = {p}.id",
            "How to reach them. Each detail is null until they consent that you see it; `detailsStatus` says why. \
             Reading one that is open is logged for them, and needs POST.",
        ),
        connection(
            "consents",
            &CONSENT,
            "{t}.card_id = {p}.id",
            "The consents given for this card; for its owner.",
        )
        .shown_to(&OWNER)
        .back("c"),
    ],
    filters: &[
        filter(
            "country",
            FilterType::AnyOf(Scalar::Country),
            "({t}.country_code IN {in} OR EXISTS (SELECT 1 FROM contact_card_countries x \
             JOIN countries y ON y.id = x.country_id WHERE x.card_id = {t}.id AND y.code IN {in}))",
            "In one of these countries, or able to help there.",
        ),
        filter(
            "region",
            FilterType::AnyOf(Scalar::Enum(closed::<Region>)),
            "{t}.region IN {in}",
            "In one of these FAO regions.",
        ),
        filter(
            "concept",
            FilterType::Ids(ConceptId::PREFIX),
            "{t}.id IN (SELECT x.card_id FROM contact_card_concepts x \
             JOIN concept_ancestors a ON a.concept_id = x.concept_id WHERE a.ancestor_id IN {in})",
            "Able to help with one of these concepts or something narrower.",
        ),
        visible(
            "role",
            FilterType::AnyOf(Scalar::Enum(closed::<MembershipRole>)),
            &MEMBERSHIP,
            "{t}.account_id = {p}.account_id AND {t}.status = 'ACTIVE' AND {t}.role IN {in}",
            "Of people in one of these roles in a platform, as far as you may see its members.",
        ),
        filter(
            "language",
            FilterType::AnyOf(Scalar::Language),
            "EXISTS (SELECT 1 FROM contact_card_languages x WHERE x.card_id = {t}.id AND x.language IN {in})",
            "Who can be spoken to in one of these languages.",
        ),
        visible(
            "platform",
            FilterType::Ids(PlatformId::PREFIX),
            &PLATFORM,
            "{t}.id = {p}.platform_id AND {t}.id IN {in}",
            "Published for one of these platforms, as far as you may see them.",
        ),
    ],
    sorts: &[
        // Not by the name of the owner: a place in the order, and a cursor, would tell it to those
        // who see the card and not the person.
        alphabetical("HEADLINE", "By headline."),
        newest_first("By age, newest first."),
    ],
};

/// One value of a card, as the policy sees it.
pub static CONTACT_DETAIL: Entity = Entity {
    name: "ContactDetail",
    description: "One value of a contact card.",
    prefix: None,
    table: "contact_details",
    key: "card_id",
    policy: &CONTACT_DETAIL_POLICY,
    joins: &[Join { name: "c", table: "contact_cards", on: "{c}.id = {t}.card_id" }],
    attributes: &[
        (Attribute::Owner, "{c}.account_id"),
        (Attribute::Organisation, "{c}.organisation_id"),
        (Attribute::Country, "{c}.country_code"),
    ],
    related: &[
        (
            Related::ConsentedAccounts,
            "SELECT c.to_account_id AS v FROM consents c JOIN consent_fields f ON f.consent_id = c.id \
             AND f.field = {t}.field WHERE c.card_id = {t}.card_id AND c.to_account_id IS NOT NULL \
             AND c.withdrawn_at IS NULL AND c.expires_at > {now}",
        ),
        (
            Related::ConsentedOrganisations,
            "SELECT c.to_organisation_id AS v FROM consents c JOIN consent_fields f ON f.consent_id = c.id \
             AND f.field = {t}.field WHERE c.card_id = {t}.card_id AND c.to_organisation_id IS NOT NULL \
             AND c.withdrawn_at IS NULL AND c.expires_at > {now}",
        ),
        (
            Related::ConsentedAudiences,
            "SELECT c.audience AS v FROM consents c JOIN consent_fields f ON f.consent_id = c.id \
             AND f.field = {t}.field WHERE c.card_id = {t}.card_id AND c.audience IN ('MEMBERS', 'EVERYONE') \
             AND c.withdrawn_at IS NULL AND c.expires_at > {now}",
        ),
    ],
    fields: &[],
    relations: &[],
    filters: &[],
    sorts: &[],
};

const fn detail(
    name: &'static str,
    on: &'static str,
    field: &'static str,
    description: &'static str,
) -> Field {
    let source = Source::Sealed { of: &CONTACT_DETAIL, on, value: "{t}.value_sealed", field, logged: true };
    sourced(name, Scalar::Text, true, source, description)
}

/// The details of a card.
pub static CONTACT_DETAILS: Entity = Entity {
    name: "ContactDetails",
    description: "How to reach a person or an organisation. Each value opens by consent alone, and each reading is \
                  logged for whom it concerns.",
    prefix: None,
    table: "contact_cards",
    key: "id",
    policy: &PART,
    joins: &[],
    attributes: &[],
    related: &[],
    fields: &[
        detail(
            "email",
            "{t}.card_id = {p}.id AND {t}.field = 'EMAIL'",
            "EMAIL",
            "An e-mail address; null without consent, or where none is given.",
        ),
        detail(
            "phone",
            "{t}.card_id = {p}.id AND {t}.field = 'PHONE'",
            "PHONE",
            "A phone number in the form +265…; null without consent, or where none is given.",
        ),
        detail(
            "messenger",
            "{t}.card_id = {p}.id AND {t}.field = 'MESSENGER'",
            "MESSENGER",
            "A name or number at a messenger service; null without consent, or where none is given.",
        ),
        detail(
            "address",
            "{t}.card_id = {p}.id AND {t}.field = 'ADDRESS'",
            "ADDRESS",
            "A postal address; null without consent, or where none is given.",
        ),
    ],
    relations: &[],
    filters: &[],
    sorts: &[],
};
