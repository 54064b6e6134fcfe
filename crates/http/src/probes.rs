//! What a load balancer or a container runtime asks.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

use crate::installation::Installation;
use crate::router::App;

/// `/healthz`: the process runs. It asks nobody, so that a broken database restarts no process.
pub async fn alive() -> Response {
    answer(StatusCode::OK, "OK")
}

/// `/readyz`: requests can be answered.
pub async fn ready<I: Installation>(State(app): State<Arc<App<I>>>) -> Response {
    match app.installation.ready().await {
        Ok(()) => answer(StatusCode::OK, "READY"),
        Err(reason) => answer(StatusCode::SERVICE_UNAVAILABLE, reason.code()),
    }
}

fn answer(status: StatusCode, code: &str) -> Response {
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    (status, headers, format!("{{\"status\":\"{code}\"}}")).into_response()
}
