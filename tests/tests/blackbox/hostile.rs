//! Requests that are meant to hurt: refused with the code that the documentation says, and nobody else
//! notices. What they cost is measured by `cargo xtask bench hostile`.

use std::fmt::Write as _;
use std::time::Duration;

use maip_tests::{Backend, Request, Server, Socket, on_both};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// A gzip file of 161 bytes that becomes 100,000, the first of them JSON.
const BOMB: &str = include_str!("bomb.hex");

/// Lists in lists, each of this many, so many levels deep.
fn fan_out(each: usize, levels: usize) -> String {
    let inner = (0..levels).fold("{ id }".to_owned(), |inner, _| {
        format!("{{ replications(first: {each}) {{ nodes {{ lesson {inner} }} }} }}")
    });
    format!("{{ lessons(first: {each}) {{ nodes {inner} }} }}")
}

fn aliases(count: usize) -> String {
    let mut query = String::from("{");
    for number in 0..count {
        // Writing to a string can't fail.
        let _ = write!(query, " a{number}: __typename");
    }
    query.push('}');
    query
}

fn nested_list(depth: usize) -> String {
    format!("{}1{}", "[".repeat(depth), "]".repeat(depth))
}

fn bytes(hex: &str) -> Vec<u8> {
    let digits: Vec<u8> = hex.bytes().filter(u8::is_ascii_hexdigit).collect();
    let value = |digit: &u8| char::from(*digit).to_digit(16).and_then(|value| u8::try_from(value).ok());
    digits.chunks(2).filter_map(|two| Some(value(two.first()?)? * 16 + value(two.get(1)?)?)).collect()
}

fn json_body(body: impl Into<Vec<u8>>) -> Request {
    Request::new("POST", "/graphql").header("content-type", "application/json").body(body)
}

on_both! {
    async fn what_asks_for_too_much_is_refused_with_its_code(backend: Backend) {
        let server = Server::start(backend).await;
        let deep = (0..40).fold("{ id }".to_owned(), |inner, _| format!("{{ replications(first: 1) {{ nodes {{ lesson {inner} }} }} }}"));
        let many = "query ($ids: [ID!]!) { __typename lesson(id: \"x\") { id } }";
        for (name, query, code) in [
            ("too deep", format!("{{ lessons(first: 1) {{ nodes {deep} }} }}"), "QUERY_TOO_COMPLEX"),
            // Two to the power of twelve, and no list is long.
            ("too costly", fan_out(8, 3), "QUERY_TOO_COMPLEX"),
            ("10,000 aliases", aliases(10_000), "QUERY_TOO_COMPLEX"),
            ("cyclic fragments", "{ lessons { nodes { ...A } } } fragment A on Lesson { id ...B } fragment B on Lesson { id ...A }".to_owned(), "BAD_USER_INPUT"),
            ("a deep list in the document", format!("{{ lessons(filter: {}) {{ totalCount }} }}", nested_list(20_000)), "QUERY_TOO_COMPLEX"),
            ("a deep selection", "{a".repeat(20_000), "QUERY_TOO_COMPLEX"),
            ("a variable that nobody uses", many.to_owned(), "BAD_USER_INPUT"),
        ] {
            let answer = server.send(Request::graphql(&query, &Value::Null).header("accept", "application/graphql-response+json")).await;
            assert_eq!((answer.status, answer.code()), (400, Some(code)), "{name}: {answer}");
            assert!(answer.body["data"].is_null(), "{name}");
            assert!(answer.bytes.len() < 4096, "{name}: the refusal is short");
        }
        for (name, values) in [
            ("a deep list in the variables", nested_list(20_000)),
            ("a megabyte of small values", format!("[{}1]", "1,".repeat(500_000))),
            ("as much in members of objects", format!("[{}1]", "{\"a\":{}},".repeat(100_000))),
        ] {
            let body = format!("{{\"query\":\"{{ __typename }}\",\"variables\":{{\"a\":{values}}}}}");
            let answer = server.send(json_body(body)).await;
            assert_eq!((answer.status, answer.code()), (400, Some("BAD_USER_INPUT")), "{name}: {answer}");
        }
        let answer = server.post("{ __typename }", json!({}), None).await;
        assert_eq!(answer.data(), &json!({ "__typename": "Query" }));
    }
}

#[tokio::test]
async fn bodies_that_are_large_or_become_large_are_refused() {
    let server = Server::start(Backend::Sqlite).await;
    let large = json_body(vec![b' '; 10 << 20]);
    // It needn't be read to its end to be refused; then the connection is closed on the client.
    if let Ok(answer) = server.try_send(large).await {
        assert_eq!((answer.status, answer.code()), (413, Some("PAYLOAD_TOO_LARGE")), "{answer}");
    }
    for encoding in ["gzip", "br", "deflate", "zstd", "gzip, gzip"] {
        let answer = server.send(json_body(bytes(BOMB)).header("content-encoding", encoding)).await;
        assert_eq!((answer.status, answer.code()), (415, Some("BAD_USER_INPUT")), "{encoding}: {answer}");
    }
    assert_eq!(server.post("{ __typename }", json!({}), None).await.status, 200);
}

#[tokio::test]
async fn whoever_is_slow_or_silent_loses_the_connection_and_nobody_waits() {
    let settings = [
        ("MAIP_HEADER_TIMEOUT_SECONDS", "1"),
        ("MAIP_REQUEST_TIMEOUT_SECONDS", "2"),
        ("MAIP_MAX_CONNECTIONS", "64"),
    ];
    let server = Server::start_with(Backend::Sqlite, &settings).await;
    let mut held = Vec::new();
    for number in 0..200 {
        let mut stream = TcpStream::connect(server.address()).await.unwrap();
        let said: &[u8] = match number % 3 {
            0 => b"",
            1 => b"POST /graphql HTTP/1.1\r\nhost: x\r\nx-slow: ",
            _ => b"GET /graphql HTTP/1.1\r\nhost: x\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-version: 13\r\n\
                   sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\nsec-websocket-protocol: graphql-transport-ws\r\n\r\n",
        };
        // It may be closed already, to make room.
        let _ = stream.write_all(said).await;
        held.push(stream);
    }
    // More than there are places, and still there is one.
    assert_eq!(server.post("{ __typename }", json!({}), None).await.status, 200);
    // A body that doesn't come is waited for as long as a request may take.
    let mut slow = TcpStream::connect(server.address()).await.unwrap();
    let beginning = b"POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{";
    slow.write_all(beginning).await.unwrap();
    let mut answer = [0; 1024];
    let count = slow.read(&mut answer).await.unwrap();
    assert!(String::from_utf8_lossy(&answer[..count]).starts_with("HTTP/1.1 504"));
    let mut silent = Socket::open(server.address()).await;
    assert_eq!(silent.closed().await, (4408, "Connection initialisation timeout".to_owned()));
    // All of them are closed in the end.
    for mut stream in held {
        let mut rest = Vec::new();
        let ended = tokio::time::timeout(Duration::from_mins(1), stream.read_to_end(&mut rest)).await;
        assert!(ended.is_ok(), "a connection is open still");
    }
}
