//! Lessons with their versions, reviews and endorsements.

use std::collections::HashSet;

use maip_domain::closed_set::ClosedSet as _;
use maip_domain::lessons::content::{Attribution, ContributorPart, Outcome as Worked, TextOrigin};
use maip_domain::lessons::version::{LessonStatus, ReviewEntryKind, VersionState};
use maip_domain::membership::member::ActorType;
use maip_domain::money::{Currency, Money};
use maip_domain::sort_key::sort_key;
use maip_domain::visibility::Visibility;
use maip_persistence::bulk::Rows;

use super::{Loading, broken, code, optional_code, text};
use crate::demo::ids::id;
use crate::demo::records::{Cost, Lesson, Version};
use crate::exit::Outcome;

/// Loads the lessons.
pub async fn load(loading: &Loading<'_>) -> Outcome {
    load_heads(loading).await?;
    load_versions(loading).await?;
    load_contributors(loading).await?;
    load_reviews(loading).await?;
    load_endorsements(loading).await?;
    Ok(())
}

fn state(version: &Version) -> Outcome<VersionState> {
    VersionState::from_code(&version.state).ok_or_else(|| broken(&version.state))
}

pub fn version_id(lesson: &Lesson, version: &Version) -> String {
    id("lessonversion", &format!("{} {}", lesson.key, version.number))
}

fn published(lesson: &Lesson) -> Option<&Version> {
    lesson.versions.iter().find(|version| version.state == VersionState::Published.code())
}

fn latest(lesson: &Lesson) -> Outcome<&Version> {
    lesson.versions.last().ok_or_else(|| broken(format!("{} has no version", lesson.key)))
}

/// The version that a reader sees.
fn current(lesson: &Lesson) -> Outcome<&Version> {
    published(lesson).map_or_else(|| latest(lesson), Ok)
}

pub fn created_by(lesson: &Lesson) -> String {
    id("account", lesson.recorded_by.as_ref().unwrap_or(&lesson.author))
}

/// How often a version was changed on its way to where it stands: begun and written, handed in, taken up
/// for review, decided, and taken out of use.
fn revisions(version: &Version) -> Outcome<i64> {
    Ok(match state(version)? {
        VersionState::Draft => 2,
        VersionState::Submitted => 3,
        VersionState::InReview => 4,
        VersionState::ChangesRequested | VersionState::Published => 5,
        VersionState::Superseded | VersionState::Withdrawn => 6,
    })
}

async fn load_heads(loading: &Loading<'_>) -> Outcome {
    let mut lessons = Rows::new(
        "lessons",
        &[
            "id",
            "revision",
            "created_at",
            "updated_at",
            "created_by",
            "author_id",
            "recorded_by",
            "organisation_id",
            "platform_id",
            "country_id",
            "country_code",
            "region",
            "visibility",
            "status",
            "attribution",
            "current_version_id",
            "published_version_id",
            "latest_version_id",
            "language",
            "title_sort_key",
            "outcome",
            "sort_at",
            "published_at",
            "shown_revision",
        ],
    );
    for lesson in &loading.records.lessons {
        let platform = loading.records.platforms.iter().find(|platform| platform.key == lesson.platform);
        let platform = platform.ok_or_else(|| broken(format!("no platform {}", lesson.platform)))?;
        let country = loading.country(&platform.country)?;
        let (shown, latest) = (current(lesson)?, latest(lesson)?);
        let states = lesson.versions.iter().map(state).collect::<Outcome<Vec<_>>>()?;
        let revision = lesson.versions.iter().map(revisions).sum::<Outcome<i64>>()?;
        // What is written beside the published version isn't for everyone.
        let unseen = match published(lesson) {
            Some(published) if published.number != latest.number => revisions(latest)?,
            _ => 0,
        };
        let shown_revision = revision - unseen;
        let begun = lesson.versions.first().map_or(0, |first| first.drafted_days_ago);
        let first_published = lesson.versions.iter().filter_map(|version| version.published_days_ago).max();
        let updated = shown.published_days_ago.unwrap_or(shown.drafted_days_ago);
        let row = [
            id("lesson", &lesson.key).into(),
            revision.into(),
            loading.days_ago(begun).into(),
            loading.days_ago(updated).into(),
            created_by(lesson).into(),
            id("account", &lesson.author).into(),
            lesson.recorded_by.as_deref().map(|by| id("account", by)).into(),
            lesson.on_behalf_of.as_deref().map(|on| id("organisation", on)).into(),
            id("platform", &lesson.platform).into(),
            country.id.as_str().into(),
            platform.country.as_str().into(),
            country.region.clone().into(),
            code::<Visibility>(&lesson.visibility)?.into(),
            LessonStatus::derive(&states).code().into(),
            code::<Attribution>(&lesson.attribution)?.into(),
            version_id(lesson, shown).into(),
            published(lesson).map(|version| version_id(lesson, version)).into(),
            version_id(lesson, latest).into(),
            shown.language.as_str().into(),
            sort_key(&shown.title).into(),
            optional_code::<Worked>(shown.result.as_deref())?.into(),
            loading.days_ago(first_published.unwrap_or(begun)).into(),
            first_published.map(|days| loading.days_ago(days)).into(),
            shown_revision.into(),
        ];
        lessons.push(loading.transaction, row).await?;
    }
    Ok(lessons.finish(loading.transaction).await?)
}

