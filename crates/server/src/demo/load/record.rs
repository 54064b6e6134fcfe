//! The record of what was done: the demonstration's past as audit entries and events, in order of
//! time.

use maip_domain::time::Timestamp;
use maip_persistence::record::{AuditDraft, EventDraft, append};

use super::{Loading, contacts, lessons, replications};
use crate::demo::ids::id;
use crate::exit::Outcome;

/// Something that was done.
struct Done {
    at: i64,
    action: &'static str,
    actor: String,
    subject_type: &'static str,
    subject: String,
    country: Option<String>,
}

/// Writes the entries.
pub async fn load(loading: &Loading<'_>) -> Outcome<usize> {
    let mut done = Vec::new();
    organisations(loading, &mut done);
    lessons(loading, &mut done);
    replications(loading, &mut done)?;
    introductions(loading, &mut done)?;
    // Stable: what was done at one instant stays in its order.
    done.sort_by_key(|entry| entry.at);
    for (number, entry) in done.iter().enumerate() {
        let key = format!("{number} {} {}", entry.action, entry.subject);
        let audit = AuditDraft {
            id: id("audit", &key),
            action: entry.action,
            actor_account: Some(&entry.actor),
            actor_organisation: None,
            actor_token: None,
            on_behalf_of: None,
            subject_type: entry.subject_type,
            subject: &entry.subject,
            country: entry.country.as_deref(),
            fields: &[],
            values_digest: None,
            request_id: "demonstration",
        };
        let event = EventDraft {
            id: id("event", &key),
            kind: entry.action,
            subject_type: entry.subject_type,
            subject: &entry.subject,
        };
        append(loading.transaction, Timestamp::from_micros(entry.at), &audit, Some(&event)).await?;
    }
    Ok(done.len())
}

fn organisations(loading: &Loading<'_>, done: &mut Vec<Done>) {
    for organisation in &loading.records.organisations {
        let Some(manager) = organisation.managers.first() else { continue };
        done.push(Done {
            at: loading.days_ago(super::people::BEGUN_DAYS_AGO),
            action: "organisation.created",
            actor: id("account", manager),
            subject_type: "Organisation",
            subject: id("organisation", &organisation.key),
            country: Some(organisation.country.clone()),
        });
    }
}

fn lessons(loading: &Loading<'_>, done: &mut Vec<Done>) {
    for (lesson, version) in lessons::every_version(loading) {
        let platform = loading.records.platforms.iter().find(|platform| platform.key == lesson.platform);
        let mut push = |days: Option<i64>, action, actor: String| {
            if let Some(days) = days {
                done.push(Done {
                    at: loading.days_ago(days),
                    action,
                    actor,
                    subject_type: "Lesson",
                    subject: id("lesson", &lesson.key),
                    country: platform.map(|platform| platform.country.clone()),
                });
            }
        };
        let begun = if version.number == 1 { "lesson.drafted" } else { "lesson.revised" };
        let writer = lessons::created_by(lesson);
        push(Some(version.drafted_days_ago), begun, writer.clone());
        push(lessons::submitted_days_ago(version), "lesson.submitted", writer);
        if let Some(reviewer) = &version.reviewer {
            push(version.published_days_ago, "lesson.published", id("account", reviewer));
        }
        if let Some(by) = &version.endorsed_by {
            let days = version.published_days_ago.map(|days| days - 1);
            push(days, "lesson.endorsed", id("account", by));
        }
    }
}

fn replications(loading: &Loading<'_>, done: &mut Vec<Done>) -> Outcome {
    for replication in &loading.records.replications {
        let (_, version) = replications::replicated(loading, replication)?;
        let platform = loading.records.platforms.iter().find(|one| one.key == replication.platform);
        let begun = version.published_days_ago.unwrap_or_default() / 2;
        let by = Some(&replication.by);
        let concluded = replication.outcome.as_ref().and(by);
        for (days, action, actor) in [
            (begun, "replication.planned", by),
            (begun / 2, "replication.concluded", concluded),
            (begun / 4, "replication.verified", replication.verified_by.as_ref()),
        ] {
            let Some(actor) = actor else { continue };
            done.push(Done {
                at: loading.days_ago(days),
                action,
                actor: id("account", actor),
                subject_type: "Replication",
                subject: id("replication", &replication.key),
                country: platform.map(|platform| platform.country.clone()),
            });
        }
    }
    Ok(())
}

fn introductions(loading: &Loading<'_>, done: &mut Vec<Done>) -> Outcome {
    for introduction in &loading.records.introductions {
        let status = contacts::status(introduction)?;
        done.push(Done {
            at: loading.days_ago(contacts::asked_days_ago(status)),
            action: "introduction.requested",
            actor: id("account", &introduction.requester),
            subject_type: "Introduction",
            subject: id("introduction", &introduction.key),
            country: None,
        });
    }
    Ok(())
}
