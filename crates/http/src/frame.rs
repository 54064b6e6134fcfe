//! Around every request: its name, its line in the log, the headers that every answer has, and an
//! answer even where ours broke.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Instant;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use futures::FutureExt as _;
use tracing::Instrument as _;

use crate::graphql::error::RequestError;
use crate::installation::Installation;
use crate::request_id::{self, RequestId};
use crate::router::App;
use crate::{access_log, security_headers};

/// The middleware.
pub async fn around<I: Installation>(
    State(app): State<Arc<App<I>>>,
    mut request: Request,
    next: Next,
) -> Response {
    let started = Instant::now();
    let id = RequestId::take_or_make(request.headers(), |buffer| app.installation.fill_random(buffer));
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    request.extensions_mut().insert(id.clone());
    let span = tracing::info_span!("request", request_id = id.as_str());
    let answered = AssertUnwindSafe(next.run(request)).catch_unwind().instrument(span.clone()).await;
    let mut response = answered.unwrap_or_else(|_| {
        // What broke is on standard error by the panic's own message.
        span.in_scope(|| tracing::error!("a handler panicked"));
        RequestError::Internal.into_response(None, &id)
    });
    if let Some(value) = id.header_value() {
        response.headers_mut().insert(request_id::HEADER, value);
    }
    security_headers::add(response.headers_mut());
    access_log::log(&method, &path, response.status(), started.elapsed(), &id);
    response
}
