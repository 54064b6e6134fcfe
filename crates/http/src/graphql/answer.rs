//! An executed request as an HTTP answer: its status, and who may keep it.

use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, RETRY_AFTER, VARY};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use maip_api::ResponseStatus;
use sha2::{Digest as _, Sha256};

use super::error::companion;
use super::media_type::MediaType;

/// Bytes of the digest that an entity tag shows.
const TAG_BYTES: usize = 18;

const VARIES: &str = "accept, accept-language, authorization";
const UNCHANGED_VARIES: &str = "accept, accept-language, authorization, accept-encoding";

/// Whether two entity tags are those of the same answer, be it in other bytes: the weak comparison of RFC 9110,
/// section 8.8.3.2, which `If-None-Match` wants.
fn same_tag(one: &str, other: &str) -> bool {
    let opaque = [one, other].map(|tag| tag.strip_prefix("W/").unwrap_or(tag));
    opaque[0] == opaque[1]
}

/// Whether who asks has what has this tag, by their `If-None-Match`.
pub fn has_already(if_none_match: Option<&HeaderValue>, tag: &str) -> bool {
    let known = if_none_match.and_then(|value| value.to_str().ok());
    known
        .is_some_and(|known| known.split(',').any(|known| same_tag(known.trim(), tag) || known.trim() == "*"))
}

/// The answer of the schema, on its way.
pub struct Answered {
    pub response: maip_api::Response,
    pub media_type: MediaType,
    /// Whether it is the same for everyone who asks so: nobody's, by GET.
    pub shareable: bool,
}

impl Answered {
    /// The HTTP answer; 304 without a body where the client has it already.
    pub fn into_response(self, if_none_match: Option<&HeaderValue>) -> Response {
        let Self {
            response: maip_api::Response { body, status, no_store, cursor: _ },
            media_type,
            shareable,
        } = self;
        let executed = status == ResponseStatus::Executed;
        let tag = (executed && shareable && !no_store).then(|| entity_tag(&body));
        let unchanged = tag.as_ref().is_some_and(|tag| has_already(if_none_match, tag));
        let mut answer = if unchanged {
            StatusCode::NOT_MODIFIED.into_response()
        } else {
            let content_type = [(CONTENT_TYPE, media_type.content_type())];
            (http_status(status, media_type), content_type, body.into_bytes()).into_response()
        };
        let code = answer.status();
        let headers = answer.headers_mut();
        let keep = match &tag {
            // Whoever keeps it asks first whether it has changed: a withdrawn lesson is gone at once.
            Some(_) => "public, no-cache",
            None if executed && !no_store => "private, no-cache",
            None => "no-store",
        };
        headers.insert(CACHE_CONTROL, HeaderValue::from_static(keep));
        // What has a body gets the last one from where it is compressed.
        let varies = if unchanged { UNCHANGED_VARIES } else { VARIES };
        headers.insert(VARY, HeaderValue::from_static(varies));
        if let Some(tag) = tag.and_then(|tag| HeaderValue::try_from(tag).ok()) {
            headers.insert(ETAG, tag);
        }
        if let Some((name, value)) = companion(code) {
            headers.insert(name, HeaderValue::from_static(value));
        }
        if let ResponseStatus::RateLimited { retry_after_seconds }
        | ResponseStatus::Unavailable { retry_after_seconds } = status
        {
            headers.insert(RETRY_AFTER, HeaderValue::from(retry_after_seconds));
        }
        answer
    }
}

/// What was refused before execution has 200 in the older media type, as the draft wants it. Who
/// asks, how often, and outages are HTTP's own matter and have its statuses in both.
fn http_status(status: ResponseStatus, media_type: MediaType) -> StatusCode {
    match status {
        ResponseStatus::Executed => StatusCode::OK,
        ResponseStatus::Invalid if media_type == MediaType::Json => StatusCode::OK,
        ResponseStatus::Invalid => StatusCode::BAD_REQUEST,
        ResponseStatus::Unauthenticated => StatusCode::UNAUTHORIZED,
        ResponseStatus::RateLimited { .. } => StatusCode::TOO_MANY_REQUESTS,
        ResponseStatus::Timeout => StatusCode::GATEWAY_TIMEOUT,
        ResponseStatus::Unavailable { .. } => StatusCode::SERVICE_UNAVAILABLE,
        ResponseStatus::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        ResponseStatus::MutationOverGet => StatusCode::METHOD_NOT_ALLOWED,
    }
}

/// A weak one: the same answer compressed differently is the same answer.
pub fn entity_tag(body: &str) -> String {
    let digest = Sha256::digest(body.as_bytes());
    format!("W/\"{}\"", URL_SAFE_NO_PAD.encode(&digest[..TAG_BYTES]))
}
