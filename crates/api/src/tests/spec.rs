//! Execution by the specification, where frameworks are known to stray.

use serde_json::json;

use super::library::{ADA, FIGS, Reader};

#[tokio::test]
async fn defaults_of_variables_decide_about_include_and_skip() {
    let reader = Reader::new().await;
    let query = "query ($with: Boolean = false, $without: Boolean! = true) {
        authors(first: 1) { nodes { name @include(if: $with) born @skip(if: $without) id } } }";
    let answer = reader.ask(query).await;
    assert_eq!(answer, json!({ "data": { "authors": { "nodes": [{ "id": ADA }] } } }));
    let answer = reader.ask_with(query, json!({ "with": true, "without": false })).await;
    let born = "1970-01-01T00:00:01.000000Z";
    assert_eq!(
        answer,
        json!({ "data": { "authors": { "nodes": [{ "name": "Ada", "born": born, "id": ADA }] } } })
    );
    // The first answer wasn't kept for all.
    let answer = reader.ask_with(query, json!({ "with": true })).await;
    assert_eq!(answer["data"]["authors"]["nodes"][0], json!({ "name": "Ada", "id": ADA }));
}

#[tokio::test]
async fn what_is_on_its_way_out_says_so_and_answers_as_ever() {
    let reader = Reader::new().await;
    let query = "{ __type(name: \"Author\") {
        now: fields { name }
        all: fields(includeDeprecated: true) { name isDeprecated deprecationReason } } }";
    let answer = reader.data(query).await;
    let names = |list: &str| -> Vec<String> {
        let fields = answer["__type"][list].as_array().unwrap();
        fields.iter().map(|field| field["name"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names("now"), ["id", "name", "born", "books"]);
    assert_eq!(names("all"), ["id", "name", "born", "pen", "books", "shelf"]);
    for (place, reason) in [
        (1, json!(null)),
        (3, json!("Use `Author.name`. Goes after 2027-06-30.")),
        (5, json!("Use `Author.books`. Goes after 2027-06-30.")),
    ] {
        let field = &answer["__type"]["all"][place];
        assert_eq!(field["isDeprecated"], !reason.is_null(), "{field}");
        assert_eq!(field["deprecationReason"], reason);
    }
    let answer = reader.data("{ authors(first: 1) { nodes { pen shelf { title } } } }").await;
    assert_eq!(answer["authors"]["nodes"][0]["pen"], "Ada");
}

#[tokio::test]
async fn what_is_skipped_whole_is_an_empty_object() {
    let reader = Reader::new().await;
    assert_eq!(reader.ask("{ authors @skip(if: true) { totalCount } }").await, json!({ "data": {} }));
    let query = "{ authors(first: 2) { nodes { name @include(if: false) } } }";
    assert_eq!(reader.data(query).await, json!({ "authors": { "nodes": [{}, {}] } }));
    let query = "{ authors { nodes @skip(if: true) { name } } }";
    assert_eq!(reader.data(query).await, json!({ "authors": {} }));
}

#[tokio::test]
async fn one_relation_under_two_aliases_keeps_its_arguments_apart() {
    let reader = Reader::new().await;
    let query = "{ authors(first: 1) { nodes {
        newest: books(first: 1) { nodes { title } }
        byTitle: books(sort: TITLE, direction: DESC) { nodes { title } totalCount }
        reports: books(filter: { kind: REPORT }) { nodes { title } totalCount }
    } } }";
    assert_eq!(
        reader.data(query).await["authors"]["nodes"][0],
        json!({
            "newest": { "nodes": [{ "title": "Dates" }] },
            "byTitle": { "nodes": [{ "title": "Figs" }, { "title": "Dates" }], "totalCount": 2 },
            "reports": { "nodes": [{ "title": "Dates" }], "totalCount": 1 },
        })
    );
}

