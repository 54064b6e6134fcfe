//! The text of the response. What the statement gave is put in as it is.

use bytestring::ByteString;
use serde_json::Value;

use crate::errors::Failure;
use crate::request::{Response, ResponseStatus};

/// What came of an operation that was executed.
pub(super) struct Answered {
    /// What is answered.
    pub body: Body,
    /// What failed in it.
    pub failures: Vec<Failure>,
    /// Whether there are contact details or secrets in it.
    pub secret: bool,
    /// What became of the request.
    pub status: ResponseStatus,
}

/// What is answered.
pub(super) enum Body {
    /// Nothing but failures: the request was refused.
    Refused,
    /// The JSON text of `data`.
    Data(String),
    /// The whole response, kept for others too; nothing failed in it.
    Whole(ByteString),
}

impl Answered {
    /// A request that was refused with a status of its own.
    pub fn refused(status: ResponseStatus, failure: &Failure) -> Self {
        Self { body: Body::Refused, failures: vec![failure.clone()], secret: false, status }
    }

    /// The response. What was answered to somebody known is for nobody else.
    pub fn into_response(self, authenticated: bool) -> Response {
        let Self { body, failures, secret, status } = self;
        let body = match body {
            Body::Refused => whole(None, &failures).into(),
            Body::Data(data) => whole(Some(&data), &failures).into(),
            Body::Whole(body) => body,
        };
        Response { body, status, no_store: secret || authenticated, cursor: None }
    }
}

fn whole(data: Option<&str>, failures: &[Failure]) -> String {
    let errors = errors(failures);
    let mut body = String::with_capacity(data.map_or(0, str::len) + errors.len() + 24);
    body.push('{');
    if !errors.is_empty() {
        body.push_str("\"errors\":");
        body.push_str(&errors);
    }
    if let Some(data) = data {
        body.push_str(if errors.is_empty() { "\"data\":" } else { ",\"data\":" });
        body.push_str(data);
    }
    body.push('}');
    body
}

/// The response to a request that wasn't executed.
pub(super) fn refused(failures: &[Failure], authenticated: bool) -> Response {
    let status = failures.first().map_or(ResponseStatus::Internal, Failure::status);
    let body = format!("{{\"errors\":{}}}", errors(failures)).into();
    Response { body, status, no_store: authenticated, cursor: None }
}

fn errors(failures: &[Failure]) -> String {
    if failures.is_empty() {
        return String::new();
    }
    failures.iter().map(Failure::to_json).collect::<Value>().to_string()
}
