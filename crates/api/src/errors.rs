//! Top-level errors: the closed set of their codes, and the one place that decides what a client
//! sees of a failure. Causes go to the log, never into an answer.

use maip_domain::closed_set::ClosedSet as _;
use serde_json::{Value, json};

use crate::request::ResponseStatus;

maip_domain::closed_set! {
    /// The code of a top-level error, in `extensions.code`. May grow.
    pub enum Code {
        /// The credentials are worth nothing, or no longer; sign in again, or get a new token.
        Unauthenticated = "UNAUTHENTICATED",
        /// The token lacks the scope for this field.
        Forbidden = "FORBIDDEN",
        /// What was named isn't there, such as an operation of the document.
        NotFound = "NOT_FOUND",
        /// The document, its variables or an argument isn't right; the message says what.
        BadUserInput = "BAD_USER_INPUT",
        /// The operation is too deep, too wide or asks for too much; ask for less, or in parts.
        QueryTooComplex = "QUERY_TOO_COMPLEX",
        /// Too many requests; wait as long as `Retry-After` says.
        RateLimited = "RATE_LIMITED",
        /// The body is larger than accepted.
        PayloadTooLarge = "PAYLOAD_TOO_LARGE",
        /// The cursor is too old to go on from; begin anew.
        CursorExpired = "CURSOR_EXPIRED",
        /// No document is known by this hash or id; send it once in full, or have it approved.
        PersistedQueryNotFound = "PERSISTED_QUERY_NOT_FOUND",
        /// The operation may not be sent this way: a mutation, or contact details, over GET; a subscription where answers come once; a question about the schema where that is switched off; or a document that isn't approved.
        OperationNotAllowed = "OPERATION_NOT_ALLOWED",
        /// It took longer than it may; ask for less.
        Timeout = "TIMEOUT",
        /// The service can't answer now; try again later.
        Unavailable = "UNAVAILABLE",
        /// A defect of ours; report it with the request id.
        Internal = "INTERNAL",
    }
}

/// One entry of `errors`.
#[derive(Clone, Debug, PartialEq)]
pub struct Failure {
    /// Its code.
    pub code: Code,
    /// What is said.
    pub message: String,
    /// The field of the answer that it concerns: keys and positions.
    pub path: Vec<Value>,
    /// Lines and columns in the document.
    pub locations: Vec<(usize, usize)>,
    /// The request id, where somebody has to look it up in the log.
    pub request_id: Option<String>,
    /// In how many seconds it is worth another try, where that is known.
    pub retry_after_seconds: Option<u32>,
}

impl Failure {
    /// A failure that isn't bound to a place.
    #[must_use]
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            path: Vec::new(),
            locations: Vec::new(),
            request_id: None,
            retry_after_seconds: None,
        }
    }

    /// Something of the client's isn't right.
    #[must_use]
    pub fn bad_input(message: impl Into<String>) -> Self {
        Self::new(Code::BadUserInput, message)
    }

    /// Too much is asked for.
    #[must_use]
    pub fn too_complex(message: impl Into<String>) -> Self {
        Self::new(Code::QueryTooComplex, message)
    }

    /// The credentials don't hold.
    #[must_use]
    pub fn unauthenticated() -> Self {
        Self::new(Code::Unauthenticated, "the credentials are not valid, or no longer")
    }

    /// A defect of ours: nothing of the inside, and the id under which the log has the cause.
    #[must_use]
    pub fn internal(request_id: &str) -> Self {
        Self {
            request_id: Some(request_id.to_owned()),
            ..Self::new(Code::Internal, "something went wrong on our side; report it with the request id")
        }
    }

    /// The database can't be reached, or takes no writes.
    #[must_use]
    pub fn unavailable() -> Self {
        Self::new(Code::Unavailable, "the service can't answer now; try again later")
    }

    /// It took too long.
    #[must_use]
    pub fn timeout() -> Self {
        Self::new(Code::Timeout, "the operation took longer than it may; ask for less")
    }

    /// The same, worth another try in so many seconds.
    #[must_use]
    pub fn again_after(mut self, seconds: u32) -> Self {
        self.retry_after_seconds = Some(seconds);
        self
    }

    /// The same at a field of the answer.
    #[must_use]
    pub fn at(mut self, path: Vec<Value>) -> Self {
        self.path = path;
        self
    }

    /// The entry.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let mut entry = json!({ "message": self.message, "extensions": { "code": self.code.code() } });
        if !self.path.is_empty() {
            entry["path"] = self.path.clone().into();
        }
        if !self.locations.is_empty() {
            entry["locations"] = self
                .locations
                .iter()
                .map(|(line, column)| json!({ "line": line, "column": column }))
                .collect();
        }
        if let Some(id) = &self.request_id {
            entry["extensions"]["requestId"] = id.as_str().into();
        }
        entry
    }

    /// What becomes of a request that fails as a whole for this reason.
    #[must_use]
    pub fn status(&self) -> ResponseStatus {
        match self.code {
            Code::Unauthenticated => ResponseStatus::Unauthenticated,
            Code::Timeout => ResponseStatus::Timeout,
            Code::Unavailable => {
                ResponseStatus::Unavailable { retry_after_seconds: self.retry_after_seconds.unwrap_or(1) }
            }
            Code::Internal => ResponseStatus::Internal,
            Code::RateLimited => ResponseStatus::RateLimited { retry_after_seconds: 1 },
            Code::Forbidden
            | Code::NotFound
            | Code::BadUserInput
            | Code::QueryTooComplex
            | Code::PayloadTooLarge
            | Code::CursorExpired
            | Code::PersistedQueryNotFound
            | Code::OperationNotAllowed => ResponseStatus::Invalid,
        }
    }
}
