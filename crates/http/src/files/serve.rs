//! Giving a file to whoever has its address.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::header::{
    ACCEPT_RANGES, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_RANGE,
    CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_NONE_MATCH, IF_RANGE, RANGE,
};
use axum::http::{HeaderMap, HeaderName, Method, StatusCode};
use axum::response::{IntoResponse as _, Response};
use maip_api::files::Served;

use super::range::{Wanted, wanted};
use super::{Signed, not_now, nothing_there, said};
use crate::graphql::has_already;
use crate::installation::Installation;
use crate::router::App;

/// Answers GET and HEAD.
pub async fn serve<I: Installation>(
    State(app): State<Arc<App<I>>>,
    path: Path<(String, String)>,
    query: Result<Query<Signed>, QueryRejection>,
    method: Method,
    headers: HeaderMap,
) -> Response {
    let Some(said) = said(path, query) else { return nothing_there() };
    match app.installation.find_file(said).await {
        Ok(Some(file)) => answer(&file, &method, &headers).await,
        Ok(None) => nothing_there(),
        Err(_) => not_now(),
    }
}

async fn answer(file: &Served, method: &Method, asked: &HeaderMap) -> Response {
    let text = |name: &HeaderName| asked.get(name).and_then(|value| value.to_str().ok());
    let tag = format!("\"{}\"", file.tag);
    let common = [
        (ETAG, tag.clone()),
        // Whoever keeps it keeps it for one person, and not past the end of its address.
        (CACHE_CONTROL, format!("private, max-age={}, immutable", file.seconds.max(0))),
        (ACCEPT_RANGES, "bytes".to_owned()),
        // Pages of other sites may show it: who has the address may.
        (HeaderName::from_static("cross-origin-resource-policy"), "cross-origin".to_owned()),
    ];
    if has_already(asked.get(IF_NONE_MATCH), &tag) {
        return (StatusCode::NOT_MODIFIED, common).into_response();
    }
    // A range of what was fetched before is of no use where the file is another now.
    let same = text(&IF_RANGE).is_none_or(|known| known == tag);
    // Only what is sent can be sent in part.
    let same = same && method == Method::GET;
    let (status, range) = match wanted(text(&RANGE).filter(|_| same), file.bytes) {
        Wanted::Whole => (StatusCode::OK, None),
        Wanted::Part(range) => (StatusCode::PARTIAL_CONTENT, Some(range)),
        Wanted::Nothing => {
            let own =
                [(CONTENT_RANGE, format!("bytes */{}", file.bytes)), (CACHE_CONTROL, "no-store".to_owned())];
            return (StatusCode::RANGE_NOT_SATISFIABLE, own).into_response();
        }
    };
    let pieces = match file.read(range.clone()).await {
        Ok(Some(pieces)) => pieces,
        Ok(None) => {
            tracing::error!(file = file.name, "a file isn't in the store");
            return nothing_there();
        }
        Err(error) => {
            tracing::error!(%error, file = file.name, "a file can't be read");
            return not_now();
        }
    };
    let length = range.as_ref().map_or(file.bytes, |range| range.end - range.start);
    // What a browser may run or lay out on its own is saved and not shown.
    let manner = if file.media.name() == "application/pdf" { "attachment" } else { "inline" };
    let own = [
        // What it is was told by its content; nobody's browser is to find something else in it.
        (CONTENT_TYPE, file.media.name().to_owned()),
        (CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox; frame-ancestors 'none'".to_owned()),
        (CONTENT_DISPOSITION, format!("{manner}; filename=\"{}\"", file.name)),
        (CONTENT_LENGTH, length.to_string()),
    ];
    let mut response = (status, common, own, Body::from_stream(pieces)).into_response();
    if let Some(range) = range {
        let said = format!("bytes {}-{}/{}", range.start, range.end - 1, file.bytes);
        if let Ok(said) = said.try_into() {
            response.headers_mut().insert(CONTENT_RANGE, said);
        }
    }
    response
}
