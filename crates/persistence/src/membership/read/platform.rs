//! Platforms.

use maip_domain::id::{ConceptId, ProductId};
use maip_domain::membership::stage::PlatformStage;
use maip_domain::policy::rules::membership::PLATFORM as PLATFORM_POLICY;
use maip_domain::policy::{Attribute, Related};
use maip_domain::visibility::Visibility;
use maip_domain::vocabulary::Region;

use super::MEMBERSHIP;
use crate::lessons::read::{LESSON, REPLICATION};
use crate::read::declare::{
    Entity, FilterType, Scalar, alphabetical, closed, connection, field, filter, list, many, newest_first,
    one,
};
use crate::vocabulary::read::{COUNTRY, LOCAL_NAME, PRODUCT};

/// [`PlatformCycle::allows`](maip_domain::membership::stage::PlatformCycle::allows) in SQL; a test holds the two together.
const NEXT_STAGES: &str = "SELECT c.v AS v FROM (\
     SELECT 0 AS place, CASE {t}.stage WHEN 'PROPOSED' THEN 'COMMITMENT' WHEN 'COMMITMENT' THEN 'VISIONING' \
     WHEN 'VISIONING' THEN 'NEEDS_ASSESSMENT' WHEN 'NEEDS_ASSESSMENT' THEN 'ACTION_PLANNING' \
     WHEN 'ACTION_PLANNING' THEN 'IMPLEMENTING' WHEN 'IMPLEMENTING' THEN 'SCALING' WHEN 'SCALING' THEN 'CLOSED' \
     WHEN 'DORMANT' THEN {t}.stage_before_dormant END AS v \
     UNION ALL SELECT 1, CASE {t}.stage WHEN 'DORMANT' THEN 'CLOSED' WHEN 'CLOSED' THEN NULL ELSE 'DORMANT' END) c \
     WHERE c.v IS NOT NULL ORDER BY c.place";

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
    related: &[
        (
            Related::Invited,
            "SELECT COALESCE(m.account_id, o.account_id) AS v FROM memberships m LEFT JOIN organisation_people o \
             ON o.organisation_id = m.organisation_id AND o.manager WHERE m.platform_id = {t}.id \
             AND m.status = 'INVITED' AND (m.account_id IS NOT NULL OR o.account_id IS NOT NULL)",
        ),
        (
            Related::Engaged,
            "SELECT m.account_id AS v FROM memberships m WHERE m.platform_id = {t}.id AND m.account_id IS NOT NULL \
             AND m.status IN ('INVITED', 'REQUESTED', 'ACTIVE', 'SUSPENDED')",
        ),
    ],
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
        list(
            "nextStages",
            Scalar::Enum(closed::<PlatformStage>),
            NEXT_STAGES,
            "To which stages `advancePlatform` can take it from here, in the order of the cycle; whether you may, \
             `viewerCan` says.",
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
            FilterType::Ids(ProductId::PREFIX),
            "EXISTS (SELECT 1 FROM platform_products x WHERE x.platform_id = {t}.id AND x.product_id IN {in})",
            "That works on one of these products.",
        ),
        filter(
            "concept",
            FilterType::Ids(ConceptId::PREFIX),
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
    sorts: &[alphabetical("NAME", "By name."), newest_first("By age, newest first.")],
};
