//! Values of our own scalars are refused before anything is executed, as those of the language are.

use serde_json::{Value, json};

use super::world::{World, in_the_world};
use crate::ResponseStatus;

/// The message of a request that is refused whole.
async fn refused(world: &World, query: &str, variables: Value) -> String {
    let response = world.send("mona", query, variables.clone()).await;
    assert_eq!(response.status, ResponseStatus::Invalid, "{query} {variables}: {}", response.body);
    let answer: Value = serde_json::from_str(&response.body).unwrap();
    assert!(answer.get("data").is_none(), "{query} {variables}: {answer}");
    assert_eq!(answer["errors"][0]["extensions"]["code"], "BAD_USER_INPUT", "{answer}");
    answer["errors"][0]["message"].as_str().unwrap().to_owned()
}

in_the_world! {
    async fn a_variable_that_is_none_of_its_scalar_refuses_the_request(world) {
        for (ty, field, values) in [
            ("CountryCode!", "country(code: $v) { id }", &[json!("mwi"), json!(""), json!(7)][..]),
            ("[CountryCode!]", "lessons(filter: { country: $v }) { totalCount }", &[json!("mwi"), json!(["MWI", "mwi"])]),
            ("DateTime", "auditEntries(filter: { from: $v }) { totalCount }", &[json!("yesterday"), json!("2025-03-01")]),
        ] {
            let query = format!("query ($v: {ty}) {{ {field} }}");
            for value in values {
                let message = refused(world, &query, json!({ "v": value })).await;
                assert!(message.starts_with("the variable $v"), "{message}");
            }
        }
        let query = "query ($f: LessonFilter) { lessons(filter: $f) { totalCount } }";
        let message = refused(world, query, json!({ "f": { "country": ["MWI", "mwi"] } })).await;
        assert!(message.starts_with("the variable $f.country.1: no CountryCode: "), "{message}");
        // What isn't a scalar of our own is told by whose variable it is.
        let query = "query ($n: Int, $f: LessonFilter) { lessons(first: $n, filter: $f) { totalCount } }";
        let message = refused(world, query, json!({ "n": 1, "f": { "region": ["NOPE"] } })).await;
        assert!(message.starts_with("the variable $f: ") && message.contains("NOPE"), "{message}");
    }

    async fn a_literal_that_is_none_of_its_scalar_is_refused_with_its_place(world) {
        for (query, line, column) in [
            ("{ country(code: \"mwi\") { id } }", 1, 17),
            ("{\n lessons(filter: { country: [mwi] }) { totalCount } }", 2, 30),
            ("query ($c: CountryCode! = \"mwi\") { country(code: $c) { id } }", 1, 27),
            ("{ ...F } fragment F on Query { ... { country(code: 7) { id } } }", 1, 52),
        ] {
            // The second time from the cache of documents.
            for _ in 0..2 {
                refused(world, query, Value::Null).await;
            }
            let body = world.send("", query, Value::Null).await.body;
            let answer: Value = serde_json::from_str(&body).unwrap();
            assert_eq!(answer["errors"][0]["locations"], json!([{ "line": line, "column": column }]), "{query}");
        }
    }

    async fn nothing_is_written_where_a_later_input_is_not_of_its_form(world) {
        let query = "mutation ($a: DraftLessonInput!, $b: DraftLessonInput!) {
            a: draftLesson(input: $a) { lesson { id } } b: draftLesson(input: $b) { lesson { id } } }";
        let good = json!({ "platformId": world.platform("EGY"), "title": "Drying dates", "language": "en" });
        let with = |field: &str, value: Value| {
            let mut input = good.clone();
            input[field] = value;
            input
        };
        let cost = |amount: &str| json!([{ "item": "Racks", "amount": amount, "currency": "USD" }]);
        let language = refused(world, query, json!({ "a": good, "b": with("language", json!("not a lang")) })).await;
        assert!(language.starts_with("the variable $b.language: no LanguageCode: "), "{language}");
        for amount in ["1e3", ".5", " 1 ", "", "1,5"] {
            let message = refused(world, query, json!({ "a": good, "b": with("costs", cost(amount)) })).await;
            assert_eq!(
                message,
                "the variable $b.costs.0.amount: no Decimal: not a decimal number, such as 1250.50",
                "{amount}"
            );
        }
        let literal = query.replace("input: $b", "input: { platformId: \"x\", title: \"x\", language: \"a lang\" }");
        refused(world, &literal.replace(", $b: DraftLessonInput!", ""), json!({ "a": good })).await;
        assert_eq!(world.count("lessons").await, 0);
        // A number that is one, and more than any lesson costs, is said at its field.
        let payload = world.payload("mona", "draftLesson", with("costs", cost("1234567890123456789.12")), "lesson { id }").await;
        assert_eq!(payload["userErrors"], json!([
            { "field": "costs.0.amount", "code": "INVALID", "message": "the amount is too great" },
        ]));
    }

    async fn a_mutation_id_that_names_nothing_is_said_in_the_payload(world) {
        for (id, code) in [
            (String::new(), "REQUIRED"), ("x".repeat(129), "TOO_LONG"), ("ж".repeat(65), "TOO_LONG"),
            ("a\u{0}b".into(), "CONTROL_CHARACTER"), ("a\nb".into(), "CONTROL_CHARACTER"),
        ] {
            let input = json!({ "platformId": world.platform("EGY"), "title": "Dates", "language": "en", "mutationId": id });
            assert_eq!(world.refused("mona", "draftLesson", input).await, (code.into(), "mutationId".into()));
        }
        assert_eq!(world.count("lessons").await, 0);
    }
}
