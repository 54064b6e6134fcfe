//! A translation, locked for one write.

use maip_domain::id::TranslationId;
use maip_domain::policy::rules::translations::TRANSLATES;
use maip_domain::policy::{Action, holds};
use sea_orm::sea_query::LockType;
use sea_orm::{EntityTrait as _, QuerySelect as _};

use super::words::snapshot;
use crate::lessons::entity::{lesson_translations, lessons};
use crate::lessons::read::LESSON_TRANSLATION;
use crate::write::{Change, Stale, Unit, WriteError, WriteResult};

/// A translation being changed. Nobody else changes it meanwhile.
pub(super) struct Kept {
    pub model: lesson_translations::Model,
    country: String,
}

impl Kept {
    /// One that is only just added.
    pub fn added(model: lesson_translations::Model, country: String) -> Self {
        Self { model, country }
    }

    /// Locks it and its lesson, asks the policy, and compares the revision that the client expects, where it named one.
    pub async fn lock(
        unit: &Unit<'_>,
        id: &TranslationId,
        action: Action,
        expected: Option<i64>,
    ) -> WriteResult<Self> {
        let find = || lesson_translations::Entity::find_by_id(id.as_str());
        let found = find().one(unit.transaction()).await?;
        // The lesson first, as everyone does who writes about it.
        let lesson = match &found {
            Some(found) => {
                lessons::Entity::find_by_id(found.lesson_id.as_str())
                    .lock(LockType::NoKeyUpdate)
                    .one(unit.transaction())
                    .await?
            }
            None => None,
        };
        let model = find().one(unit.transaction()).await?;
        let policy = unit.require_visible(&LESSON_TRANSLATION, "translationId", id.as_str()).await?;
        let decision = unit.decide(LESSON_TRANSLATION.policy, "translationId", &policy, action);
        let model = model.ok_or(WriteError::Broken("a translation that the policy saw is gone"))?;
        let lesson = lesson.ok_or(WriteError::Broken("a translation without a lesson"))?;
        let translates = holds(&TRANSLATES, &policy, unit.facts());
        // Whose translation it is learns of a change that came between before they learn that it closed the door.
        if let Some(expected) = expected
            && (decision.is_ok() || translates)
        {
            let checked = unit.expect_revision(id.as_str(), expected, model.revision).await;
            checked.map_err(|error| match error {
                // What it said in between is for who wrote it.
                WriteError::Stale(stale) if !translates => WriteError::Stale(Stale { base: None, ..stale }),
                error => error,
            })?;
        }
        decision?;
        Ok(Self { model, country: lesson.country_code })
    }

    /// Stores it at its next revision, with the audit's row and the event.
    pub async fn store(
        mut self,
        unit: &Unit<'_>,
        action: &'static str,
        fields: &[&'static str],
    ) -> WriteResult<()> {
        self.model.revision += 1;
        self.model.updated_at = unit.now().micros();
        unit.update(&self.model);
        self.note(unit, action, fields).await
    }

    /// Keeps what it says at its revision, and records what was done.
    pub async fn note(
        &self,
        unit: &Unit<'_>,
        action: &'static str,
        fields: &[&'static str],
    ) -> WriteResult<()> {
        let model = &self.model;
        unit.keep_snapshot(&model.id, model.revision, &snapshot(model));
        let change = Change {
            action,
            subject_type: LESSON_TRANSLATION.name,
            subject: &model.id,
            country: Some(&self.country),
            on_behalf_of: None,
            fields,
        };
        Ok(unit.record(change).await?)
    }
}
