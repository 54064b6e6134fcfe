//! Roots, pages, filters, ids and errors.

use sea_orm::ConnectionTrait as _;
use serde_json::{Value, json};

use super::library::{ADA, BO, FIGS, Reader, SECRET, request};
use crate::request::{Credentials, Method, Request};
use crate::{ApiSettings, ResponseStatus};

#[tokio::test]
async fn both_databases_give_the_same_bytes() {
    let (sqlite, postgres) = (Reader::new().await, Reader::on_postgres().await);
    for query in [
        "{ authors { nodes { id name born books { totalCount totalCountIsExact edges { cursor node { title year kind lent \
         author { name } } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } shelf { title lent } } } }",
        "{ books(last: 2) { nodes { title viewerCan { action allowed reason } } } bookBy(year: 1990) { title } }",
        "{ node(id: \"book_01h455vb4pex5vsknk084sn011\") { id ... on Book { title } } __typename }",
        "{ nodes(ids: [\"book_01h455vb4pex5vsknk084sn013\", \"author_01h455vb4pex5vsknk084sn001\"]) { id } }",
        "{ authors(filter: { nameStart: \"BO\" }) { nodes { name } } none: bookBy(year: 1) { id } }",
        "{ books(first: 0) { nodes { id } pageInfo { hasNextPage endCursor } } }",
    ] {
        let (one, other) = (sqlite.send(request(query)).await.body, postgres.send(request(query)).await.body);
        assert_eq!(one, other, "{query}");
        assert!(!one.contains("\"errors\""), "{query}: {one}");
    }
}

#[tokio::test]
async fn pages_follow_one_another_in_both_directions() {
    let reader = Reader::new().await;
    let page = async |arguments: String| {
        let query = format!(
            "{{ books({arguments}) {{ nodes {{ title }} pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }} }} }}"
        );
        reader.data(&query).await["books"].clone()
    };
    let titles = |page: &Value| -> Vec<String> {
        page["nodes"].as_array().unwrap().iter().map(|n| n["title"].as_str().unwrap().to_owned()).collect()
    };
    let first = page("first: 2".to_owned()).await;
    assert_eq!(titles(&first), ["Quinoa", "Dates"]);
    assert_eq!(first["pageInfo"]["hasNextPage"], true);
    let after = first["pageInfo"]["endCursor"].as_str().unwrap();
    let second = page(format!("first: 2, after: \"{after}\"")).await;
    assert_eq!(titles(&second), ["Figs"]);
    assert_eq!(second["pageInfo"]["hasNextPage"], false);
    let before = second["pageInfo"]["startCursor"].as_str().unwrap();
    let back = page(format!("last: 1, before: \"{before}\"")).await;
    assert_eq!(titles(&back), ["Dates"]);
    assert_eq!(back["pageInfo"]["hasPreviousPage"], true);
    // The other bound goes with either, and both at once with none.
    let quinoa = first["pageInfo"]["startCursor"].as_str().unwrap();
    for (arguments, expected) in [
        (format!("first: 2, before: \"{before}\""), vec!["Quinoa", "Dates"]),
        (format!("first: 1, before: \"{before}\""), vec!["Quinoa"]),
        (format!("last: 1, after: \"{quinoa}\""), vec!["Figs"]),
        (format!("after: \"{quinoa}\", before: \"{before}\""), vec!["Dates"]),
        (format!("last: 5, after: \"{before}\", before: \"{quinoa}\""), vec![]),
    ] {
        assert_eq!(titles(&page(arguments.clone()).await), expected, "{arguments}");
    }
    let upward = page("sort: YEAR, direction: ASC".to_owned()).await;
    assert_eq!(titles(&upward), ["Figs", "Dates", "Quinoa"]);
    // A cursor goes on in its own order only.
    let other = reader.ask(&format!("{{ books(sort: TITLE, after: \"{after}\") {{ totalCount }} }}")).await;
    assert_eq!(other["errors"][0]["extensions"]["code"], "BAD_USER_INPUT");
    assert_eq!(other["data"], json!({ "books": null }));
}

#[tokio::test]
async fn arguments_that_make_no_page_are_named() {
    let reader = Reader::new().await;
    for arguments in [
        "first: 101",
        "first: -1",
        "last: 101",
        "first: 1, last: 1",
        "first: 1, before: \"x\"",
        "last: 1, after: \"x\"",
        "before: \"x\"",
        "after: \"x\"",
        "after: \"\"",
        "filter: { author: \"x\" }",
        "filter: { author: 7 }",
    ] {
        let answer = reader.ask(&format!("{{ b: books({arguments}) {{ totalCount }} __typename }}")).await;
        assert_eq!(answer["errors"][0]["extensions"]["code"], "BAD_USER_INPUT", "{arguments}: {answer}");
        assert_eq!(answer["errors"][0]["path"], json!(["b"]), "{arguments}: {answer}");
        assert_eq!(answer["data"], json!({ "b": null, "__typename": "Query" }), "{arguments}");
        // Below a list there is no one place for the error: the request is refused.
        let nested = arguments.contains("filter");
        if !nested {
            let answer = reader
                .ask(&format!("{{ authors {{ nodes {{ books({arguments}) {{ totalCount }} }} }} }}"))
                .await;
            assert!(answer.get("data").is_none(), "{arguments}: {answer}");
            let message = answer["errors"][0]["message"].as_str().unwrap();
            assert!(message.starts_with("authors.nodes.books: "), "{message}");
        }
    }
}

