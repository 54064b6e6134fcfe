//! What `@oneOf` refuses is what graphql-js refuses.

use serde_json::{Value, json};

use crate::document::{Documents, introspection, variables};
use crate::limits::ApiSettings;

const SDL: &str = "
    directive @oneOf on INPUT_OBJECT
    type Query { find(by: By, all: [By!], deep: Deep): String }
    input By @oneOf { id: ID  name: String  other: By }
    input Deep { by: By!  limit: Int = 3 }
";

fn documents() -> Documents {
    Documents::new(SDL, ApiSettings::default()).expect("the schema is valid")
}

/// Why a document with these variables is refused, if it is.
fn refused(query: &str, sent: &Value) -> Option<String> {
    let documents = documents();
    let document = match documents.get(query) {
        Ok(document) => document,
        Err(failures) => return failures.into_iter().next().map(|failure| failure.message),
    };
    let operation = document.operation(None).expect("an operation");
    let coerced = variables::coerce(&documents.schema, operation, sent.as_object().cloned());
    coerced.err().map(|failure| failure.message)
}

#[test]
fn exactly_one_field_that_is_not_null_is_accepted() {
    for (query, sent) in [
        (r#"{ find(by: { id: "1" }) }"#, json!({})),
        (r#"{ find(all: [{ id: "1" }, { name: "a" }]) }"#, json!({})),
        (r#"{ find(all: { name: "a" }) }"#, json!({})),
        (r#"{ find(by: { other: { name: "a" } }) }"#, json!({})),
        (r#"{ find(deep: { by: { id: "1" } }) }"#, json!({})),
        ("{ find(by: null) }", json!({})),
        ("query ($id: ID!) { find(by: { id: $id }) }", json!({ "id": "1" })),
        ("query ($by: By) { find(by: $by) }", json!({ "by": { "name": "a" } })),
        ("query ($by: By) { find(by: $by) }", json!({ "by": null })),
        ("query ($by: By) { find(by: $by) }", json!({})),
        (r#"query ($by: By = { id: "1" }) { find(by: $by) }"#, json!({})),
        ("query ($all: [By!]) { find(all: $all) }", json!({ "all": { "id": "1" } })),
        ("query ($deep: Deep) { find(deep: $deep) }", json!({ "deep": { "by": { "id": "1" } } })),
    ] {
        assert_eq!(refused(query, &sent), None, "{query} {sent}");
    }
}

#[test]
fn literals_with_none_with_two_and_with_null_are_refused() {
    for query in [
        "{ find(by: {}) }",
        r#"{ find(by: { id: "1", name: "a" }) }"#,
        r#"{ find(by: { id: "1", name: null }) }"#,
        "{ find(by: { id: null }) }",
        r#"{ find(all: [{ id: "1" }, {}]) }"#,
        "{ find(deep: { by: {} }) }",
        "{ find(by: { other: {} }) }",
        "{ ...F } fragment F on Query { find(by: {}) }",
        "{ ... { find(by: {}) } }",
        "query ($by: By = {}) { find(by: $by) }",
    ] {
        let message = refused(query, &json!({ "by": { "id": "1" } })).unwrap_or_default();
        assert!(message.contains("`By`"), "{query}: {message}");
    }
}

#[test]
fn a_variable_that_may_be_null_is_no_field_of_it_in_any_operation() {
    let nullable = "query ($id: ID) { find(by: { id: $id }) }";
    let message = refused(nullable, &json!({ "id": "1" })).unwrap_or_default();
    assert_eq!(message, "the variable `$id` must not be nullable, to be given to `By`");
    // One fragment, and what is right with one operation is wrong with another.
    let two =
        "query A($id: ID!) { ...F } query B($id: ID) { ...F } fragment F on Query { find(by: { id: $id }) }";
    let failures = documents().get(two).err().expect("refused");
    assert_eq!(failures.len(), 1);
    assert_eq!(failures[0].locations, [(1, 85)]);
}

#[test]
fn values_of_variables_are_held_to_it_as_literals_are() {
    for sent in [
        json!({ "by": {} }),
        json!({ "by": { "id": "1", "name": "a" } }),
        json!({ "by": { "id": "1", "name": null } }),
        json!({ "by": { "id": null } }),
        json!({ "by": { "other": { "id": null } } }),
        json!({ "all": [{ "id": "1" }, {}] }),
        json!({ "deep": { "by": {} } }),
    ] {
        let query = "query ($by: By, $all: [By!], $deep: Deep) { find(by: $by, all: $all, deep: $deep) }";
        let message = refused(query, &sent).unwrap_or_default();
        assert!(message.contains("`By`"), "{sent}: {message}");
    }
}

#[test]
fn introspection_tells_which_inputs_are_of_this_kind() {
    let documents = documents();
    let ask = |query: &str| {
        let document = documents.get(query).unwrap_or_else(|failures| panic!("{query}: {failures:?}"));
        let operation = document.operation(None).expect("an operation");
        let none = variables::coerce(&documents.schema, operation, None).expect("no variables");
        let answer = introspection::execute(&documents, &document, operation, &none).expect("an answer");
        serde_json::to_string(&answer).expect("JSON")
    };
    assert_eq!(
        ask(r#"{ a: __type(name: "By") { isOneOf name } b: __type(name: "Deep") { name one: isOneOf ...F }
            c: __type(name: "Query") { isOneOf fields { args { type { ofType { isOneOf } } } } } }
            fragment F on __Type { again: isOneOf isOneOf @skip(if: true) }"#),
        r#"{"a":{"isOneOf":true,"name":"By"},"b":{"name":"Deep","one":false,"again":false},"#.to_owned()
            + r#""c":{"isOneOf":null,"fields":[{"args":[{"type":{"ofType":null}},{"type":{"ofType":{"isOneOf":null}}},"#
            + r#"{"type":{"ofType":null}}]}]}}"#
    );
    // No name that a client may give is taken for ours.
    assert_eq!(
        ask(r#"{ __type(name: "By") { isOneOf_x: name isOneOf } }"#),
        r#"{"__type":{"isOneOf_x":"By","isOneOf":true}}"#
    );
    assert!(ask("{ __schema { directives { name } } }").contains("oneOf"));
}
