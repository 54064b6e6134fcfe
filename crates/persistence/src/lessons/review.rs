//! From draft to publication, and back.

use maip_domain::closed_set::ClosedSet as _;
use maip_domain::error_code::ErrorCode;
use maip_domain::id::{LessonId, LessonVersionId, ReviewEntryId};
use maip_domain::lessons::version::{VersionAction, revise as may_revise};
use maip_domain::lessons::{ContributorPart, MissingField, ReviewEntryKind, VersionState};
use maip_domain::policy::Action;

use super::aggregate::{Aggregate, handed_in};
use super::attachments;
use super::content::Content;
use super::entity::lesson_versions;
use super::people::contribute;
use super::read::{LESSON_VERSION, REVIEW_ENTRY};
use crate::code::Code;
use crate::write::{Claim, Unit, UserError, WriteError, WriteResult, Written};

/// A step of a lesson, taken at a revision where the client named one.
#[derive(Clone, Debug)]
pub struct Step {
    /// Which lesson.
    pub lesson: LessonId,
    /// The revision that the client read.
    pub expected_revision: Option<i64>,
}

/// Hands the open version in for review.
///
/// # Errors
/// `MISSING_FIELDS`, once for each part that is lacking.
pub async fn submit(unit: &Unit<'_>, step: &Step) -> WriteResult<Written> {
    let mut aggregate = Aggregate::lock(unit, &step.lesson, Action::Submit, step.expected_revision).await?;
    let version = aggregate.open()?.clone();
    let content = aggregate.content(unit, &version).await?;
    let missing: Vec<UserError> = content.missing().into_iter().map(is_missing).collect();
    if !missing.is_empty() {
        return Err(WriteError::Refused(missing));
    }
    let version = aggregate.step(unit, |state| state.apply(VersionAction::Submit))?;
    version.submitted_at = Some(unit.now().micros());
    version.reviewer_id = None;
    aggregate.store(unit, "lesson.submitted", &["status"]).await
}

/// What is lacking, under the input by which it is written.
fn is_missing(field: MissingField) -> UserError {
    let input = match field {
        MissingField::Title => "title",
        MissingField::Abstract => "abstract",
        MissingField::Context => "context",
        MissingField::Problem => "problem",
        MissingField::WhatWasDone => "whatWasDone",
        MissingField::Result => "result",
        MissingField::Outcome => "outcome",
        MissingField::Concepts => "conceptIds",
        MissingField::Conditions => "enablingConditions",
        MissingField::Attachments | MissingField::Transcripts | MissingField::PeopleShown => "attachments",
    };
    UserError::at(input, ErrorCode::MissingFields, format!("still missing: {}", describe(field)))
}

/// What is lacking, in words.
fn describe(field: MissingField) -> &'static str {
    MissingField::MEMBERS.iter().find(|member| member.value == field).map_or("", |member| member.description)
}

/// Takes a submitted version up for review.
///
/// # Errors
/// Those of the policy: nobody reviews their own.
pub async fn start(unit: &Unit<'_>, step: &Step) -> WriteResult<Written> {
    let me = unit.account()?;
    let mut aggregate =
        Aggregate::lock(unit, &step.lesson, Action::StartReview, step.expected_revision).await?;
    let version = aggregate.step(unit, |state| state.apply(VersionAction::StartReview))?;
    version.reviewer_id = Some(me.into_string());
    aggregate.store(unit, "lesson.review_started", &["status"]).await
}

/// Sends the version back to its author, and says what is to be changed.
///
/// # Errors
/// Those of the policy.
pub async fn request_changes(unit: &Unit<'_>, step: &Step, comment: String) -> WriteResult<Written> {
    let me = unit.account()?;
    let mut aggregate =
        Aggregate::lock(unit, &step.lesson, Action::RequestChanges, step.expected_revision).await?;
    let version = aggregate.step(unit, |state| state.apply(VersionAction::RequestChanges))?;
    version.reviewer_id = Some(me.into_string());
    let version = version.id.clone();
    aggregate.say(unit, &version, ReviewEntryKind::ChangesRequested, comment)?;
    aggregate.store(unit, "lesson.changes_requested", &["status"]).await
}

/// Says something in the review, as one of its authors or reviewers.
///
/// # Errors
/// Those of the policy.
pub async fn comment(
    unit: &Unit<'_>,
    lesson: &LessonId,
    wished: Option<&ReviewEntryId>,
    text: String,
) -> WriteResult<Written> {
    let fresh = ReviewEntryId::generate(unit.clock(), unit.entropy()).into_string();
    let claimed = match unit.claim(&REVIEW_ENTRY, "id", wished.map(ReviewEntryId::as_str), fresh).await? {
        Claim::Made(id) => return Ok(Written::record(id)),
        Claim::New(claimed) => claimed,
    };
    let mut aggregate = Aggregate::lock(unit, lesson, Action::Comment, None).await?;
    let version = aggregate.open()?.id.clone();
    let id = claimed.take()?;
    aggregate.say_as(unit, id.clone(), &version, ReviewEntryKind::Comment, text)?;
    aggregate.note(unit, "lesson.commented", &[]).await?;
    Ok(Written::record(id))
}

