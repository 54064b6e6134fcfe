//! Lessons.

use maip_domain::id::{ConceptId, PlatformId, ProductId};
use maip_domain::lessons::{Attribution, LessonStatus, MissingField, Outcome};
use maip_domain::membership::member::ActorType;
use maip_domain::policy::rules::lessons::{
    LESSON as LESSON_POLICY, SEES_AUTHOR, SEES_DRAFT, SEES_ORGANISATION, SEES_REVISION, SEES_WORK,
};
use maip_domain::policy::{Attribute, Related};
use maip_domain::visibility::Visibility;
use maip_domain::vocabulary::Region;

use super::{
    ENDORSEMENT, LESSON_TEXT, LESSON_TRANSLATION, LESSON_VERSION, REPLICATION, REPLICATION_OUTCOMES,
    REVIEW_ENTRY, TRANSLATION_REQUEST, missing, review_level,
};
use crate::identity::read::{ACCOUNT, API_TOKEN, ORGANISATION};
use crate::membership::read::PLATFORM;
use crate::read::declare::{
    Condition, Entity, Filter, FilterType, Join, Scalar, Sort, Source, by_number, by_text, closed,
    connection, field, filter, list, many, one, optional, sourced, visible,
};
use crate::vocabulary::read::{CONCEPT, COUNTRY};