/// When it was handed in, in days ago: a few days before it was published, or after it was drafted.
pub fn submitted_days_ago(version: &Version) -> Option<i64> {
    match version.published_days_ago {
        Some(days) => Some((days + 7).min(version.drafted_days_ago)),
        None if version.state == VersionState::Draft.code() => None,
        None => Some((version.drafted_days_ago - 5).max(0)),
    }
}

async fn load_versions(loading: &Loading<'_>) -> Outcome {
    let mut versions = Rows::new(
        "lesson_versions",
        &[
            "id",
            "lesson_id",
            "number",
            "revision",
            "created_at",
            "updated_at",
            "created_by",
            "state",
            "language",
            "origin",
            "title",
            "abstract",
            "context",
            "problem",
            "what_was_done",
            "result",
            "outcome",
            "enabling_conditions",
            "hindering_conditions",
            "who_gained",
            "who_lost",
            "submitted_at",
            "published_at",
            "reviewer_id",
            "visibility",
            "attribution",
        ],
    );
    let mut concepts = Rows::new("lesson_version_concepts", &["version_id", "concept_id"]);
    let mut actor_types = Rows::new("lesson_version_actor_types", &["version_id", "actor_type"]);
    let mut costs =
        Rows::new("lesson_costs", &["version_id", "position", "item", "amount_minor", "amount", "currency"]);
    for (lesson, version) in every_version(loading) {
        let id = version_id(lesson, version);
        let submitted = submitted_days_ago(version);
        let updated = version.published_days_ago.or(submitted).unwrap_or(version.drafted_days_ago);
        let row = [
            id.as_str().into(),
            self::id("lesson", &lesson.key).into(),
            version.number.into(),
            revisions(version)?.into(),
            loading.days_ago(version.drafted_days_ago).into(),
            loading.days_ago(updated).into(),
            created_by(lesson).into(),
            state(version)?.code().into(),
            version.language.as_str().into(),
            TextOrigin::Original.code().into(),
            version.title.as_str().into(),
            text(version.gist.as_deref()),
            text(version.context.as_deref()),
            text(version.problem.as_deref()),
            text(version.what_was_done.as_deref()),
            text(version.result_text.as_deref()),
            optional_code::<Worked>(version.result.as_deref())?.into(),
            serde_json::json!(version.enabling_conditions).to_string().into(),
            serde_json::json!(version.hindering_conditions).to_string().into(),
            text(version.who_gained.as_deref()),
            text(version.who_lost.as_deref()),
            submitted.map(|days| loading.days_ago(days)).into(),
            version.published_days_ago.map(|days| loading.days_ago(days)).into(),
            version.reviewer.as_deref().map(|reviewer| self::id("account", reviewer)).into(),
            code::<Visibility>(&lesson.visibility)?.into(),
            code::<Attribution>(&lesson.attribution)?.into(),
        ];
        versions.push(loading.transaction, row).await?;
        let mut known = HashSet::new();
        for uri in version.concepts.iter().filter(|uri| known.insert(uri.as_str())) {
            concepts.push(loading.transaction, [id.as_str().into(), loading.concept(uri)?.into()]).await?;
        }
        for actor_type in &version.actor_types {
            let row = [id.as_str().into(), code::<ActorType>(actor_type)?.into()];
            actor_types.push(loading.transaction, row).await?;
        }
        for (position, cost) in (0_i64..).zip(&version.costs) {
            let money = money(cost)?;
            let row = [
                id.as_str().into(),
                position.into(),
                cost.item.as_str().into(),
                money.minor().into(),
                money.to_string().into(),
                money.currency().code().into(),
            ];
            costs.push(loading.transaction, row).await?;
        }
    }
    versions.finish(loading.transaction).await?;
    concepts.finish(loading.transaction).await?;
    actor_types.finish(loading.transaction).await?;
    Ok(costs.finish(loading.transaction).await?)
}

