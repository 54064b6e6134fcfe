//! Memberships.

use maip_domain::id::PlatformId;
use maip_domain::membership::member::{ActorType, MembershipRole, MembershipStatus};
use maip_domain::policy::Attribute;
use maip_domain::policy::rules::membership::{MEMBERSHIP as MEMBERSHIP_POLICY, SEES_MESSAGE};

use super::PLATFORM;
use crate::identity::read::{ACCOUNT, ORGANISATION};
use crate::read::declare::{
    Entity, Field, FilterType, Join, Scalar, Sort, by_text, closed, field, filter, oldest_first, one,
    optional, visible,
};

/// There for those alone who see a membership in all its states: both sides. No field of the API.
pub static FOLLOWED: Field =
    optional("followed", Scalar::Id, "{t}.id", "Whether it is seen in all its states.")
        .shown_to(&SEES_MESSAGE);

/// A membership.
pub static MEMBERSHIP: Entity = Entity {
    name: "Membership",
    description: "The membership of a person or an organisation in a platform, from the invitation or request on.",
    prefix: Some("membership"),
    table: "memberships",
    key: "id",
    policy: &MEMBERSHIP_POLICY,
    joins: &[
        Join { name: "m", table: "platforms", on: "{m}.id = {t}.platform_id" },
        Join { name: "a", table: "accounts", on: "{a}.id = {t}.account_id" },
    ],
    attributes: &[
        (Attribute::State, "{t}.status"),
        (Attribute::Role, "{t}.role"),
        (Attribute::Owner, "{t}.account_id"),
        (Attribute::Organisation, "{t}.organisation_id"),
        (Attribute::Platform, "{t}.platform_id"),
        (Attribute::Country, "{t}.platform_country_code"),
        (Attribute::Region, "{t}.platform_region"),
        (Attribute::Visibility, "{m}.visibility"),
        (Attribute::PlatformStage, "{m}.stage"),
        (
            Attribute::LastFacilitator,
            // Someone whose account is shut out, or who never signed in, facilitates nothing.
            "CASE WHEN {t}.status = 'ACTIVE' AND {t}.role = 'FACILITATOR' AND NOT EXISTS (SELECT 1 FROM memberships n \
             JOIN accounts b ON b.id = n.account_id AND b.status = 'ACTIVE' WHERE n.platform_id = {t}.platform_id \
             AND n.status = 'ACTIVE' AND n.role = 'FACILITATOR' AND n.id <> {t}.id) THEN 'YES' END",
        ),
        (Attribute::ParentState, "CASE WHEN {t}.account_id IS NULL THEN 'ACTIVE' ELSE {a}.status END"),
    ],
    related: &[],
    fields: &[
        field("id", Scalar::Id, "{t}.id", "Its id."),
        field("status", Scalar::Enum(closed::<MembershipStatus>), "{t}.status", "Its state."),
        field(
            "role",
            Scalar::Enum(closed::<MembershipRole>),
            "{t}.role",
            "What the member does in the platform.",
        ),
        field(
            "actorType",
            Scalar::Enum(closed::<ActorType>),
            "{t}.actor_type",
            "What part of the value chain the member comes from.",
        ),
        optional(
            "message",
            Scalar::Text,
            "{t}.message",
            "What was written with the invitation or the request; for both sides.",
        )
        .shown_to(&SEES_MESSAGE),
        optional("since", Scalar::Instant, "{t}.since", "When it became active."),
        optional("endedAt", Scalar::Instant, "{t}.ended_at", "When it ended."),
        field("createdAt", Scalar::Instant, "{t}.created_at", "When it was asked for or offered."),
        field("updatedAt", Scalar::Instant, "{t}.updated_at", "When it last changed."),
        field("revision", Scalar::Int, "{t}.revision", "Name it as `expectedRevision` when you change it."),
    ],
    relations: &[
        one("platform", &PLATFORM, true, "{t}.id = {p}.platform_id", "The platform, where you may see it."),
        one(
            "account",
            &ACCOUNT,
            true,
            "{t}.id = {p}.account_id",
            "The person; null for an organisation's membership, and for someone whom you may not see.",
        ),
        one(
            "organisation",
            &ORGANISATION,
            true,
            "{t}.id = {p}.organisation_id",
            "The organisation; null for a person's membership.",
        ),
    ],
    filters: &[
        visible(
            "platform",
            FilterType::Ids(PlatformId::PREFIX),
            &PLATFORM,
            "{t}.id = {p}.platform_id AND {t}.id IN {in}",
            "In one of these platforms, as far as you may see them.",
        ),
        filter(
            "country",
            FilterType::AnyOf(Scalar::Country),
            "{t}.platform_country_code IN {in}",
            "In a platform of one of these countries.",
        ),
        filter(
            "role",
            FilterType::AnyOf(Scalar::Enum(closed::<MembershipRole>)),
            "{t}.role IN {in}",
            "In one of these roles.",
        ),
        filter(
            "actorType",
            FilterType::AnyOf(Scalar::Enum(closed::<ActorType>)),
            "{t}.actor_type IN {in}",
            "Of one of these actor types.",
        ),
        filter(
            "status",
            FilterType::AnyOf(Scalar::Enum(closed::<MembershipStatus>)),
            "{t}.status IN {in}",
            "In one of these states.",
        ),
        filter(
            "name",
            FilterType::SortKey,
            "{t}.member_sort_key >= {?} AND {t}.member_sort_key < {?} || '\u{10ffff}'",
            "Of a member whose name begins so.",
        ),
    ],
    sorts: &[
        Sort {
            code: "NAME",
            description: "By the member's name.",
            columns: &[by_text("{t}.member_sort_key"), by_text("{t}.id")],
            descending: false,
        },
        oldest_first("By the time of the request or invitation, oldest first."),
    ],
};
