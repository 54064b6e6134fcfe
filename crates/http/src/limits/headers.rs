//! How limits are told: the `RateLimit` fields of the IETF's draft, and `Retry-After`.

use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderMap, HeaderName, HeaderValue};

use super::bucket::{Rate, Verdict, WINDOW_SECONDS};

/// What is left now, and in how many seconds the whole limit is there again.
pub const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
/// What the limit is.
pub const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// A verdict with the limit that it was spoken under.
#[derive(Clone, Copy, Debug)]
pub struct Told {
    /// The limit's name: `anonymous` or `account`, the same with `-cost`, or `sign-in`.
    pub name: &'static str,
    /// How much it allows.
    pub rate: Rate,
    /// What it said.
    pub verdict: Verdict,
}

/// Adds the fields to an answer, each a list of all the limits that it was under.
pub fn write(all: &[Told], headers: &mut HeaderMap) {
    if all.is_empty() {
        return;
    }
    let list = |item: fn(&Told) -> String| all.iter().map(item).collect::<Vec<_>>().join(", ");
    let policies = list(|told| format!("\"{}\";q={};w={WINDOW_SECONDS}", told.name, told.rate.count()));
    let wait = |told: &Told| told.verdict.retry_after_seconds;
    put(headers, RATE_LIMIT_POLICY, policies);
    put(
        headers,
        RATE_LIMIT,
        list(|Told { name, verdict, .. }| {
            format!("\"{name}\";r={};t={}", verdict.remaining, verdict.full_after_seconds)
        }),
    );
    // Until all of them let it pass.
    if let Some(longest) = all.iter().filter(|told| !told.verdict.allowed).map(wait).max() {
        put(headers, RETRY_AFTER, longest.max(1).to_string());
    }
}

fn put(headers: &mut HeaderMap, name: HeaderName, value: String) {
    if let Ok(value) = HeaderValue::try_from(value) {
        headers.insert(name, value);
    }
}