/// A lesson.
pub static LESSON: Entity = Entity {
    name: "Lesson",
    description: "A lesson learned: what was tried, whether it worked, and why. Its text stands in versions; the \
                  texts here are those of `currentVersion`.",
    prefix: Some("lesson"),
    table: "lessons",
    key: "id",
    policy: &LESSON_POLICY,
    joins: &[
        Join { name: "v", table: "lesson_versions", on: "{v}.id = {t}.current_version_id" },
        Join { name: "o", table: "lesson_versions", on: "{o}.id = {t}.latest_version_id" },
        Join { name: "a", table: "accounts", on: "{a}.id = {t}.author_id" },
    ],
    attributes: &[
        (Attribute::State, "{t}.status"),
        (
            Attribute::OpenState,
            "(SELECT x.state FROM lesson_versions x WHERE x.lesson_id = {t}.id \
             AND x.state IN ('DRAFT', 'SUBMITTED', 'IN_REVIEW', 'CHANGES_REQUESTED'))",
        ),
        (Attribute::HandedIn, "CASE WHEN {v}.submitted_at IS NOT NULL THEN 'YES' END"),
        (Attribute::Visibility, "{t}.visibility"),
        (Attribute::Platform, "{t}.platform_id"),
        (Attribute::Country, "{t}.country_code"),
        (Attribute::Region, "{t}.region"),
        (Attribute::Owner, "{t}.author_id"),
        (
            Attribute::RecorderOrganisation,
            "(SELECT k.organisation_id FROM api_tokens k WHERE k.id = {t}.recorded_by_token)",
        ),
        (Attribute::Attribution, "{t}.attribution"),
        (
            Attribute::ReviewLevel,
            review_level!("{t}.id", "{t}.organisation_id", ""),
        ),
    ],
    related: &[
        (
            Related::Contributors,
            "SELECT x.account_id AS v FROM lesson_contributors x WHERE x.lesson_id = {t}.id AND x.part <> 'ASKED'",
        ),
        (
            Related::Invited,
            "SELECT x.account_id AS v FROM lesson_contributors x WHERE x.lesson_id = {t}.id AND x.part = 'ASKED'",
        ),
        (
            Related::AuthoringOrganisations,
            "SELECT {t}.organisation_id AS v WHERE {t}.organisation_id IS NOT NULL",
        ),
        (
            Related::EndorsingCountries,
            "SELECT x.country_code AS v FROM endorsements x WHERE x.lesson_id = {t}.id \
             AND x.version_id = {t}.published_version_id",
        ),
        (Related::HomePlatform, "SELECT {t}.platform_id AS v"),
    ],
    fields: &[
        field("id", Scalar::Id, "{t}.id", "Its id."),
        field("title", Scalar::Text, "{v}.title", "Its title, in `language`."),
        field("abstract", Scalar::Text, "{v}.abstract", "The gist, in 1,500 characters at most."),
        field("language", Scalar::Language, "{t}.language", "The language in which it is written."),
        optional(
            "outcome",
            Scalar::Enum(closed::<Outcome>),
            "{t}.outcome",
            "Whether it worked; null while its draft doesn't say.",
        ),
        field(
            "status",
            Scalar::Enum(closed::<LessonStatus>),
            "{t}.status",
            "Its status, which follows from its versions: while a published lesson is revised, it stays PUBLISHED.",
        ),
        field(
            "visibility",
            Scalar::Enum(closed::<Visibility>),
            "{t}.visibility",
            "Who may see it once it is published. What a revision will change of that stands in `openVersion`.",
        ),
        field(
            "attribution",
            Scalar::Enum(closed::<Attribution>),
            "{t}.attribution",
            "How its author is named, as the author chose. What a revision will change of that stands in \
             `openVersion`.",
        ),
        field(
            "authorName",
            Scalar::Text,
            "{a}.display_name",
            "The author's name; null where the author isn't named.",
        )
        .shown_to(&SEES_AUTHOR),
        field(
            "recordedOnBehalf",
            Scalar::Bool,
            "({t}.recorded_by IS NOT NULL OR {t}.recorded_by_token IS NOT NULL)",
            "Whether someone else, or an API token, wrote it down for the author.",
        ),
        list(
            "actorTypes",
            Scalar::Enum(closed::<ActorType>),
            "SELECT x.actor_type AS v FROM lesson_version_actor_types x WHERE x.version_id = {t}.current_version_id \
             ORDER BY x.actor_type",
            "For whom it is.",
        ),
        sourced(
            "missingConditions",
            Scalar::Text,
            false,
            Source::ListOf {
                of: &REPLICATION,
                on: "{t}.lesson_id = {p}.id",
                join: "JOIN replication_conditions x ON x.replication_id = {t}.id AND NOT x.held",
                value: "x.text",
                order: "{t}.created_at, {t}.id, x.position",
            },
            "What was missing where it was tried elsewhere: check these before you try it.",
        ),
        list(
            "missingForSubmission",
            Scalar::Enum(closed::<MissingField>),
            missing!("{o}"),
            "What its newest version still lacks before it can be handed in, in the order in which to ask for it; \
             null for who doesn't see drafts of it.",
        )
        .shown_to(&SEES_DRAFT),
        optional("publishedAt", Scalar::Instant, "{t}.published_at", "When it was first published."),
        field("createdAt", Scalar::Instant, "{t}.created_at", "When it was drafted."),
        field(
            "updatedAt",
            Scalar::Instant,
            "{t}.updated_at",
            "When that last changed which everyone who sees it can see. A version that is written or reviewed \
             beside the published one has a time of its own: `openVersion { updatedAt }`.",
        ),
        field(
            "revision",
            Scalar::Int,
            "{t}.revision",
            "Name it as `expectedRevision` when you change the lesson. It changes with what you can see of it.",
        )
        .shown_to_or(&SEES_REVISION, "{t}.shown_revision"),
    ],
    relations: &[
        one(
            "author",
            &ACCOUNT,
            true,
            "{t}.id = {p}.author_id",
            "The author; null where the author isn't named, and where you may not see people.",
        )
        .shown_to(&SEES_AUTHOR),
        many(
            "coAuthors",
            &ACCOUNT,
            "{t}.sort_key, {t}.id",
            "{t}.id IN (SELECT x.account_id FROM lesson_contributors x WHERE x.lesson_id = {p}.id \
             AND x.part = 'CO_AUTHOR')",
            "Who wrote it together with the author and agrees to be named; empty where the author isn't named.",
        )
        .shown_to(&SEES_AUTHOR),
        many(
            "askedCoAuthors",
            &ACCOUNT,
            "{t}.sort_key, {t}.id",
            "{t}.id IN (SELECT x.account_id FROM lesson_contributors x WHERE x.lesson_id = {p}.id \
             AND x.part = 'ASKED')",
            "Who was named as a co-author and hasn't answered yet; empty for who doesn't see drafts of it.",
        )
        .shown_to(&SEES_DRAFT),
        one(
            "recordedBy",
            &ACCOUNT,
            true,
            "{t}.id = {p}.recorded_by",
            "Who wrote it down on behalf of the author; null where the author isn't named.",
        )
        .shown_to(&SEES_AUTHOR),
        one(
            "recordedByToken",
            &API_TOKEN,
            true,
            "{t}.id = {p}.recorded_by_token",
            "The API token that wrote it down on behalf of the author; for the managers of its organisation and the \
             system administrator.",
        ),
        one(
            "organisation",
            &ORGANISATION,
            true,
            "{t}.id = {p}.organisation_id",
            "The organisation for which the author speaks; null where the author wants to stay anonymous.",
        )
        .shown_to(&SEES_ORGANISATION),
        one(
            "country",
            &COUNTRY,
            false,
            "{t}.id = {p}.country_id",
            "The country that owns it: its platform's.",
        ),
        one("platform", &PLATFORM, true, "{t}.id = {p}.platform_id", "Its platform, where you may see it."),
        many(
            "concepts",
            &CONCEPT,
            "{t}.sort_key, {t}.id",
            "{t}.id IN (SELECT x.concept_id FROM lesson_version_concepts x \
             WHERE x.version_id = {p}.current_version_id)",
            "What it is about.",
        ),
        one(
            "currentVersion",
            &LESSON_VERSION,
            true,
            "{t}.id = {p}.current_version_id",
            "The version to read: the published one, else the newest; of a withdrawn lesson the newest that was \
             handed in.",
        )
        .back("l"),
        one(
            "publishedVersion",
            &LESSON_VERSION,
            true,
            "{t}.id = {p}.published_version_id",
            "The published version.",
        )
        .back("l"),
        one(
            "openVersion",
            &LESSON_VERSION,
            true,
            "{t}.lesson_id = {p}.id AND {t}.state IN ('DRAFT', 'SUBMITTED', 'IN_REVIEW', 'CHANGES_REQUESTED')",
            "The version that is being written or reviewed, where you may see it.",
        )
        .back("l"),
        one(
            "text",
            &LESSON_TEXT,
            false,
            "{t}.id = {p}.current_version_id",
            "What it says in the best language for the reader, and where that is from. Show this; the other texts here \
             are the original's.",
        )
        .in_languages(),
        connection(
            "translations",
            &LESSON_TRANSLATION,
            "{t}.lesson_id = {p}.id",
            "Its translations, of all its versions.",
        )
        .back("l"),
        connection(
            "translationRequests",
            &TRANSLATION_REQUEST,
            "{t}.lesson_id = {p}.id",
            "Into which languages members wish to have it translated; for members.",
        )
        .back("l"),
        connection("versions", &LESSON_VERSION, "{t}.lesson_id = {p}.id", "Its versions, newest first.")
            .back("l"),
        connection(
            "reviewThread",
            &REVIEW_ENTRY,
            "{t}.lesson_id = {p}.id",
            "What reviewers and author said to one another; empty for everyone else.",
        )
        .shown_to(&SEES_WORK)
        .back("l"),
        connection("endorsements", &ENDORSEMENT, "{t}.lesson_id = {p}.id", "The countries that endorse it.")
            .back("l"),
        connection(
            "replications",
            &REPLICATION,
            "{t}.lesson_id = {p}.id",
            "Where it was tried, on which version, and what came of it.",
        )
        .back("l"),
        one(
            "replicationOutcomes",
            &REPLICATION_OUTCOMES,
            false,
            "{t}.id = {p}.id",
            "What came of its replications, in numbers.",
        ),
    ],
    filters: FILTERS,
    sorts: &[
        Sort {
            code: "PUBLISHED_AT",
            description: "By the time of first publication, newest first; what isn't published, by its drafting.",
            columns: &[by_number("{t}.sort_at"), by_text("{t}.id")],
            descending: true,
        },
        Sort {
            code: "TITLE",
            description: "By title.",
            columns: &[by_text("{t}.title_sort_key"), by_text("{t}.id")],
            descending: false,
        },
        Sort {
            code: "UPDATED_AT",
            description: "By `updatedAt`, latest first.",
            columns: &[by_number("{t}.updated_at"), by_text("{t}.id")],
            descending: true,
        },
    ],
};

