//! Introductions.

use maip_domain::cooperation::{ContactField, IntroductionSide, IntroductionStatus};
use maip_domain::id::ContactCardId;
use maip_domain::policy::Attribute;
use maip_domain::policy::rules::cooperation::INTRODUCTION as INTRODUCTION_POLICY;

use super::{CONSENT, CONTACT_CARD};
use crate::identity::read::{ACCOUNT, ORGANISATION};
use crate::lessons::read::LESSON;
use crate::read::declare::{
    Entity, FilterType, Scalar, closed, field, filter, list, many, newest_first, one, optional, visible,
};

/// A request whose time is over counts as expired, whether or not its row has been changed yet.
macro_rules! status {
    () => {
        "CASE WHEN {t}.status = 'REQUESTED' AND {t}.expires_at <= {now} THEN 'EXPIRED' ELSE {t}.status END"
    };
}

/// An introduction.
pub static INTRODUCTION: Entity = Entity {
    name: "Introduction",
    description: "A request to be put in touch with the owner of a contact card. Asking is the requester's \
                  acceptance; once the other side accepts, each sees what the other chose to show.",
    prefix: Some("introduction"),
    table: "introductions",
    key: "id",
    policy: &INTRODUCTION_POLICY,
    joins: &[],
    attributes: &[
        (Attribute::State, status!()),
        (Attribute::Owner, "{t}.requester_id"),
        (Attribute::Counterpart, "{t}.account_id"),
        (Attribute::Organisation, "{t}.organisation_id"),
    ],
    related: &[],
    fields: &[
        field("id", Scalar::Id, "{t}.id", "Its id."),
        field("status", Scalar::Enum(closed::<IntroductionStatus>), status!(), "How it stands."),
        field("message", Scalar::Text, "{t}.message", "What the requester wrote."),
        optional("reply", Scalar::Text, "{t}.reply", "What the other side answered."),
        list(
            "offeredFields",
            Scalar::Enum(closed::<ContactField>),
            "SELECT x.field AS v FROM introduction_fields x WHERE x.introduction_id = {t}.id \
             AND x.side = 'REQUESTER' ORDER BY x.field",
            "Which of their own details the requester shows once connected.",
        ),
        list(
            "shownFields",
            Scalar::Enum(closed::<ContactField>),
            "SELECT x.field AS v FROM introduction_fields x WHERE x.introduction_id = {t}.id \
             AND x.side = 'CONTACT' ORDER BY x.field",
            "Which details of the card the other side shows; empty until it accepts.",
        ),
        optional(
            "viewerSide",
            Scalar::Enum(closed::<IntroductionSide>),
            "CASE WHEN {t}.requester_id = (SELECT x.account_id FROM me x) THEN 'REQUESTER' ELSE 'CONTACT' END",
            "Which side you are on.",
        ),
        field("expiresAt", Scalar::Instant, "{t}.expires_at", "Until when it can be answered."),
        optional("answeredAt", Scalar::Instant, "{t}.answered_at", "When it was answered."),
        field("createdAt", Scalar::Instant, "{t}.created_at", "When it was asked for."),
        field("updatedAt", Scalar::Instant, "{t}.updated_at", "When it last changed."),
        field("revision", Scalar::Int, "{t}.revision", "Name it as `expectedRevision` when you answer it."),
    ],
    relations: &[
        one("requester", &ACCOUNT, true, "{t}.id = {p}.requester_id", "Who asked."),
        one(
            "card",
            &CONTACT_CARD,
            true,
            "{t}.id = {p}.card_id",
            "The card, as long as it is in the directory.",
        ),
        one(
            "account",
            &ACCOUNT,
            true,
            "{t}.id = {p}.account_id",
            "Who is asked; null where an organisation is.",
        ),
        one(
            "organisation",
            &ORGANISATION,
            true,
            "{t}.id = {p}.organisation_id",
            "The organisation that is asked; any of its managers answers.",
        ),
        one("lesson", &LESSON, true, "{t}.id = {p}.lesson_id", "The lesson that led to it."),
        many(
            "consents",
            &CONSENT,
            "{t}.created_at, {t}.id",
            "{t}.introduction_id = {p}.id",
            "The consents that came of it; each side can withdraw its own.",
        ),
    ],
    filters: &[
        filter(
            "status",
            FilterType::AnyOf(Scalar::Enum(closed::<IntroductionStatus>)),
            concat!(status!(), " IN {in}"),
            "That stand like this.",
        ),
        filter(
            "side",
            FilterType::One(Scalar::Enum(closed::<IntroductionSide>)),
            "CASE WHEN {t}.requester_id = (SELECT x.account_id FROM me x) THEN 'REQUESTER' ELSE 'CONTACT' END = {?}",
            "On which side you are: REQUESTER for those that you asked for, CONTACT for those that wait for you.",
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
