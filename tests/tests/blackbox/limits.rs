//! How much a caller may ask for in a minute, and how long connections are kept.

use std::time::Duration;

use maip_tests::{Backend, PASSWORD, Request, Response, Server, Town, on_both};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// The limits that an answer tells of, by name: what is left, and the whole.
fn told(answer: &Response) -> Vec<(String, u64, u64)> {
    let items = |header: &str| -> Vec<(String, u64)> {
        let text = answer.header(header).unwrap_or_else(|| panic!("{header}: {answer}"));
        let item = |item: &str| {
            let (name, rest) = item.trim().trim_start_matches('"').split_once("\";").expect("a name");
            let number = rest.split(';').next().and_then(|value| value.split_once('=')).expect("a number").1;
            (name.to_owned(), number.parse().expect("a whole number"))
        };
        text.split(',').map(item).collect()
    };
    let (left, all) = (items("ratelimit"), items("ratelimit-policy"));
    assert_eq!(left.len(), all.len(), "{answer}");
    left.into_iter()
        .zip(all)
        .map(|((name, left), (policy, all))| {
            assert_eq!(name, policy);
            (name, left, all)
        })
        .collect()
}

/// An operation that costs so much, whatever is there.
fn costing(lists: usize) -> String {
    let fields: Vec<String> =
        (0..lists).map(|number| format!("l{number}: lessons(first: 100) {{ nodes {{ id }} }}")).collect();
    format!("{{ {} }}", fields.join(" "))
}

#[track_caller]
fn is_refused(answer: &Response) {
    assert_eq!((answer.status, answer.code()), (429, Some("RATE_LIMITED")), "{answer}");
    let wait: u32 =
        answer.header("retry-after").and_then(|text| text.parse().ok()).expect("Retry-After in seconds");
    assert!((1..=60).contains(&wait), "{wait}");
}

on_both! {
    async fn what_operations_cost_is_taken_from_a_budget_of_the_account(backend: Backend) {
        let settings = [("MAIP_MAX_QUERY_COST", "1000"), ("MAIP_RATE_LIMIT_ACCOUNT_COST", "1500"), ("MAIP_RATE_LIMIT_ACCOUNT", "100")];
        let mut town = Town::start_with(backend, &settings).await;
        town.person("ada").await;
        town.person("ben").await;
        // The first counts for the token once it is accepted, and the address has its share back.
        town.data("ada", "{ __typename }", Value::Null).await;
        let answer = town.send("ada", &costing(9), Value::Null).await;
        assert_eq!(answer.status, 200, "{answer}");
        let limits = told(&answer);
        let names: Vec<(&str, u64)> = limits.iter().map(|(name, _, all)| (name.as_str(), *all)).collect();
        assert_eq!(names, [("account", 100), ("account-cost", 1500)]);
        assert!((500..=700).contains(&limits[1].1), "{limits:?}");
        is_refused(&town.send("ada", &costing(9), Value::Null).await);
        // Another is another, whatever the address, and a small one still passes.
        assert_eq!(town.send("ben", &costing(9), Value::Null).await.status, 200);
        assert_eq!(town.send("ada", &costing(1), Value::Null).await.status, 200);
    }
}

#[tokio::test]
async fn strangers_share_a_budget_of_their_address_and_tokens_have_their_own() {
    let settings = [
        ("MAIP_MAX_QUERY_COST", "1000"),
        ("MAIP_RATE_LIMIT_ANONYMOUS_COST", "1000"),
        ("MAIP_RATE_LIMIT_ANONYMOUS", "50"),
        ("MAIP_RATE_LIMIT_ACCOUNT", "5"),
        ("MAIP_TRUSTED_PROXIES", "127.0.0.1"),
    ];
    let mut town = Town::start_with(Backend::Sqlite, &settings).await;
    town.person("ada").await;
    let ask = async |address: &str, who: &str, query: &str| {
        let request = Request::graphql(query, &Value::Null).header("x-forwarded-for", address);
        let request = match town.bearer(who) {
            Some(token) => request.bearer(token),
            None => request,
        };
        town.server().send(request).await
    };
    let first = ask("192.0.2.1", "", &costing(9)).await;
    assert_eq!(first.status, 200, "{first}");
    assert_eq!(told(&first).len(), 2);
    is_refused(&ask("192.0.2.1", "", &costing(9)).await);
    assert_eq!(ask("192.0.2.2", "", &costing(9)).await.status, 200);
    // A token isn't counted by its address, wherever it comes from.
    let mut passed = 0;
    let refused = loop {
        let answer = ask(&format!("192.0.2.{}", 1 + passed), "ada", "{ __typename }").await;
        if answer.status != 200 {
            break answer;
        }
        passed += 1;
        assert!(passed < 50, "it is never refused");
    };
    is_refused(&refused);
    assert!(passed >= 5, "{passed}");
    assert_eq!(ask("192.0.2.6", "", "{ __typename }").await.status, 200);
}