/// Publishes the version; the one that was published before is superseded.
///
/// # Errors
/// Those of the policy.
pub async fn publish(unit: &Unit<'_>, step: &Step, comment: Option<String>) -> WriteResult<Written> {
    let me = unit.account()?;
    let mut aggregate = Aggregate::lock(unit, &step.lesson, Action::Publish, step.expected_revision).await?;
    let now = unit.now().micros();
    for version in aggregate.versions.iter_mut().filter(|version| version.state.0 == VersionState::Published)
    {
        version.state = Code(version.state.0.apply(VersionAction::Supersede)?);
        version.revision += 1;
        version.updated_at = now;
    }
    let version = aggregate.step(unit, |state| state.apply(VersionAction::Publish))?;
    version.published_at = Some(now);
    version.reviewer_id = Some(me.into_string());
    let version = version.id.clone();
    if let Some(comment) = comment {
        aggregate.say(unit, &version, ReviewEntryKind::Published, comment)?;
    }
    aggregate.store(unit, "lesson.published", &["status"]).await
}

/// Takes the lesson back: what is published and what is being worked on, or the latter alone.
///
/// # Errors
/// Those of the policy; `WRONG_STATE` where nothing is being worked on.
pub async fn withdraw(
    unit: &Unit<'_>,
    step: &Step,
    reason: Option<String>,
    open_version_only: bool,
) -> WriteResult<Written> {
    let mut aggregate = Aggregate::lock(unit, &step.lesson, Action::Withdraw, step.expected_revision).await?;
    let now = unit.now().micros();
    // Whoever may read why may have read what it is about.
    let about = if open_version_only {
        aggregate.open()?.id.clone()
    } else {
        handed_in(&aggregate.versions)
            .map_or(&aggregate.lesson.latest_version_id, |version| &version.id)
            .clone()
    };
    for version in &mut aggregate.versions {
        let state = version.state.0;
        if state.is_open() || (state == VersionState::Published && !open_version_only) {
            version.state = Code(state.apply(VersionAction::Withdraw)?);
            version.revision += 1;
            version.updated_at = now;
        }
    }
    if let Some(reason) = reason {
        aggregate.say(unit, &about, ReviewEntryKind::Comment, reason)?;
    }
    let action = if open_version_only { "lesson.revision_withdrawn" } else { "lesson.withdrawn" };
    aggregate.store(unit, action, &["status"]).await
}

/// Begins a new version with the content of the published one, which stays published meanwhile.
///
/// # Errors
/// Those of the policy.
pub async fn revise(unit: &Unit<'_>, step: &Step, wished: Option<&LessonVersionId>) -> WriteResult<Written> {
    let me = unit.account()?;
    let fresh = LessonVersionId::generate(unit.clock(), unit.entropy()).into_string();
    let claimed =
        match unit.claim(&LESSON_VERSION, "versionId", wished.map(LessonVersionId::as_str), fresh).await? {
            Claim::Made(_) => return Ok(Written::record(step.lesson.as_str())),
            Claim::New(claimed) => claimed,
        };
    let mut aggregate = Aggregate::lock(unit, &step.lesson, Action::Revise, step.expected_revision).await?;
    let states: Vec<VersionState> = aggregate.versions.iter().map(|version| version.state.0).collect();
    let state = may_revise(&states)?;
    let published = aggregate
        .versions
        .iter()
        .find(|version| version.state.0 == VersionState::Published)
        .ok_or(WriteError::Broken("a published lesson without a published version"))?;
    let number = aggregate.versions.iter().map(|version| version.number).max().unwrap_or(0) + 1;
    let now = unit.now().micros();
    let carried = published.id.clone();
    let version = lesson_versions::Model {
        id: claimed.take()?,
        number,
        revision: 1,
        created_at: now,
        updated_at: now,
        created_by: me.as_str().to_owned(),
        state: Code(state),
        submitted_at: None,
        published_at: None,
        reviewer_id: None,
        ..published.clone()
    };
    let mut content = Content::of(unit, published.clone()).await?.copied_to(version);
    content.store(unit, true);
    attachments::carry_over(unit, &carried, &content.version.id).await?;
    if aggregate.lesson.author_id != me.as_str() {
        contribute(unit, &aggregate.lesson.id, me.as_str(), ContributorPart::Recorder);
    }
    aggregate.take(content);
    aggregate.store(unit, "lesson.revised", &["status"]).await
}
