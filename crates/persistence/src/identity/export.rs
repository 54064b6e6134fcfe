//! Everything that is held on a person, as one JSON document for that person.

use maip_domain::id::AccountId;
use maip_domain::time::Timestamp;
use sea_orm::QueryResult;
use serde_json::{Map, Value};

use super::accounts;
use crate::write::{Unit, WriteResult, Written};

/// A part of the document: rows of one statement, whose only value is the account's id.
struct Part {
    name: &'static str,
    sql: &'static str,
    columns: &'static [(&'static str, Kind)],
}

/// How a column is shown.
#[derive(Clone, Copy)]
enum Kind {
    Text,
    Number,
    Instant,
    Bool,
    /// A JSON document that is stored as text.
    Json,
}

use Kind::{Bool, Instant, Json, Number, Text};

const PARTS: &[Part] = &[
    Part {
        name: "account",
        sql: "SELECT a.id, a.status, a.display_name, a.language, (SELECT c.code FROM countries c WHERE c.id = a.country_id), \
              a.created_at, a.updated_at, a.login_kind, a.login_verified_at, a.login_used_at, a.system_administrator, \
              a.sex, a.age_group, a.registered_by, a.recorded_consent, a.recorded_consent_at, a.consent_confirmed_at \
              FROM accounts a WHERE a.id = $1",
        columns: &[
            ("id", Text),
            ("status", Text),
            ("displayName", Text),
            ("language", Text),
            ("country", Text),
            ("createdAt", Instant),
            ("updatedAt", Instant),
            ("loginKind", Text),
            ("loginVerifiedAt", Instant),
            ("loginUsedAt", Instant),
            ("systemAdministrator", Bool),
            ("sex", Text),
            ("ageGroup", Text),
            ("registeredBy", Text),
            ("recordedConsent", Text),
            ("recordedConsentAt", Instant),
            ("consentConfirmedAt", Instant),
        ],
    },
    Part {
        name: "memberships",
        sql: "SELECT m.id, m.platform_id, p.name, m.role, m.actor_type, m.status, m.message, m.created_at, m.since, \
              m.ended_at FROM memberships m JOIN platforms p ON p.id = m.platform_id WHERE m.account_id = $1 \
              ORDER BY m.created_at, m.id",
        columns: &[
            ("id", Text),
            ("platform", Text),
            ("platformName", Text),
            ("role", Text),
            ("actorType", Text),
            ("status", Text),
            ("message", Text),
            ("createdAt", Instant),
            ("since", Instant),
            ("endedAt", Instant),
        ],
    },
    Part {
        name: "appointments",
        sql: "SELECT id, kind, country_code, region, starts_at, ends_at FROM appointments WHERE account_id = $1 \
              ORDER BY starts_at, id",
        columns: &[
            ("id", Text),
            ("office", Text),
            ("country", Text),
            ("region", Text),
            ("startsAt", Instant),
            ("endsAt", Instant),
        ],
    },
    Part {
        name: "organisations",
        sql: "SELECT o.id, o.name, p.manager, p.since FROM organisation_people p JOIN organisations o \
              ON o.id = p.organisation_id WHERE p.account_id = $1 ORDER BY p.since, o.id",
        columns: &[("id", Text), ("name", Text), ("manager", Bool), ("since", Instant)],
    },
    Part {
        name: "managerRequests",
        sql: "SELECT o.id, o.name, r.asked_at FROM organisation_manager_requests r JOIN organisations o \
              ON o.id = r.organisation_id WHERE r.account_id = $1 ORDER BY r.asked_at, o.id",
        columns: &[("id", Text), ("name", Text), ("askedAt", Instant)],
    },
    Part {
        name: "lessons",
        sql: "SELECT l.id, c.part, l.status, l.attribution, l.platform_id, l.country_code, l.language, l.created_at, \
              l.published_at FROM lesson_contributors c JOIN lessons l ON l.id = c.lesson_id WHERE c.account_id = $1 \
              ORDER BY l.created_at, l.id, c.part",
        columns: &[
            ("id", Text),
            ("part", Text),
            ("status", Text),
            ("attribution", Text),
            ("platform", Text),
            ("country", Text),
            ("language", Text),
            ("createdAt", Instant),
            ("publishedAt", Instant),
        ],
    },
    Part {
        name: "translations",
        sql: "SELECT id, lesson_id, version_id, language, origin, status, title, abstract, context, problem, \
              what_was_done, result, enabling_conditions, hindering_conditions, who_gained, who_lost, created_at, \
              updated_at FROM lesson_translations WHERE translator_id = $1 ORDER BY created_at, id",
        columns: &[
            ("id", Text),
            ("lesson", Text),
            ("version", Text),
            ("language", Text),
            ("origin", Text),
            ("status", Text),
            ("title", Text),
            ("abstract", Text),
            ("context", Text),
            ("problem", Text),
            ("whatWasDone", Text),
            ("result", Text),
            ("enablingConditions", Json),
            ("hinderingConditions", Json),
            ("whoGained", Text),
            ("whoLost", Text),
            ("createdAt", Instant),
            ("updatedAt", Instant),
        ],
    },
    Part {
        name: "translationReviews",
        sql: "SELECT id, lesson_id, language, reviewed_at FROM lesson_translations WHERE reviewed_by = $1 \
              ORDER BY reviewed_at, id",
        columns: &[("id", Text), ("lesson", Text), ("language", Text), ("reviewedAt", Instant)],
    },
    Part {
        name: "translationRequests",
        sql: "SELECT id, lesson_id, language, CASE WHEN requested_by = $1 THEN note END, status, created_at, \
              CASE WHEN requested_by = $1 THEN 'ASKED' \
              ELSE 'TAKEN' END FROM translation_requests WHERE requested_by = $1 OR taken_by = $1 \
              ORDER BY created_at, id",
        columns: &[
            ("id", Text),
            ("lesson", Text),
            ("language", Text),
            ("note", Text),
            ("status", Text),
            ("createdAt", Instant),
            ("part", Text),
        ],
    },
    Part {
        name: "lessonVersions",
        sql: "SELECT v.id, v.lesson_id, v.number, v.state, v.language, v.title, v.abstract, v.context, v.problem, \
              v.what_was_done, v.result, v.outcome, v.enabling_conditions, v.hindering_conditions, v.who_gained, \
              v.who_lost, v.created_at, v.submitted_at, v.published_at FROM lesson_versions v \
              WHERE v.created_by = $1 OR v.lesson_id IN (SELECT l.id FROM lessons l WHERE l.author_id = $1) \
              ORDER BY v.created_at, v.id",
        columns: &[
            ("id", Text),
            ("lesson", Text),
            ("number", Number),
            ("state", Text),
            ("language", Text),
            ("title", Text),
            ("abstract", Text),
            ("context", Text),
            ("problem", Text),
            ("whatWasDone", Text),
            ("result", Text),
            ("outcome", Text),
            ("enablingConditions", Text),
            ("hinderingConditions", Text),
            ("whoGained", Text),
            ("whoLost", Text),
            ("createdAt", Instant),
            ("submittedAt", Instant),
            ("publishedAt", Instant),
        ],
    },
    Part {
        name: "lessonAttachments",
        sql: "SELECT t.id, t.lesson_id, t.version_id, t.kind, t.media_type, t.size_bytes, t.state, t.caption, \
              t.alternative_text, t.people_shown, t.transcript, t.transcript_language, t.created_at \
              FROM lesson_attachments t WHERE t.created_by = $1 \
              OR t.lesson_id IN (SELECT l.id FROM lessons l WHERE l.author_id = $1) ORDER BY t.created_at, t.id",
        columns: &[
            ("id", Text),
            ("lesson", Text),
            ("version", Text),
            ("kind", Text),
            ("mediaType", Text),
            ("sizeBytes", Number),
            ("state", Text),
            ("caption", Text),
            ("alternativeText", Text),
            ("peopleShown", Text),
            ("transcript", Text),
            ("transcriptLanguage", Text),
            ("createdAt", Instant),
        ],
    },
    Part {
        name: "reviewEntries",
        sql: "SELECT id, lesson_id, version_id, kind, text, created_at FROM review_entries WHERE author_id = $1 \
              ORDER BY created_at, id",
        columns: &[
            ("id", Text),
            ("lesson", Text),
            ("version", Text),
            ("kind", Text),
            ("text", Text),
            ("createdAt", Instant),
        ],
    },
    Part {
        name: "endorsements",
        sql: "SELECT id, lesson_id, country_code, note, created_at FROM endorsements WHERE account_id = $1 \
              ORDER BY created_at, id",
        columns: &[("id", Text), ("lesson", Text), ("country", Text), ("note", Text), ("createdAt", Instant)],
    },
    Part {
        name: "replications",
        sql: "SELECT r.id, r.lesson_id, r.version_id, r.platform_id, r.status, r.conclusion, r.outcome, r.note, \
              r.created_at, r.trial_at, r.concluded_at FROM replications r \
              WHERE r.created_by = $1 OR EXISTS (SELECT 1 FROM replication_people p \
              WHERE p.replication_id = r.id AND p.account_id = $1) ORDER BY r.created_at, r.id",
        columns: &[
            ("id", Text),
            ("lesson", Text),
            ("version", Text),
            ("platform", Text),
            ("status", Text),
            ("conclusion", Text),
            ("outcome", Text),
            ("note", Text),
            ("createdAt", Instant),
            ("trialStartedAt", Instant),
            ("concludedAt", Instant),
        ],
    },
    Part {
        name: "verifications",
        sql: "SELECT id, lesson_id, platform_id, verification_note, verified_at FROM replications WHERE verified_by = $1 \
              ORDER BY verified_at, id",
        columns: &[
            ("replication", Text),
            ("lesson", Text),
            ("platform", Text),
            ("note", Text),
            ("verifiedAt", Instant),
        ],
    },
    Part {
        name: "contactCards",
        sql: "SELECT id, status, visibility, headline, can_help_with, language, country_code, platform_id, created_at, \
              updated_at FROM contact_cards WHERE account_id = $1 ORDER BY created_at, id",
        columns: &[
            ("id", Text),
            ("status", Text),
            ("visibility", Text),
            ("headline", Text),
            ("canHelpWith", Text),
            ("language", Text),
            ("country", Text),
            ("platform", Text),
            ("createdAt", Instant),
            ("updatedAt", Instant),
        ],
    },
    Part {
        name: "consents",
        sql: "SELECT c.id, c.card_id, f.field, c.audience, c.to_account_id, c.to_organisation_id, c.purpose, \
              c.introduction_id, c.created_at, c.expires_at, c.withdrawn_at FROM consents c \
              LEFT JOIN consent_fields f ON f.consent_id = c.id WHERE c.created_by = $1 \
              OR c.card_id IN (SELECT x.id FROM contact_cards x WHERE x.account_id = $1) \
              ORDER BY c.created_at, c.id, f.field",
        columns: &[
            ("id", Text),
            ("contactCard", Text),
            ("detail", Text),
            ("audience", Text),
            ("toAccount", Text),
            ("toOrganisation", Text),
            ("purpose", Text),
            ("introduction", Text),
            ("createdAt", Instant),
            ("expiresAt", Instant),
            ("withdrawnAt", Instant),
        ],
    },
    Part {
        name: "introductions",
        sql: "SELECT id, requester_id = $1, card_id, lesson_id, status, CASE WHEN requester_id = $1 OR account_id = $1 \
              THEN message END, reply, created_at, answered_at, expires_at FROM introductions \
              WHERE requester_id = $1 OR account_id = $1 OR answered_by = $1 ORDER BY created_at, id",
        columns: &[
            ("id", Text),
            ("askedForByYou", Bool),
            ("contactCard", Text),
            ("lesson", Text),
            ("status", Text),
            ("message", Text),
            ("reply", Text),
            ("createdAt", Instant),
            ("answeredAt", Instant),
            ("expiresAt", Instant),
        ],
    },
    Part {
        name: "disclosuresOfYourDetails",
        sql: "SELECT id, card_id, field, reader_account_id, reader_organisation_id, reader_token_id, created_at \
              FROM disclosures WHERE account_id = $1 ORDER BY created_at, id",
        columns: &[
            ("id", Text),
            ("contactCard", Text),
            ("detail", Text),
            ("readerAccount", Text),
            ("readerOrganisation", Text),
            ("readerToken", Text),
            ("at", Instant),
        ],
    },
    Part {
        name: "detailsThatYouRead",
        sql: "SELECT id, card_id, field, created_at FROM disclosures WHERE reader_account_id = $1 \
              ORDER BY created_at, id",
        columns: &[("id", Text), ("contactCard", Text), ("detail", Text), ("at", Instant)],
    },
    Part {
        name: "sessions",
        sql: "SELECT id, label, created_at, last_used_at, expires_at, revoked_at FROM sessions WHERE account_id = $1 \
              ORDER BY created_at, id",
        columns: &[
            ("id", Text),
            ("label", Text),
            ("createdAt", Instant),
            ("lastUsedAt", Instant),
            ("expiresAt", Instant),
            ("revokedAt", Instant),
        ],
    },
    Part {
        name: "oneTimeCodes",
        sql: "SELECT purpose, issued_by, created_at, expires_at, used_at FROM one_time_codes WHERE account_id = $1 \
              ORDER BY created_at, id",
        columns: &[
            ("purpose", Text),
            ("issuedBy", Text),
            ("createdAt", Instant),
            ("expiresAt", Instant),
            ("usedAt", Instant),
        ],
    },
    Part {
        name: "audit",
        sql: "SELECT id, action, actor_account_id = $1, subject_type, subject_id, on_behalf_of_id, fields, created_at \
              FROM audit_entries WHERE actor_account_id = $1 OR on_behalf_of_id = $1 OR subject_id = $1 \
              ORDER BY created_at, line",
        columns: &[
            ("id", Text),
            ("action", Text),
            ("doneByYou", Bool),
            ("type", Text),
            ("record", Text),
            ("onBehalfOf", Text),
            ("fields", Json),
            ("at", Instant),
        ],
    },
];

