//! Documents by their names: automatic persisted queries, and trusted documents.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fmt::Write as _;
use std::sync::Arc;

use maip_tests::{Backend, Database, Request, Response, Server, on_both};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

const QUERY: &str =
    "query Some($n: Int!) { countries(first: $n) { nodes { code } } } query Other { __typename }";

fn digest(text: &str) -> String {
    Sha256::digest(text).iter().fold(String::new(), |mut digits, byte| {
        write!(digits, "{byte:02x}").unwrap();
        digits
    })
}

fn persisted(digest: &str) -> Value {
    json!({ "persistedQuery": { "version": 1, "sha256Hash": digest } })
}

fn ask(body: &Value) -> Request {
    Request::new("POST", "/graphql").header("accept", "application/json").json(body)
}

fn get(parameters: &[(&str, &Value)]) -> Request {
    let mut address = "/graphql?".to_owned();
    for (name, value) in parameters {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        write!(address, "{name}=").unwrap();
        text.bytes().for_each(|byte| write!(address, "%{byte:02X}").unwrap());
        address.push('&');
    }
    Request::new("GET", address)
}

/// A file in the data directory of a database, imported.
fn import(database: &Database, name: &str, content: &Value) -> (Option<i32>, String) {
    let file = database.data_dir().join(name);
    std::fs::write(&file, content.to_string()).unwrap();
    run(database, &["operations", "import", &file.display().to_string()])
}

/// What a command ended with, and said.
fn run(database: &Database, arguments: &[&str]) -> (Option<i32>, String) {
    let output = database.run(arguments);
    let said = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8_lossy(&said).into_owned())
}

#[track_caller]
fn is(answer: &Response, code: &str) {
    assert_eq!((answer.status, answer.code()), (200, Some(code)), "{answer}");
}

