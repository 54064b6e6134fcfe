//! The status table of GraphQL over HTTP, and what surrounds it, through the whole router.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use maip_api::Credentials;

use crate::limits::Rate;
use crate::settings::{HttpSettings, RateLimits};
use crate::testing::{Puppet, post, send, send_from};

const NEWER: &str = "application/graphql-response+json";
const OLDER: &str = "application/json";

fn fixture(change: impl FnOnce(&mut HttpSettings)) -> (Router, Arc<Puppet>) {
    let puppet = Arc::new(Puppet::default());
    let mut settings = HttpSettings::default();
    change(&mut settings);
    (crate::router(puppet.clone(), settings), puppet)
}

fn get(address: &str) -> Request<Body> {
    Request::get(address).header("accept", NEWER).body(Body::empty()).unwrap()
}

#[tokio::test]
async fn the_status_depends_on_the_media_type_only_where_the_draft_says_so() {
    let (router, _) = fixture(|_| {});
    for (document, newer, older) in [
        ("{a}", 200, 200),
        ("invalid", 400, 200),
        ("mutation", 405, 405),
        ("limited", 429, 429),
        ("timeout", 504, 504),
        ("unavailable", 503, 503),
        ("internal", 500, 500),
    ] {
        for (accept, expected) in [(NEWER, newer), (OLDER, older)] {
            let answer = send(&router, post(format!("{{\"query\":\"{document}\"}}"), accept)).await;
            assert_eq!(answer.status.as_u16(), expected, "{document} {accept}");
            assert_eq!(answer.header("content-type"), format!("{accept}; charset=utf-8"));
            assert_eq!(answer.header("x-content-type-options"), "nosniff");
            assert!(!answer.header("x-request-id").is_empty());
        }
    }
    assert_eq!(send(&router, post(r#"{"query":"limited"}"#, NEWER)).await.header("retry-after"), "7");
    assert_eq!(send(&router, post(r#"{"query":"mutation"}"#, NEWER)).await.header("allow"), "POST");
}

#[tokio::test]
async fn what_is_no_graphql_request_is_refused_with_400() {
    let (router, puppet) = fixture(|_| {});
    for body in [
        "",
        "{",
        "NONSENSE",
        "null",
        "\"{a}\"",
        "{}",
        r#"[{"query":"{a}"}]"#,
        r#"{"qeury":"{a}"}"#,
        r#"{"query":null}"#,
        r#"{"query":1}"#,
        r#"{"query":{"a":1}}"#,
        r#"{"query":"{a}","variables":[7]}"#,
        r#"{"query":"{a}","variables":"{}"}"#,
        r#"{"query":"{a}","operationName":1}"#,
        r#"{"query":"{a}","extensions":"x"}"#,
    ] {
        for accept in [NEWER, OLDER] {
            let answer = send(&router, post(body, accept)).await;
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{body}");
            assert_eq!(answer.code(), "BAD_USER_INPUT");
        }
    }
    assert!(puppet.seen.lock().unwrap().is_empty());
}

#[tokio::test]
async fn optional_parameters_may_be_null_and_all_arrive() {
    let (router, puppet) = fixture(|_| {});
    let nulls = r#"{"query":"{a}","variables":null,"operationName":null,"extensions":null}"#;
    assert_eq!(send(&router, post(nulls, NEWER)).await.status, StatusCode::OK);
    let full = r#"{"query":"{a}","variables":{"n":1},"operationName":"A","extensions":{"x":1}}"#;
    let mut request = post(full, NEWER);
    request.headers_mut().insert("authorization", "Bearer abc".parse().unwrap());
    request.headers_mut().insert("accept-language", "ru".parse().unwrap());
    request.headers_mut().insert("x-request-id", "given".parse().unwrap());
    assert_eq!(send(&router, request).await.header("x-request-id"), "given");
    let seen = puppet.seen.lock().unwrap();
    let full = seen.last().unwrap();
    assert_eq!(full.operation_name.as_deref(), Some("A"));
    assert_eq!(full.variables.as_ref().unwrap()["n"], 1);
    assert_eq!(full.credentials, Credentials::Bearer("abc".to_owned()));
    assert_eq!(full.accept_language.as_deref(), Some("ru"));
    assert_eq!(full.request_id, "given");
    assert_eq!(full.peer.unwrap().to_string(), "192.0.2.1");
}

#[tokio::test]
async fn other_media_types_are_refused_both_ways() {
    let (router, _) = fixture(|_| {});
    let answer = send(&router, post(r#"{"query":"{a}"}"#, "text/html")).await;
    assert_eq!(answer.status, StatusCode::NOT_ACCEPTABLE);
    let mut request = post("{a}", NEWER);
    request.headers_mut().insert("content-type", "application/graphql".parse().unwrap());
    assert_eq!(send(&router, request).await.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let mut request = post("{a}", NEWER);
    request.headers_mut().remove("content-type");
    assert_eq!(send(&router, request).await.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let put = Request::put("/graphql").body(Body::empty()).unwrap();
    let answer = send(&router, put).await;
    assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
    assert!(answer.header("allow").contains("POST"));
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused_whether_announced_or_not() {
    let (router, _) = fixture(|settings| settings.max_body_bytes = 100);
    let body = format!("{{\"query\":\"{}\"}}", "a".repeat(100));
    let mut announced = post(body.clone(), NEWER);
    announced.headers_mut().insert("content-length", "114".parse().unwrap());
    for request in [announced, post(body, NEWER)] {
        let answer = send(&router, request).await;
        assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
        assert_eq!(answer.code(), "PAYLOAD_TOO_LARGE");
    }
}

#[tokio::test]
async fn credentials_that_are_worth_nothing_are_401() {
    let (router, _) = fixture(|_| {});
    for value in ["Bearer stale", "Basic abc"] {
        let mut request = post(r#"{"query":"{a}"}"#, OLDER);
        request.headers_mut().insert("authorization", value.parse().unwrap());
        let answer = send(&router, request).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        assert_eq!(answer.header("www-authenticate"), "Bearer");
    }
}

#[tokio::test]
async fn who_may_keep_an_answer_is_said() {
    let (router, _) = fixture(|_| {});
    let public = send(&router, get("/graphql?query=%7Ba%7D")).await;
    assert_eq!(public.header("cache-control"), "public, no-cache");
    let mut again = get("/graphql?query=%7Ba%7D");
    again.headers_mut().insert("if-none-match", public.header("etag").parse().unwrap());
    let again = send(&router, again).await;
    assert_eq!(again.status, StatusCode::NOT_MODIFIED);
    assert_eq!(again.header("etag"), public.header("etag"));
    assert!(again.body.is_empty());

    let mut known = get("/graphql?query=%7Ba%7D");
    known.headers_mut().insert("authorization", "Bearer abc".parse().unwrap());
    let known = send(&router, known).await;
    assert_eq!(known.header("cache-control"), "private, no-cache");
    assert_eq!(known.header("etag"), "");
    assert_eq!(send(&router, get("/graphql?query=secret")).await.header("cache-control"), "no-store");
    assert_eq!(send(&router, get("/graphql?query=invalid")).await.header("cache-control"), "no-store");
    let posted = send(&router, post(r#"{"query":"secret"}"#, NEWER)).await;
    assert_eq!(posted.header("cache-control"), "no-store");
}

#[tokio::test]
async fn a_request_that_hangs_or_breaks_is_answered() {
    let (router, _) = fixture(|settings| settings.request_timeout = Duration::from_millis(20));
    let slow = send(&router, post(r#"{"query":"hang"}"#, NEWER)).await;
    assert_eq!((slow.status, slow.code().as_str()), (StatusCode::GATEWAY_TIMEOUT, "TIMEOUT"));
    let broken = send(&router, post(r#"{"query":"panic"}"#, NEWER)).await;
    assert_eq!((broken.status, broken.code().as_str()), (StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL"));
    let json: serde_json::Value = serde_json::from_str(&broken.body).unwrap();
    assert_eq!(json["errors"][0]["extensions"]["requestId"], broken.header("x-request-id"));
    assert!(!broken.body.contains("told to"));
}

#[tokio::test]
async fn one_request_more_than_may_be_executed_is_refused() {
    let (router, puppet) = fixture(|settings| settings.max_concurrent_requests = 1);
    let hanging = tokio::spawn({
        let router = router.clone();
        async move { send(&router, post(r#"{"query":"hang"}"#, NEWER)).await }
    });
    while puppet.seen.lock().unwrap().is_empty() {
        tokio::task::yield_now().await;
    }
    let refused = send(&router, post(r#"{"query":"{a}"}"#, NEWER)).await;
    assert_eq!((refused.status, refused.code().as_str()), (StatusCode::SERVICE_UNAVAILABLE, "UNAVAILABLE"));
    assert_eq!(refused.header("retry-after"), "1");
    hanging.abort();
    let _ = hanging.await;
    assert_eq!(send(&router, post(r#"{"query":"{a}"}"#, NEWER)).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_flood_from_one_address_leaves_places_and_turns_to_others() {
    let (router, puppet) = fixture(|settings| {
        settings.max_concurrent_requests = 12;
        settings.executed_at_once = 4;
    });
    let flood: Vec<_> = (0..9)
        .map(|_| {
            let router = router.clone();
            tokio::spawn(async move { send(&router, post(r#"{"query":"hang"}"#, NEWER)).await })
        })
        .collect();
    while puppet.seen.lock().unwrap().len() < 3 {
        tokio::task::yield_now().await;
    }
    let ask = || post(r#"{"query":"{a}"}"#, NEWER);
    assert_eq!(send(&router, ask()).await.code(), "UNAVAILABLE", "nine of twelve places are the most");
    let other = send_from("192.0.2.2", &router, ask()).await;
    assert_eq!(other.status, StatusCode::OK);
    let invented = post(r#"{"query":"{a}"}"#, NEWER);
    let invented = {
        let (mut head, body) = invented.into_parts();
        head.headers.insert("authorization", "Bearer stale".parse().unwrap());
        Request::from_parts(head, body)
    };
    assert_eq!(send(&router, invented).await.code(), "UNAVAILABLE", "a token of no account is its address");
    assert_eq!(puppet.seen.lock().unwrap().len(), 4, "six of the flood wait for their turn");
    flood.iter().for_each(tokio::task::JoinHandle::abort);
}

#[tokio::test]
async fn limits_are_told_and_kept() {
    let limits = RateLimits {
        anonymous: Rate::per_minute(4),
        authenticated: Rate::per_minute(2),
        anonymous_cost: Rate::per_minute(0),
        authenticated_cost: Rate::per_minute(0),
        sign_in: Rate::per_minute(1),
        refresh: Rate::per_minute(2),
    };
    let (router, _) = fixture(|settings| settings.rate_limits = limits);
    let sign_in = r#"{"query":"mutation { signIn }"}"#;
    let first = send(&router, post(sign_in, NEWER)).await;
    assert_eq!(first.header("ratelimit-policy"), "\"anonymous\";q=4;w=60, \"sign-in\";q=1;w=60");
    let second = send(&router, post(sign_in, NEWER)).await;
    assert_eq!((second.status, second.code().as_str()), (StatusCode::TOO_MANY_REQUESTS, "RATE_LIMITED"));
    // An attempt that only names its document is one too.
    let named = send(&router, post(r#"{"documentId":"signIn"}"#, NEWER)).await;
    assert_eq!((named.status, named.code().as_str()), (StatusCode::TOO_MANY_REQUESTS, "RATE_LIMITED"));
    assert!(second.header("retry-after").parse::<u32>().unwrap() > 0);
    let third = send(&router, post(r#"{"query":"{a}"}"#, NEWER)).await;
    assert_eq!(third.status, StatusCode::OK);
    assert!(third.header("ratelimit").starts_with("\"anonymous\";r=0;"), "{}", third.header("ratelimit"));
    let fourth = send(&router, post(r#"{"query":"{a}"}"#, NEWER)).await;
    assert_eq!(fourth.status, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn other_sites_may_call_where_it_is_configured_and_never_with_cookies() {
    let (router, _) = fixture(|settings| settings.cors_origins = vec!["https://app.example".to_owned()]);
    let preflight = |origin: &str| {
        Request::options("/graphql")
            .header("origin", origin)
            .header("access-control-request-method", "POST")
            .header("access-control-request-headers", "authorization,content-type")
            .body(Body::empty())
            .unwrap()
    };
    let allowed = send(&router, preflight("https://app.example")).await;
    assert_eq!(allowed.header("access-control-allow-origin"), "https://app.example");
    assert_eq!(allowed.header("access-control-allow-credentials"), "");
    assert!(allowed.header("access-control-allow-headers").contains("authorization"));
    let refused = send(&router, preflight("https://evil.example")).await;
    assert_eq!(refused.header("access-control-allow-origin"), "");
    let mut request = post(r#"{"query":"{a}"}"#, NEWER);
    request.headers_mut().insert("origin", "https://app.example".parse().unwrap());
    let answer = send(&router, request).await;
    assert!(answer.header("access-control-expose-headers").contains("x-request-id"));
    let (closed, _) = fixture(|_| {});
    assert_eq!(send(&closed, preflight("https://app.example")).await.status, StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn long_answers_are_compressed_for_who_can_read_it() {
    let (router, _) = fixture(|_| {});
    for encoding in ["gzip", "br", "zstd"] {
        let mut request = post(r#"{"query":"long"}"#, NEWER);
        request.headers_mut().insert("accept-encoding", encoding.parse().unwrap());
        assert_eq!(send(&router, request).await.header("content-encoding"), encoding);
    }
    assert_eq!(send(&router, post(r#"{"query":"long"}"#, NEWER)).await.header("content-encoding"), "");
}

#[tokio::test]
async fn probes_keys_and_unknown_paths_answer() {
    let (router, puppet) = fixture(|_| {});
    assert_eq!(send(&router, get("/healthz")).await.status, StatusCode::OK);
    assert_eq!(send(&router, get("/readyz")).await.status, StatusCode::OK);
    *puppet.not_ready.lock().unwrap() = Some(crate::NotReady::Schema);
    let unready = send(&router, get("/readyz")).await;
    assert_eq!(unready.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(unready.body.contains("SCHEMA_NOT_CURRENT"));
    let keys = send(&router, get("/.well-known/jwks.json")).await;
    assert_eq!((keys.status, keys.body.as_str()), (StatusCode::OK, "{\"keys\":[]}"));
    let missing = send(&router, get("/nowhere")).await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
    assert!(missing.header("content-security-policy").contains("default-src 'none'"));
    let page = send(&router, get("/")).await;
    assert!(page.header("content-security-policy").contains("default-src 'self'"));
}

#[tokio::test]
async fn the_end_of_events_is_one_that_browsers_hand_on() {
    let (router, _) = fixture(|_| {});
    for document in ["{a}", "subscription"] {
        let answer = send(&router, post(format!("{{\"query\":\"{document}\"}}"), "text/event-stream")).await;
        assert!(answer.body.ends_with("event: complete\ndata:\n\n"), "{}", answer.body);
    }
}

#[tokio::test]
async fn an_unknown_document_is_told_as_an_event_to_who_takes_nothing_else() {
    let (router, _) = fixture(|_| {});
    let answer = send(&router, post(r#"{"documentId":"unknown"}"#, "text/event-stream")).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.body.starts_with("event: next\ndata: {\"errors\":[]}\n\n"), "{}", answer.body);
    let answer = send(&router, post(r#"{"documentId":"unknown"}"#, NEWER)).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn what_is_refused_before_it_is_read_counts_too() {
    for (accept, authorization) in [("text/html", "Bearer abc"), (NEWER, "Basic abc")] {
        let (router, _) = fixture(|settings| settings.rate_limits.anonymous = Rate::per_minute(1));
        let request = || {
            let mut request = post(r#"{"query":"{a}"}"#, accept);
            request.headers_mut().insert("authorization", authorization.parse().unwrap());
            request
        };
        assert_ne!(send(&router, request()).await.status, StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(send(&router, request()).await.status, StatusCode::TOO_MANY_REQUESTS);
    }
}

#[tokio::test]
async fn who_forbids_an_answer_as_it_is_gets_one_all_the_same() {
    let (router, _) = fixture(|_| {});
    for (document, encoding, expected) in
        [("{a}", "identity;q=0", ""), ("long", "gzip, *;q=0", "gzip"), ("long", "identity;q=0", "")]
    {
        let mut request = post(format!("{{\"query\":\"{document}\"}}"), NEWER);
        request.headers_mut().insert("accept-encoding", encoding.parse().unwrap());
        let answer = send(&router, request).await;
        assert_eq!(
            (answer.status, answer.header("content-encoding")),
            (StatusCode::OK, expected),
            "{encoding}"
        );
    }
}

#[tokio::test]
async fn a_body_that_is_said_to_be_compressed_is_refused_by_any_header_that_says_so() {
    let (router, puppet) = fixture(|_| {});
    let mut request = post(r#"{"query":"{a}"}"#, NEWER);
    request.headers_mut().append("content-encoding", "identity".parse().unwrap());
    request.headers_mut().append("content-encoding", "gzip".parse().unwrap());
    assert_eq!(send(&router, request).await.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let mut request = post("--x--", NEWER);
    for (name, value) in [
        ("content-type", "multipart/form-data; boundary=x"),
        ("graphql-require-preflight", "1"),
        ("authorization", "Bearer abc"),
        ("content-encoding", "gzip"),
    ] {
        request.headers_mut().insert(name, value.parse().unwrap());
    }
    assert_eq!(send(&router, request).await.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    assert!(puppet.seen.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_tag_that_a_proxy_made_strong_is_known_again() {
    let (router, _) = fixture(|_| {});
    let first = send(&router, get("/graphql?query=%7Ba%7D")).await;
    let strong = first.header("etag").trim_start_matches("W/").to_owned();
    let mut again = get("/graphql?query=%7Ba%7D");
    again.headers_mut().insert("if-none-match", strong.parse().unwrap());
    let again = send(&router, again).await;
    assert_eq!(again.status, StatusCode::NOT_MODIFIED);
    assert!(again.header("vary").contains("accept-encoding"), "{}", again.header("vary"));
}
