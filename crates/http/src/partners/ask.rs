//! Executing prepared reads for a caller, who is counted like any other.

use std::sync::Arc;
use std::time::Instant;

use axum::http::header::{ACCEPT_LANGUAGE, CACHE_CONTROL, CONTENT_TYPE};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use maip_api::partners::{Page, Prepared, Unread, read};
use maip_api::{Budget, Credentials, DocumentName, Method, Purse, ResponseStatus, Stopwatch};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::graphql::authorization;
use crate::graphql::error::{RequestError, companion};
use crate::installation::Installation;
use crate::limits::headers::{self, Told};
use crate::limits::{Spending, Who};
use crate::peer::client_address;
use crate::request_id::RequestId;
use crate::router::App;

/// Who asks, counted and with what they show.
pub struct Asking<I> {
    app: Arc<App<I>>,
    id: RequestId,
    credentials: Credentials,
    spending: Arc<Spending>,
    peer: Option<std::net::IpAddr>,
    who: Who,
    languages: Option<String>,
    told: Option<Told>,
}

/// Why there is no answer of the form that was asked for.
#[derive(Debug, PartialEq, Eq)]
pub enum Refusal {
    /// HTTP's own matter.
    Request(RequestError),
    /// The credentials are worth nothing (any more).
    Unauthenticated,
    /// There is no parameter of this name, or it is there twice.
    Parameter(String),
    /// The API refuses what was asked for, with this code.
    Refused(String),
}

impl From<RequestError> for Refusal {
    fn from(error: RequestError) -> Self {
        Self::Request(error)
    }
}

impl Refusal {
    /// It in words.
    pub fn response(&self) -> Response {
        let named;
        let (status, message) = match self {
            Self::Request(error) => error.plain(),
            Self::Parameter(name) => {
                // In quotes and escaped: it is the client's.
                named = format!("there is no parameter {name:?}, or it is there twice");
                (StatusCode::BAD_REQUEST, named.as_str())
            }
            Self::Refused(code) if code == "BAD_USER_INPUT" => {
                (StatusCode::BAD_REQUEST, "a parameter has a value that it can't have")
            }
            Self::Unauthenticated => (StatusCode::UNAUTHORIZED, "these credentials don't hold any more"),
            Self::Refused(_) => (StatusCode::FORBIDDEN, "that isn't for who shows these credentials"),
        };
        let headers = [
            (CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8")),
            (CACHE_CONTROL, HeaderValue::from_static("no-store")),
        ];
        let mut response = (status, headers, format!("{message}\n")).into_response();
        if let Some((name, value)) = companion(status) {
            response.headers_mut().insert(name, HeaderValue::from_static(value));
        }
        response
    }
}

impl<I: Installation> Asking<I> {
    /// Counts a request.
    pub fn new(app: &Arc<App<I>>, head: &Parts, credentials: Credentials) -> (Self, Result<(), Refusal>) {
        let id = head.extensions.get::<RequestId>().cloned().unwrap_or_else(|| {
            RequestId::take_or_make(&head.headers, |buffer| app.installation.fill_random(buffer))
        });
        let peer = client_address(&head.extensions, &head.headers, &app.settings.trusted_proxies);
        let (caller, verdict) = app.limiter.count(peer, &credentials, Instant::now());
        let allowed = verdict.is_none_or(|told| told.verdict.allowed);
        let who = caller.who();
        let spending = Arc::new(Spending::new(Arc::clone(&app.limiter), Arc::new(caller), peer));
        let languages = head.headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        let languages = languages.map(str::to_owned);
        let asking =
            Self { app: Arc::clone(app), id, credentials, spending, peer, who, languages, told: verdict };
        (asking, if allowed { Ok(()) } else { Err(RequestError::RateLimited.into()) })
    }

    /// The same of who shows what this head says; who can't be told is counted as nobody, and refused.
    pub fn of(app: &Arc<App<I>>, head: &Parts) -> (Self, Result<(), Refusal>) {
        let shown = authorization::read(&head.headers);
        let credentials = shown.as_ref().map_or(Credentials::Anonymous, Clone::clone);
        let (asking, counted) = Self::new(app, head, credentials);
        (asking, counted.and_then(|()| Ok(shown.map(drop)?)))
    }

    /// Whether it is asked as nobody, so that the answer is for everyone.
    pub fn is_public(&self) -> bool {
        self.credentials == Credentials::Anonymous
    }

    /// What the installation is.
    pub fn app(&self) -> &App<I> {
        &self.app
    }

    /// Executes a prepared read; none where there is no such record, or not for who asks.
    pub async fn read<T: DeserializeOwned>(
        &self,
        prepared: Prepared,
        variables: Map<String, Value>,
    ) -> Result<Option<T>, Refusal> {
        let place = self.app.turns.enter(self.who.clone()).map_err(RequestError::from)?;
        let _turn = place.turn().await;
        let mut request = maip_api::Request::showing(self.credentials.clone(), self.id.as_str());
        request.document = Some(DocumentName::Prepared(prepared));
        request.variables = Some(variables);
        request.method = Method::Get;
        request.peer = self.peer;
        request.accept_language.clone_from(&self.languages);
        request.purse = Some(Purse(Arc::clone(&self.spending) as Arc<dyn Budget>));
        let limit = self.app.settings.request_timeout;
        let executed = Stopwatch::default().limit(limit, self.app.installation.execute(request)).await;
        let response = executed.map_err(|_| RequestError::Timeout)?;
        match response.status {
            ResponseStatus::Executed => self.spending.accept(Instant::now()),
            ResponseStatus::Unauthenticated => return Err(Refusal::Unauthenticated),
            ResponseStatus::RateLimited { .. } => return Err(RequestError::RateLimited.into()),
            ResponseStatus::Timeout => return Err(RequestError::Timeout.into()),
            ResponseStatus::Unavailable { .. } => return Err(RequestError::Busy.into()),
            // The operation is ours; what its variables say may be the client's.
            ResponseStatus::Invalid => {
                return Err(match read::<Value>(&response) {
                    Err(Unread::Refused(code)) if code == "BAD_USER_INPUT" => Refusal::Refused(code),
                    _ => RequestError::Internal.into(),
                });
            }
            ResponseStatus::Internal | ResponseStatus::MutationOverGet => {
                return Err(RequestError::Internal.into());
            }
        }
        read(&response).map_err(|unread| match unread {
            Unread::Refused(code) => Refusal::Refused(code),
            Unread::Malformed => RequestError::Internal.into(),
        })
    }

    /// The same of a list: what is on the page.
    pub async fn page<T: DeserializeOwned>(
        &self,
        prepared: Prepared,
        variables: Map<String, Value>,
    ) -> Result<Page<T>, Refusal> {
        Ok(self.read(prepared, variables).await?.unwrap_or_else(Page::empty))
    }

    /// Says beside an answer how the limits stand.
    pub fn told(&self, mut response: Response) -> Response {
        let told: Vec<Told> = self.told.into_iter().chain(self.spending.told()).collect();
        headers::write(&told, response.headers_mut());
        response
    }
}
