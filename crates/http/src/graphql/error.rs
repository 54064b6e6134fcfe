//! What is refused before anything is executed, and how it is said: as a GraphQL response, since a
//! client of GraphQL reads nothing else.

use axum::http::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use serde_json::json;

use super::media_type::MediaType;
use crate::limits::Full;
use crate::request_id::RequestId;

/// A request that HTTP itself refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequestError {
    /// It isn't a GraphQL request; says what is wrong.
    NotWellFormed(&'static str),
    /// Its body is not JSON.
    UnsupportedMediaType,
    /// Its body is not what a form sends, where one is wanted.
    NotAForm,
    /// Its body is multipart, and any page might have sent it.
    NotPreflighted,
    /// It brings files, and nobody is signed in.
    NotSignedIn,
    /// No form of a lesson is acceptable.
    NoFormOfALesson,
    /// Neither media type of an answer is acceptable.
    NotAcceptable,
    /// Its body is too large.
    PayloadTooLarge,
    /// Its `Authorization` header can't be read.
    Authorization,
    /// Too many of them.
    RateLimited,
    /// Too many event streams at once.
    TooManyStreams,
    /// As many operations as may be are under way on one connection.
    TooManyOperations,
    /// As many requests as may be are executed now.
    Busy,
    /// It took too long.
    Timeout,
    /// A defect of ours.
    Internal,
}

impl From<Full> for RequestError {
    fn from(_: Full) -> Self {
        Self::Busy
    }
}

impl RequestError {
    /// The HTTP status, the code in `extensions.code`, and what is said.
    fn parts(self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Self::NotWellFormed(message) => (StatusCode::BAD_REQUEST, "BAD_USER_INPUT", message),
            Self::UnsupportedMediaType => (
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "BAD_USER_INPUT",
                "the body must be JSON in UTF-8, sent as application/json",
            ),
            Self::NotAForm => (
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "BAD_USER_INPUT",
                "the body must be sent as application/x-www-form-urlencoded",
            ),
            Self::NotPreflighted => (
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "BAD_USER_INPUT",
                "multipart/form-data is taken with the header `GraphQL-Require-Preflight` alone",
            ),
            Self::NotSignedIn => {
                (StatusCode::UNAUTHORIZED, "UNAUTHENTICATED", "files are taken from those who are signed in")
            }
            Self::NoFormOfALesson => (
                StatusCode::NOT_ACCEPTABLE,
                "BAD_USER_INPUT",
                "a lesson is application/ld+json, text/turtle or text/html",
            ),
            Self::NotAcceptable => (
                StatusCode::NOT_ACCEPTABLE,
                "BAD_USER_INPUT",
                "answers are application/graphql-response+json, application/json or text/event-stream",
            ),
            Self::PayloadTooLarge => {
                (StatusCode::PAYLOAD_TOO_LARGE, "PAYLOAD_TOO_LARGE", "the body is larger than it may be")
            }
            Self::Authorization => (
                StatusCode::UNAUTHORIZED,
                "UNAUTHENTICATED",
                "the Authorization header must be `Bearer` and a token",
            ),
            Self::RateLimited => {
                (StatusCode::TOO_MANY_REQUESTS, "RATE_LIMITED", "too many requests; see Retry-After")
            }
            Self::TooManyStreams => (
                StatusCode::TOO_MANY_REQUESTS,
                "RATE_LIMITED",
                "too many streams and sockets of yours are open at once; close some",
            ),
            Self::TooManyOperations => (
                StatusCode::TOO_MANY_REQUESTS,
                "RATE_LIMITED",
                "too many operations are under way on this connection; complete some",
            ),
            Self::Busy => {
                (StatusCode::SERVICE_UNAVAILABLE, "UNAVAILABLE", "the server is busy; try again in a moment")
            }
            Self::Timeout => (StatusCode::GATEWAY_TIMEOUT, "TIMEOUT", "the request took longer than it may"),
            Self::Internal => {
                (StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL", "something went wrong on our side")
            }
        }
    }

    /// The HTTP status and what is said, for who doesn't speak GraphQL.
    pub fn plain(self) -> (StatusCode, &'static str) {
        let (status, _, message) = self.parts();
        (status, message)
    }

    /// The GraphQL response that says it.
    pub fn body(self, id: &RequestId) -> String {
        let (_, code, message) = self.parts();
        let mut extensions = json!({ "code": code });
        if self == Self::Internal {
            extensions["requestId"] = id.as_str().into();
        }
        json!({ "errors": [{ "message": message, "extensions": extensions }] }).to_string()
    }

    /// The answer. Without a media type it is said in plain JSON.
    pub fn into_response(self, media_type: Option<MediaType>, id: &RequestId) -> Response {
        let (status, ..) = self.parts();
        let content_type = media_type.unwrap_or(MediaType::Json).content_type();
        let mut response = (
            status,
            [(CONTENT_TYPE, content_type), (CACHE_CONTROL, HeaderValue::from_static("no-store"))],
            self.body(id),
        )
            .into_response();
        if let Some((name, value)) = companion(status) {
            response.headers_mut().insert(name, HeaderValue::from_static(value));
        }
        response
    }
}

/// The header that a status comes with.
pub fn companion(status: StatusCode) -> Option<(HeaderName, &'static str)> {
    match status {
        StatusCode::UNAUTHORIZED => Some((WWW_AUTHENTICATE, "Bearer")),
        StatusCode::METHOD_NOT_ALLOWED => Some((ALLOW, "POST")),
        StatusCode::SERVICE_UNAVAILABLE => Some((RETRY_AFTER, "1")),
        // Where a limit knows better, it says so itself.
        StatusCode::TOO_MANY_REQUESTS => Some((RETRY_AFTER, "10")),
        _ => None,
    }
}
