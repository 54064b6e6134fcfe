//! Limits, checked before anything runs.

use std::fmt::Write as _;

use serde_json::json;

use super::library::Reader;
use crate::ApiSettings;
use crate::request::{Credentials, Request, ResponseStatus};

#[tokio::test]
async fn too_deep_too_wide_and_too_long_are_refused() {
    let reader = Reader::new().await;
    let deep = (0..12).fold("{ id }".to_owned(), |inner, _| {
        format!("{{ books(first: 1) {{ nodes {{ author {inner} }} }} }}")
    });
    let deep = format!("{{ authors(first: 1) {{ nodes {deep} }} }}");
    let mut aliases = String::from("{");
    for n in 0..150 {
        write!(aliases, " a{n}: __typename").unwrap();
    }
    aliases.push('}');
    let mut many_aliases = String::from("{");
    for n in 0..10_000 {
        write!(many_aliases, " a{n}: __typename").unwrap();
    }
    many_aliases.push('}');
    let list = format!(
        "{{ books(filter: {{ kind: {}NOVEL{} }}) {{ totalCount }} }}",
        "[".repeat(20_000),
        "]".repeat(20_000)
    );
    let braces = "{a".repeat(20_000);
    let long = format!("{{ __typename }} # {}", "x".repeat(70_000));
    let mut doubled = String::from("{ authors { nodes { ...F0 } } }");
    for n in 0..12 {
        write!(doubled, " fragment F{n} on Author {{ a: books {{ nodes {{ author {{ ...F{0} }} }} }} b: books {{ nodes {{ author {{ ...F{0} }} }} }} }}", n + 1).unwrap();
    }
    doubled.push_str(" fragment F12 on Author { id }");
    let mut chain = String::from("{ authors { nodes { ...F0 } } }");
    for n in 0..60 {
        write!(chain, " fragment F{n} on Author {{ books {{ nodes {{ author {{ ...F{} }} }} }} }}", n + 1)
            .unwrap();
    }
    chain.push_str(" fragment F60 on Author { id }");
    for (name, query) in [
        ("deep", deep),
        ("aliases", aliases),
        ("many aliases", many_aliases),
        ("list", list),
        ("braces", braces),
        ("long", long),
        ("doubled", doubled),
        ("chain", chain),
    ] {
        let response = reader.send(super::library::request(&query)).await;
        assert!(
            response.body.contains("\"QUERY_TOO_COMPLEX\""),
            "{name}: {}",
            &response.body[..300.min(response.body.len())]
        );
        assert!(!response.body.contains("\"data\""), "{name}");
    }
}

#[tokio::test]
async fn the_cost_counts_list_sizes_of_this_request() {
    let reader = Reader::new().await;
    let query =
        "query ($n: Int) { authors(first: $n) { nodes { books(first: $n) { nodes { author { id } } } } } }";
    let cheap = reader.ask_with(query, json!({ "n": 20 })).await;
    assert!(cheap.get("errors").is_none(), "{cheap}");
    let dear = reader.ask_with(query, json!({ "n": 100 })).await;
    assert_eq!(dear["errors"][0]["extensions"]["code"], "QUERY_TOO_COMPLEX");
    assert!(dear.get("data").is_none());
    let again = reader.ask_with(query, json!({ "n": 20 })).await;
    assert_eq!(again, cheap);
    // 4 to the power of 6.
    let nested = (0..3).fold("{ id }".to_owned(), |inner, _| {
        format!("{{ books(first: 4) {{ nodes {{ author {{ books(first: 4) {{ nodes {{ author {inner} }} }} }} }} }} }}")
    });
    let settings = ApiSettings { max_depth: 40, ..ApiSettings::default() };
    let deep = Reader::with(settings).await;
    assert_eq!(
        deep.code(&format!("{{ authors(first: 4) {{ nodes {nested} }} }}")).await,
        "QUERY_TOO_COMPLEX"
    );
}

#[tokio::test]
async fn the_cache_is_bounded_and_holds_nothing_that_depends_on_variables() {
    let settings = ApiSettings { cached_documents: 4, cached_document_bytes: 200, ..ApiSettings::default() };
    let reader = Reader::with(settings).await;
    for n in 0..20 {
        reader.data(&format!("{{ a{n}: __typename }}")).await;
        let (documents, bytes) = reader.api.cached();
        assert!(documents <= 4 && bytes <= 200, "{documents} {bytes}");
    }
    let query = "query ($n: Int!) { books(first: $n) { nodes { id } } }";
    for (n, fits) in [(1, true), (400, false), (2, true), (101, false)] {
        let answer = reader.ask_with(query, json!({ "n": n })).await;
        assert_eq!(answer.get("errors").is_none(), fits, "{n}: {answer}");
    }
}

