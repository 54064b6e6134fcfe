//! The text of the response. What the statement gave is put in as it is.

use serde_json::Value;

use crate::errors::Failure;
use crate::request::{Response, ResponseStatus};

/// What came of an operation that was executed.
pub(super) struct Answered {
    /// The JSON text of `data`; none where the request was refused.
    pub data: Option<String>,
    /// What failed in it.
    pub failures: Vec<Failure>,
    /// Whether there are contact details or secrets in it.
    pub secret: bool,
    /// What became of the request.
    pub status: ResponseStatus,
}

impl Answered {
    /// A request that was refused with a status of its own.
    pub fn refused(status: ResponseStatus, failure: &Failure) -> Self {
        Self { data: None, failures: vec![failure.clone()], secret: false, status }
    }

    /// The response. What was answered to somebody known is for nobody else.
    pub fn into_response(self, authenticated: bool) -> Response {
        let errors = errors(&self.failures);
        let mut body = String::with_capacity(self.data.as_ref().map_or(0, String::len) + errors.len() + 24);
        body.push('{');
        if !errors.is_empty() {
            body.push_str("\"errors\":");
            body.push_str(&errors);
        }
        if let Some(data) = self.data {
            body.push_str(if errors.is_empty() { "\"data\":" } else { ",\"data\":" });
            body.push_str(&data);
        }
        body.push('}');
        Response { body, status: self.status, no_store: self.secret || authenticated, cursor: None }
    }
}

/// The response to a request that wasn't executed.
pub(super) fn refused(failures: &[Failure], authenticated: bool) -> Response {
    let status = failures.first().map_or(ResponseStatus::Internal, Failure::status);
    let body = format!("{{\"errors\":{}}}", errors(failures));
    Response { body, status, no_store: authenticated, cursor: None }
}

fn errors(failures: &[Failure]) -> String {
    if failures.is_empty() {
        return String::new();
    }
    failures.iter().map(Failure::to_json).collect::<Value>().to_string()
}
