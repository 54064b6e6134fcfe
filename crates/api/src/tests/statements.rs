//! One statement for any query operation, counted by SQLite's own trace hook, which misses nothing: neither what the
//! driver sends by itself nor the two ends of a transaction. PostgreSQL's own log is read in the black-box tests.

use maip_sqlite_trace::Trace;
use serde_json::{Value, json};

use super::lessons::published;
use super::world::World;

const OPERATIONS: &[&str] = &[
    "{ lessons(first: 5) { nodes { title } } }",
    "{ a: lessons { totalCount nodes { title country { name products { nodes { name } } } concepts { label } } } \
       b: lessons(first: 1, filter: { text: \"dates\" }) { edges { cursor node { id } } } \
       countries(filter: { region: AFRICA }) { totalCount nodes { code } } \
       platforms { nodes { name members { totalCount nodes { role } } } } \
       country(code: \"MWI\") { name } viewer { account { displayName } } __schema { queryType { name } } }",
    "{ _entities(representations: [{ __typename: \"Country\", code: \"MWI\" }, { __typename: \"Country\", code: \"EGY\" }]) \
       { __typename ... on Country { name } } _service { sdl } }",
    "{ contacts { nodes { headline detailsStatus } } products { nodes { name } } organisations { nodes { name } } }",
];

/// What SQLite ran for an operation.
async fn ran(world: &World, trace: &Trace, who: &str, query: &str, variables: Value) -> Vec<String> {
    let before = trace.statements().len();
    world.data(who, query, variables).await;
    trace.statements().split_off(before)
}

#[tokio::test]
async fn a_query_is_one_statement_to_sqlite_however_many_roots_it_has() {
    let (world, trace) = World::traced().await;
    published(&world, "Drying dates").await;
    world.card("mona").await;
    for who in ["", "mona", "focal"] {
        for operation in OPERATIONS {
            // The first may open a connection, and reads the key that tokens are signed with.
            world.data(who, operation, Value::Null).await;
            let statements = ran(&world, &trace, who, operation, Value::Null).await;
            assert_eq!(statements.len(), 1, "{operation} by {who:?}: {statements:#?}");
            assert!(statements[0].contains(" AS answer"), "{statements:#?}");
        }
    }
    let asks_nothing = ran(&world, &trace, "", "{ __typename __schema { queryType { name } } }", Value::Null);
    assert_eq!(asks_nothing.await, Vec::<String>::new());
}

#[tokio::test]
async fn contact_details_and_their_log_are_one_transaction_to_sqlite() {
    let (world, trace) = World::traced().await;
    let card = world.card("mona").await;
    let consent = json!({ "cardId": card, "to": { "group": "EVERYONE" },
                          "fields": ["PHONE"], "purpose": "Drying" });
    world.done("mona", "grantContactConsent", consent, "consent { id }").await;
    let query = "query ($id: ID!) { contact(id: $id) { details { phone } } contacts { totalCount } }";
    let read = world.data("grace", query, json!({ "id": card })).await;
    assert!(read["contact"]["details"]["phone"].is_string(), "{read}");
    let statements = ran(&world, &trace, "grace", query, json!({ "id": card })).await;
    let [begin, answer, log, commit] = &statements[..] else { panic!("{statements:#?}") };
    assert!(begin.starts_with("BEGIN"), "{begin}");
    assert!(answer.contains(" AS answer"), "{answer}");
    assert!(log.starts_with("INSERT INTO disclosures"), "{log}");
    assert!(commit.starts_with("COMMIT"), "{commit}");
}
