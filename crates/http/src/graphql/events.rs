//! Server-sent events, as GraphQL over SSE has them in its mode of distinct connections: one operation
//! a request, its answers as `next`, then `complete`.

use std::convert::Infallible;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, HeaderName};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use futures::stream::BoxStream;
use futures::{Stream, StreamExt as _, stream};
use http_body_util::BodyExt as _;
use hyper::body::Frame;

use crate::lifetime::Lifetime;
use crate::limits::Seat;

/// Proxies close what says nothing for a minute; a comment says that the connection is alive.
const KEPT_ALIVE: Duration = Duration::from_secs(15);

/// Asks nginx and its like not to gather what should go at once.
const BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");

/// The last event, as [`Event`] writes it, and as browsers take it.
const COMPLETE: &[u8] = b"event: complete\n\n";
const COMPLETE_WITH_DATA: &[u8] = b"event: complete\ndata:\n\n";

/// The answers of a subscription, for as long as it goes on.
pub fn answers(
    answers: BoxStream<'static, maip_api::Response>,
    seat: Seat,
    lifetime: Option<Lifetime>,
) -> Response {
    let events = answers
        .map(move |answer| {
            let _ = &seat;
            next(&answer)
        })
        .chain(stream::once(async { complete() }));
    match lifetime {
        // Cut off without `complete`: then a client comes again and goes on from its cursor.
        Some(lifetime) => respond(events.take_until(Box::pin(lifetime.stopping()))),
        None => respond(events),
    }
}

/// The one answer of an operation that doesn't go on.
pub fn once(answer: &maip_api::Response) -> Response {
    respond(stream::iter([next(answer), complete()]))
}

fn respond(events: impl Stream<Item = Event> + Send + 'static) -> Response {
    let events = events.map(Ok::<_, Infallible>);
    let response = Sse::new(events).keep_alive(KeepAlive::new().interval(KEPT_ALIVE)).into_response();
    let mut response = response.map(|body| Body::new(body.map_frame(with_data)));
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(BUFFERING, HeaderValue::from_static("no"));
    response
}

fn next(answer: &maip_api::Response) -> Event {
    // Between the values of a JSON text a line's end is as good as a space.
    let event = Event::default().event("next").data(answer.body.replace('\r', " "));
    match &answer.cursor {
        // A browser that comes again says it as `Last-Event-ID`.
        Some(cursor) => event.id(cursor),
        None => event,
    }
}

fn complete() -> Event {
    Event::default().event("complete")
}

/// An event without a line of data is one that browsers don't hand on, and an [`Event`] with empty data has no such
/// line.
fn with_data(frame: Frame<Bytes>) -> Frame<Bytes> {
    match frame.into_data() {
        Ok(bytes) if bytes == COMPLETE => Frame::data(Bytes::from_static(COMPLETE_WITH_DATA)),
        Ok(bytes) => Frame::data(bytes),
        Err(frame) => frame,
    }
}
