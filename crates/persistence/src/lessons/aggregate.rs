//! A lesson with its versions, locked for one write; what lists filter and sort by is derived here
//! and nowhere else.

use maip_domain::error_code::ErrorCode;
use maip_domain::id::{LessonId, ReviewEntryId};
use maip_domain::lessons::{LessonStatus, ReviewEntryKind, VersionState};
use maip_domain::policy::{Action, Record};
use maip_domain::sort_key::sort_key;
use maip_domain::transition::ForbiddenTransition;
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, Set,
};

use super::content::Content;
use super::entity::{lesson_contributors, lesson_versions, lessons, review_entries};
use super::read::LESSON;
use super::search;
use crate::code::Code;
use crate::write::{Change, Unit, UserError, WriteError, WriteResult, Written};

/// A lesson being changed. Nobody else changes it meanwhile.
pub(super) struct Aggregate {
    pub lesson: lessons::Model,
    /// Oldest first.
    pub versions: Vec<lesson_versions::Model>,
}

impl Aggregate {
    /// Locks the lesson and asks the policy.
    pub async fn lock(unit: &Unit<'_>, id: &LessonId, action: Action) -> WriteResult<(Self, Record)> {
        let held = lessons::Entity::find_by_id(id.as_str()).lock_exclusive().one(unit.transaction()).await?;
        // Also where there is none: the answer for that is the policy's.
        let record = unit.require(&LESSON, "lessonId", id.as_str(), action).await?;
        let lesson = held.ok_or(WriteError::Broken("a lesson that the policy sees is gone"))?;
        let versions = lesson_versions::Entity::find()
            .filter(lesson_versions::Column::LessonId.eq(id.as_str()))
            .order_by_asc(lesson_versions::Column::Number)
            .all(unit.transaction())
            .await?;
        Ok((Self { lesson, versions }, record))
    }

    /// Compares the revision that the client expects, where it named one.
    pub async fn expect(&self, unit: &Unit<'_>, expected: Option<i64>) -> WriteResult<()> {
        match expected {
            Some(expected) => unit.expect_revision(&self.lesson.id, expected, self.lesson.revision).await,
            None => Ok(()),
        }
    }

    /// The version that is being worked on.
    pub fn open(&mut self) -> WriteResult<&mut lesson_versions::Model> {
        self.versions.iter_mut().find(|version| version.state.0.is_open()).ok_or_else(|| {
            UserError::at("lessonId", ErrorCode::WrongState, "no version of it is being worked on").into()
        })
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
        // What leaves a state first: at most one version may be published, and one open, at a time.
        let mut rows: Vec<&lesson_versions::Model> = self.versions.iter().collect();
        rows.sort_by_key(|version| version.state.0.is_open() || version.state.0 == VersionState::Published);
        for version in rows {
            lesson_versions::ActiveModel::from(version.clone())
                .reset_all()
                .update(unit.transaction())
                .await?;
        }
        derive(&mut self.lesson, &self.versions)?;
        self.lesson.revision += 1;
        self.lesson.updated_at = unit.now().micros();
        lessons::ActiveModel::from(self.lesson.clone()).reset_all().update(unit.transaction()).await?;
        self.index(unit).await?;
        self.note(unit, action, fields).await?;
        Ok(Written::record(self.lesson.id))
    }

    /// Indexes the version that readers see.
    pub async fn index(&self, unit: &Unit<'_>) -> WriteResult<()> {
        let current = self.versions.iter().find(|version| version.id == self.lesson.current_version_id);
        if let Some(current) = current {
            let content = Content::of(unit, current.clone()).await?;
            search::index(unit.transaction(), &self.lesson.id, content.texts()).await?;
        }
        Ok(())
    }

    /// Notes the change, on behalf of the author where someone else did it for them.
    pub async fn note(
        &self,
        unit: &Unit<'_>,
        action: &'static str,
        fields: &[&'static str],
    ) -> WriteResult<()> {
        let lesson = &self.lesson;
        let recorded = lesson.recorded_by.is_some() && lesson.recorded_by == unit.facts().account;
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
    pub async fn say(
        &self,
        unit: &Unit<'_>,
        version: &str,
        kind: ReviewEntryKind,
        text: String,
    ) -> WriteResult<()> {
        review_entries::ActiveModel {
            id: Set(ReviewEntryId::generate(unit.clock(), unit.entropy()).into_string()),
            lesson_id: Set(self.lesson.id.clone()),
            version_id: Set(version.to_owned()),
            kind: Set(Code(kind)),
            text: Set(text),
            author_id: Set(unit.account()?.into_string()),
            created_at: Set(unit.now().micros()),
        }
        .insert(unit.transaction())
        .await?;
        Ok(())
    }
}

/// What follows from the versions: the status, which of them is shown, and what lists go by.
pub(super) fn derive(lesson: &mut lessons::Model, versions: &[lesson_versions::Model]) -> WriteResult<()> {
    let states: Vec<VersionState> = versions.iter().map(|version| version.state.0).collect();
    let latest = versions.last().ok_or(WriteError::Broken("a lesson without a version"))?;
    let published = versions.iter().find(|version| version.state.0 == VersionState::Published);
    let current = published.unwrap_or(latest);
    lesson.status = Code(LessonStatus::derive(&states));
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

/// Names someone as having a part in the lesson, once.
pub(super) async fn contribute(
    unit: &Unit<'_>,
    lesson: &str,
    account: &str,
    part: maip_domain::lessons::ContributorPart,
) -> WriteResult<()> {
    let row = lesson_contributors::ActiveModel {
        lesson_id: Set(lesson.to_owned()),
        account_id: Set(account.to_owned()),
        part: Set(Code(part)),
    };
    lesson_contributors::Entity::insert(row)
        .on_conflict(
            sea_orm::sea_query::OnConflict::columns([
                lesson_contributors::Column::LessonId,
                lesson_contributors::Column::AccountId,
                lesson_contributors::Column::Part,
            ])
            .do_nothing()
            .to_owned(),
        )
        .exec_without_returning(unit.transaction())
        .await?;
    Ok(())
}
