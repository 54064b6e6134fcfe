//! GraphQL over WebSocket, by the protocol `graphql-transport-ws`: queries and mutations as well as
//! subscriptions.

mod close;
mod connection;
mod protocol;

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Instant;

use axum::extract::{FromRequestParts as _, Request, WebSocketUpgrade};
use axum::http::header::{ACCEPT_LANGUAGE, HOST, ORIGIN, UPGRADE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use maip_api::Credentials;

use self::close::Close;
use self::connection::Connection;
use super::authorization;
use super::error::RequestError;
use crate::installation::Installation;
use crate::lifetime::Lifetime;
use crate::peer::client_address;
use crate::request_id::RequestId;
use crate::router::App;

/// What each socket has for reading and for writing, however silent it is: messages are small, and
/// thousands of sockets are open. A larger message takes what it needs.
const BUFFER_BYTES: usize = 4 * 1024;

/// What is known of a client from its handshake.
pub struct Handshake {
    /// Its address.
    pub peer: Option<IpAddr>,
    /// What its `Authorization` header shows; browsers can't send one here.
    pub credentials: Credentials,
    /// The name of the request.
    pub id: RequestId,
    /// The languages that it prefers.
    pub accept_language: Option<String>,
    /// How long the connection may live.
    pub lifetime: Option<Lifetime>,
}

/// Whether a request wants to become a WebSocket.
pub fn is_wanted(headers: &HeaderMap) -> bool {
    headers.get(UPGRADE).is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"websocket"))
}

/// Makes the request a WebSocket.
pub async fn upgrade<I: Installation>(app: Arc<App<I>>, request: Request, id: RequestId) -> Response {
    let (mut head, _) = request.into_parts();
    let upgrade = match WebSocketUpgrade::from_request_parts(&mut head, &()).await {
        Ok(upgrade) => upgrade,
        Err(rejection) => return rejection.into_response(),
    };
    if !is_origin_welcome(&head.headers, &app.settings.cors_origins) {
        let message = "pages of this origin may not call the API; see cors_origins\n";
        return (StatusCode::FORBIDDEN, message).into_response();
    }
    let handshake = match shake(&app, &head, id.clone()) {
        Ok(handshake) => handshake,
        Err(error) => return error.into_response(None, &id),
    };
    let most = app.settings.max_body_bytes;
    let upgrade = upgrade
        .read_buffer_size(BUFFER_BYTES)
        .write_buffer_size(BUFFER_BYTES)
        .max_message_size(most)
        .max_frame_size(most)
        .protocols([protocol::NAME]);
    let spoken = upgrade.selected_protocol().is_some();
    upgrade.on_upgrade(async move |socket| {
        let connection = Connection::new(app, socket, handshake);
        if spoken {
            connection.run().await;
        } else {
            // Said on the socket, since a page is never told why a handshake failed.
            connection.close(Close::protocol()).await;
        }
    })
}

fn shake<I>(app: &App<I>, head: &Parts, id: RequestId) -> Result<Handshake, RequestError> {
    let peer = client_address(&head.extensions, &head.headers, &app.settings.trusted_proxies);
    let credentials = authorization::read(&head.headers)?;
    // The credentials count with the first message; until then it is somebody at this address.
    let (_, told) = app.limiter.count(peer, &Credentials::Anonymous, Instant::now());
    if told.is_some_and(|told| !told.verdict.allowed) {
        return Err(RequestError::RateLimited);
    }
    let accept_language = head.headers.get(ACCEPT_LANGUAGE);
    Ok(Handshake {
        peer,
        credentials,
        id,
        accept_language: accept_language.and_then(|value| value.to_str().ok()).map(str::to_owned),
        lifetime: head.extensions.get::<Lifetime>().cloned(),
    })
}

/// Whether pages of the request's origin may call: browsers leave that to the server where `WebSocket`s
/// are concerned. Without an origin it is no browser.
fn is_origin_welcome(headers: &HeaderMap, welcome: &[String]) -> bool {
    let Some(origin) = headers.get(ORIGIN) else { return true };
    let Ok(origin) = origin.to_str() else { return false };
    if welcome.iter().any(|known| known == "*" || known == origin) {
        return true;
    }
    // Our own page. Behind a proxy the scheme isn't known here, and the host says enough.
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    let authority = origin.split_once("://").map(|(_, authority)| authority);
    authority.is_some() && authority == host
}

/// Takes these messages in their order, as a connection does.
///
/// # Panics
/// Where something is wrong.
#[cfg(any(test, feature = "fuzzing"))]
pub fn drive<'a>(messages: impl Iterator<Item = &'a str>) {
    use self::protocol::{Protocol, Step};
    const MOST: usize = 4;
    let mut protocol = Protocol::new(MOST);
    let (mut acknowledged, mut running) = (false, std::collections::BTreeSet::new());
    for message in messages {
        match protocol.receive(message) {
            Step::Nothing => {}
            Step::Send(text) => {
                assert!(serde_json::from_str::<serde_json::Value>(&text).is_ok(), "{text}");
            }
            Step::Initialise(_) => {
                assert!(!acknowledged, "it is initialised once");
                protocol.acknowledge();
                acknowledged = true;
            }
            Step::Begin(id, _) => {
                assert!(acknowledged, "nothing begins before");
                for text in [protocol::next(&id, "{}"), protocol::complete(&id), protocol::error(&id, "{}")] {
                    assert!(serde_json::from_str::<serde_json::Value>(&text).is_ok(), "{text}");
                }
                assert!(running.insert(id), "an id is of one operation");
                assert!(running.len() <= MOST, "there are no more than may be");
            }
            Step::Refuse(..) => assert!(acknowledged, "nothing is answered before"),
            Step::End(id) => assert!(running.remove(&id), "what ends has begun"),
            Step::Close(close) => {
                assert!(close.reason.len() <= 123 && (4400..=4499).contains(&close.code), "{close:?}");
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn welcome(origin: Option<&str>, configured: &[&str]) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(HOST, "maip.example.org:8080".parse().unwrap());
        if let Some(origin) = origin {
            headers.insert(ORIGIN, origin.parse().unwrap());
        }
        let configured: Vec<String> = configured.iter().map(|&origin| origin.to_owned()).collect();
        is_origin_welcome(&headers, &configured)
    }

    #[test]
    fn other_sites_pages_are_let_in_only_where_it_is_configured() {
        assert!(welcome(None, &[]));
        assert!(welcome(Some("https://maip.example.org:8080"), &[]));
        assert!(welcome(Some("https://app.example.org"), &["https://app.example.org"]));
        assert!(welcome(Some("https://app.example.org"), &["*"]));
        for origin in ["https://app.example.org", "https://maip.example.org", "null", "maip.example.org:8080"]
        {
            assert!(!welcome(Some(origin), &["https://other.example.org"]), "{origin}");
        }
    }
}