pub fn every_version<'a>(loading: &Loading<'a>) -> impl Iterator<Item = (&'a Lesson, &'a Version)> {
    loading
        .records
        .lessons
        .iter()
        .flat_map(|lesson| lesson.versions.iter().map(move |version| (lesson, version)))
}

fn money(cost: &Cost) -> Outcome<Money> {
    let currency = cost.currency.parse::<Currency>().map_err(broken)?;
    Money::parse(&cost.amount, currency).map_err(|error| broken(format!("{}: {error}", cost.amount)))
}

async fn load_contributors(loading: &Loading<'_>) -> Outcome {
    let mut contributors = Rows::new("lesson_contributors", &["lesson_id", "account_id", "part"]);
    for lesson in &loading.records.lessons {
        let author = std::iter::once((&lesson.author, ContributorPart::Author));
        let co_authors = lesson.co_authors.iter().map(|one| (one, ContributorPart::CoAuthor));
        let recorder = lesson.recorded_by.iter().map(|one| (one, ContributorPart::Recorder));
        for (member, part) in author.chain(co_authors).chain(recorder) {
            let row = [id("lesson", &lesson.key).into(), id("account", member).into(), part.code().into()];
            contributors.push(loading.transaction, row).await?;
        }
    }
    Ok(contributors.finish(loading.transaction).await?)
}

async fn load_reviews(loading: &Loading<'_>) -> Outcome {
    let mut entries = Rows::new(
        "review_entries",
        &["id", "lesson_id", "version_id", "kind", "text", "author_id", "created_at"],
    );
    for (lesson, version) in every_version(loading) {
        // A day after it was handed in, then an hour apart.
        let first = loading.days_ago(submitted_days_ago(version).unwrap_or(version.drafted_days_ago) - 1);
        let said =
            version.review_thread.iter().map(|entry| (&entry.by, entry.kind.as_str(), entry.text.as_str()));
        let published = version.published_days_ago.and(version.reviewer.as_ref());
        let published = published.map(|reviewer| (reviewer, ReviewEntryKind::Published.code(), ""));
        for (number, (by, kind, words)) in (0_i64..).zip(said.chain(published)) {
            let at = first + number * 3_600_000_000;
            let row = [
                id("review", &format!("{} {} {number}", lesson.key, version.number)).into(),
                id("lesson", &lesson.key).into(),
                version_id(lesson, version).into(),
                code::<ReviewEntryKind>(kind)?.into(),
                words.into(),
                id("account", by).into(),
                at.into(),
            ];
            entries.push(loading.transaction, row).await?;
        }
    }
    Ok(entries.finish(loading.transaction).await?)
}

async fn load_endorsements(loading: &Loading<'_>) -> Outcome {
    let mut endorsements = Rows::new(
        "endorsements",
        &["id", "lesson_id", "version_id", "account_id", "country_id", "country_code", "note", "created_at"],
    );
    for lesson in &loading.records.lessons {
        let mut countries = HashSet::new();
        // The newest first: a country endorses a lesson once.
        for version in lesson.versions.iter().rev() {
            let Some(by) = &version.endorsed_by else { continue };
            let member = loading.records.members.iter().find(|member| member.key == *by);
            let country = member.and_then(|member| member.country.as_deref()).ok_or_else(|| broken(by))?;
            if !countries.insert(country) {
                continue;
            }
            let row = [
                id("endorsement", &format!("{} {country}", lesson.key)).into(),
                id("lesson", &lesson.key).into(),
                version_id(lesson, version).into(),
                id("account", by).into(),
                loading.country(country)?.id.as_str().into(),
                country.into(),
                "".into(),
                loading.days_ago(version.published_days_ago.unwrap_or_default() - 1).into(),
            ];
            endorsements.push(loading.transaction, row).await?;
        }
    }
    Ok(endorsements.finish(loading.transaction).await?)
}
