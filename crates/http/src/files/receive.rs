//! Taking a file that was announced, where the store can't take it from the client itself.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::header::CONTENT_LENGTH;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use futures::StreamExt as _;
use maip_api::files::{Spool, Spooled};

use super::{Signed, not_now, nothing_there, said};
use crate::graphql::error::RequestError;
use crate::graphql::multipart::failed;
use crate::graphql::read::is_encoded;
use crate::installation::Installation;
use crate::request_id::RequestId;
use crate::router::App;

/// Answers PUT: 204 where the file has arrived.
pub async fn receive<I: Installation>(
    State(app): State<Arc<App<I>>>,
    path: Path<(String, String)>,
    query: Result<Query<Signed>, QueryRejection>,
    id: Option<axum::Extension<RequestId>>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let Some(said) = said(path, query) else { return nothing_there() };
    let upload = match app.installation.find_upload(said).await {
        Ok(Some(upload)) => upload,
        Ok(None) => return nothing_there(),
        Err(_) => return not_now(),
    };
    if is_encoded(&headers) {
        return refused(RequestError::UnsupportedMediaType, id);
    }
    let Ok(_permit) = app.uploads.try_acquire() else { return refused(RequestError::Busy, id) };
    let announced = headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|announced| announced > upload.bytes) {
        return refused(RequestError::PayloadTooLarge, id);
    }
    let received = spool(body, app.installation.spool(), upload.bytes, app.settings.longest_stall);
    let received = match tokio::time::timeout(app.settings.upload_timeout, received).await {
        Ok(received) => received,
        Err(_) => Err(RequestError::Timeout),
    };
    match received {
        Ok(file) => match upload.keep(&file).await {
            Ok(()) => StatusCode::NO_CONTENT.into_response(),
            Err(error) => {
                tracing::error!(%error, "a file can't be stored");
                not_now()
            }
        },
        Err(error) => refused(error, id),
    }
}

async fn spool(
    body: Body,
    spool: &Spool,
    most: u64,
    longest_stall: Duration,
) -> Result<Spooled, RequestError> {
    let mut spooling = spool.begin().await.map_err(failed)?.at_most(most);
    let mut pieces = body.into_data_stream();
    while let Some(piece) =
        tokio::time::timeout(longest_stall, pieces.next()).await.map_err(|_| RequestError::Timeout)?
    {
        let piece = piece.map_err(|_| RequestError::NotWellFormed("the body broke off"))?;
        spooling.write(&piece).await.map_err(failed)?;
    }
    spooling.finish().await.map_err(failed)
}

fn refused(error: RequestError, id: Option<axum::Extension<RequestId>>) -> Response {
    match id {
        Some(axum::Extension(id)) => error.into_response(None, &id),
        None => not_now(),
    }
}
