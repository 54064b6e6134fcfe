//! The tables that are filled, and their columns in the order in which rows are written.

use super::sink::Table;

macro_rules! tables {
    ($($constant:ident = $name:literal ($columns:literal);)*) => {
        $(pub static $constant: Table = Table { name: $name, columns: $columns };)*
        /// All of them.
        pub static ALL: &[&Table] = &[$(&$constant),*];
    };
}

tables! {
    ACCOUNTS = "accounts" ("id, revision, created_at, updated_at, status, display_name, sort_key, language, \
        country_id, system_administrator");
    ORGANISATIONS = "organisations" ("id, revision, created_at, updated_at, name, sort_key, kind, country_id, \
        verified_at");
    ORGANISATION_PEOPLE = "organisation_people" ("organisation_id, account_id, manager, since");
    PRODUCTS = "products" ("id, country_id, concept_id, name, sort_key");
    PLATFORMS = "platforms" ("id, revision, created_at, updated_at, name, sort_key, language, description, \
        country_id, country_code, region, stage, visibility");
    PLATFORM_PRODUCTS = "platform_products" ("platform_id, product_id");
    MEMBERSHIPS = "memberships" ("id, revision, created_at, updated_at, platform_id, platform_country_code, \
        platform_region, account_id, member_sort_key, role, actor_type, status, since");
    APPOINTMENTS = "appointments" ("id, revision, created_at, updated_at, account_id, kind, country_id, \
        country_code, country_region, starts_at, sort_at");
    LESSONS = "lessons" ("id, revision, created_at, updated_at, created_by, author_id, organisation_id, \
        platform_id, country_id, country_code, region, visibility, status, attribution, current_version_id, \
        published_version_id, latest_version_id, language, title_sort_key, outcome, sort_at, published_at");
    LESSON_VERSIONS = "lesson_versions" ("id, lesson_id, number, revision, created_at, updated_at, created_by, \
        state, language, origin, title, abstract, context, problem, what_was_done, result, outcome, \
        enabling_conditions, hindering_conditions, who_gained, who_lost, submitted_at, published_at, \
        visibility, attribution");
    LESSON_VERSION_CONCEPTS = "lesson_version_concepts" ("version_id, concept_id");
    LESSON_VERSION_ACTOR_TYPES = "lesson_version_actor_types" ("version_id, actor_type");
    LESSON_CONTRIBUTORS = "lesson_contributors" ("lesson_id, account_id, part");
    REVIEW_ENTRIES = "review_entries" ("id, lesson_id, version_id, kind, text, author_id, created_at");
    ENDORSEMENTS = "endorsements" ("id, lesson_id, version_id, account_id, country_id, country_code, note, \
        created_at");
    REPLICATIONS = "replications" ("id, revision, created_at, updated_at, created_by, lesson_id, version_id, \
        platform_id, country_id, country_code, region, status, outcome, note, concluded_at");
    REPLICATION_CONDITIONS = "replication_conditions" ("replication_id, position, held, text");
    CONTACT_CARDS = "contact_cards" ("id, revision, created_at, updated_at, created_by, account_id, platform_id, \
        country_id, country_code, region, visibility, status, headline, can_help_with, language, sort_key");
    CONTACT_CARD_CONCEPTS = "contact_card_concepts" ("card_id, concept_id");
    CONTACT_CARD_LANGUAGES = "contact_card_languages" ("card_id, language");
    CONTACT_CARD_COUNTRIES = "contact_card_countries" ("card_id, country_id");
    INTRODUCTIONS = "introductions" ("id, revision, created_at, updated_at, requester_id, card_id, account_id, \
        status, message, answered_at, expires_at");
    CONSENTS = "consents" ("id, created_at, created_by, card_id, audience, purpose, expires_at");
    CONSENT_FIELDS = "consent_fields" ("consent_id, field");
    SESSIONS = "sessions" ("id, account_id, created_at, last_used_at, expires_at, revoked_at");
    OUTBOX = "outbox" ("id, written, position, created_at, kind, subject_type, subject_id");
    AUDIT_ENTRIES = "audit_entries" ("id, written, position, digest, created_at, action, actor_account_id, \
        subject_type, subject_id, country_code, fields, request_id");
    SEQUENCE_HEADS = "sequence_heads" ("name, position, digest");
}

/// The index of the search on PostgreSQL.
pub static SEARCH: Table = Table { name: "search_documents", columns: "kind, record_id, tokens, beginnings" };
/// The same on SQLite: which row of the index is whose, and its tokens.
pub static SEARCH_ROWS: Table =
    Table { name: "search_documents", columns: "number, kind, record_id, beginnings" };
pub static SEARCH_TOKENS: Table = Table { name: "search_tokens", columns: "rowid, tokens" };
/// What is found while it is typed, and by which words typing errors are told.
pub static SEARCH_BEGINNINGS: Table =
    Table { name: "search_beginnings", columns: "record_id, place, kind, key, title, language" };
pub static SEARCH_WORDS: Table = Table { name: "search_words", columns: "key, word, origin" };
