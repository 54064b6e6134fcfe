//! The port for mail and SMS: what is to be sent, and what sends it.

use std::fmt;
use std::future::Future;
use std::pin::Pin;

use maip_domain::id;
use maip_domain::time::{Clock, Entropy, Timestamp};
use sea_orm::{ConnectionTrait, DbErr, Statement};

use crate::crypto::Keyring;

/// The prefix of a message's id.
const PREFIX: &str = "message";

/// The place that a recipient is sealed for.
pub(super) const TO: &str = "outgoing_messages.to";

/// The place that a text is sealed for.
pub(super) const BODY: &str = "outgoing_messages.body";

/// A way by which messages go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Channel {
    /// E-mail.
    Email,
    /// Short messages to a phone.
    Sms,
}

impl Channel {
    /// Every one.
    pub const ALL: [Self; 2] = [Self::Email, Self::Sms];

    /// The code as stored.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Email => "EMAIL",
            Self::Sms => "SMS",
        }
    }

    /// The channel with this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|channel| channel.code() == code)
    }
}

/// A message. Its id stays the same when it is sent again, so that a receiver can tell.
#[derive(Clone, PartialEq, Eq)]
pub struct Message {
    /// Its id.
    pub id: String,
    /// By which way it goes.
    pub channel: Channel,
    /// To whom: an address or a phone number (E.164).
    pub to: String,
    /// The subject, of a mail.
    pub subject: String,
    /// The text.
    pub text: String,
}

/// Without recipient and text, which are personal.
impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Message")
            .field("id", &self.id)
            .field("channel", &self.channel)
            .finish_non_exhaustive()
    }
}

/// Why a message wasn't sent. Never with its recipient or text, so that it can be logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// It can't be sent as it is, and trying again is no use.
    #[error("refused for good ({0})")]
    Refused(&'static str),
    /// It may work later.
    #[error("not sent now ({0})")]
    NotNow(&'static str),
}

/// The end of a sending.
pub type Sending<'a> = Pin<Box<dyn Future<Output = Result<(), SendError>> + Send + 'a>>;

/// Sends messages of one channel.
pub trait MessageSender: Send + Sync {
    /// Which.
    fn channel(&self) -> Channel;

    /// Sends one. It may be sent a second time, where the process ended before that was noted.
    fn send<'a>(&'a self, message: &'a Message) -> Sending<'a>;
}

/// What is to be sent.
#[derive(Clone, Copy)]
pub struct Draft<'a> {
    /// By which way.
    pub channel: Channel,
    /// To whom: an address or a phone number (E.164).
    pub to: &'a str,
    /// The subject, of a mail.
    pub subject: &'a str,
    /// The text.
    pub text: &'a str,
    /// After this it is of no use any more and isn't sent.
    pub valid_until: Timestamp,
}

/// Puts a message into the queue, in the transaction of what it tells about. Gives its id.
///
/// # Errors
/// Those of the database.
pub async fn enqueue(
    transaction: &impl ConnectionTrait,
    keyring: &Keyring,
    (clock, entropy): (&dyn Clock, &dyn Entropy),
    draft: Draft<'_>,
) -> Result<String, DbErr> {
    let id = id::generate(PREFIX, clock, entropy);
    let body = serde_json::json!([draft.subject, draft.text]).to_string();
    let now = clock.now().micros();
    let statement = Statement::from_sql_and_values(
        transaction.get_database_backend(),
        "INSERT INTO outgoing_messages (id, created_at, channel, to_sealed, body_sealed, valid_until, attempts, \
         next_attempt_at) VALUES ($1, $2, $3, $4, $5, $6, 0, $7)",
        [
            id.as_str().into(),
            now.into(),
            draft.channel.code().into(),
            keyring.seal(TO, &id, draft.to, entropy).into(),
            keyring.seal(BODY, &id, &body, entropy).into(),
            draft.valid_until.micros().into(),
            now.into(),
        ],
    );
    transaction.execute_raw(statement).await?;
    Ok(id)
}