#[tokio::test]
async fn selections_of_one_key_are_merged_in_the_order_of_the_first() {
    let reader = Reader::new().await;
    let query = "{ authors(first: 1) { nodes { id } } authors(first: 1) { nodes { name id } pageInfo { hasNextPage } } }";
    let body = reader.send(super::library::request(query)).await.body;
    assert_eq!(
        body,
        format!(
            r#"{{"data":{{"authors":{{"nodes":[{{"id":"{ADA}","name":"Ada"}}],"pageInfo":{{"hasNextPage":true}}}}}}}}"#
        )
    );
    let query = "{ book(id: \"%\") { author { id } ...A author { ...B } } }
        fragment A on Book { title author { name } } fragment B on Author { born }"
        .replace('%', FIGS);
    assert_eq!(
        reader.send(super::library::request(&query)).await.body,
        format!(
            r#"{{"data":{{"book":{{"author":{{"id":"{ADA}","name":"Ada","born":"1970-01-01T00:00:01.000000Z"}},"title":"Figs"}}}}}}"#
        )
    );
}

#[tokio::test]
async fn fragments_apply_by_type() {
    let reader = Reader::new().await;
    let query = "query ($ids: [ID!]!) { nodes(ids: $ids) {
        __typename id
        ... on Author { label: name }
        ... on Book { label: title ...Kind }
        ... on Node { again: id }
        ... { t: __typename }
    } }
    fragment Kind on Book { kind author { ... on Node { id } ... on Author { name } } }";
    let answer = reader.ask_with(query, json!({ "ids": [FIGS, ADA] })).await;
    assert_eq!(
        answer["data"]["nodes"],
        json!([
            { "__typename": "Book", "id": FIGS, "label": "Figs", "kind": "NOVEL", "author": { "id": ADA, "name": "Ada" },
              "again": FIGS, "t": "Book" },
            { "__typename": "Author", "id": ADA, "label": "Ada", "again": ADA, "t": "Author" },
        ])
    );
    let answer = reader
        .ask_with("query ($id: ID!) { node(id: $id) { ... on Book { title } } }", json!({ "id": ADA }))
        .await;
    assert_eq!(answer, json!({ "data": { "node": {} } }));
}

#[tokio::test]
async fn type_names_are_answered_everywhere() {
    let reader = Reader::new().await;
    let query = "{ __typename q: __typename authors(first: 1) { __typename
        edges { __typename cursor node { __typename } } pageInfo { __typename }
        nodes { __typename books(first: 1) { __typename nodes { __typename viewerCan { __typename action allowed reason } } } } } }";
    let data = reader.data(query).await;
    assert_eq!(data["__typename"], "Query");
    assert_eq!(data["q"], "Query");
    assert_eq!(data["authors"]["__typename"], "AuthorConnection");
    assert_eq!(data["authors"]["edges"][0]["__typename"], "AuthorEdge");
    assert_eq!(data["authors"]["edges"][0]["node"]["__typename"], "Author");
    assert_eq!(data["authors"]["pageInfo"]["__typename"], "PageInfo");
    assert_eq!(data["authors"]["nodes"][0]["books"]["__typename"], "BookConnection");
    assert_eq!(
        data["authors"]["nodes"][0]["books"]["nodes"][0]["viewerCan"],
        json!([
            { "__typename": "ActionPermission", "action": "UPDATE", "allowed": true, "reason": null },
            { "__typename": "ActionPermission", "action": "PUBLISH", "allowed": false, "reason": "SIGN_IN_NEEDED" },
        ])
    );
}

#[tokio::test]
async fn introspection_stands_among_other_fields() {
    let reader = Reader::new().await;
    let data = reader
        .data("{ authors(first: 1) { totalCount } book: __type(name: \"Book\") { name kind } __schema { queryType { name } } }")
        .await;
    assert_eq!(
        data,
        json!({
            "authors": { "totalCount": 2 },
            "book": { "name": "Book", "kind": "OBJECT" },
            "__schema": { "queryType": { "name": "Query" } },
        })
    );
    let none = reader.data("{ __type(name: \"Nothing\") { name } }").await;
    assert_eq!(none, json!({ "__type": null }));
}

