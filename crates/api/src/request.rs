//! What goes in and comes out: one GraphQL request with whoever makes it, and one complete answer.
//! It knows nothing of HTTP but whether the request may change something.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use bytestring::ByteString;
use futures::stream::BoxStream;
use maip_persistence::record::Following;
use maip_persistence::stopwatch::Stopwatch;
use serde_json::{Map, Value};

use crate::partners::Prepared;
use crate::uploads::Uploads;

/// One GraphQL request.
#[derive(Clone, Debug)]
pub struct Request {
    /// The document; `None` where the client names one instead.
    pub query: Option<String>,
    /// How it names a document, instead of its text or beside it.
    pub document: Option<DocumentName>,
    /// Which operation of the document; needed where it has several.
    pub operation_name: Option<String>,
    /// The variables, not coerced yet.
    pub variables: Option<Map<String, Value>>,
    /// How it came.
    pub method: Method,
    /// On whose behalf.
    pub credentials: Credentials,
    /// Names the request in logs and in the answer to a failure of ours.
    pub request_id: String,
    /// The value of `Accept-Language`: the languages in which the caller prefers to read, and for texts without a language
    /// of their own.
    pub accept_language: Option<String>,
    /// What the cost of its operation is taken from; nothing where nobody counts.
    pub purse: Option<Purse>,
    /// The client's address, past the proxies that are trusted.
    pub peer: Option<IpAddr>,
    /// The cursor of the last event that the client knows, where the carrier has a way to say so: a
    /// subscription goes on after it, unless its field says otherwise.
    pub last_event: Option<String>,
    /// The files that came with it.
    pub uploads: Uploads,
    /// By which its time is limited, here and by the carrier: it stands still while a file of it waits in
    /// line.
    pub watch: Stopwatch,
}

impl Request {
    /// One that asks for nothing: what counts is who asks.
    #[must_use]
    pub fn showing(credentials: Credentials, request_id: &str) -> Self {
        Self {
            query: None,
            document: None,
            operation_name: None,
            variables: None,
            method: Method::Post,
            credentials,
            request_id: request_id.to_owned(),
            accept_language: None,
            peer: None,
            purse: None,
            last_event: None,
            uploads: Uploads::default(),
            watch: Stopwatch::default(),
        }
    }
}

/// What a client calls a document whose text is known here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DocumentName {
    /// `documentId`: the name of one that the operator has approved.
    Id(String),
    /// The extension `persistedQuery`: the SHA-256 of one that was sent before, or was approved.
    Digest(String),
    /// One of ours, which no client can name: what the carrier reads to tell it in another form.
    Prepared(Prepared),
}

/// How a request came: by GET nothing may be changed and no contact details may be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Safe to repeat; may end in caches and histories.
    Get,
    /// Anything.
    Post,
}

/// What a caller may spend. The carrier knows whose it is, and keeps count.
pub trait Budget: Send + Sync {
    /// Takes the cost of an operation, before it is executed; false where there isn't so much.
    fn spend(&self, cost: u64) -> bool;

    /// Takes note of a refresh token that was refused: whoever makes them up is guessing.
    fn failed_to_refresh(&self);
}

/// The budget of a request's caller.
#[derive(Clone)]
pub struct Purse(pub Arc<dyn Budget>);

/// Without what is in it.
impl std::fmt::Debug for Purse {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Purse")
    }
}

/// What the client shows of itself; not checked yet.
#[derive(Clone, PartialEq, Eq)]
pub enum Credentials {
    /// Nothing.
    Anonymous,
    /// An access token of a session or an API token.
    Bearer(String),
}

/// Says which kind it is and never the token.
impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Anonymous => "Anonymous",
            Self::Bearer(_) => "Bearer(…)",
        })
    }
}

/// The answer to one request.
#[derive(Clone, Debug)]
pub struct Response {
    /// The complete JSON text of the GraphQL response; one that is kept is sent to many without being copied.
    pub body: ByteString,
    /// What became of the request.
    pub status: ResponseStatus,
    /// Whether it must not be kept by anyone on the way, because it has contact details or secrets in it.
    pub no_store: bool,
    /// The cursor of the event that it shows, where it is an answer of a subscription.
    pub cursor: Option<String>,
}

/// What became of a request, as far as the carrier has to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResponseStatus {
    /// It was executed; single fields may have failed all the same.
    Executed,
    /// The document, its variables or its cost were refused before anything was executed.
    Invalid,
    /// The credentials are worth nothing (any more).
    Unauthenticated,
    /// Too many requests of this kind.
    RateLimited {
        /// When to try again, in seconds from now.
        retry_after_seconds: u32,
    },
    /// It took longer than it may.
    Timeout,
    /// The database can't be reached or is full, or too much is asked for at a time.
    Unavailable {
        /// When to try again, in seconds from now.
        retry_after_seconds: u32,
    },
    /// A defect of ours.
    Internal,
    /// By GET came a mutation, or a read of contact details.
    MutationOverGet,
}

/// What credentials are worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recognised {
    /// `Executed` where they hold.
    pub status: ResponseStatus,
    /// For how long they do at most, where that is known beforehand: they may end earlier.
    pub lasts: Option<Duration>,
}

/// Keeps it known how far events have come.
#[derive(Debug)]
pub struct Attending(#[expect(dead_code, reason = "it is there to be dropped")] pub(crate) Following);

/// What came of a request that may go on: see [`Execute::start`].
pub enum Started {
    /// One answer, and no more.
    Once(Response),
    /// The answers of a subscription. The last one, where it ends by itself, says why.
    Stream(BoxStream<'static, Response>),
}

/// Executes GraphQL requests: the whole of what the carrier knows about the schema.
pub trait Execute: Send + Sync + 'static {
    /// Executes one request. Whatever goes wrong is in the answer.
    fn execute(&self, request: Request) -> impl Future<Output = Response> + Send;

    /// Puts the text into a request that names its document instead, so that the carrier can tell
    /// what is asked for; the answer, where there is no such document.
    fn resolve(&self, request: Request) -> impl Future<Output = Result<Request, Response>> + Send;

    /// Where a request begins a subscription: from now on it is known how far events have come, as long
    /// as what this gives is kept. Then [`Execute::start`] loses nothing, however late it is polled.
    fn attend(&self, request: &Request) -> impl Future<Output = Option<Attending>> + Send;

    /// What the credentials of a request are worth, whatever it asks for.
    fn recognise(&self, request: Request) -> impl Future<Output = Recognised> + Send;

    /// Executes one request of a carrier that can go on answering. What happens after this call is part
    /// of a subscription while somebody attends, else what happens after the future is ready.
    fn start(self: Arc<Self>, request: Request) -> impl Future<Output = Started> + Send + 'static;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_not_shown_where_a_request_is() {
        let credentials = Credentials::Bearer("secret".to_owned());
        assert_eq!(format!("{credentials:?}"), "Bearer(…)");
    }
}
