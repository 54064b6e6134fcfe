//! How much room the files of an account may take.

use maip_domain::error_code::ErrorCode;
use sea_orm::{ConnectionTrait as _, DbErr};

use crate::database::statement;
use crate::write::{Unit, UserError, WriteResult};

/// Refuses where the viewer's files would take more with so many bytes than they may.
///
/// # Errors
/// `QUOTA_EXCEEDED` at this field.
pub(crate) async fn require_room(unit: &Unit<'_>, field: &'static str, bytes: u64) -> WriteResult<()> {
    let Some(most) = unit.services().files.limits.account_bytes else { return Ok(()) };
    let stored = stored_bytes(unit).await?;
    if stored < most && bytes <= most - stored {
        return Ok(());
    }
    let message = format!(
        "your files take {} of {} MiB: take some away from drafts, send a smaller one, or ask who runs this",
        stored >> 20,
        most >> 20
    );
    Err(UserError::at(field, ErrorCode::QuotaExceeded, message).into())
}

/// A file that several versions have is stored once.
async fn stored_bytes(unit: &Unit<'_>) -> WriteResult<u64> {
    let text = "SELECT CAST(COALESCE(SUM(size_bytes), 0) AS bigint) FROM (SELECT MAX(size_bytes) AS size_bytes \
                FROM lesson_attachments WHERE created_by = $1 AND state <> 'REFUSED' GROUP BY file_key) AS stored";
    let account = unit.account()?;
    let found = unit
        .transaction()
        .query_one_raw(statement(unit.transaction(), text, [account.as_str().into()]))
        .await?
        .ok_or_else(|| DbErr::RecordNotFound("a sum".to_owned()))?;
    Ok(u64::try_from(found.try_get_by_index::<i64>(0)?).unwrap_or(0))
}
