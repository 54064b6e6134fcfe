//! A lesson with its versions, locked for one write; what lists filter and sort by is derived here
//! and nowhere else.

use std::collections::BTreeSet;

use maip_domain::error_code::ErrorCode;
use maip_domain::id::{LessonId, ReviewEntryId};
use maip_domain::lessons::{LessonStatus, ReviewEntryKind, VersionState};
use maip_domain::policy::rules::lessons::{SEES_REVISION, WRITES};
use maip_domain::policy::{Action, holds};
use maip_domain::search::SearchKind;
use maip_domain::sort_key::sort_key;
use maip_domain::transition::ForbiddenTransition;
use maip_domain::visibility::Visibility;
use sea_orm::sea_query::LockType;
use sea_orm::{
    ColumnTrait as _, ConnectionTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _,
};

use super::content::Content;
use super::entity::{lesson_versions, lessons, review_entries};
use super::read::LESSON;
use crate::code::Code;
use crate::search;
use crate::write::{Change, Stale, Unit, UserError, WriteError, WriteResult, Written};

/// A lesson being changed. Nobody else changes it meanwhile.
pub(super) struct Aggregate {
    pub lesson: lessons::Model,
    /// Oldest first.
    pub versions: Vec<lesson_versions::Model>,
    /// Whether everyone who sees the lesson sees what is being changed, whatever follows from the versions.
    pub shows: bool,
    /// The versions as they are stored.
    held: Vec<lesson_versions::Model>,
    /// What hangs on versions, as far as it was read or written.
    contents: Vec<Content>,
    /// The version that is indexed as it reads.
    indexed: Option<String>,
}

impl Aggregate {
    /// Locks the lesson, asks the policy, and compares the revision that the client expects, where it
    /// named one.
    pub async fn lock(
        unit: &Unit<'_>,
        id: &LessonId,
        action: Action,
        expected: Option<i64>,
    ) -> WriteResult<Self> {
        let held = Self::hold(unit, id.as_str()).await?;
        // Also where there is none: the answer for that is the policy's.
        let record = unit.require_visible(&LESSON, "lessonId", id.as_str()).await?;
        let held = held.ok_or(WriteError::Broken("a lesson that the policy sees is gone"))?;
        let decision = unit.decide(LESSON.policy, "lessonId", &record, action);
        let writes = holds(&WRITES, &record, unit.facts());
        // Who doesn't see what is being worked on doesn't learn that somebody works on it.
        let sees_all = holds(&SEES_REVISION, &record, unit.facts());
        let revision = if sees_all { held.lesson.revision } else { held.lesson.shown_revision };
        // Who writes it learns of a change that came between before they learn that it closed the door.
        if let Some(expected) = expected
            && (decision.is_ok() || writes)
        {
            let id = held.lesson.id.as_str();
            unit.expect_revision(id, expected, revision).await.map_err(|error| match error {
                // What it said in between is for those who wrote it.
                WriteError::Stale(stale) if !writes => WriteError::Stale(Stale { base: None, ..stale }),
                error => error,
            })?;
        }
        decision?;
        Ok(held)
    }

    /// Locks the lesson, whoever asks; `None` where there is none.
    pub async fn hold(unit: &Unit<'_>, id: &str) -> WriteResult<Option<Self>> {
        let held =
            lessons::Entity::find_by_id(id).lock(LockType::NoKeyUpdate).one(unit.transaction()).await?;
        let Some(lesson) = held else { return Ok(None) };
        let versions = lesson_versions::Entity::find()
            .filter(lesson_versions::Column::LessonId.eq(id))
            .order_by_asc(lesson_versions::Column::Number)
            .all(unit.transaction())
            .await?;
        let (held, indexed) = (versions.clone(), Some(lesson.current_version_id.clone()));
        Ok(Some(Self { lesson, versions, shows: false, held, contents: Vec::new(), indexed }))
    }

    /// Of a lesson that is to be, with its first version.
    pub fn begun(lesson: lessons::Model, content: Content) -> Self {
        let versions = vec![content.version.clone()];
        Self { lesson, held: versions.clone(), versions, shows: true, contents: vec![content], indexed: None }
    }

    /// Takes what was stored of one of its versions, or of a new one.
    pub fn take(&mut self, content: Content) {
        let version = &content.version;
        for versions in [&mut self.versions, &mut self.held] {
            match versions.iter_mut().find(|other| other.id == version.id) {
                Some(other) => other.clone_from(version),
                None => versions.push(version.clone()),
            }
        }
        self.indexed.take_if(|indexed| *indexed == version.id);
        self.contents.retain(|other| other.version.id != version.id);
        self.contents.push(content);
    }