#[tokio::test]
async fn introspection_can_be_switched_off_and_is_bounded() {
    let settings = ApiSettings { introspection: false, ..ApiSettings::default() };
    let reader = Reader::with(settings).await;
    assert_eq!(reader.code("{ __schema { queryType { name } } }").await, "OPERATION_NOT_ALLOWED");
    assert_eq!(reader.data("{ __typename }").await, json!({ "__typename": "Query" }));
    let reader = Reader::new().await;
    let nested =
        "{ __schema { types { fields { type { fields { type { fields { type { name } } } } } } } } }";
    assert_eq!(reader.code(nested).await, "QUERY_TOO_COMPLEX");
}

#[tokio::test]
async fn asking_for_the_schema_costs_so_that_it_is_not_asked_many_times_at_once() {
    let reader = Reader::new().await;
    let times = |most: usize, what: &str| {
        let fields: Vec<String> = (0..most).map(|number| format!("a{number}: {what}")).collect();
        format!("{{ {} }}", fields.join(" "))
    };
    let (whole, one) = ("__schema { queryType { name } }", "__type(name: \"Book\") { name }");
    for (most, what, fits) in
        [(1, whole, true), (10, whole, true), (11, whole, false), (49, whole, false), (49, one, true)]
    {
        let answer = reader.ask_with(&times(most, what), json!({})).await;
        assert_eq!(answer.get("errors").is_none(), fits, "{most} times {what}: {answer}");
        if !fits {
            assert_eq!(answer["errors"][0]["extensions"]["code"], "QUERY_TOO_COMPLEX");
        }
    }
    // Whoever bounds costs narrowly bounds the records.
    let reader = Reader::with(ApiSettings { max_cost: 20, ..ApiSettings::default() }).await;
    assert!(reader.ask_with(&times(1, whole), json!({})).await.get("errors").is_none());
}

#[tokio::test]
async fn a_large_document_is_answered_like_a_small_one() {
    let reader = Reader::new().await;
    let small = "query ($n: Int) { books(first: $n) { nodes { title } } }";
    let large = format!("{small} # {}", "x".repeat(crate::aside::LARGE_BYTES));
    for variables in [json!({ "n": 2 }), json!({ "n": 101 }), json!({ "n": "x" })] {
        for _ in 0..2 {
            let answers = (
                reader.ask_with(&large, variables.clone()).await,
                reader.ask_with(small, variables.clone()).await,
            );
            assert_eq!(answers.0, answers.1);
        }
    }
    assert_eq!(reader.code(&large.replace("title", "nothing")).await, "BAD_USER_INPUT");
}

#[tokio::test]
async fn what_is_told_of_the_schema_is_made_once_for_all_who_ask_the_same() {
    let reader = Reader::new().await;
    let ask = async |query: &str, name: &str, operation: Option<&str>, credentials: Credentials| {
        let variables = json!({ "name": name }).as_object().cloned();
        let operation_name = operation.map(str::to_owned);
        let request = super::library::request(query);
        reader.send(Request { operation_name, variables, credentials, ..request }).await
    };
    let query = "query A($name: String!) { __type(name: $name) { name } } query B { __schema { queryType { name } } __typename }";
    let book = ask(query, "Book", Some("A"), Credentials::Anonymous).await;
    assert_eq!(book.body, r#"{"data":{"__type":{"name":"Book"}}}"#);
    let again = ask(query, "Book", Some("A"), Credentials::Anonymous).await;
    assert_eq!(book.body.as_ptr(), again.body.as_ptr(), "it is the same text");
    let author = ask(query, "Author", Some("A"), Credentials::Anonymous).await;
    assert_eq!(author.body, r#"{"data":{"__type":{"name":"Author"}}}"#);
    let other = ask(query, "Book", Some("B"), Credentials::Anonymous).await;
    assert_eq!(other.body, r#"{"data":{"__schema":{"queryType":{"name":"Query"}},"__typename":"Query"}}"#);
    let refused = ask(query, "Book", Some("A"), Credentials::Bearer("x".to_owned())).await;
    assert_eq!(refused.status, ResponseStatus::Unauthenticated, "{}", refused.body);
}

/// A future is moved whenever another one takes it in, and this one is at the bottom of a dozen.
#[tokio::test]
async fn what_waits_for_a_read_is_small() {
    let reader = Reader::new().await;
    let request = super::library::request("{ __typename }");
    let size = size_of_val(&crate::Execute::execute(&reader.api, request));
    assert!(size <= 4096, "{size} bytes");
}
