//! `/export/lessons.csv`, `.xlsx`, `.jsonld` and `.ttl`: all lessons that who asks may see, page by page as they are read. No
//! more than one page is in memory, however many there are and however slowly the client takes them.

mod csv;
mod filter;
mod form;
mod table;
mod xlsx;

use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, VARY};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use futures::{StreamExt as _, stream};
use maip_api::partners::{Page, Prepared, WholeLesson};
use serde_json::{Map, Value};

pub use self::form::XLSX;
use self::form::{FILES, Form, Writing};
use super::ask::{Asking, Refusal};
use crate::graphql::error::RequestError;
use crate::installation::Installation;
use crate::router::App;

/// A client that has used up what it may cost waits for so long before the next page is tried again,
const PAUSE: Duration = Duration::from_secs(5);
/// and so often: the whole of a limit is there again after a minute.
const PAUSES: u32 = 24;

/// Answers GET and HEAD.
pub async fn lessons<I: Installation>(
    State(app): State<Arc<App<I>>>,
    Path(file): Path<String>,
    request: Request,
) -> Response {
    let (head, _) = request.into_parts();
    let (asking, allowed) = Asking::of(&app, &head);
    if let Some(form) = Form::by_template(&file) {
        let told = allowed.map(|()| form.template().map_err(|_| Refusal::from(RequestError::Internal)));
        return asking.told(match told.flatten() {
            Ok(bytes) => (saved_as(&file, form, "public, max-age=3600"), bytes).into_response(),
            Err(refusal) => refusal.response(),
        });
    }
    let Some(form) = Form::by_file(&file) else {
        return asking.told((StatusCode::NOT_FOUND, FILES).into_response());
    };
    let filter = match filter::read(head.uri.query()) {
        Ok(filter) => filter,
        Err(name) => return asking.told(Refusal::Parameter(name).response()),
    };
    let first = async {
        allowed?;
        page(&asking, &filter, None).await
    };
    match first.await {
        Err(refusal) => asking.told(refusal.response()),
        Ok(first) => {
            let published = &app.settings.published;
            let (base, licence) = (published.base(&head), published.licence.clone());
            let vary = [(VARY, HeaderValue::from_static("authorization"))];
            let told = asking.told((saved_as(&file, form, "no-store"), vary).into_response());
            let (parts, _) = told.into_parts();
            let Ok(writing) = form.begin() else {
                return Refusal::from(RequestError::Internal).response();
            };
            let body =
                Export { asking, filter, writing: Some(writing), base, licence, at: At::Page(first, true) };
            let body = body.into_body();
            Response::from_parts(parts, body)
        }
    }
}

/// Headers of a file that is saved under its name, and kept by caches for so long.
fn saved_as(file: &str, form: Form, kept: &'static str) -> [(HeaderName, String); 3] {
    [
        (CONTENT_TYPE, form.content_type().to_owned()),
        (CACHE_CONTROL, kept.to_owned()),
        (CONTENT_DISPOSITION, format!("attachment; filename=\"{file}\"")),
    ]
}

async fn page<I: Installation>(
    asking: &Asking<I>,
    filter: &Map<String, Value>,
    after: Option<String>,
) -> Result<Page<WholeLesson>, Refusal> {
    let mut variables = Map::new();
    variables.insert("first".to_owned(), Prepared::WHOLE_PAGE.into());
    variables.insert("after".to_owned(), after.map_or(Value::Null, Value::from));
    variables.insert("filter".to_owned(), Value::Object(filter.clone()));
    asking.page(Prepared::WholeLessons, variables).await
}

/// How far an export is.
struct Export<I> {
    asking: Asking<I>,
    filter: Map<String, Value>,
    /// None once its end is written.
    writing: Option<Writing>,
    base: String,
    licence: String,
    at: At,
}

enum At {
    /// This page is next, the first or a later one.
    Page(Page<WholeLesson>, bool),
    /// What comes after this place is next.
    After(String),
    End,
}

/// An export that can't go on: the connection breaks, so that nobody takes it for complete.
#[derive(Debug, thiserror::Error)]
#[error("an export broke off")]
struct BrokeOff;

impl<I: Installation> Export<I> {
    fn into_body(self) -> Body {
        let pieces = stream::unfold(self, async |mut export| {
            let piece = export.next().await?;
            Some((piece, export))
        });
        // Whoever compresses it asks once more after its end.
        Body::from_stream(pieces.fuse().boxed())
    }

    async fn next(&mut self) -> Option<Result<Vec<u8>, BrokeOff>> {
        let (page, is_first) = match std::mem::replace(&mut self.at, At::End) {
            At::End => return None,
            At::Page(page, is_first) => (page, is_first),
            At::After(after) => match self.patiently(&after).await {
                Ok(page) => (page, false),
                Err(refusal) => {
                    tracing::info!(?refusal, "an export broke off");
                    return Some(Err(BrokeOff));
                }
            },
        };
        let written = self.write(page, is_first);
        Some(written.map_err(|error| {
            self.at = At::End;
            tracing::warn!(%error, "an export broke off");
            BrokeOff
        }))
    }

    /// What goes out for a page, and after the last one what comes at the end.
    fn write(&mut self, page: Page<WholeLesson>, is_first: bool) -> io::Result<Vec<u8>> {
        let Some(writing) = &mut self.writing else { return Ok(Vec::new()) };
        let mut bytes = writing.page(&page.nodes, &self.base, &self.licence, is_first)?;
        if let Some(after) = page.page_info.next() {
            self.at = At::After(after);
        } else if let Some(writing) = self.writing.take() {
            bytes.extend(writing.end()?);
        }
        Ok(bytes)
    }

    async fn patiently(&self, after: &str) -> Result<Page<WholeLesson>, Refusal> {
        for _ in 0..PAUSES {
            match page(&self.asking, &self.filter, Some(after.to_owned())).await {
                Err(Refusal::Request(RequestError::RateLimited | RequestError::Busy)) => {
                    tokio::time::sleep(PAUSE).await;
                }
                read => return read,
            }
        }
        Err(RequestError::RateLimited.into())
    }
}
