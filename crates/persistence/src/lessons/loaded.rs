//! Lessons that were loaded as rows, such as a demonstration's, rather than written step by step.

use super::aggregate::Aggregate;
use crate::database::Begun;
use crate::services::Services;
use crate::write::{Unit, WriteError, WriteResult};

/// Keeps what each lesson said at each of its revisions, as every write does: those of its first
/// version first, as many as that version has, then the next one's. Gives the transaction back.
///
/// # Errors
/// Those of the database.
pub async fn keep_revisions(services: &Services, transaction: Begun) -> WriteResult<Begun> {
    let unit = Unit::of_nobody(services, transaction, "loaded");
    for row in unit.query_all("SELECT id FROM lessons ORDER BY id", []).await? {
        let id: String = row.try_get_by_index(0)?;
        let mut aggregate = Aggregate::hold(&unit, &id)
            .await?
            .ok_or(WriteError::Broken("a lesson is gone in the transaction that read its id"))?;
        let versions = std::mem::take(&mut aggregate.versions);
        aggregate.lesson.revision = 0;
        for version in versions {
            let revisions = version.revision;
            aggregate.versions = vec![version];
            aggregate.prepare(&unit).await?;
            for _ in 0..revisions {
                aggregate.lesson.revision += 1;
                aggregate.keep(&unit);
            }
        }
    }
    Ok(unit.into_transaction().await?)
}