#[tokio::test]
async fn the_phones_of_an_office_refresh_their_sessions_and_whoever_guesses_tokens_is_held_up() {
    let settings = [
        ("MAIP_RATE_LIMIT_SIGN_IN", "3"),
        ("MAIP_RATE_LIMIT_REFRESH", "12"),
        ("MAIP_TRUSTED_PROXIES", "127.0.0.1"),
    ];
    let mut town = Town::start_with(Backend::Sqlite, &settings).await;
    town.person("ada").await;
    let ask = async |address: &str, query: &str, variables: Value| {
        town.server().send(Request::graphql(query, &variables).header("x-forwarded-for", address)).await
    };
    let sign_in = "mutation ($login: String!, $password: String!) { signIn(input: { login: $login, password: $password }) \
                   { session { refreshToken } } }";
    let ada = json!({ "login": "ada.login@example.org", "password": PASSWORD });
    let refresh = "mutation ($token: String!) { refreshSession(input: { refreshToken: $token }) \
                   { session { refreshToken } userErrors { code } } }";
    let office = "192.0.2.1";
    let answer = ask(office, sign_in, ada.clone()).await;
    let mut token = answer.data()["signIn"]["session"]["refreshToken"].clone();
    for left in (3..12).rev() {
        let answer = ask(office, refresh, json!({ "token": token })).await;
        assert_eq!(told(&answer), [("refresh".to_owned(), left, 12)]);
        token = answer.data()["refreshSession"]["session"]["refreshToken"].clone();
        assert!(token.is_string(), "{answer}");
    }
    // Of three attempts to sign in one was made; what is no token counts as one.
    for _ in 0..2 {
        let answer = ask(office, refresh, json!({ "token": "maip_rt_of_my_own_making" })).await;
        assert_eq!(
            answer.data()["refreshSession"]["userErrors"][0]["code"],
            "INVALID_REFRESH_TOKEN",
            "{answer}"
        );
    }
    is_refused(&ask(office, sign_in, ada.clone()).await);
    // The phones of those who are in go on, up to a limit of their own.
    let answer = ask(office, refresh, json!({ "token": token })).await;
    assert!(answer.data()["refreshSession"]["session"].is_object(), "{answer}");
    is_refused(&ask(office, refresh, json!({ "token": token })).await);
    assert_eq!(ask("192.0.2.2", sign_in, ada).await.status, 200);
}

#[tokio::test]
async fn a_budget_below_what_one_operation_may_cost_is_no_configuration() {
    let database = maip_tests::Database::create(Backend::Sqlite).await;
    let output = database.command(&["config"]).env("MAIP_RATE_LIMIT_ACCOUNT_COST", "10").output().unwrap();
    assert_eq!(output.status.code(), Some(3));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("max_query_cost"), "{said}");
    // Nor one below what a page of an export may cost, however little the operations of clients may.
    let narrow = [("MAIP_MAX_QUERY_COST", "10"), ("MAIP_RATE_LIMIT_ANONYMOUS_COST", "100")];
    let output = database.command(&["config"]).envs(narrow).output().unwrap();
    assert_eq!(output.status.code(), Some(3));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("export") && said.contains("1000"), "{said}");
}

async fn exchange(stream: &mut TcpStream) -> String {
    stream.write_all(b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n").await.expect("it can be written to");
    let mut bytes = vec![0; 4096];
    let count = stream.read(&mut bytes).await.expect("it can be read from");
    String::from_utf8_lossy(&bytes[..count]).into_owned()
}

#[tokio::test]
async fn a_connection_is_used_again_after_longer_than_a_head_may_take() {
    let settings = [("MAIP_HEADER_TIMEOUT_SECONDS", "1"), ("MAIP_KEEP_ALIVE_TIMEOUT_SECONDS", "4")];
    let server = Server::start_with(Backend::Sqlite, &settings).await;
    let mut stream = TcpStream::connect(server.address()).await.unwrap();
    assert!(exchange(&mut stream).await.starts_with("HTTP/1.1 200"));
    // What comes by itself is its end, and not before the time.
    let mut byte = [0];
    let early = tokio::time::timeout(Duration::from_secs(2), stream.read(&mut byte)).await;
    assert!(early.is_err(), "it was closed before its time: {early:?}");
    assert!(exchange(&mut stream).await.starts_with("HTTP/1.1 200"));
    let end = tokio::time::timeout(Duration::from_mins(1), stream.read(&mut byte)).await;
    assert_eq!(end.expect("it is closed").unwrap(), 0);
}

#[tokio::test]
async fn idle_connections_keep_nobody_out() {
    let server = Server::start_with(Backend::Sqlite, &[("MAIP_MAX_CONNECTIONS", "20")]).await;
    let mut idle = Vec::new();
    for number in 0..100 {
        let mut stream = TcpStream::connect(server.address()).await.unwrap();
        // Some have asked something before, some say nothing at all, and some stop in the middle.
        match number % 3 {
            0 => assert!(exchange(&mut stream).await.starts_with("HTTP/1.1 200")),
            1 => stream.write_all(b"GET /healthz HTTP/1.1\r\nx-").await.unwrap(),
            _ => {}
        }
        idle.push(stream);
        if number % 10 == 9 {
            assert_eq!(server.post("{ __typename }", json!({}), None).await.status, 200);
        }
    }
}