    /// Notes who is named as its co-author now.
    pub fn named(&mut self, co_authors: Vec<String>) {
        let co_authors: BTreeSet<String> = co_authors.into_iter().collect();
        for content in &mut self.contents {
            content.co_authors.clone_from(&co_authors);
        }
    }

    /// What hangs on a version, beside the version as it is now.
    pub async fn content(
        &mut self,
        unit: &Unit<'_>,
        version: &lesson_versions::Model,
    ) -> WriteResult<Content> {
        if let Some(known) = self.contents.iter().find(|content| content.version.id == version.id) {
            return Ok(known.with(version.clone()));
        }
        let content = Content::of(unit, version.clone()).await?;
        self.contents.push(content.clone());
        Ok(content)
    }

    /// Whether nobody but its authors has had to do with it yet.
    pub fn is_untouched(&self) -> bool {
        self.versions.len() == 1 && self.versions.iter().all(|version| version.submitted_at.is_none())
    }

    /// The version that is being worked on.
    pub fn open(&mut self) -> WriteResult<&mut lesson_versions::Model> {
        self.versions.iter_mut().find(|version| version.state.0.is_open()).ok_or_else(|| {
            UserError::at("lessonId", ErrorCode::WrongState, "no version of it is being worked on").into()
        })
    }

    /// Shows of the published version no more than the open one will. To show less, nobody has to be
    /// asked; what shows more waits until a reviewer has read it.
    pub fn narrow_published(&mut self, now: i64) {
        let Some(open) = self.versions.iter().find(|version| version.state.0.is_open()) else { return };
        let (visibility, attribution) = (open.visibility.0, open.attribution.0);
        let published = self.versions.iter_mut().find(|version| version.state.0 == VersionState::Published);
        if let Some(published) = published {
            let before = (published.visibility, published.attribution);
            published.visibility = Code(before.0.0.narrower(visibility));
            published.attribution = Code(before.1.0.more_discreet(attribution));
            if before != (published.visibility, published.attribution) {
                published.revision += 1;
                published.updated_at = now;
            }
        }
    }

    /// Changes the state of the open version, as its state machine allows.
    pub fn step(
        &mut self,
        unit: &Unit<'_>,
        apply: impl FnOnce(VersionState) -> Result<VersionState, ForbiddenTransition>,
    ) -> WriteResult<&mut lesson_versions::Model> {
        let now = unit.now().micros();
        let version = self.open()?;
        version.state = Code(apply(version.state.0)?);
        version.revision += 1;
        version.updated_at = now;
        Ok(version)
    }

