//! An installation that does as it is told.

use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures::StreamExt as _;
use http_body_util::BodyExt as _;
use maip_api::{
    Credentials, DocumentName, Execute, Recognised, Response, ResponseStatus, Started, Timestamp,
};
use tower::ServiceExt as _;

use crate::installation::{Installation, NotReady};
use crate::peer::Socket;
use maip_api::files::{Served, SignedPath, Spool, Upload};

/// Answers by the document's text: see `execute`.
pub struct Puppet {
    pub seen: Mutex<Vec<maip_api::Request>>,
    pub not_ready: Mutex<Option<NotReady>>,
    random: AtomicU8,
    spool: Spool,
}

impl Default for Puppet {
    fn default() -> Self {
        Self {
            seen: Mutex::default(),
            not_ready: Mutex::default(),
            random: AtomicU8::default(),
            // Files of 1,000 bytes at most.
            spool: Spool::new(std::env::temp_dir().join("maip-test-spool"), 1_000),
        }
    }
}

impl Execute for Puppet {
    async fn execute(&self, request: maip_api::Request) -> Response {
        let document = request.query.clone().unwrap_or_default();
        let token = request.credentials.clone();
        self.seen.lock().unwrap().push(request);
        let status = match document.as_str() {
            "invalid" => ResponseStatus::Invalid,
            "mutation" => ResponseStatus::MutationOverGet,
            "limited" => ResponseStatus::RateLimited { retry_after_seconds: 7 },
            "timeout" => ResponseStatus::Timeout,
            "unavailable" => ResponseStatus::Unavailable { retry_after_seconds: 7 },
            "internal" => ResponseStatus::Internal,
            "panic" => panic!("told to"),
            "hang" => {
                tokio::time::sleep(Duration::from_hours(1)).await;
                ResponseStatus::Executed
            }
            _ if token == maip_api::Credentials::Bearer("stale".to_owned()) => {
                ResponseStatus::Unauthenticated
            }
            _ => ResponseStatus::Executed,
        };
        let body = if document == "long" {
            format!("{{\"data\":{{\"a\":\"{}\"}}}}", "x".repeat(5000))
        } else {
            "{\"data\":{\"a\":1}}".to_owned()
        };
        Response { body: body.into(), status, no_store: document == "secret", cursor: None }
    }

    async fn resolve(&self, request: maip_api::Request) -> Result<maip_api::Request, Response> {
        if let Some(text) = Self::named(&request) {
            return Ok(maip_api::Request { query: Some(text), ..request });
        }
        let body = "{\"errors\":[]}".into();
        Err(Response { body, status: ResponseStatus::Invalid, no_store: false, cursor: None })
    }

    async fn attend(&self, _: &maip_api::Request) -> Option<maip_api::Attending> {
        None
    }

    async fn recognise(&self, request: maip_api::Request) -> Recognised {
        let status = match request.credentials {
            Credentials::Bearer(token) if token == "stale" => ResponseStatus::Unauthenticated,
            _ => ResponseStatus::Executed,
        };
        Recognised { status, lasts: None }
    }

    async fn start(self: Arc<Self>, request: maip_api::Request) -> Started {
        if request.query.as_deref() != Some("subscription") {
            return Started::Once(self.execute(request).await);
        }
        self.seen.lock().unwrap().push(request);
        let answer = |number: u8| Response {
            body: format!("{{\"data\":{{\"a\":{number}}}}}").into(),
            status: ResponseStatus::Executed,
            no_store: true,
            cursor: Some(format!("c{number}")),
        };
        Started::Stream(futures::stream::iter([answer(1), answer(2)]).boxed())
    }
}

impl Puppet {
    /// Knows each document by its text.
    fn named(request: &maip_api::Request) -> Option<String> {
        match request.document.as_ref()? {
            DocumentName::Id(id) => Some(id.clone()).filter(|id| id != "unknown"),
            DocumentName::Digest(_) | DocumentName::Prepared(_) => None,
        }
    }
}

impl Installation for Puppet {
    async fn ready(&self) -> Result<(), NotReady> {
        self.not_ready.lock().unwrap().map_or(Ok(()), Err)
    }

    async fn key_set(&self) -> Result<String, NotReady> {
        Ok("{\"keys\":[]}".to_owned())
    }

    fn spool(&self) -> &Spool {
        &self.spool
    }

    async fn find_file(&self, _: SignedPath) -> Result<Option<Served>, NotReady> {
        self.not_ready.lock().unwrap().map_or(Ok(None), Err)
    }

    async fn find_upload(&self, _: SignedPath) -> Result<Option<Upload>, NotReady> {
        self.not_ready.lock().unwrap().map_or(Ok(None), Err)
    }

    fn seal(&self, purpose: &str, plain: &str) -> String {
        format!("{purpose}.{}", URL_SAFE_NO_PAD.encode(plain))
    }

    fn open(&self, purpose: &str, sealed: &str) -> Option<String> {
        let (sealed_for, body) = sealed.split_once('.')?;
        let plain = URL_SAFE_NO_PAD.decode(body).ok().filter(|_| sealed_for == purpose)?;
        String::from_utf8(plain).ok()
    }

    fn now(&self) -> Timestamp {
        Timestamp::from_micros(0)
    }

    fn fill_random(&self, buffer: &mut [u8]) {
        buffer.fill(self.random.fetch_add(1, Ordering::Relaxed));
    }
}

/// An answer, read to its end.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Answer {
    /// A header's text, empty where it isn't there.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The code of the first error.
    pub fn code(&self) -> String {
        let json: serde_json::Value = serde_json::from_str(&self.body).unwrap();
        json["errors"][0]["extensions"]["code"].as_str().unwrap_or_default().to_owned()
    }
}

/// Sends a request through the router, as from 192.0.2.1.
pub async fn send(router: &Router, request: Request<Body>) -> Answer {
    send_from("192.0.2.1", router, request).await
}

/// Sends a request through the router, as from this address.
pub async fn send_from(address: &str, router: &Router, mut request: Request<Body>) -> Answer {
    request.extensions_mut().insert(Socket((address.parse::<std::net::IpAddr>().unwrap(), 5000).into()));
    let (head, body) = router.clone().oneshot(request).await.unwrap().into_parts();
    let bytes = body.collect().await.unwrap().to_bytes();
    let body = String::from_utf8_lossy(&bytes).into_owned();
    Answer { status: head.status, headers: head.headers, body }
}

/// A POST of this JSON body.
pub fn post(body: impl Into<String>, accept: &str) -> Request<Body> {
    Request::post("/graphql")
        .header("content-type", "application/json")
        .header("accept", accept)
        .body(Body::from(body.into()))
        .unwrap()
}
