//! `/graphql`: GraphQL over HTTP as the draft has it, over server-sent events and over WebSocket.

mod answer;
pub mod authorization;
pub mod error;
mod events;
mod json;
pub mod media_type;
pub mod multipart;
pub mod read;
pub mod socket;

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Instant;

use axum::extract::{Request, State};
use axum::http::header::{ACCEPT, ACCEPT_LANGUAGE, IF_NONE_MATCH};
use axum::http::{HeaderName, HeaderValue};
use axum::response::Response;
use maip_api::uploads::Uploads;
use maip_api::{Budget, Credentials, Method, Purse, ResponseStatus, Started, Stopwatch};

pub use self::answer::{entity_tag, has_already};

use self::answer::Answered;
use self::error::RequestError;
use self::media_type::MediaType;
use self::read::Parameters;
use crate::installation::Installation;
use crate::lifetime::Lifetime;
use crate::limits::headers::{self, Told};
use crate::limits::{Caller, Limiter, Spending, attempts};
use crate::peer::client_address;
use crate::request_id::RequestId;
use crate::router::App;

/// The cursor of the last event that a client of server-sent events knows.
pub const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// What a client takes for an answer.
#[derive(Clone, Copy)]
struct Accepted {
    /// Answers that come once, in this form.
    json: Option<MediaType>,
    /// Server-sent events. Where both are taken, they are for what goes on.
    events: bool,
}

/// Answers one request.
pub async fn handle<I: Installation>(State(app): State<Arc<App<I>>>, request: Request) -> Response {
    // The frame around every route made it.
    let id = request.extensions().get::<RequestId>().cloned();
    let id = id.unwrap_or_else(|| {
        RequestId::take_or_make(request.headers(), |buffer| app.installation.fill_random(buffer))
    });
    if socket::is_wanted(request.headers()) {
        return socket::upgrade(app, request, id).await;
    }
    let accept = request.headers().get_all(ACCEPT);
    let accepted =
        Accepted { json: media_type::negotiate(&accept), events: media_type::accepts_events(&accept) };
    if accepted.json.is_none() && !accepted.events {
        return not_acceptable(&app, request, &id).await;
    }
    let limit = if multipart::is_multipart(request.headers()) {
        // Who sends photos by telephone needs a while; the operation itself has its own limit.
        app.settings.upload_timeout
    } else {
        app.settings.request_timeout
    };
    let mut told = Vec::new();
    let watch = Stopwatch::default();
    let answered = watch.limit(limit, answer(&app, request, &id, accepted, &watch, &mut told)).await;
    let mut response = match answered {
        Ok(Ok(response)) => response,
        Ok(Err(error)) => error.into_response(accepted.json, &id),
        Err(_) => RequestError::Timeout.into_response(accepted.json, &id),
    };
    headers::write(&told, response.headers_mut());
    response
}

async fn answer<I: Installation>(
    app: &App<I>,
    request: Request,
    id: &RequestId,
    accepted: Accepted,
    watch: &Stopwatch,
    told: &mut Vec<Told>,
) -> Result<Response, RequestError> {
    let (head, body) = request.into_parts();
    let peer = client_address(&head.extensions, &head.headers, &app.settings.trusted_proxies);
    let read = authorization::read(&head.headers);
    // Whoever can't be told is counted as nobody.
    let counted = count(app, peer, read.as_ref().unwrap_or(&Credentials::Anonymous), told);
    let (caller, credentials) = match counted.and_then(|caller| Ok((caller, read?))) {
        Ok(known) => known,
        Err(refusal) => {
            read::discard(body).await;
            return Err(refusal);
        }
    };
    let who = caller.who();
    let spending = Arc::new(Spending::new(Arc::clone(&app.limiter), Arc::new(caller), peer));

    let mut uploads = Uploads::default();
    let parameters = if head.method != axum::http::Method::POST {
        Parameters::from_get(&head.uri)?
    } else if multipart::is_multipart(&head.headers) {
        if !multipart::is_preflighted(&head.headers) {
            read::discard(body).await;
            return Err(RequestError::NotPreflighted);
        }
        if read::is_encoded(&head.headers) {
            read::discard(body).await;
            return Err(RequestError::UnsupportedMediaType);
        }
        let _permit = app.uploads.try_acquire().map_err(|_| RequestError::Busy)?;
        if let Err(refusal) = require_sign_in(app, id, &credentials).await {
            read::discard(body).await;
            return Err(refusal);
        }
        let limits = multipart::Limits {
            operations: app.settings.max_body_bytes,
            longest_stall: app.settings.longest_stall,
        };
        let spool = app.installation.spool();
        let (parameters, received) = multipart::receive(&head.headers, body, spool, &limits).await?;
        uploads = received;
        parameters
    } else {
        Parameters::from_post(&head.headers, body, app.settings.max_body_bytes).await?
    };
    let place = app.turns.enter(who)?;
    let _turn = place.turn().await;
    let shareable = credentials == Credentials::Anonymous && parameters.method == Method::Get;
    let text = |value: &HeaderValue| value.to_str().ok().map(str::to_owned);
    let language = head.headers.get(ACCEPT_LANGUAGE).and_then(text);
    let media_type = accepted.json.unwrap_or(MediaType::GraphqlResponse);
    // Only what goes on takes a seat.
    let holder = accepted.events.then(|| Limiter::holder(peer, &credentials)).flatten();
    let mut request = parameters.into_request(id, credentials, peer, language);
    if accepted.events {
        // An empty one is none, as browsers have it.
        request.last_event = head.headers.get(LAST_EVENT_ID).and_then(text).filter(|id| !id.is_empty());
    }
    request.uploads = uploads;
    request.watch = watch.clone();
    if request.query.is_none() {
        // What is only named may be an attempt to sign in too, and is counted like one.
        request = match app.installation.resolve(request).await {
            Ok(request) => request,
            Err(response) if as_event(accepted, &response) => return Ok(events::once(&response)),
            Err(response) => return Ok(Answered { response, media_type, shareable }.into_response(None)),
        };
    }
    count_sign_in(app, peer, &request, told)?;
    request.purse = Some(Purse(Arc::clone(&spending) as Arc<dyn Budget>));
    let started = if accepted.events {
        Arc::clone(&app.installation).start(request).await
    } else {
        Started::Once(app.installation.execute(request).await)
    };
    told.extend(spending.told());
    let response = match started {
        Started::Once(response) => response,
        Started::Stream(answers) => {
            spending.accept(Instant::now());
            let seat = app.seats.take(holder).ok_or(RequestError::TooManyStreams)?;
            return Ok(events::answers(answers, seat, head.extensions.get::<Lifetime>().cloned()));
        }
    };
    if response.status != ResponseStatus::Unauthenticated {
        spending.accept(Instant::now());
    }
    if as_event(accepted, &response) {
        return Ok(events::once(&response));
    }
    let cached = head.headers.get(IF_NONE_MATCH);
    Ok(Answered { response, media_type, shareable }.into_response(cached))
}

