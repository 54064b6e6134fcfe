//! How platforms, memberships and appointments are read.

use maip_domain::identity::scope::Scope;
use maip_domain::membership::appointment::AppointmentStatus;
use maip_domain::membership::member::{ActorType, MembershipRole, MembershipStatus};
use maip_domain::membership::{appointment::AppointmentKind, stage::PlatformStage};
use maip_domain::policy::rules::membership::{
    APPOINTMENT as APPOINTMENT_POLICY, MANAGES_MEMBERS, MEMBERSHIP as MEMBERSHIP_POLICY,
    PLATFORM as PLATFORM_POLICY, SEES_MESSAGE,
};
use maip_domain::policy::{Attribute, Related};
use maip_domain::visibility::Visibility;
use maip_domain::vocabulary::Region;

use crate::identity::read::{ACCOUNT, ORGANISATION};
use crate::lessons::read::{LESSON, REPLICATION};
use crate::read::declare::{
    Entity, FilterType, Join, RootField, RootKind, Scalar, Sort, by_number, by_text, closed, connection,
    field, filter, many, one, optional,
};
use crate::vocabulary::read::{COUNTRY, LOCAL_NAME, PRODUCT};

/// A platform.
pub static PLATFORM: Entity = Entity {
    name: "Platform",
    description: "A multi-actor agricultural innovation platform (MAIP): the people and organisations of a \
                  country who work on a product's value chain together.",
    prefix: Some("platform"),
    table: "platforms",
    key: "id",
    policy: &PLATFORM_POLICY,
    joins: &[],
    attributes: &[
        (Attribute::State, "{t}.stage"),
        (Attribute::Visibility, "{t}.visibility"),
        (Attribute::Platform, "{t}.id"),
        (Attribute::Country, "{t}.country_code"),
        (Attribute::Region, "{t}.region"),
    ],
    related: &[(
        Related::Invited,
        "SELECT COALESCE(m.account_id, o.account_id) AS v FROM memberships m LEFT JOIN organisation_people o \
         ON o.organisation_id = m.organisation_id AND o.manager WHERE m.platform_id = {t}.id \
         AND m.status = 'INVITED' AND (m.account_id IS NOT NULL OR o.account_id IS NOT NULL)",
    )],
    fields: &[
        field("id", Scalar::Id, "{t}.id", "Its id."),
        field("name", Scalar::Text, "{t}.name", "Its name, in `language`; `names` has others."),
        field("language", Scalar::Language, "{t}.language", "The language of its name and description."),
        field("description", Scalar::Text, "{t}.description", "What it is about."),
        field(
            "stage",
            Scalar::Enum(closed::<PlatformStage>),
            "{t}.stage",
            "Where it stands in the cycle of an innovation platform.",
        ),
        field("visibility", Scalar::Enum(closed::<Visibility>), "{t}.visibility", "Who may see it."),
        field(
            "memberCount",
            Scalar::Int,
            "(SELECT COUNT(*) FROM memberships m WHERE m.platform_id = {t}.id AND m.status = 'ACTIVE')",
            "How many active members it has, whether or not you may see who they are.",
        ),
        field("createdAt", Scalar::Instant, "{t}.created_at", "When it was proposed."),
        field("updatedAt", Scalar::Instant, "{t}.updated_at", "When it last changed."),
        field("revision", Scalar::Int, "{t}.revision", "Name it as `expectedRevision` when you change it."),
    ],
    relations: &[
        many("names", &LOCAL_NAME, "{t}.language", "{t}.of_id = {p}.id", "Its names, by language."),
        one("country", &COUNTRY, false, "{t}.id = {p}.country_id", "Its country."),
        connection(
            "products",
            &PRODUCT,
            "{t}.id IN (SELECT x.product_id FROM platform_products x WHERE x.platform_id = {p}.id)",
            "The Special Agricultural Products that it works on.",
        ),
        connection(
            "members",
            &MEMBERSHIP,
            "{t}.platform_id = {p}.id",
            "Its memberships: the active ones for members, every state for those who manage it; filter by \
             `status`.",
        ),
        connection("lessons", &LESSON, "{t}.platform_id = {p}.id", "Its lessons."),
        connection(
            "replications",
            &REPLICATION,
            "{t}.platform_id = {p}.id",
            "What it tried of the lessons of others.",
        ),
    ],
    filters: &[
        filter(
            "country",
            FilterType::AnyOf(Scalar::Country),
            "{t}.country_code IN {in}",
            "In one of these countries.",
        ),
        filter(
            "region",
            FilterType::AnyOf(Scalar::Enum(closed::<Region>)),
            "{t}.region IN {in}",
            "In one of these FAO regions.",
        ),
        filter(
            "product",
            FilterType::AnyOf(Scalar::Id),
            "EXISTS (SELECT 1 FROM platform_products x WHERE x.platform_id = {t}.id AND x.product_id IN {in})",
            "That works on one of these products.",
        ),
        filter(
            "concept",
            FilterType::AnyOf(Scalar::Id),
            "EXISTS (SELECT 1 FROM platform_products x JOIN products y ON y.id = x.product_id \
             JOIN concept_ancestors a ON a.concept_id = y.concept_id \
             WHERE x.platform_id = {t}.id AND a.ancestor_id IN {in})",
            "That works on a product that is one of these concepts or something narrower.",
        ),
        filter(
            "stage",
            FilterType::AnyOf(Scalar::Enum(closed::<PlatformStage>)),
            "{t}.stage IN {in}",
            "In one of these stages.",
        ),
        filter(
            "name",
            FilterType::SortKey,
            "{t}.sort_key >= {?} AND {t}.sort_key < {?} || '\u{10ffff}'",
            "Whose name begins so; case and accents make no difference.",
        ),
    ],
    sorts: &[
        Sort {
            code: "NAME",
            description: "By name.",
            columns: &[by_text("{t}.sort_key"), by_text("{t}.id")],
            descending: false,
        },
        Sort {
            code: "CREATED_AT",
            description: "By age, newest first.",
            columns: &[by_number("{t}.created_at"), by_text("{t}.id")],
            descending: true,
        },
    ],
};

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
        filter(
            "platform",
            FilterType::AnyOf(Scalar::Id),
            "{t}.platform_id IN {in}",
            "In one of these platforms.",
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
        Sort {
            code: "CREATED_AT",
            description: "By the time of the request or invitation, oldest first.",
            columns: &[by_number("{t}.created_at"), by_text("{t}.id")],
            descending: false,
        },
    ],
};

