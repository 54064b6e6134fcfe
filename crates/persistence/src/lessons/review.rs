//! From draft to publication, and back.

use maip_domain::closed_set::ClosedSet;
use maip_domain::error_code::ErrorCode;
use maip_domain::id::{LessonId, LessonVersionId};
use maip_domain::lessons::version::{VersionAction, revise as may_revise};
use maip_domain::lessons::{ContributorPart, ReviewEntryKind, VersionState};
use maip_domain::policy::Action;

use super::aggregate::{Aggregate, contribute};
use super::content::Content;
use crate::code::Code;
use crate::write::{Unit, UserError, WriteError, WriteResult, Written};

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
/// `MISSING_FIELDS` where parts are lacking.
pub async fn submit(unit: &Unit<'_>, step: &Step) -> WriteResult<Written> {
    let (mut aggregate, _) = Aggregate::lock(unit, &step.lesson, Action::Submit).await?;
    aggregate.expect(unit, step.expected_revision).await?;
    let content = Content::of(unit, aggregate.open()?.clone()).await?;
    let missing: Vec<&str> = content.missing().into_iter().map(ClosedSet::code).collect();
    if !missing.is_empty() {
        let message = format!("still missing: {}", missing.join(", "));
        return Err(UserError::at("lessonId", ErrorCode::MissingFields, message).into());
    }
    let version = aggregate.step(unit, |state| state.apply(VersionAction::Submit))?;
    version.submitted_at = Some(unit.now().micros());
    version.reviewer_id = None;
    aggregate.store(unit, "lesson.submitted", &["status"]).await
}

/// Takes a submitted version up for review.
///
/// # Errors
/// Those of the policy: nobody reviews their own.
pub async fn start(unit: &Unit<'_>, step: &Step) -> WriteResult<Written> {
    let me = unit.account()?;
    let (mut aggregate, _) = Aggregate::lock(unit, &step.lesson, Action::StartReview).await?;
    aggregate.expect(unit, step.expected_revision).await?;
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
    let (mut aggregate, _) = Aggregate::lock(unit, &step.lesson, Action::RequestChanges).await?;
    aggregate.expect(unit, step.expected_revision).await?;
    let version = aggregate.step(unit, |state| state.apply(VersionAction::RequestChanges))?;
    version.reviewer_id = Some(me.into_string());
    let version = version.id.clone();
    aggregate.say(unit, &version, ReviewEntryKind::ChangesRequested, comment).await?;
    aggregate.store(unit, "lesson.changes_requested", &["status"]).await
}

/// Publishes the version; the one that was published before is superseded.
///
/// # Errors
/// Those of the policy.
pub async fn publish(unit: &Unit<'_>, step: &Step, comment: Option<String>) -> WriteResult<Written> {
    let me = unit.account()?;
    let (mut aggregate, _) = Aggregate::lock(unit, &step.lesson, Action::Publish).await?;
    aggregate.expect(unit, step.expected_revision).await?;
    let now = unit.now().micros();
    for version in aggregate.versions.iter_mut().filter(|version| version.state.0 == VersionState::Published)
    {
        version.state = Code(version.state.0.apply(VersionAction::Supersede)?);
    }
    let version = aggregate.step(unit, |state| state.apply(VersionAction::Publish))?;
    version.published_at = Some(now);
    version.reviewer_id = Some(me.into_string());
    let version = version.id.clone();
    if let Some(comment) = comment {
        aggregate.say(unit, &version, ReviewEntryKind::Published, comment).await?;
    }
    aggregate.store(unit, "lesson.published", &["status"]).await
}

/// Takes the lesson back: what is published and what is being worked on.
///
/// # Errors
/// Those of the policy.
pub async fn withdraw(unit: &Unit<'_>, step: &Step, reason: Option<String>) -> WriteResult<Written> {
    let (mut aggregate, _) = Aggregate::lock(unit, &step.lesson, Action::Withdraw).await?;
    aggregate.expect(unit, step.expected_revision).await?;
    let now = unit.now().micros();
    for version in &mut aggregate.versions {
        if version.state.0.is_open() || version.state.0 == VersionState::Published {
            version.state = Code(version.state.0.apply(VersionAction::Withdraw)?);
            version.updated_at = now;
        }
    }
    if let Some(reason) = reason {
        let version = aggregate.lesson.latest_version_id.clone();
        aggregate.say(unit, &version, ReviewEntryKind::Comment, reason).await?;
    }
    aggregate.store(unit, "lesson.withdrawn", &["status"]).await
}

/// Begins a new version with the content of the published one, which stays published meanwhile.
///
/// # Errors
/// Those of the policy.
pub async fn revise(unit: &Unit<'_>, step: &Step) -> WriteResult<Written> {
    let me = unit.account()?;
    let (mut aggregate, _) = Aggregate::lock(unit, &step.lesson, Action::Revise).await?;
    aggregate.expect(unit, step.expected_revision).await?;
    let states: Vec<VersionState> = aggregate.versions.iter().map(|version| version.state.0).collect();
    let state = may_revise(&states)?;
    let published = aggregate
        .versions
        .iter()
        .find(|version| version.state.0 == VersionState::Published)
        .ok_or(WriteError::Broken("a published lesson without a published version"))?;
    let number = aggregate.versions.iter().map(|version| version.number).max().unwrap_or(0) + 1;
    let now = unit.now().micros();
    let mut content = Content::of(unit, published.clone()).await?;
    content.version.id = LessonVersionId::generate(unit.clock(), unit.entropy()).into_string();
    content.version.number = number;
    content.version.revision = 1;
    content.version.created_at = now;
    content.version.updated_at = now;
    content.version.created_by = me.as_str().to_owned();
    content.version.state = Code(state);
    content.version.submitted_at = None;
    content.version.published_at = None;
    content.version.reviewer_id = None;
    content.store(unit, true).await?;
    if aggregate.lesson.author_id != me.as_str() {
        contribute(unit, &aggregate.lesson.id, me.as_str(), ContributorPart::Recorder).await?;
    }
    unit.keep_snapshot(&aggregate.lesson.id, aggregate.lesson.revision + 1, &content.snapshot()).await?;
    aggregate.versions.push(content.version);
    aggregate.store(unit, "lesson.revised", &["status"]).await
}