/// Gives the viewer everything that is held on them.
///
/// # Errors
/// `SIGN_IN_NEEDED`.
pub async fn export(unit: Unit<'_>, pretty: bool) -> WriteResult<Written> {
    let id = unit.account()?;
    let account = accounts::by_id(unit.transaction(), id.as_str()).await?;
    let mut document = Map::new();
    document.insert("exportedAt".to_owned(), unit.now().to_rfc3339().into());
    let login = accounts::open_login(unit.services(), &account);
    document.insert("login".to_owned(), login.map(|login| login.value().to_owned()).into());
    for part in PARTS {
        let rows = unit.query_all(part.sql, [id.as_str().into()]).await?;
        let rows = rows.iter().map(|row| shown(row, part.columns)).collect::<WriteResult<Vec<_>>>()?;
        document.insert(part.name.to_owned(), rows.into());
    }
    document.insert("contactDetails".to_owned(), details(&unit, &id).await?.into());
    let document = Value::Object(document);
    let text = if pretty { format!("{document:#}") } else { document.to_string() };
    accounts::record(&unit, &account, "account.exported", &[]).await?;
    unit.commit(Written::default().with("data", text)).await
}

fn shown(row: &QueryResult, columns: &[(&'static str, Kind)]) -> WriteResult<Value> {
    let mut object = Map::new();
    for (index, (name, kind)) in columns.iter().enumerate() {
        let value: Value = match kind {
            Text => row.try_get_by_index::<Option<String>>(index)?.into(),
            Number => row.try_get_by_index::<Option<i64>>(index)?.into(),
            Bool => row.try_get_by_index::<Option<bool>>(index)?.into(),
            Instant => {
                let micros = row.try_get_by_index::<Option<i64>>(index)?;
                micros.map(|micros| Timestamp::from_micros(micros).to_rfc3339()).into()
            }
            Json => {
                let text = row.try_get_by_index::<Option<String>>(index)?;
                text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default()
            }
        };
        object.insert((*name).to_owned(), value);
    }
    Ok(Value::Object(object))
}

/// The details of the person's own cards. Reading one's own isn't logged as a disclosure.
async fn details(unit: &Unit<'_>, account: &AccountId) -> WriteResult<Vec<Value>> {
    let rows = unit
        .query_all(
            "SELECT d.card_id, d.field, d.value_sealed FROM contact_details d JOIN contact_cards c \
             ON c.id = d.card_id WHERE c.account_id = $1 ORDER BY d.card_id, d.field",
            [account.as_str().into()],
        )
        .await?;
    rows.iter()
        .map(|row| {
            let card: String = row.try_get_by_index(0)?;
            let field: String = row.try_get_by_index(1)?;
            let sealed: String = row.try_get_by_index(2)?;
            let value = unit.services().keyring.open(&field, &card, &sealed);
            Ok(serde_json::json!({ "contactCard": card, "detail": field, "value": value }))
        })
        .collect()
}
