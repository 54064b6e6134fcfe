//! Counts attempts per login, known or not, so that guessing gets slow on every node at once.

use maip_domain::error_code::ErrorCode;
use maip_domain::identity::attempts::{CODE, MESSAGE, PASSWORD, Pace};
use maip_domain::time::Timestamp;
use sea_orm::{ConnectionTrait, DbErr};

use crate::database::statement;
use crate::services::Services;
use crate::write::{UserError, WriteError, WriteResult};

/// What is tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Attempt {
    /// A password or PIN.
    Password,
    /// A one-time code.
    Code,
    /// Something that sends a message.
    Message,
}

impl Attempt {
    pub(super) const ALL: [Self; 3] = [Self::Password, Self::Code, Self::Message];

    fn pace(self) -> &'static Pace {
        match self {
            Self::Password => &PASSWORD,
            Self::Code => &CODE,
            Self::Message => &MESSAGE,
        }
    }

    /// The row's key, from the blind index of the login.
    fn key(self, login_index: &str) -> String {
        let kind = match self {
            Self::Password => "password",
            Self::Code => "code",
            Self::Message => "message",
        };
        format!("{kind}:{login_index}")
    }
}

/// Counts an attempt before it is made, in a transaction of its own: of many at a time, each is
/// counted, and none is forgotten when it is refused. Answers the same for a login that nobody has.
///
/// # Errors
/// `TRY_LATER` where the attempt comes too early.
pub(super) async fn take(services: &Services, attempt: Attempt, login_index: &str) -> WriteResult<()> {
    let transaction = services.database.begin().await?;
    let now = services.now();
    let key = attempt.key(login_index);
    // Writing the row as it is locks it, on PostgreSQL too.
    let row = transaction
        .query_one_raw(statement(
            &transaction,
            "INSERT INTO attempts (key, count, last_at) VALUES ($1, 0, $2) \
             ON CONFLICT (key) DO UPDATE SET count = attempts.count RETURNING count, last_at",
            [key.as_str().into(), now.micros().into()],
        ))
        .await?
        .ok_or(WriteError::Broken("an attempt could not be counted"))?;
    let count: i64 = row.try_get_by_index(0)?;
    let last = Timestamp::from_micros(row.try_get_by_index(1)?);
    let next = attempt.pace().next(count, last, now).map_err(|seconds| {
        tracing::warn!(target: "maip::security", attempt = ?attempt, "an attempt came too early");
        WriteError::from(UserError::new(
            ErrorCode::TryLater,
            format!("too many attempts: try again in {seconds} seconds"),
        ))
    })?;
    transaction
        .execute_raw(statement(
            &transaction,
            "UPDATE attempts SET count = $1, last_at = $2 WHERE key = $3",
            [next.into(), now.micros().into(), key.into()],
        ))
        .await?;
    if next == 1 {
        let oldest = now.plus_seconds(-PASSWORD.forgotten_after.max(MESSAGE.forgotten_after)).micros();
        transaction
            .execute_raw(statement(&transaction, "DELETE FROM attempts WHERE last_at < $1", [oldest.into()]))
            .await?;
    }
    transaction.commit().await?;
    Ok(())
}

/// Forgets the attempts: the right one was among them.
pub(super) async fn forget(
    connection: &impl ConnectionTrait,
    attempt: Attempt,
    login_index: &str,
) -> Result<(), DbErr> {
    connection
        .execute_raw(statement(
            connection,
            "DELETE FROM attempts WHERE key = $1",
            [attempt.key(login_index).into()],
        ))
        .await
        .map(drop)
}

/// Writes the row of a login as it is, so that an answer takes as long for a login that nobody has.
pub(super) async fn touch(
    connection: &impl ConnectionTrait,
    attempt: Attempt,
    login_index: &str,
) -> Result<(), DbErr> {
    connection
        .execute_raw(statement(
            connection,
            "UPDATE attempts SET count = count WHERE key = $1",
            [attempt.key(login_index).into()],
        ))
        .await
        .map(drop)
}