on_both! {
    async fn a_document_is_sent_once_and_then_named(backend: Backend) {
        let server = Server::start(backend).await;
        let (variables, extensions) = (json!({ "n": 1 }), persisted(&digest(QUERY)));
        let by_digest = json!({ "operationName": "Some", "variables": variables, "extensions": extensions });
        let unknown = server.send(ask(&by_digest)).await;
        is(&unknown, "PERSISTED_QUERY_NOT_FOUND");
        assert_eq!(unknown.body["errors"][0]["message"], "PersistedQueryNotFound");
        let in_address =
            [("operationName", &json!("Some")), ("variables", &variables), ("extensions", &extensions)];
        assert_eq!(server.send(get(&in_address)).await.code(), Some("PERSISTED_QUERY_NOT_FOUND"));

        let mut full = by_digest.clone();
        full["query"] = format!("{QUERY} ").into();
        let other = server.send(ask(&full)).await;
        is(&other, "BAD_USER_INPUT");
        assert_eq!(other.body["errors"][0]["message"], "provided sha does not match query");
        full["query"] = QUERY.into();
        let expected = json!({ "countries": { "nodes": [{ "code": "AFG" }] } });
        assert_eq!(server.send(ask(&full)).await.data(), &expected);
        assert_eq!(server.send(ask(&by_digest)).await.data(), &expected);
        let public = server.send(get(&in_address)).await;
        assert_eq!(public.data(), &expected);
        assert_eq!(public.header("cache-control"), Some("public, no-cache"));

        let mut later = by_digest;
        later["extensions"]["persistedQuery"]["version"] = 2.into();
        let refused = server.send(ask(&later)).await;
        assert_eq!((refused.status, refused.code()), (400, Some("BAD_USER_INPUT")), "{refused}");
    }

    async fn what_is_only_named_is_under_the_same_rules(backend: Backend) {
        let database = Arc::new(Database::create(backend).await);
        let server = Server::on(database, &[("MAIP_RATE_LIMIT_SIGN_IN", "2")]).await;
        let sign_in = "mutation { signIn(input: { login: \"a@example.org\", password: \"x\" }) { userErrors { code } } }";
        let by_digest = json!({ "extensions": persisted(&digest(sign_in)) });
        let mut full = by_digest.clone();
        full["query"] = sign_in.into();
        assert_eq!(server.send(ask(&full)).await.status, 200);
        assert_eq!(server.send(ask(&by_digest)).await.status, 200);
        // Attempts are counted, whether their text is sent or not.
        assert_eq!(server.send(ask(&by_digest)).await.code(), Some("RATE_LIMITED"));
        // And nothing is changed by GET.
        let out = "mutation { signOut(input: {}) { __typename } }";
        let extensions = persisted(&digest(out));
        assert_eq!(server.send(ask(&json!({ "query": out, "extensions": extensions }))).await.status, 200);
        let refused = server.send(get(&[("extensions", &extensions)])).await;
        assert_eq!((refused.status, refused.code()), (405, Some("OPERATION_NOT_ALLOWED")), "{refused}");
    }

    async fn documents_are_approved_by_file_and_named_by_id(backend: Backend) {
        let server = Server::start(backend).await;
        let database = server.database();
        let (code, said) = import(database, "codegen.json", &json!({ "screen-1": QUERY }));
        assert_eq!(code, Some(0), "{said}");
        assert!(said.contains("1 added, 0 known"), "{said}");
        let manifest = json!({ "format": "apollo-persisted-query-manifest", "version": 1, "operations": [
            { "id": digest(QUERY), "name": "Some", "type": "query", "body": QUERY },
            { "id": digest("{ __typename }"), "name": "", "type": "query", "body": "{ __typename }" },
        ] });
        let (code, said) = import(database, "manifest.json", &manifest);
        assert!(code == Some(0) && said.contains("2 added, 0 known"), "{said}");
        let (code, said) = import(database, "manifest.json", &manifest);
        assert!(code == Some(0) && said.contains("0 added, 2 known"), "{said}");
        let (_, listed) = run(database, &["operations", "list"]);
        assert_eq!(listed.lines().count(), 3, "{listed}");
        assert!(listed.contains("screen-1") && listed.contains("Some, Other"), "{listed}");

        let named = format!("sha256:{}", digest(QUERY));
        for id in ["screen-1", &digest(QUERY), &named] {
            let body = json!({ "documentId": id, "operationName": "Some", "variables": { "n": 1 } });
            assert_eq!(server.send(ask(&body)).await.data()["countries"]["nodes"][0]["code"], "AFG");
            let address = [("documentId", &json!(id)), ("operationName", &json!("Other"))];
            assert_eq!(server.send(get(&address)).await.data(), &json!({ "__typename": "Query" }));
        }
        is(&server.send(ask(&json!({ "documentId": "nowhere" }))).await, "PERSISTED_QUERY_NOT_FOUND");
        let both = json!({ "documentId": "screen-1", "query": "{ __typename }" });
        is(&server.send(ask(&both)).await, "BAD_USER_INPUT");
        let number = server.send(ask(&json!({ "documentId": 1 }))).await;
        assert_eq!((number.status, number.code()), (400, Some("BAD_USER_INPUT")), "{number}");
    }

    async fn a_file_is_refused_with_all_that_is_wrong(backend: Backend) {
        let database = Database::create(backend).await;
        let content = json!({ "good": "{ __typename }", "bad": "{ nowhere }", "0".repeat(64): "{ __typename }" });
        let (code, said) = import(&database, "documents.json", &content);
        assert_eq!(code, Some(9), "{said}");
        assert!(said.contains("bad: line 1, column 3") && said.contains("SHA-256"), "{said}");
        assert_eq!(run(&database, &["operations", "list"]), (Some(0), String::new()));
        import(&database, "documents.json", &json!({ "good": "{ __typename }" }));
        let (code, said) = import(&database, "documents.json", &json!({ "good": QUERY, "new": QUERY }));
        assert!(code == Some(9) && said.contains("another document already: good"), "{said}");
        assert_eq!(run(&database, &["operations", "remove", "new"]).0, Some(11));
        assert_eq!(run(&database, &["operations", "remove", "good"]).0, Some(0));
        assert_eq!(run(&database, &["operations", "list"]).1, "");
        assert_eq!(run(&database, &["operations", "import", "/nowhere/file.json"]).0, Some(9));
    }

    async fn nothing_but_approved_documents_is_executed_where_it_is_set_so(backend: Backend) {
        let database = Arc::new(Database::create(backend).await);
        assert_eq!(import(&database, "documents.json", &json!({ "screen-1": QUERY })).0, Some(0));
        let server = Server::on(database, &[("MAIP_OPERATIONS", "trusted")]).await;
        for text in ["{ __typename }", "{ __schema { queryType { name } } }", &format!("{QUERY} ")] {
            is(&server.send(ask(&json!({ "query": text }))).await, "OPERATION_NOT_ALLOWED");
            let with_digest = json!({ "query": text, "extensions": persisted(&digest(text)) });
            is(&server.send(ask(&with_digest)).await, "OPERATION_NOT_ALLOWED");
            let by_digest = json!({ "extensions": persisted(&digest(text)) });
            is(&server.send(ask(&by_digest)).await, "PERSISTED_QUERY_NOT_FOUND");
        }
        for mut body in [
            json!({ "documentId": "screen-1" }),
            json!({ "query": QUERY }),
            json!({ "extensions": persisted(&digest(QUERY)) }),
        ] {
            body["operationName"] = "Other".into();
            assert_eq!(server.send(ask(&body)).await.data(), &json!({ "__typename": "Query" }));
        }
        assert_eq!(server.get("/readyz").await.status, 200);
    }
}
