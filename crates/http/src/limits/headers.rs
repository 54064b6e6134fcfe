//! How limits are told: the `RateLimit` fields of the IETF's draft, and `Retry-After`.

use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderMap, HeaderName, HeaderValue};

use super::bucket::{Rate, Verdict, WINDOW_SECONDS};

/// What is left now.
pub const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
/// What the limit is.
pub const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// A verdict with the limit that it was spoken under.
#[derive(Clone, Copy, Debug)]
pub struct Told {
    /// The limit's name: `anonymous`, `account` or `sign-in`.
    pub name: &'static str,
    /// How much it allows.
    pub rate: Rate,
    /// What it said.
    pub verdict: Verdict,
}

impl Told {
    /// Adds the fields to an answer.
    pub fn write(&self, headers: &mut HeaderMap) {
        let Self { name, rate, verdict } = self;
        put(headers, RATE_LIMIT_POLICY, format!("\"{name}\";q={};w={WINDOW_SECONDS}", rate.count()));
        let wait = verdict.retry_after_seconds;
        put(headers, RATE_LIMIT, format!("\"{name}\";r={};t={wait}", verdict.remaining));
        if !verdict.allowed {
            put(headers, RETRY_AFTER, wait.max(1).to_string());
        }
    }
}

fn put(headers: &mut HeaderMap, name: HeaderName, value: String) {
    if let Ok(value) = HeaderValue::try_from(value) {
        headers.insert(name, value);
    }
}
