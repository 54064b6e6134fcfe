//! Sends the messages that are due.
//!
//! A message is leased by moving its next attempt into the future and committing that, then sent
//! outside of any transaction, then marked. A node that dies in between leaves a message that is due
//! again when the lease ends: it is sent at least once.

use std::time::Duration;

use maip_domain::time::Timestamp;
use sea_orm::{ConnectionTrait as _, DbErr, QueryResult, Statement, Value};
use tokio::sync::watch;
use tracing::{info, warn};

use super::Background;
use super::message::{BODY, Channel, Message, SendError, TO};
use crate::read::Dialect;

/// How long one node has for one message.
const LEASE_SECONDS: i64 = 90;

/// How long a sender may take; well below the lease.
const PATIENCE: Duration = Duration::from_mins(1);

/// After so many attempts a message is given up.
const MOST_ATTEMPTS: i64 = 10;

/// Between two looks for due messages.
const LOOK: Duration = Duration::from_millis(500);

/// After a failure of the database.
const AFTER_FAILURE: Duration = Duration::from_secs(5);

/// The longest wait between two attempts.
const LONGEST_BACK_OFF_SECONDS: i64 = 4 * 3600;

/// The wait after this many attempts: half a minute, then four times as long each.
pub(super) fn back_off_seconds(attempts: i64) -> i64 {
    let doublings = u32::try_from(attempts - 1).unwrap_or(0).min(16) * 2;
    (30_i64 << doublings).min(LONGEST_BACK_OFF_SECONDS)
}

/// What became of the message that was due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// None was due.
    None,
    /// It is with whoever delivers it.
    Sent,
    /// It will be tried again.
    Later,
    /// It won't be sent.
    GivenUp,
}

struct Leased {
    id: String,
    attempts: i64,
    valid_until: Timestamp,
    message: Option<Message>,
}

impl Background {
    pub(super) async fn send_until(&self, mut stopped: watch::Receiver<bool>) {
        if self.senders.is_empty() {
            return;
        }
        while !*stopped.borrow() {
            let pause = match self.send_next().await {
                Ok(End::None) => LOOK,
                Ok(_) => continue,
                Err(error) => {
                    warn!(%error, "messages can't be sent now");
                    AFTER_FAILURE
                }
            };
            // Told to stop, or nobody is left who could tell.
            let _ = tokio::time::timeout(pause, stopped.wait_for(|stop| *stop)).await;
        }
    }

    /// Sends the message that has been due the longest.
    pub(super) async fn send_next(&self) -> Result<End, DbErr> {
        let Some(leased) = self.lease_message().await? else { return Ok(End::None) };
        let result = match &leased.message {
            _ if leased.valid_until <= self.services.clock.now() => {
                Err(SendError::Refused("its time is over"))
            }
            None => Err(SendError::Refused("it can't be opened with this installation's keys")),
            Some(message) => self.send(message).await,
        };
        let now = self.services.clock.now();
        let (sent, change, at) = match result {
            Ok(()) => {
                info!(message = leased.id, attempts = leased.attempts, "sent");
                (End::Sent, "sent_at = $1, to_sealed = NULL, body_sealed = NULL", now)
            }
            Err(SendError::NotNow(reason)) if leased.attempts < MOST_ATTEMPTS => {
                warn!(
                    message = leased.id,
                    attempts = leased.attempts,
                    reason,
                    "not sent, will be tried again"
                );
                let next = now.plus_seconds(back_off_seconds(leased.attempts));
                (End::Later, "next_attempt_at = $1", next)
            }
            Err(error) => {
                warn!(message = leased.id, attempts = leased.attempts, %error, "not sent, given up");
                (End::GivenUp, "given_up_at = $1, to_sealed = NULL, body_sealed = NULL", now)
            }
        };
        // Where the lease ran out and another node has it, that node's end counts.
        let sql = format!(
            "UPDATE outgoing_messages SET {change} WHERE id = $2 AND attempts = $3 AND sent_at IS NULL"
        );
        let values: [Value; 3] = [at.micros().into(), leased.id.into(), leased.attempts.into()];
        let writer = self.services.database.writer();
        let statement = Statement::from_sql_and_values(writer.get_database_backend(), sql, values);
        writer.execute_raw(statement).await?;
        Ok(sent)
    }

    async fn send(&self, message: &Message) -> Result<(), SendError> {
        let sender = self.senders.iter().find(|sender| sender.channel() == message.channel);
        // Only messages of a channel that is there were leased.
        let Some(sender) = sender else { return Err(SendError::NotNow("no way to send it")) };
        match tokio::time::timeout(PATIENCE, sender.send(message)).await {
            Ok(result) => result,
            Err(_) => Err(SendError::NotNow("no answer in time")),
        }
    }

    async fn lease_message(&self) -> Result<Option<Leased>, DbErr> {
        let now = self.services.clock.now();
        // One of each channel that can be sent here, or that can't be sent any more anywhere.
        let channels: Vec<&str> = self.senders.iter().map(|sender| sender.channel().code()).collect();
        let due = format!(
            "SELECT id FROM outgoing_messages WHERE sent_at IS NULL AND given_up_at IS NULL AND next_attempt_at <= $1 \
             AND (channel IN ('{}') OR valid_until <= $1) ORDER BY next_attempt_at, id LIMIT 1",
            channels.join("', '")
        );
        let backend = self.services.database.writer().get_database_backend();
        // A look takes no lock, so that an idle installation writes nothing.
        let look = Statement::from_sql_and_values(backend, &due, [now.micros().into()]);
        if self.services.database.reader().query_one_raw(look).await?.is_none() {
            return Ok(None);
        }
        let skip =
            if self.services.database.dialect() == Dialect::Postgres { "FOR UPDATE SKIP LOCKED" } else { "" };
        let lease = format!(
            "UPDATE outgoing_messages SET attempts = attempts + 1, next_attempt_at = $2 WHERE id = ({due} {skip}) \
             RETURNING id, channel, to_sealed, body_sealed, attempts, valid_until"
        );
        let until = now.plus_seconds(LEASE_SECONDS);
        let lease =
            Statement::from_sql_and_values(backend, lease, [now.micros().into(), until.micros().into()]);
        let row = self.services.database.writer().query_one_raw(lease).await?;
        row.map(|row| self.open(&row)).transpose()
    }

    fn open(&self, row: &QueryResult) -> Result<Leased, DbErr> {
        let id: String = row.try_get_by_index(0)?;
        let channel: String = row.try_get_by_index(1)?;
        let to: Option<String> = row.try_get_by_index(2)?;
        let body: Option<String> = row.try_get_by_index(3)?;
        let message = || {
            let to = self.services.keyring.open(TO, &id, &to?)?;
            let body = self.services.keyring.open(BODY, &id, &body?)?;
            let (subject, text) = serde_json::from_str(&body).ok()?;
            Some(Message { id: id.clone(), channel: Channel::from_code(&channel)?, to, subject, text })
        };
        Ok(Leased {
            message: message(),
            attempts: row.try_get_by_index(4)?,
            valid_until: Timestamp::from_micros(row.try_get_by_index(5)?),
            id,
        })
    }
}
