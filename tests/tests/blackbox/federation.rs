//! What a gateway of Apollo Federation asks: the schema with its keys, and records by them.

use maip_tests::{Backend, Server, on_both};
use serde_json::{Value, json};

const ENTITIES: &str = "query ($r: [_Any!]!) { _entities(representations: $r) { __typename \
     ... on Lesson { id title } ... on Country { name code } ... on Platform { id name } } }";

/// An access token of someone with this role.
async fn signed_in(server: &Server, role: &str) -> String {
    let accounts = server.demo_accounts();
    let account =
        accounts["accounts"].as_array().into_iter().flatten().find(|account| account["role"] == role);
    let account = account.expect("the demonstration has everyone");
    let query = "mutation ($input: SignInInput!) { signIn(input: $input) { session { accessToken } } }";
    let input = json!({ "input": { "login": account["login"], "password": account["password"] } });
    let answer = server.post(query, input, None).await;
    answer.data()["signIn"]["session"]["accessToken"].as_str().expect("a token").to_owned()
}

async fn lessons(server: &Server, token: Option<&str>) -> Vec<Value> {
    let answer = server.post("{ lessons(first: 100) { nodes { id title } } }", json!({}), token).await;
    answer.data()["lessons"]["nodes"].as_array().expect("lessons").clone()
}

on_both! {
    async fn a_gateway_gets_records_by_their_keys_as_the_viewer_may_see_them(backend: Backend) {
        let server = Server::demo(backend).await;
        let service = server.post("{ _service { sdl } }", json!({}), None).await;
        let sdl = service.data()["_service"]["sdl"].as_str().expect("a schema").to_owned();
        assert!(sdl.contains("@link(") && sdl.contains("type Lesson implements Node @key(fields: \"id\")"), "{sdl}");

        let token = signed_in(&server, "FACILITATOR").await;
        let open = lessons(&server, None).await;
        let all = lessons(&server, Some(&token)).await;
        let hidden = all.iter().find(|lesson| !open.contains(lesson)).expect("some are not for everyone");
        let by_id = |lesson: &Value| json!({ "__typename": "Lesson", "id": lesson["id"] });
        let representations = json!([
            by_id(&open[1]),
            { "__typename": "Country", "code": "MWI" },
            by_id(hidden),
            { "__typename": "Lesson", "id": "lesson_01h455vb4pex5vsknk084sn02q" },
            { "__typename": "Nothing", "id": open[0]["id"] },
            by_id(&open[1]),
        ]);
        for (token, visible) in [(None, false), (Some(token.as_str()), true)] {
            let answer = server.post(ENTITIES, json!({ "r": representations }), token).await;
            let found = &answer.body["data"]["_entities"];
            assert_eq!(found[0]["title"], open[1]["title"], "{answer}");
            assert_eq!(found[0], found[5]);
            assert_eq!(found[1], json!({ "__typename": "Country", "name": "Malawi", "code": "MWI" }));
            assert_eq!(found[2]["title"], if visible { hidden["title"].clone() } else { Value::Null });
            assert!(found[3].is_null() && found[4].is_null() && found[6].is_null(), "{answer}");
            assert_eq!(answer.body["errors"].as_array().map(Vec::len), Some(1), "{answer}");
            assert_eq!(answer.body["errors"][0]["path"], json!(["_entities", 4]));
        }
    }
}