#[tokio::test]
async fn the_operation_is_chosen_by_name() {
    let reader = Reader::new().await;
    let query = "query A { __typename } query B { b: __typename }";
    let named = |name: Option<&str>| crate::Request {
        operation_name: name.map(str::to_owned),
        ..super::library::request(query)
    };
    assert_eq!(reader.send(named(Some("B"))).await.body, r#"{"data":{"b":"Query"}}"#);
    assert!(reader.send(named(None)).await.body.contains("BAD_USER_INPUT"));
    assert!(reader.send(named(Some("C"))).await.body.contains("NOT_FOUND"));
    assert!(reader.code("fragment F on Book { id }").await.contains("BAD_USER_INPUT"));
}

#[tokio::test]
async fn invalid_operations_are_refused_before_they_run() {
    let reader = Reader::new().await;
    for query in [
        "",
        "{",
        "{ nothing }",
        "{ authors }",
        "{ authors { nodes { name { x } } } }",
        "{ authors(size: 3) { totalCount } }",
        "{ authors(first: \"3\") { totalCount } }",
        "{ author { id } }",
        "query ($id: ID) { author(id: $id) { id } }",
        "query ($x: Int, $x: Int) { authors(first: $x) { totalCount } }",
        "query ($unused: Int) { __typename }",
        "{ authors(first: $none) { totalCount } }",
        "{ a: __typename a: authors { totalCount } }",
        "{ authors(first: 1) { totalCount } authors(first: 2) { totalCount } }",
        "{ ...F } fragment F on Query { ...F }",
        "{ ...None }",
        "{ __typename } fragment Unused on Book { id }",
        "{ author(id: \"x\") { ... on Book { id } } }",
        "{ authors @include { totalCount } }",
        "{ __typename @nothing }",
        "{ books(filter: { kind: [POEM] }) { totalCount } }",
        "{ books(filter: { colour: 1 }) { totalCount } }",
        "query A { __typename } query A { __typename }",
        "type Query { a: Int }",
        "subscription { x }",
    ] {
        let response = reader.send(super::library::request(query)).await;
        assert_eq!(response.status, crate::ResponseStatus::Invalid, "{query}: {}", response.body);
        assert!(!response.body.contains("\"data\""), "{query}: {}", response.body);
        assert!(response.body.contains("BAD_USER_INPUT"), "{query}: {}", response.body);
    }
}

#[tokio::test]
async fn variables_are_coerced_for_every_request() {
    let reader = Reader::new().await;
    let query = "query ($first: Int!, $kind: [BookKind!] = NOVEL, $filter: BookFilter) {
        a: books(first: $first, filter: { kind: $kind }) { nodes { title } }
        b: books(filter: $filter) { totalCount } }";
    let answer = reader.ask_with(query, json!({ "first": 1 })).await;
    assert_eq!(
        answer,
        json!({ "data": { "a": { "nodes": [{ "title": "Figs" }] }, "b": { "totalCount": 3 } } })
    );
    let answer =
        reader.ask_with(query, json!({ "first": 1, "kind": null, "filter": { "kind": "REPORT" } })).await;
    assert_eq!(
        answer,
        json!({ "data": { "a": { "nodes": [{ "title": "Quinoa" }] }, "b": { "totalCount": 2 } } })
    );
    assert_eq!(
        reader.ask_with(query, json!({ "first": 1.0 })).await,
        reader.ask_with(query, json!({ "first": 1 })).await
    );
    for variables in [
        json!({}),
        json!({ "first": null }),
        json!({ "first": "1" }),
        json!({ "first": 1.5 }),
        json!({ "first": 1, "kind": "POEM" }),
        json!({ "first": 1, "filter": { "colour": 1 } }),
    ] {
        let answer = reader.ask_with(query, variables.clone()).await;
        assert_eq!(answer["errors"][0]["extensions"]["code"], "BAD_USER_INPUT", "{variables}: {answer}");
        assert!(answer.get("data").is_none(), "{variables}: {answer}");
    }
    // What passed once with the same document doesn't let another value through.
    let answer = reader.ask_with(query, json!({ "first": 400 })).await;
    assert_eq!(answer["errors"][0]["path"], json!(["a"]));
    assert_eq!(answer["data"], json!({ "a": null, "b": { "totalCount": 3 } }));
}