#[tokio::test]
async fn an_unknown_id_and_a_hidden_one_are_the_same() {
    let reader = Reader::new().await;
    let unknown = SECRET.replace("sn013", "sn099");
    for id in [SECRET, unknown.as_str()] {
        let query = format!(
            "{{ book(id: \"{id}\") {{ id }} node(id: \"{id}\") {{ id }} nodes(ids: [\"{id}\"]) {{ id }} }}"
        );
        assert_eq!(reader.data(&query).await, json!({ "book": null, "node": null, "nodes": [null] }));
    }
    for id in ["", "book", "book_1", ADA, "planet_01h455vb4pex5vsknk084sn001", "7"] {
        let answer = reader.ask(&format!("{{ b: book(id: \"{id}\") {{ id }} __typename }}")).await;
        assert_eq!(answer["errors"][0]["extensions"]["code"], "BAD_USER_INPUT", "{id}: {answer}");
        assert_eq!(answer["errors"][0]["path"], json!(["b"]));
        assert_eq!(answer["data"], json!({ "b": null, "__typename": "Query" }));
    }
    let answer = reader.ask("{ node(id: \"planet_01h455vb4pex5vsknk084sn001\") { id } }").await;
    assert_eq!(answer["errors"][0]["path"], json!(["node"]));
}

#[tokio::test]
async fn a_record_is_named_by_exactly_one_argument() {
    let reader = Reader::new().await;
    let data = reader
        .data("{ a: bookBy(year: 1990) { title } b: bookBy(title: \"Quinoa\", year: null) { year } }")
        .await;
    assert_eq!(data, json!({ "a": { "title": "Figs" }, "b": { "year": 2001 } }));
    for arguments in ["", "(year: 1990, title: \"Figs\")", "(year: null)"] {
        let answer = reader.ask(&format!("{{ b: bookBy{arguments} {{ id }} }}")).await;
        assert_eq!(answer["errors"][0]["path"], json!(["b"]), "{answer}");
        assert_eq!(answer["errors"][0]["extensions"]["code"], "BAD_USER_INPUT");
    }
}

#[tokio::test]
async fn nodes_keep_order_repeats_and_gaps() {
    let reader = Reader::new().await;
    let ids = json!([BO, FIGS, "nonsense", SECRET, BO, ADA]);
    let answer =
        reader.ask_with("query ($ids: [ID!]!) { n: nodes(ids: $ids) { id } }", json!({ "ids": ids })).await;
    assert_eq!(
        answer["data"]["n"],
        json!([{ "id": BO }, { "id": FIGS }, null, null, { "id": BO }, { "id": ADA }])
    );
    assert_eq!(answer["errors"].as_array().unwrap().len(), 1);
    assert_eq!(answer["errors"][0]["path"], json!(["n", 2]));
    let many = vec![ADA; 101];
    let answer =
        reader.ask_with("query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", json!({ "ids": many })).await;
    assert_eq!(answer["errors"][0]["extensions"]["code"], "BAD_USER_INPUT");
    assert_eq!(answer["data"], json!({ "nodes": null }));
    assert_eq!(reader.data("{ nodes(ids: []) { id } }").await, json!({ "nodes": [] }));
}

#[tokio::test]
async fn what_a_request_may_be_is_said_by_its_status() {
    let reader = Reader::new().await;
    let get = reader.send(Request { method: Method::Get, ..request("{ __typename }") }).await;
    assert_eq!((get.status, get.no_store), (ResponseStatus::Executed, false));
    let none = reader.send(Request { query: None, ..request("") }).await;
    assert_eq!(none.status, ResponseStatus::Invalid, "{}", none.body);
    for token in ["", "maip_pat_x", "eyJhbGciOiJub25lIn0.e30."] {
        let credentials = Credentials::Bearer(token.to_owned());
        let refused = reader.send(Request { credentials, ..request("{ __typename }") }).await;
        assert_eq!(
            (refused.status, refused.no_store),
            (ResponseStatus::Unauthenticated, true),
            "{}",
            refused.body
        );
        assert!(refused.body.contains("\"UNAUTHENTICATED\""));
        assert!(!refused.body.contains("data"));
    }
}

#[tokio::test]
async fn nothing_of_the_inside_is_told() {
    let reader = Reader::new().await;
    reader.api.services().database.writer().execute_unprepared("DROP TABLE books").await.unwrap();
    let response = reader.send(request("{ books { totalCount } }")).await;
    assert_eq!(response.status, ResponseStatus::Internal);
    let body: Value = serde_json::from_str(&response.body).unwrap();
    assert_eq!(body["errors"][0]["extensions"], json!({ "code": "INTERNAL", "requestId": "r1" }));
    assert!(!response.body.contains("table"), "{}", response.body);
    reader.api.services().database.clone().close().await.unwrap();
    let response = reader.send(request("{ authors { totalCount } }")).await;
    assert_eq!(response.status, ResponseStatus::Unavailable { retry_after_seconds: 1 }, "{}", response.body);
    assert!(response.body.contains("\"UNAVAILABLE\""));
}

#[tokio::test]
async fn an_operation_has_its_time() {
    // None at all: the database answers from another thread, so never at once.
    let settings = ApiSettings { time_limit: std::time::Duration::ZERO, ..ApiSettings::default() };
    let reader = Reader::with(settings).await;
    let response = reader.send(request("{ books { totalCount } }")).await;
    assert_eq!(response.status, ResponseStatus::Timeout, "{}", response.body);
    assert!(response.body.contains("\"TIMEOUT\""));
}
