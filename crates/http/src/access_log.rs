//! One line per answered request. Never in it: bodies, tokens, query texts, and what stands after
//! `?` in an address, which is where GET carries them.

use std::time::Duration;

use axum::http::{Method, StatusCode};

use crate::request_id::RequestId;

/// More of a path says nothing more.
const LONGEST_PATH: usize = 200;

/// Writes the line.
pub fn log(method: &Method, path: &str, status: StatusCode, took: Duration, id: &RequestId) {
    let path = path.get(..LONGEST_PATH).unwrap_or(path);
    let milliseconds = (took.as_secs_f64() * 1_000_000.0).round() / 1000.0;
    let (method, status, request_id) = (method.as_str(), status.as_u16(), id.as_str());
    if is_probe(path) {
        tracing::debug!(target: "maip::access", method, path, status, milliseconds, request_id, "answered");
    } else {
        tracing::info!(target: "maip::access", method, path, status, milliseconds, request_id, "answered");
    }
}

/// Asked every few seconds for ever.
fn is_probe(path: &str) -> bool {
    matches!(path, "/healthz" | "/readyz")
}
