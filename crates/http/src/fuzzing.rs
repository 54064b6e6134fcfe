//! What reads what strangers send, as functions of bytes: driven by the fuzzers of `fuzz/`, and by a
//! test with random input. Each panics where something is wrong.

use std::sync::LazyLock;
use std::time::Duration;

use axum::body::Body;
use axum::http::header::{ACCEPT, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue, Uri};
use maip_api::Method;
use maip_api::files::Spool;

use crate::graphql::{authorization, media_type, multipart, read, socket};
use crate::network::Network;
use crate::peer;

/// `Accept`, `Authorization` and `X-Forwarded-For`, one value a line.
///
/// # Panics
/// Where something is wrong.
pub fn headers(bytes: &[u8]) {
    let mut headers = HeaderMap::new();
    for value in bytes.split(|byte| *byte == b'\n').take(64) {
        if let Ok(value) = HeaderValue::from_bytes(value) {
            headers.append(ACCEPT, value.clone());
            headers.append("x-forwarded-for", value.clone());
            if let Ok(text) = value.to_str() {
                let _ = authorization::parse(text);
                let _ = text.parse::<Network>();
            }
        }
    }
    let accept = headers.get_all(ACCEPT);
    let _ = media_type::negotiate(&accept);
    let _ = media_type::accepts_events(&accept);
    let mut extensions = axum::http::Extensions::new();
    extensions.insert(peer::Socket(std::net::SocketAddr::from(([10, 0, 0, 1], 5))));
    let all: Vec<Network> = "0.0.0.0/0,::/0".split(',').filter_map(|text| text.parse().ok()).collect();
    assert!(peer::client_address(&extensions, &headers, &all).is_some(), "a socket has an address");
}

/// The body of a request, and the same as the parameters of an address.
///
/// # Panics
/// Where something is wrong.
pub fn body(bytes: &[u8]) {
    if let Ok(parameters) = read::Parameters::from_bytes(bytes) {
        assert!(
            parameters.method == Method::Post
                && (parameters.query.is_some() || parameters.document.is_some())
        );
    }
    if let Ok(text) = std::str::from_utf8(bytes)
        && let Ok(uri) = format!("/graphql?{text}").parse::<Uri>()
        && let Ok(parameters) = read::Parameters::from_get(&uri)
    {
        assert!(parameters.method == Method::Get);
    }
}

/// The messages of a `WebSocket`, one a line.
///
/// # Panics
/// Where something is wrong.
pub fn messages(bytes: &[u8]) {
    socket::drive(bytes.split(|byte| *byte == b'\n').filter_map(|line| std::str::from_utf8(line).ok()));
}

/// The body of a multipart request whose parts are told apart by `x`.
///
/// # Panics
/// Where something is wrong.
pub fn files(bytes: &[u8]) {
    static SPOOL: LazyLock<Spool> =
        LazyLock::new(|| Spool::new(std::env::temp_dir().join("maip-fuzz-spool"), 4096));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
    let runtime = runtime.expect("a runtime can be made");
    let kind = HeaderValue::from_static("multipart/form-data; boundary=x");
    let headers: HeaderMap = [(CONTENT_TYPE, kind)].into_iter().collect();
    let limits = multipart::Limits { operations: 4096, longest_stall: Duration::from_secs(5) };
    let body = Body::from(bytes.to_vec());
    if let Ok((parameters, uploads)) = runtime.block_on(multipart::receive(&headers, body, &SPOOL, &limits)) {
        assert!(parameters.method == Method::Post);
        assert!(uploads.0.len() <= 10, "no more files than may be");
    }
}

#[cfg(test)]
mod replay;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What inputs are made of: whole things, and pieces of them.
    const WORDS: &[&str] = &[
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"",
        "\n",
        "null",
        "1",
        "\"query\":\"{ a }\"",
        "\"variables\":{\"a\":1}",
        "\"operationName\":\"\"",
        "\"documentId\":\"x\"",
        "\"extensions\":{\"persistedQuery\":{\"version\":1,\"sha256Hash\":\"00\"}}",
        "{\"type\":\"connection_init\"}",
        "{\"type\":\"subscribe\",\"id\":\"1\",\"payload\":{\"query\":\"{a}\"}}",
        "{\"type\":\"complete\",\"id\":\"1\"}",
        "{\"type\":\"ping\",\"payload\":{}}",
        "{\"type\":\"connection_init\",\"payload\":{\"Authorization\":\"Bearer x\"}}",
        "application/json",
        "text/event-stream",
        "*/*",
        ";q=0.5",
        ";q=",
        "Bearer ",
        "10.0.0.1",
        "[::1]:80",
        "query=",
        "&",
        "%7B",
        "%",
        "\u{feff}",
        "é",
        "\\u0000",
    ];

    proptest! {
        #[test]
        fn whatever_is_sent_is_read_or_refused(
            words in prop::collection::vec(prop_oneof![
                (0..WORDS.len()).prop_map(|word| WORDS[word].as_bytes().to_vec()),
                prop::collection::vec(any::<u8>(), 0..8),
            ], 0..24),
        ) {
            let bytes = words.concat();
            headers(&bytes);
            body(&bytes);
            messages(&bytes);
        }
    }
}
