//! GraphQL over HTTP as the draft has it, asked of the real server.

use maip_tests::{Backend, Request, Response, Server, on_both};
use serde_json::json;

const NEWER: &str = "application/graphql-response+json";
const OLDER: &str = "application/json";

fn ask(body: &str, accept: &str) -> Request {
    Request::new("POST", "/graphql")
        .header("content-type", "application/json")
        .header("accept", accept)
        .body(body)
}

fn get(query: &str) -> Request {
    Request::new("GET", format!("/graphql?{query}")).header("accept", NEWER)
}

#[track_caller]
fn is(answer: &Response, status: u16, code: &str) {
    assert_eq!((answer.status, answer.code()), (status, Some(code)), "{answer}");
}

on_both! {
    async fn a_query_is_answered_by_post_and_by_get_in_either_media_type(backend: Backend) {
        let server = Server::start(backend).await;
        for accept in [NEWER, OLDER] {
            let answer = server.send(ask(r#"{"query":"{ __typename }"}"#, accept)).await;
            assert_eq!(answer.status, 200, "{answer}");
            assert_eq!(answer.header("content-type"), Some(format!("{accept}; charset=utf-8").as_str()));
            assert_eq!(answer.data(), &json!({ "__typename": "Query" }));
            let address = "query=query%20Q(%24n%3AInt!)%7Bcountries(first%3A%24n)%7Bnodes%7Bcode%7D%7D%7D\
                           &operationName=Q&variables=%7B%22n%22%3A1%7D&extensions=%7B%7D";
            let answer = server.send(get(address)).await;
            assert_eq!(answer.data()["countries"]["nodes"], json!([{ "code": "AFG" }]));
        }
    }
}

#[tokio::test]
async fn each_refusal_has_the_status_of_the_draft() {
    let server = Server::start(Backend::Sqlite).await;
    for (body, newer, older) in [
        (r#"{"query":"{"}"#, 400, 200),
        (r#"{"query":"{ nowhere }"}"#, 400, 200),
        (r#"{"query":"query A { __typename } query B { __typename }"}"#, 400, 200),
        (r#"{"query":"query Q($n:Int!){countries(first:$n){nodes{code}}}"}"#, 400, 200),
        (r#"{"query":"query Q($n:Int!){countries(first:$n){nodes{code}}}","variables":{"n":"x"}}"#, 400, 200),
        ("NONSENSE", 400, 400),
        (r#"{"query":"#, 400, 400),
        (r#"{"qeury":"{ __typename }"}"#, 400, 400),
        (r#"{"query":7}"#, 400, 400),
        (r#"{"query":"{ __typename }","variables":[7]}"#, 400, 400),
        (r#"[{"query":"{ __typename }"}]"#, 400, 400),
    ] {
        for (accept, status) in [(NEWER, newer), (OLDER, older)] {
            let answer = server.send(ask(body, accept)).await;
            is(&answer, status, "BAD_USER_INPUT");
            assert!(answer.body["data"].is_null(), "{answer}");
        }
    }
    let nowhere = r#"{"query":"{ __typename }","operationName":"A"}"#;
    is(&server.send(ask(nowhere, NEWER)).await, 400, "NOT_FOUND");
    is(&server.send(ask(nowhere, OLDER)).await, 200, "NOT_FOUND");
    let hash = r#"{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"00"}}}"#;
    is(&server.send(ask(hash, OLDER)).await, 200, "PERSISTED_QUERY_NOT_FOUND");
    is(&server.send(ask(r#"{"query":"{ __typename }"}"#, "text/html")).await, 406, "BAD_USER_INPUT");
    let form = Request::new("POST", "/graphql").header("content-type", "text/plain").body("{}");
    is(&server.send(form).await, 415, "BAD_USER_INPUT");
    let large = json!({ "query": " ".repeat(1_100_000) });
    is(&server.send(ask(&large.to_string(), NEWER)).await, 413, "PAYLOAD_TOO_LARGE");
    assert_eq!(server.send(Request::new("PUT", "/graphql")).await.status, 405);
}

#[tokio::test]
async fn nothing_is_changed_by_get() {
    let server = Server::start(Backend::Sqlite).await;
    let answer = server.send(get("query=mutation%7BsignOut(input%3A%7B%7D)%7B__typename%7D%7D")).await;
    is(&answer, 405, "OPERATION_NOT_ALLOWED");
    assert_eq!(answer.header("allow"), Some("POST"));
}

#[tokio::test]
async fn credentials_that_are_worth_nothing_are_refused() {
    let server = Server::start(Backend::Sqlite).await;
    for value in ["Bearer nonsense", "Bearer maip_pat_0000", "Basic dXNlcjpwYXNz", "Bearer"] {
        let request = ask(r#"{"query":"{ viewer { __typename } }"}"#, NEWER).header("authorization", value);
        let answer = server.send(request).await;
        is(&answer, 401, "UNAUTHENTICATED");
        assert_eq!(answer.header("www-authenticate"), Some("Bearer"), "{value}");
    }
}

#[tokio::test]
async fn a_public_answer_by_get_is_kept_and_asked_about() {
    let server = Server::start(Backend::Sqlite).await;
    let first = server.send(get("query=%7B__typename%7D")).await;
    assert_eq!(first.header("cache-control"), Some("public, no-cache"));
    let tag = first.header("etag").unwrap();
    let again = server.send(get("query=%7B__typename%7D").header("if-none-match", tag)).await;
    assert_eq!((again.status, again.bytes.len()), (304, 0));
}

#[tokio::test]
async fn every_answer_has_a_request_id_that_the_log_has_too_and_no_query_is_logged() {
    let server = Server::start_with(Backend::Sqlite, &[("MAIP_LOG", "debug")]).await;
    let request = get("query=%7Bcanary1%3A__typename%7D").header("x-request-id", "canary-request");
    assert_eq!(server.send(request).await.header("x-request-id"), Some("canary-request"));
    let body = r#"{"query":"{ canary2: __typename }"}"#;
    let token = "Bearer canary3";
    let refused = server.send(ask(body, NEWER).header("authorization", token)).await;
    assert_eq!(refused.header("x-request-id").map(str::len), Some(32));
    for path in ["/", "/graphql", "/healthz", "/nowhere", "/.well-known/jwks.json", "/assets/explorer.js"] {
        let answer = server.get(path).await;
        assert!(answer.header("x-request-id").is_some(), "{path}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{path}");
        assert!(answer.header("content-security-policy").is_some(), "{path}");
        assert_eq!(answer.header("referrer-policy"), Some("no-referrer"), "{path}");
    }
    let logs = server.logs();
    assert!(logs.contains("canary-request"), "{logs}");
    for secret in ["canary1", "canary2", "canary3"] {
        assert!(!logs.contains(secret), "{logs}");
    }
}

#[tokio::test]
async fn other_sites_may_call_only_where_it_is_configured() {
    let origins = ("MAIP_CORS_ORIGINS", "https://app.example.org, https://other.example.org");
    let server = Server::start_with(Backend::Sqlite, &[origins]).await;
    let preflight = |origin: &str| {
        Request::new("OPTIONS", "/graphql")
            .header("origin", origin)
            .header("access-control-request-method", "POST")
            .header("access-control-request-headers", "authorization, content-type")
    };
    let allowed = server.send(preflight("https://app.example.org")).await;
    assert_eq!(allowed.status, 200);
    assert_eq!(allowed.header("access-control-allow-origin"), Some("https://app.example.org"));
    assert_eq!(allowed.header("access-control-allow-credentials"), None);
    let refused = server.send(preflight("https://evil.example.org")).await;
    assert_eq!(refused.header("access-control-allow-origin"), None);
    let asked = ask(r#"{"query":"{ __typename }"}"#, NEWER).header("origin", "https://app.example.org");
    let exposed = server.send(asked).await;
    let exposed = exposed.header("access-control-expose-headers").unwrap();
    assert!(exposed.contains("x-request-id") && exposed.contains("ratelimit"), "{exposed}");
}

#[tokio::test]
async fn limits_are_per_address_and_a_trusted_proxy_says_which() {
    let settings = [("MAIP_RATE_LIMIT_ANONYMOUS", "2"), ("MAIP_TRUSTED_PROXIES", "127.0.0.1")];
    let server = Server::start_with(Backend::Sqlite, &settings).await;
    let from = |address: &str| ask(r#"{"query":"{ __typename }"}"#, NEWER).header("x-forwarded-for", address);
    for _ in 0..2 {
        let answer = server.send(from("192.0.2.1")).await;
        assert_eq!(answer.status, 200, "{answer}");
        assert_eq!(answer.header("ratelimit-policy"), Some("\"anonymous\";q=2;w=60"));
    }
    let refused = server.send(from("192.0.2.1")).await;
    is(&refused, 429, "RATE_LIMITED");
    assert!(refused.header("retry-after").is_some());
    // What the client wrote itself, before the proxy's own entry, counts for nothing.
    is(&server.send(from("198.51.100.7, 192.0.2.1")).await, 429, "RATE_LIMITED");
    assert_eq!(server.send(from("192.0.2.2")).await.status, 200);
    assert_eq!(server.get("/healthz").await.status, 200);
}

#[tokio::test]
async fn attempts_to_sign_in_are_limited_apart_also_in_one_document() {
    let server = Server::start_with(Backend::Sqlite, &[("MAIP_RATE_LIMIT_SIGN_IN", "3")]).await;
    let attempt = |name: &str| {
        format!(
            "{name}: signIn(input: {{ login: \"nobody@example.org\", password: \"a wrong one\" }}) {{ userErrors {{ code }} }}"
        )
    };
    let four: Vec<String> = ["a", "b", "c", "d"].iter().map(|name| attempt(name)).collect();
    let refused = server.post(&format!("mutation {{ {} }}", four.join(" ")), json!({}), None).await;
    is(&refused, 429, "RATE_LIMITED");
    let query = server.post("{ __typename }", json!({}), None).await;
    assert_eq!(query.status, 200);
}

#[tokio::test]
async fn a_slow_head_is_cut_off() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let server = Server::start_with(Backend::Sqlite, &[("MAIP_HEADER_TIMEOUT_SECONDS", "1")]).await;
    let mut stream = tokio::net::TcpStream::connect(server.address()).await.unwrap();
    stream.write_all(b"POST /graphql HTTP/1.1\r\nhost: x\r\nx-slow: ").await.unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).await.unwrap();
    assert!(text.is_empty() || text.starts_with("HTTP/1.1 408"), "{text}");
}
