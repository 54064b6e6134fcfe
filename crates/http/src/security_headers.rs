//! Headers that every answer has, unless its route set its own.

use axum::http::header::{
    CONTENT_SECURITY_POLICY, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue};

static HEADERS: [(HeaderName, &str); 5] = [
    // What is sent as JSON is never taken for a page.
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    // An answer that isn't a page may load nothing, and be in no one's frame.
    (CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
    // Addresses can hold queries.
    (REFERRER_POLICY, "no-referrer"),
    // Heeded only where the answer comes over TLS, from the proxy in front.
    (STRICT_TRANSPORT_SECURITY, "max-age=31536000"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
];

/// Adds those that are missing.
pub fn add(headers: &mut HeaderMap) {
    for (name, value) in &HEADERS {
        if !headers.contains_key(name) {
            headers.insert(name, HeaderValue::from_static(value));
        }
    }
}
