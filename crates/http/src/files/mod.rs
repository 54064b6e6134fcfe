//! `/files`: what is attached to lessons, by addresses that the API gives to those who may see it.

mod range;
mod receive;
mod serve;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use axum::Router;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use maip_api::files::SignedPath;
use serde::Deserialize;

use crate::installation::Installation;
use crate::router::App;

/// The routes.
pub fn routes<I: Installation>() -> Router<Arc<App<I>>> {
    Router::new().route("/files/{attachment}/{part}", get(serve::serve::<I>).put(receive::receive::<I>))
}

/// What stands after `?` in an address.
#[derive(Debug, Deserialize)]
struct Signed {
    expires: i64,
    signature: String,
}

/// What an address says, where it has the form of one.
fn said(
    Path((attachment, part)): Path<(String, String)>,
    query: Result<Query<Signed>, QueryRejection>,
) -> Option<SignedPath> {
    let Query(Signed { expires, signature }) = query.ok()?;
    Some(SignedPath { attachment, part, expires, signature })
}

/// The one answer for an address that was made up or changed, is past its end, or leads to nothing.
fn nothing_there() -> Response {
    let text = "There is no such file, or its address has expired: ask the API for a new one.\n";
    (StatusCode::NOT_FOUND, [(CACHE_CONTROL, "no-store")], text).into_response()
}

fn not_now() -> Response {
    let text = "Files can't be had now; try again later.\n";
    (StatusCode::SERVICE_UNAVAILABLE, [(CACHE_CONTROL, "no-store")], text).into_response()
}