/// Whether an answer that comes once is told as an event: to who takes nothing else, what was read as a request.
fn as_event(accepted: Accepted, response: &maip_api::Response) -> bool {
    let was_read = matches!(response.status, ResponseStatus::Executed | ResponseStatus::Invalid);
    accepted.json.is_none() && was_read
}

/// Refuses who takes none of the forms of an answer; counted like any other request.
async fn not_acceptable<I: Installation>(app: &App<I>, request: Request, id: &RequestId) -> Response {
    let (head, body) = request.into_parts();
    let peer = client_address(&head.extensions, &head.headers, &app.settings.trusted_proxies);
    let mut told = Vec::new();
    let counted = count(app, peer, &Credentials::Anonymous, &mut told);
    read::discard(body).await;
    let refusal = counted.err().unwrap_or(RequestError::NotAcceptable);
    let mut response = refusal.into_response(None, id);
    headers::write(&told, response.headers_mut());
    response
}

/// Files are taken from those who are signed in: whoever isn't learns so before sending much.
async fn require_sign_in<I: Installation>(
    app: &App<I>,
    id: &RequestId,
    credentials: &Credentials,
) -> Result<(), RequestError> {
    if *credentials == Credentials::Anonymous {
        return Err(RequestError::NotSignedIn);
    }
    let asked = maip_api::Request::showing(credentials.clone(), id.as_str());
    match app.installation.recognise(asked).await.status {
        ResponseStatus::Executed => Ok(()),
        ResponseStatus::Unauthenticated => Err(RequestError::NotSignedIn),
        _ => Err(RequestError::Busy),
    }
}

fn count<I>(
    app: &App<I>,
    peer: Option<IpAddr>,
    credentials: &Credentials,
    told: &mut Vec<Told>,
) -> Result<Caller, RequestError> {
    let (caller, verdict) = app.limiter.count(peer, credentials, Instant::now());
    told.extend(verdict);
    match verdict {
        Some(told) if !told.verdict.allowed => Err(RequestError::RateLimited),
        _ => Ok(caller),
    }
}

fn count_sign_in<I>(
    app: &App<I>,
    peer: Option<IpAddr>,
    request: &maip_api::Request,
    told: &mut Vec<Told>,
) -> Result<(), RequestError> {
    let attempts = attempts(request.query.as_deref().unwrap_or_default());
    let now = Instant::now();
    let verdicts = [
        app.limiter.count_sign_in(peer, attempts.sign_in, now),
        app.limiter.count_refresh(peer, attempts.refresh, now),
    ];
    let verdicts = || verdicts.iter().flatten();
    told.extend(verdicts());
    if verdicts().all(|told| told.verdict.allowed) { Ok(()) } else { Err(RequestError::RateLimited) }
}

impl Parameters {
    fn into_request(
        self,
        id: &RequestId,
        credentials: Credentials,
        peer: Option<IpAddr>,
        accept_language: Option<String>,
    ) -> maip_api::Request {
        maip_api::Request {
            query: self.query,
            document: self.document,
            operation_name: self.operation_name,
            variables: self.variables,
            method: self.method,
            credentials,
            request_id: id.as_str().to_owned(),
            accept_language,
            peer,
            purse: None,
            last_event: None,
            uploads: Uploads::default(),
            watch: Stopwatch::default(),
        }
    }
}

#[cfg(test)]
mod tests;