/// An appointment.
pub static APPOINTMENT: Entity = Entity {
    name: "Appointment",
    description: "The appointment of a person to an office of the initiative: in a country, in an FAO region or \
                  in the secretariat.",
    prefix: Some("appointment"),
    table: "appointments",
    key: "id",
    policy: &APPOINTMENT_POLICY,
    joins: &[],
    attributes: &[
        (Attribute::Owner, "{t}.account_id"),
        (Attribute::Role, "{t}.kind"),
        (Attribute::Country, "{t}.country_code"),
        (Attribute::Region, "COALESCE({t}.region, {t}.country_region)"),
        (Attribute::State, APPOINTMENT_STATUS),
    ],
    related: &[],
    fields: &[
        field("id", Scalar::Id, "{t}.id", "Its id."),
        field("kind", Scalar::Enum(closed::<AppointmentKind>), "{t}.kind", "The office."),
        field(
            "status",
            Scalar::Enum(closed::<AppointmentStatus>),
            APPOINTMENT_STATUS,
            "Whether it holds now.",
        ),
        optional(
            "region",
            Scalar::Enum(closed::<Region>),
            "{t}.region",
            "The FAO region of a regional office; null for others.",
        ),
        field("startsAt", Scalar::Instant, "{t}.starts_at", "From when it holds."),
        optional(
            "endsAt",
            Scalar::Instant,
            "{t}.ends_at",
            "When it ends or ended; null while no end is set.",
        ),
        field("createdAt", Scalar::Instant, "{t}.created_at", "When it was made."),
        field("updatedAt", Scalar::Instant, "{t}.updated_at", "When it last changed."),
        field("revision", Scalar::Int, "{t}.revision", "Name it as `expectedRevision` when you change it."),
    ],
    relations: &[
        one(
            "account",
            &ACCOUNT,
            true,
            "{t}.id = {p}.account_id",
            "Who holds the office; null for someone whom you may not see.",
        ),
        one(
            "country",
            &COUNTRY,
            true,
            "{t}.id = {p}.country_id",
            "The country of a national office; null for others.",
        ),
    ],
    filters: &[
        filter(
            "kind",
            FilterType::AnyOf(Scalar::Enum(closed::<AppointmentKind>)),
            "{t}.kind IN {in}",
            "To one of these offices.",
        ),
        filter(
            "country",
            FilterType::AnyOf(Scalar::Country),
            "{t}.country_code IN {in}",
            "In one of these countries.",
        ),
        filter(
            "region",
            FilterType::AnyOf(Scalar::Enum(closed::<Region>)),
            "COALESCE({t}.region, {t}.country_region) IN {in}",
            "In one of these FAO regions, or in a country there.",
        ),
        filter(
            "status",
            FilterType::AnyOf(Scalar::Enum(closed::<AppointmentStatus>)),
            "CASE WHEN {t}.ends_at <= {now} THEN 'ENDED' WHEN {t}.starts_at > {now} THEN 'SCHEDULED' \
             ELSE 'CURRENT' END IN {in}",
            "That hold now, have ended or begin later.",
        ),
        filter("account", FilterType::AnyOf(Scalar::Id), "{t}.account_id IN {in}", "Of one of these people."),
    ],
    sorts: &[Sort {
        code: "STARTS_AT",
        description: "By their start, latest first.",
        columns: &[by_number("{t}.sort_at"), by_text("{t}.id")],
        descending: true,
    }],
};

const APPOINTMENT_STATUS: &str = "CASE WHEN {t}.ends_at <= {now} THEN 'ENDED' \
                                  WHEN {t}.starts_at > {now} THEN 'SCHEDULED' ELSE 'CURRENT' END";

/// Root fields of this feature.
pub static ROOTS: &[RootField] = &[
    RootField {
        name: "platforms",
        description: "The innovation platforms.",
        entity: &PLATFORM,
        kind: RootKind::Connection { only: None, among: None },
        scope: Some(Scope::PlatformsRead),
    },
    RootField {
        name: "platform",
        description: "One innovation platform.",
        entity: &PLATFORM,
        kind: RootKind::ById,
        scope: Some(Scope::PlatformsRead),
    },
    RootField {
        name: "memberships",
        description: "Memberships over all platforms, as far as you may see them.",
        entity: &MEMBERSHIP,
        kind: RootKind::Connection { only: None, among: None },
        scope: Some(Scope::MembersRead),
    },
    RootField {
        name: "membershipRequests",
        description: "One queue of those who ask to become members, over all the platforms that you manage.",
        entity: &MEMBERSHIP,
        kind: RootKind::Connection { only: Some("{t}.status = 'REQUESTED'"), among: Some(&MANAGES_MEMBERS) },
        scope: Some(Scope::MembersRead),
    },
    RootField {
        name: "appointments",
        description: "Who holds, held or will hold which office.",
        entity: &APPOINTMENT,
        kind: RootKind::Connection { only: None, among: None },
        scope: Some(Scope::MembersRead),
    },
];