static FILTERS: &[Filter] = &[
    filter("country", FilterType::AnyOf(Scalar::Country), "{t}.country_code IN {in}", "Of one of these countries."),
    filter(
        "region",
        FilterType::AnyOf(Scalar::Enum(closed::<Region>)),
        "{t}.region IN {in}",
        "Of a country in one of these FAO regions.",
    ),
    visible(
        "product",
        FilterType::Ids(ProductId::PREFIX),
        &PLATFORM,
        "{t}.id = {p}.platform_id \
         AND EXISTS (SELECT 1 FROM platform_products x WHERE x.platform_id = {t}.id AND x.product_id IN {in})",
        "Of a platform that works on one of these products, as far as you may see the platform.",
    ),
    Filter {
        name: "concept",
        description: "About one of these concepts or something narrower.",
        takes: FilterType::Ids(ConceptId::PREFIX),
        condition: Condition::Each {
            sqlite: "{t}.current_version_id IN (SELECT x.version_id FROM lesson_version_concepts x \
                     JOIN concept_ancestors a ON a.concept_id = x.concept_id WHERE a.ancestor_id IN {in})",
            // As an array, found once: else the planner looks it up for each lesson, newest first, and
            // a rare concept takes it through all of them.
            postgres: "{t}.current_version_id = ANY (ARRAY(SELECT x.version_id FROM lesson_version_concepts x \
                       JOIN concept_ancestors a ON a.concept_id = x.concept_id WHERE a.ancestor_id IN {in}))",
        },
        among: None,
    },
    filter(
        "actorType",
        FilterType::AnyOf(Scalar::Enum(closed::<ActorType>)),
        "EXISTS (SELECT 1 FROM lesson_version_actor_types x WHERE x.version_id = {t}.current_version_id \
         AND x.actor_type IN {in})",
        "For one of these actor types.",
    ),
    filter(
        "outcome",
        FilterType::AnyOf(Scalar::Enum(closed::<Outcome>)),
        "{t}.outcome IN {in}",
        "With one of these outcomes.",
    ),
    filter(
        "language",
        FilterType::AnyOf(Scalar::Language),
        "{t}.language IN {in}",
        "Written in one of these languages.",
    ),
    visible(
        "platform",
        FilterType::Ids(PlatformId::PREFIX),
        &PLATFORM,
        "{t}.id = {p}.platform_id AND {t}.id IN {in}",
        "Of one of these platforms, as far as you may see them.",
    ),
    filter(
        "status",
        FilterType::AnyOf(Scalar::Enum(closed::<LessonStatus>)),
        "{t}.status IN {in}",
        "In one of these states, as far as you may see them.",
    ),
    visible(
        "openStatus",
        FilterType::AnyOf(Scalar::Enum(closed::<LessonStatus>)),
        &LESSON_VERSION,
        "{t}.lesson_id = {p}.id AND {t}.state IN {in} \
         AND {t}.state IN ('DRAFT', 'SUBMITTED', 'IN_REVIEW', 'CHANGES_REQUESTED')",
        "With a version that you see being worked on in one of these states: SUBMITTED is a reviewer's queue, \
         revisions of published lessons included.",
    )
    .among(&SEES_WORK),
    filter(
        "updatedFrom",
        FilterType::One(Scalar::Instant),
        "{t}.updated_at >= {?}",
        "With an `updatedAt` from then on.",
    ),
    filter(
        "updatedBefore",
        FilterType::One(Scalar::Instant),
        "{t}.updated_at < {?}",
        "With an `updatedAt` before then.",
    ),
    Filter {
        name: "text",
        description: "With all these words in its texts, in any script; words are found in their other forms too, where the \
                      language of the text is known.",
        takes: FilterType::Search,
        condition: Condition::Each {
            sqlite: "{t}.id IN (SELECT x.record_id FROM search_tokens JOIN search_documents x \
                     ON x.number = search_tokens.rowid WHERE search_tokens MATCH {?})",
            // Asked for by a constant, a word with its stems is taken for a common one, and then each lesson is looked at in
            // the list's order: seconds for a word that none has. `OFFSET 0` has PostgreSQL find the hits first.
            postgres: "{t}.id IN (SELECT x.record_id FROM search_documents x WHERE \
                       (x.tokens || array_to_tsvector(ARRAY['r' || CAST(x.number / 2048 AS text)])) \
                       @@ (SELECT CAST({?} AS tsquery)) OFFSET 0)",
        },
        among: None,
    },
];
