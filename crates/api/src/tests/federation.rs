//! This schema as a subgraph of Apollo Federation.

use apollo_compiler::Schema;
use serde_json::{Value, json};

use super::library::{ADA, BO, FIGS, Library, Reader, SECRET};
use crate::ApiSettings;
use crate::schema::subgraph_sdl;

const ENTITIES: &str = "query ($r: [_Any!]!) { e: _entities(representations: $r) { \
     __typename ... on Author { id name } ... on Book { title author { name } } ...N } } fragment N on Node { key: id }";

async fn readers() -> [Reader; 2] {
    [Reader::new().await, Reader::on_postgres().await]
}

async fn entities(reader: &Reader, representations: Value) -> Value {
    reader.ask_with(ENTITIES, json!({ "r": representations })).await
}

#[tokio::test]
async fn records_are_found_by_each_of_their_keys_in_the_order_asked_for() {
    for reader in readers().await {
        let unknown = FIGS.replace("sn011", "sn099");
        let asked = json!([
            { "__typename": "Book", "title": "Quinoa" },
            { "__typename": "Author", "id": BO, "name": "not looked at" },
            { "__typename": "Book", "id": SECRET },
            { "__typename": "Book", "id": FIGS },
            { "__typename": "Book", "title": "Secret" },
            { "__typename": "Book", "id": unknown },
            { "__typename": "Author", "id": ADA },
            { "__typename": "Author", "id": BO },
        ]);
        let answer = entities(&reader, asked).await;
        assert!(answer.get("errors").is_none(), "{answer}");
        let bo = json!({ "__typename": "Author", "id": BO, "name": "Bo \"the\" Bold", "key": BO });
        let answered = answer["data"]["e"].as_array().unwrap();
        assert_eq!(answered.len(), 8, "{answer}");
        assert_eq!((&answered[0]["title"], &answered[0]["__typename"]), (&json!("Quinoa"), &json!("Book")));
        assert_eq!((&answered[1], &answered[7]), (&bo, &bo));
        // What is hidden and what isn't there are the same.
        assert!(answered[2].is_null() && answered[4].is_null() && answered[5].is_null(), "{answer}");
        assert_eq!(answered[3]["author"]["name"], "Ada");
        assert_eq!(answered[6]["name"], "Ada");
    }
}

#[tokio::test]
async fn what_names_no_record_is_null_with_an_error_in_its_place() {
    for reader in readers().await {
        let wrong = [
            json!({ "__typename": "Planet", "id": ADA }),
            json!({ "__typename": "Shelf", "id": ADA }),
            json!({ "__typename": "Book", "id": ADA }),
            json!({ "__typename": "Book", "id": "nonsense" }),
            json!({ "__typename": "Book", "id": 7 }),
            json!({ "__typename": "Book", "id": null }),
            json!({ "__typename": "Book", "title": 7 }),
            json!({ "__typename": "Book", "title": "a\u{0}b" }),
            json!({ "__typename": "Book", "year": 1990 }),
            json!({ "__typename": "Book" }),
            json!({ "id": FIGS }),
            json!("Book"),
            json!([{ "__typename": "Book", "id": FIGS }]),
        ];
        let mut asked = wrong.to_vec();
        asked.push(json!({ "__typename": "Book", "id": FIGS }));
        let answer = entities(&reader, asked.into()).await;
        let errors = answer["errors"].as_array().unwrap();
        assert_eq!(errors.len(), wrong.len(), "{answer}");
        for (place, error) in errors.iter().enumerate() {
            assert_eq!(error["path"], json!(["e", place]), "{answer}");
            assert_eq!(error["extensions"]["code"], "BAD_USER_INPUT");
            assert_eq!(answer["data"]["e"][place], Value::Null);
        }
        assert_eq!(answer["data"]["e"][wrong.len()]["title"], "Figs");
    }
}

#[tokio::test]
async fn so_many_at_a_time_and_no_more() {
    let reader = Reader::new().await;
    let one = json!({ "__typename": "Author", "id": ADA });
    let answer = entities(&reader, vec![one.clone(); 100].into()).await;
    assert_eq!(answer["data"]["e"].as_array().unwrap().len(), 100);
    let answer = entities(&reader, vec![one; 101].into()).await;
    // The field can't be null, so there is no data at all.
    assert_eq!(answer["errors"][0]["extensions"]["code"], "BAD_USER_INPUT", "{answer}");
    assert!(answer["data"].is_null());
    assert_eq!(entities(&reader, json!([])).await["data"], json!({ "e": [] }));
    // A representation may be written into the document, with variables inside.
    let query = "query ($id: ID) { _entities(representations: [{ __typename: \"Author\", id: $id }]) { ... on Author { name } } }";
    let answer = reader.ask_with(query, json!({ "id": ADA })).await;
    assert_eq!(answer["data"], json!({ "_entities": [{ "name": "Ada" }] }), "{answer}");
}

#[tokio::test]
async fn a_gateway_is_told_the_schema_with_the_keys_of_each_type() {
    let reader = Reader::new().await;
    assert_eq!(reader.code("{ a: _service { sdl } b: _service { sdl } }").await, "QUERY_TOO_COMPLEX");
    let data = reader.data("{ s: _service { __typename text: sdl } }").await;
    assert_eq!(data["s"]["__typename"], "_Service");
    let sdl = data["s"]["text"].as_str().unwrap();
    assert_eq!(sdl, subgraph_sdl::<Library>());
    for line in [
        "extend schema @link(",
        "https://specs.apollo.dev/federation/v2",
        "type Book implements Node @key(fields: \"id\") @key(fields: \"title\") {",
        "type Author implements Node @key(fields: \"id\") {",
        "type PageInfo @shareable {",
    ] {
        assert!(sdl.contains(line), "{line:?} is not in\n{sdl}");
    }
    for absent in ["_entities", "_service", "_Any", "_Entity", "_Service"] {
        assert!(!sdl.contains(absent), "{absent} is every subgraph's own");
    }
}

#[tokio::test]
async fn the_schema_is_not_told_where_introspection_is_off() {
    let reader = Reader::with(ApiSettings { introspection: false, ..ApiSettings::default() }).await;
    assert_eq!(reader.code("{ _service { sdl } }").await, "OPERATION_NOT_ALLOWED");
    let answer = entities(&reader, json!([{ "__typename": "Author", "id": ADA }])).await;
    assert_eq!(answer["data"]["e"][0]["name"], "Ada");
}

#[test]
fn every_record_of_this_api_is_an_entity() {
    let plain = Schema::parse_and_validate(crate::Api::sdl(), "schema.graphql").unwrap();
    let subgraph = subgraph_sdl::<crate::catalogue::Maip>();
    let entities = maip_persistence::schema::ENTITIES.iter().filter(|entity| entity.prefix.is_some());
    for entity in entities {
        let start = format!("type {} implements Node @key(fields: \"id\")", entity.name);
        assert!(subgraph.contains(&start), "{}", entity.name);
        assert!(plain.get_union("_Entity").unwrap().members.contains(entity.name), "{}", entity.name);
    }
    assert!(subgraph.contains("type Country implements Node @key(fields: \"id\") @key(fields: \"code\") {"));
    assert!(!crate::Api::sdl().contains("@key"));
}
