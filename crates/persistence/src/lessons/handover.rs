//! What a reviewer was reviewing when they may not review any more.

use maip_domain::closed_set::ClosedSet as _;
use maip_domain::lessons::{VersionAction, VersionState};
use maip_domain::membership::AppointmentKind;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _};

use super::aggregate::Aggregate;
use super::entity::{lesson_versions, lessons};
use crate::membership::entity::appointments;
use crate::write::{Unit, WriteResult};

/// Puts back what someone was reviewing and, as their offices stand now, may not review any more, to
/// be taken up by another. To be called where an office ends, and where a reviewer's account is shut
/// out or erased. Says how many reviews that were.
///
/// # Errors
/// Those of the database.
pub async fn hand_over(unit: &Unit<'_>, account: &str) -> WriteResult<u64> {
    use lesson_versions::{Column, Entity};
    let in_review = Entity::find()
        .filter(Column::ReviewerId.eq(account))
        .filter(Column::State.eq(VersionState::InReview.code()))
        // Locked in one order by everyone who locks several.
        .order_by_asc(Column::LessonId)
        .all(unit.transaction())
        .await?;
    let offices = offices(unit, account).await?;
    let mut handed_over = 0;
    for version in in_review {
        let Some(mut aggregate) = Aggregate::hold(unit, &version.lesson_id).await? else { continue };
        let still = aggregate.open().is_ok_and(|open| {
            open.id == version.id && open.state == version.state && open.reviewer_id == version.reviewer_id
        });
        if !still || offices.iter().any(|office| reviews(office, &aggregate.lesson)) {
            continue;
        }
        let open = aggregate.step(unit, |state| state.apply(VersionAction::ReleaseReview))?;
        open.reviewer_id = None;
        aggregate.store(unit, "lesson.review_released", &["status"]).await?;
        handed_over += 1;
    }
    Ok(handed_over)
}

/// The offices that a person whose account is in use holds now.
async fn offices(unit: &Unit<'_>, account: &str) -> WriteResult<Vec<appointments::Model>> {
    use appointments::{Column, Entity};
    let active = unit
        .query_one("SELECT 1 FROM accounts WHERE id = $1 AND status = 'ACTIVE'", [account.into()])
        .await?;
    if active.is_none() {
        return Ok(Vec::new());
    }
    let now = unit.now().micros();
    let all = Entity::find().filter(Column::AccountId.eq(account)).all(unit.transaction()).await?;
    Ok(all
        .into_iter()
        .filter(|office| office.starts_at <= now && office.ends_at.is_none_or(|end| end > now))
        .collect())
}

/// Whether someone in this office reviews lessons of that country.
fn reviews(office: &appointments::Model, lesson: &lessons::Model) -> bool {
    match office.kind.0 {
        AppointmentKind::NationalFocalPoint | AppointmentKind::TechnicalOfficer => {
            office.country_code.as_deref() == Some(lesson.country_code.as_str())
        }
        AppointmentKind::RegionalFocalPoint => office.region.is_some() && office.region == lesson.region,
        AppointmentKind::NationalTaskForce => false,
        AppointmentKind::ExecutiveSecretary
        | AppointmentKind::DeputyExecutiveSecretary
        | AppointmentKind::GlobalCoordinator
        | AppointmentKind::LeadTechnicalOfficer
        | AppointmentKind::ProjectCoordinator
        | AppointmentKind::ProjectOfficer => true,
    }
}