    /// Stores the states of all versions, derives the lesson's own columns from them, indexes what
    /// readers find, and notes the change.
    pub async fn store(
        mut self,
        unit: &Unit<'_>,
        action: &'static str,
        fields: &[&'static str],
    ) -> WriteResult<Written> {
        let (before, hidden) = (shown(&self.lesson), !is_public(&self.lesson));
        derive(&mut self.lesson, &self.versions)?;
        if hidden && is_public(&self.lesson) {
            // What everyone may read is indexed as such.
            self.indexed = None;
        }
        self.lesson.revision += 1;
        // Beside a published version another is written unseen; without one, who sees the lesson sees
        // what is being changed.
        let unpublished = self.lesson.published_version_id.is_none();
        if self.shows || unpublished || before != shown(&self.lesson) {
            self.lesson.shown_revision = self.lesson.revision;
            self.lesson.updated_at = unit.now().micros();
        }
        self.prepare(unit).await?;
        // What leaves a state first: at most one version may be published, and one open, at a time.
        let mut rows: Vec<&lesson_versions::Model> =
            self.versions.iter().filter(|version| !self.held.contains(version)).collect();
        rows.sort_by_key(|version| version.state.0.is_open() || version.state.0 == VersionState::Published);
        for version in rows {
            unit.update(version);
        }
        unit.update(&self.lesson);
        self.keep(unit);
        self.note(unit, action, fields).await?;
        if self.unindexed().is_some() && self.was_published() {
            search::index_one(unit.transaction(), SearchKind::Lesson, &self.lesson.id).await?;
        }
        Ok(Written::record(self.lesson.id))
    }

    /// Reads what [`Self::keep`] writes, where it isn't at hand: before anything waits to be written,
    /// so that all of it goes in one statement.
    pub async fn prepare(&mut self, unit: &Unit<'_>) -> WriteResult<()> {
        for version in self.unindexed().into_iter().chain(self.versions.last().cloned()) {
            self.content(unit, &version).await?;
        }
        Ok(())
    }

    /// The version that readers see, where it isn't indexed as it reads.
    fn unindexed(&self) -> Option<lesson_versions::Model> {
        let id = self.lesson.current_version_id.as_str();
        let shown = self.versions.iter().find(|version| version.id == id);
        shown.filter(|_| self.indexed.as_deref() != Some(id)).cloned()
    }

    /// Whether there may be translations, by which it is found too: then it is indexed with them, once all is stored.
    fn was_published(&self) -> bool {
        self.held.iter().any(|version| version.published_at.is_some())
    }

    /// Indexes the version that readers see where that is all there is, and keeps what the lesson says at this revision, for an
    /// edit that comes late.
    pub fn keep(&self, unit: &Unit<'_>) {
        let content = |version: &lesson_versions::Model| {
            let known = self.contents.iter().find(|content| content.version.id == version.id);
            known.map(|known| known.with(version.clone()))
        };
        let lesson = &self.lesson;
        let alone = self.unindexed().filter(|_| !self.was_published());
        if let Some(shown) = alone.as_ref().and_then(content) {
            let backend = unit.transaction().get_database_backend();
            for change in search::changes(backend, &shown.document(&lesson.id, is_public(lesson))) {
                unit.put(change);
            }
        }
        if let Some(latest) = self.versions.last().and_then(content) {
            let snapshot = latest.snapshot(lesson.organisation_id.as_deref());
            unit.keep_snapshot(&lesson.id, lesson.revision, &snapshot);
        }
    }

    /// Notes the change, on behalf of the author where someone else did it for them.
    pub async fn note(
        &self,
        unit: &Unit<'_>,
        action: &'static str,
        fields: &[&'static str],
    ) -> WriteResult<()> {
        let lesson = &self.lesson;
        let recorded = unit.token().is_some()
            || (lesson.recorded_by.is_some() && lesson.recorded_by == unit.facts().account);
        unit.record(Change {
            action,
            subject_type: "Lesson",
            subject: &lesson.id,
            country: Some(&lesson.country_code),
            on_behalf_of: recorded.then_some(lesson.author_id.as_str()),
            fields,
        })
        .await?;
        Ok(())
    }

    /// Adds to the conversation between author and reviewers.
    pub fn say(
        &self,
        unit: &Unit<'_>,
        version: &str,
        kind: ReviewEntryKind,
        text: String,
    ) -> WriteResult<()> {
        let id = ReviewEntryId::generate(unit.clock(), unit.entropy()).into_string();
        self.say_as(unit, id, version, kind, text)
    }

    /// The same under an id that is claimed already.
    pub fn say_as(
        &self,
        unit: &Unit<'_>,
        id: String,
        version: &str,
        kind: ReviewEntryKind,
        text: String,
    ) -> WriteResult<()> {
        unit.insert(&review_entries::Model {
            id,
            lesson_id: self.lesson.id.clone(),
            version_id: version.to_owned(),
            kind: Code(kind),
            text,
            author_id: unit.account()?.into_string(),
            created_at: unit.now().micros(),
        });
        Ok(())
    }
}

/// What of the lesson itself everyone who sees it can see.
fn shown(lesson: &lessons::Model) -> impl PartialEq + use<> {
    (lesson.status.0, lesson.published_version_id.clone(), lesson.visibility.0, lesson.attribution.0)
}

/// The newest version that others than its authors have seen.
pub(super) fn handed_in(versions: &[lesson_versions::Model]) -> Option<&lesson_versions::Model> {
    versions.iter().rev().find(|version| version.submitted_at.is_some())
}

/// What follows from the versions: the status, which of them is shown, and what lists go by.
pub(super) fn derive(lesson: &mut lessons::Model, versions: &[lesson_versions::Model]) -> WriteResult<()> {
    let states: Vec<VersionState> = versions.iter().map(|version| version.state.0).collect();
    let latest = versions.last().ok_or(WriteError::Broken("a lesson without a version"))?;
    let published = versions.iter().find(|version| version.state.0 == VersionState::Published);
    lesson.status = Code(LessonStatus::derive(&states));
    let current = match published {
        Some(published) => published,
        None if lesson.status.0 == LessonStatus::Withdrawn => handed_in(versions).unwrap_or(latest),
        None => latest,
    };
    lesson.visibility = current.visibility;
    lesson.attribution = current.attribution;
    lesson.published_version_id = published.map(|version| version.id.clone());
    lesson.latest_version_id.clone_from(&latest.id);
    lesson.current_version_id.clone_from(&current.id);
    lesson.language.clone_from(&current.language);
    lesson.title_sort_key = sort_key(&current.title);
    lesson.outcome = current.outcome;
    lesson.published_at = versions.iter().filter_map(|version| version.published_at).min();
    lesson.sort_at = lesson.published_at.unwrap_or(lesson.created_at);
    Ok(())
}

/// Whether everyone sees it.
fn is_public(lesson: &lessons::Model) -> bool {
    lesson.status.0 == LessonStatus::Published && lesson.visibility.0 == Visibility::Public
}
