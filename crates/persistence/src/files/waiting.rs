//! Announced files that nobody has had checked yet: background work looks whether they have come.

use maip_domain::time::Timestamp;
use sea_orm::{ConnectionTrait, DbErr};

use crate::database::statement;
use crate::read::Dialect;
use crate::services::Services;

/// After a file is announced, and after it has come to this server, its sender has so long to have it
/// checked.
const FIRST_LOOK_SECONDS: i64 = 60;
const ARRIVED_SECONDS: i64 = 5;
/// How long one node has for one file. Where it takes longer another one looks too, which does no harm.
const LEASE_SECONDS: i64 = 600;
/// The longest wait between two looks.
const LONGEST_BACK_OFF_SECONDS: i64 = 3600;

/// An announced file that this node looks after.
#[derive(Debug)]
pub(crate) struct Waiting {
    pub id: String,
    pub attempts: i64,
}

/// The wait after so many looks: a minute, then twice as long each.
pub(crate) fn back_off_seconds(attempts: i64) -> i64 {
    let doublings = u32::try_from(attempts - 1).unwrap_or(0).min(16);
    (FIRST_LOOK_SECONDS << doublings).min(LONGEST_BACK_OFF_SECONDS)
}

/// Has an announced file looked for.
pub(crate) async fn look_for(
    connection: &impl ConnectionTrait,
    id: &str,
    now: Timestamp,
) -> Result<(), DbErr> {
    let text = "INSERT INTO upload_checks (attachment_id, attempts, due_at) VALUES ($1, 0, $2)";
    let values = [id.into(), now.plus_seconds(FIRST_LOOK_SECONDS).micros().into()];
    connection.execute_raw(statement(connection, text, values)).await?;
    Ok(())
}

/// Notes that an announced file has come.
pub(super) async fn has_come(
    connection: &impl ConnectionTrait,
    id: &str,
    now: Timestamp,
) -> Result<(), DbErr> {
    let text = "UPDATE upload_checks SET attempts = 0, due_at = $2 WHERE attachment_id = $1";
    let values = [id.into(), now.plus_seconds(ARRIVED_SECONDS).micros().into()];
    connection.execute_raw(statement(connection, text, values)).await?;
    Ok(())
}

/// Forgets about an announced file, which was checked.
pub(crate) async fn settled(connection: &impl ConnectionTrait, id: &str) -> Result<(), DbErr> {
    let text = "DELETE FROM upload_checks WHERE attachment_id = $1";
    connection.execute_raw(statement(connection, text, [id.into()])).await?;
    Ok(())
}

/// Takes the file that has been due the longest.
pub(crate) async fn lease(services: &Services) -> Result<Option<Waiting>, DbErr> {
    const DUE: &str =
        "SELECT attachment_id FROM upload_checks WHERE due_at <= $1 ORDER BY due_at, attachment_id LIMIT 1";
    let (database, now) = (&services.database, services.now());
    // A look takes no lock, so that an idle installation writes nothing.
    let look = statement(database.reader(), DUE, [now.micros().into()]);
    if database.reader().query_one_raw(look).await?.is_none() {
        return Ok(None);
    }
    let skip = if database.dialect() == Dialect::Postgres { "FOR UPDATE SKIP LOCKED" } else { "" };
    let text = format!(
        "UPDATE upload_checks SET attempts = attempts + 1, due_at = $2 WHERE attachment_id = ({DUE} {skip}) \
         RETURNING attachment_id, attempts"
    );
    let values = [now.micros().into(), now.plus_seconds(LEASE_SECONDS).micros().into()];
    let leased = database.writer().query_one_raw(statement(database.writer(), &text, values)).await?;
    leased
        .map(|row| Ok(Waiting { id: row.try_get_by_index(0)?, attempts: row.try_get_by_index(1)? }))
        .transpose()
}

/// Has it looked for again after a while, unless another node has it by now.
pub(crate) async fn later(services: &Services, waiting: &Waiting, seconds: i64) -> Result<(), DbErr> {
    let text = "UPDATE upload_checks SET due_at = $1 WHERE attachment_id = $2 AND attempts = $3";
    let due = services.now().plus_seconds(seconds).micros();
    let values = [due.into(), waiting.id.as_str().into(), waiting.attempts.into()];
    let writer = services.database.writer();
    writer.execute_raw(statement(writer, text, values)).await?;
    Ok(())
}
