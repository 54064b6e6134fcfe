//! Endorsing a lesson for a country.

use std::collections::BTreeSet;

use maip_domain::error_code::ErrorCode;
use maip_domain::id::{EndorsementId, LessonId};
use maip_domain::policy::{Action, FactSet};
use maip_domain::vocabulary::CountryCode;
use sea_orm::{ActiveModelTrait as _, ColumnTrait as _, EntityTrait as _, QueryFilter as _, Set};

use super::aggregate::Aggregate;
use super::entity::endorsements;
use crate::write::{Unit, UserError, WriteError, WriteResult, Written};

/// An endorsement to be given.
#[derive(Clone, Debug)]
pub struct NewEndorsement {
    /// Of which lesson.
    pub lesson: LessonId,
    /// For which country, where the viewer is the focal point of several.
    pub country: Option<CountryCode>,
    /// What is said about it.
    pub note: String,
}

/// Endorses the published version for the viewer's country. A country that endorsed an earlier
/// version endorses this one now.
///
/// # Errors
/// Those of the policy; CONFLICT where the country endorses this version already.
pub async fn endorse(unit: &Unit<'_>, new: NewEndorsement) -> WriteResult<Written> {
    let me = unit.account()?;
    let aggregate = Aggregate::lock(unit, &new.lesson, Action::Endorse, None).await?;
    let none = BTreeSet::new();
    let mine = unit.facts().sets.get(&FactSet::FocalCountries).unwrap_or(&none);
    let country = match new.country {
        Some(country) if mine.contains(country.as_str()) => country.as_str().to_owned(),
        Some(_) => {
            let message = "you are not the national focal point of that country";
            return Err(UserError::at("country", ErrorCode::Forbidden, message).into());
        }
        None if mine.len() == 1 => mine.iter().next().cloned().unwrap_or_default(),
        None => {
            let message = "name the country: you are the national focal point of several";
            return Err(UserError::at("country", ErrorCode::Required, message).into());
        }
    };
    let version = aggregate
        .lesson
        .published_version_id
        .clone()
        .ok_or(WriteError::Broken("a published lesson without a published version"))?;
    let given = endorsements::Entity::find()
        .filter(endorsements::Column::LessonId.eq(new.lesson.as_str()))
        .filter(endorsements::Column::CountryCode.eq(country.as_str()))
        .one(unit.transaction())
        .await?;
    let now = unit.now().micros();
    match given {
        Some(given) if given.version_id == version => {
            let message = "the country endorses this version already";
            return Err(UserError::at("lessonId", ErrorCode::Conflict, message).into());
        }
        Some(given) => {
            let mut row = endorsements::ActiveModel::from(given);
            row.version_id = Set(version);
            row.account_id = Set(me.into_string());
            row.note = Set(new.note);
            row.created_at = Set(now);
            row.update(unit.transaction()).await?;
        }
        None => {
            let row = unit
                .query_one("SELECT id FROM countries WHERE code = $1", [country.as_str().into()])
                .await?
                .ok_or(WriteError::Broken("a focal point of a country that isn't there"))?;
            endorsements::ActiveModel {
                id: Set(EndorsementId::generate(unit.clock(), unit.entropy()).into_string()),
                lesson_id: Set(new.lesson.as_str().to_owned()),
                version_id: Set(version),
                account_id: Set(me.into_string()),
                country_id: Set(row.try_get_by_index(0)?),
                country_code: Set(country),
                note: Set(new.note),
                created_at: Set(now),
            }
            .insert(unit.transaction())
            .await?;
        }
    }
    aggregate.note(unit, "lesson.endorsed", &["endorsements"]).await?;
    Ok(Written::record(new.lesson.into_string()))
}
