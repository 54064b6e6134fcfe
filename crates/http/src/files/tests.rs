//! Requests with files and addresses of files, through the whole router.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::Request;
use axum::http::request::Builder;
use futures::StreamExt as _;

use crate::settings::HttpSettings;
use crate::testing::{Answer, Puppet, send};

fn fixture(change: impl FnOnce(&mut HttpSettings)) -> (Router, Arc<Puppet>) {
    let puppet = Arc::new(Puppet::default());
    let mut settings = HttpSettings::default();
    change(&mut settings);
    (crate::router(puppet.clone(), settings), puppet)
}

fn form() -> Builder {
    Request::post("/graphql")
        .header("content-type", "multipart/form-data; boundary=line")
        .header("graphql-require-preflight", "1")
        .header("authorization", "Bearer token")
}

fn part(name: &str, more: &str, content: &str) -> String {
    format!("--line\r\ncontent-disposition: form-data; name=\"{name}\"{more}\r\n\r\n{content}\r\n")
}

const OPERATIONS: &str = r#"{"query":"{a}","variables":{"file":null,"list":[null]}}"#;

fn body(files: &[(&str, &str)]) -> String {
    let map = r#"{"0":["variables.file","variables.list.0"]}"#;
    let mut body = part("operations", "", OPERATIONS) + &part("map", "", map);
    for (name, content) in files {
        body += &part(name, "; filename=\"a.jpg\"\r\ncontent-type: image/png", content);
    }
    body + "--line--\r\n"
}

async fn ask(router: &Router, request: Builder, body: impl Into<Body>) -> Answer {
    send(router, request.body(body.into()).unwrap()).await
}

#[tokio::test]
async fn a_file_takes_each_place_that_is_meant_for_it() {
    let (router, puppet) = fixture(|_| {});
    let answer = ask(&router, form(), body(&[("0", "content")])).await;
    assert_eq!(answer.status.as_u16(), 200, "{}", answer.body);
    let seen = puppet.seen.lock().unwrap();
    let name = seen[0].uploads.0[0].name();
    assert!(name.starts_with("sha256:") && name.len() == 71, "{name}");
    let variables = seen[0].variables.as_ref().unwrap();
    assert_eq!((&variables["file"], &variables["list"][0]), (&name.as_str().into(), &name.as_str().into()));
    assert_eq!(seen[0].uploads.0[0].declared.as_deref(), Some("image/png"));
    assert_eq!(
        (seen[0].uploads.0[0].file.bytes, &seen[0].uploads.0[0].file.beginning[..]),
        (7, &b"content"[..])
    );
}

#[tokio::test]
async fn what_is_too_large_is_refused_and_nothing_executed() {
    let (router, puppet) = fixture(|settings| settings.max_body_bytes = 200);
    let long = "x".repeat(1001);
    let answer = ask(&router, form(), body(&[("0", &long)])).await;
    assert_eq!((answer.status.as_u16(), &*answer.code()), (413, "PAYLOAD_TOO_LARGE"));
    let answer = ask(&router, form(), part("operations", "", &"x".repeat(201)) + "--line--\r\n").await;
    assert_eq!((answer.status.as_u16(), &*answer.code()), (413, "PAYLOAD_TOO_LARGE"));
    assert!(puppet.seen.lock().unwrap().is_empty());
    assert_eq!(ask(&router, form(), body(&[("0", &long[..1000])])).await.status.as_u16(), 200);
}

#[tokio::test]
async fn files_are_taken_from_those_who_are_signed_in_and_asked_first() {
    let (router, puppet) = fixture(|_| {});
    let kind = ("content-type", "multipart/form-data; boundary=line");
    for (what, request, status, code) in [
        (
            "no preflight",
            Request::post("/graphql").header("authorization", "Bearer token"),
            415,
            "BAD_USER_INPUT",
        ),
        ("nobody", Request::post("/graphql").header("apollo-require-preflight", "1"), 401, "UNAUTHENTICATED"),
        (
            "a stale token",
            Request::post("/graphql")
                .header("apollo-require-preflight", "1")
                .header("authorization", "Bearer stale"),
            401,
            "UNAUTHENTICATED",
        ),
    ] {
        let answer = ask(&router, request.header(kind.0, kind.1), body(&[("0", "content")])).await;
        assert_eq!((answer.status.as_u16(), &*answer.code()), (status, code), "{what}");
    }
    assert!(puppet.seen.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_body_that_makes_no_sense_ends_before_it_has_cost_much() {
    let (router, puppet) = fixture(|_| {});
    for broken in
        ["", "nonsense", "--line\r\n", "--line--\r\n", &body(&[])[..40], &body(&[("0", "x")])[..200]]
    {
        let answer = ask(&router, form(), broken.to_owned()).await;
        assert_eq!((answer.status.as_u16(), &*answer.code()), (400, "BAD_USER_INPUT"), "{broken:?}");
    }
    // The head of a part that never ends.
    let begun = futures::stream::iter([Ok::<_, std::io::Error>(Bytes::from_static(b"--line\r\nx-long: "))]);
    let piece = Bytes::from(vec![b'x'; 1 << 20]);
    let endless = Body::from_stream(begun.chain(futures::stream::repeat_with(move || Ok(piece.clone()))));
    let answer = ask(&router, form(), endless).await;
    assert_eq!((answer.status.as_u16(), &*answer.code()), (400, "BAD_USER_INPUT"));
    assert!(puppet.seen.lock().unwrap().is_empty());
}

#[tokio::test]
async fn who_stops_sending_is_not_waited_for() {
    let (router, _) = fixture(|settings| settings.longest_stall = Duration::from_millis(50));
    let begun = body(&[("0", "content")])[..250].to_owned();
    let pieces = futures::stream::iter([Ok::<_, std::io::Error>(begun)]).chain(futures::stream::pending());
    let answer = ask(&router, form(), Body::from_stream(pieces)).await;
    assert_eq!((answer.status.as_u16(), &*answer.code()), (504, "TIMEOUT"));
}

#[tokio::test]
async fn one_more_than_are_received_at_once_is_refused() {
    let (router, _) = fixture(|settings| settings.max_concurrent_uploads = 0);
    let answer = ask(&router, form(), body(&[("0", "content")])).await;
    assert_eq!((answer.status.as_u16(), &*answer.code()), (503, "UNAVAILABLE"));
}

#[tokio::test]
async fn an_address_without_a_file_is_answered_alike_whatever_is_wrong_with_it() {
    let (router, puppet) = fixture(|_| {});
    for address in
        ["/files/a/file", "/files/a/file?expires=x&signature=", "/files/a/file?expires=1&signature=x"]
    {
        for method in ["GET", "PUT"] {
            let request = Request::builder().method(method).uri(address);
            let answer = ask(&router, request, Body::empty()).await;
            assert_eq!(
                (answer.status.as_u16(), answer.header("cache-control")),
                (404, "no-store"),
                "{address}"
            );
            assert!(answer.body.contains("ask the API for a new one"));
        }
    }
    *puppet.not_ready.lock().unwrap() = Some(crate::NotReady::Database);
    let request = Request::get("/files/a/file?expires=1&signature=x");
    assert_eq!(ask(&router, request, Body::empty()).await.status.as_u16(), 503);
}
