//! `/.well-known/jwks.json`: the public keys with which others can check access tokens.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

use crate::installation::Installation;
use crate::router::App;

/// The published key set.
pub async fn published<I: Installation>(State(app): State<Arc<App<I>>>) -> Response {
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("application/jwk-set+json")),
        // Short against the time for which a retired key stays published.
        (CACHE_CONTROL, HeaderValue::from_static("public, max-age=300")),
    ];
    match app.installation.key_set().await {
        Ok(keys) => (headers, keys).into_response(),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, [(CACHE_CONTROL, "no-store")]).into_response(),
    }
}
