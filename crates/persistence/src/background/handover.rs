//! Appointments that ended by their date: what their holders were reviewing is handed over, as where
//! an appointment is ended at once.

use sea_orm::DbErr;

use super::REQUEST;
use crate::database::Begun;
use crate::lessons::handover::hand_over;
use crate::services::Services;
use crate::write::{Unit, WriteError};

/// Hands over, and says how many reviews that were.
///
/// It goes by what is still under review, not by when it was done last: nothing is missed while no
/// node runs, and what is handed over isn't found again. Who reviews in another office is found and
/// keeps the review.
pub(super) async fn hand_over_ended(services: &Services, transaction: Begun) -> Result<(Begun, u64), DbErr> {
    let unit = Unit::of_nobody(services, transaction, REQUEST);
    let reviewers = unit
        .query_all(
            "SELECT DISTINCT v.reviewer_id FROM lesson_versions v JOIN appointments a ON a.account_id = v.reviewer_id \
             WHERE v.state = 'IN_REVIEW' AND a.ends_at <= $1 ORDER BY v.reviewer_id",
            [unit.now().micros().into()],
        )
        .await?;
    let mut handed_over = 0;
    for reviewer in reviewers {
        let reviewer: String = reviewer.try_get_by_index(0)?;
        handed_over += hand_over(&unit, &reviewer).await.map_err(|error| match error {
            WriteError::Database(error) => error,
            other => DbErr::Custom(format!("a review can't be handed over: {other}")),
        })?;
    }
    Ok((unit.into_transaction().await?, handed_over))
}
