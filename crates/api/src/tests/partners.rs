//! What prepared reads cost, and that an operator's limits for clients don't stop them.

use serde_json::{Map, Value, json};

use super::library::request;
use super::world::in_the_world;
use crate::compile::Compiler;
use crate::partners::Prepared;
use crate::request::{DocumentName, Execute as _, Request};
use crate::{ApiSettings, ResponseStatus};

fn pages() -> [(Prepared, Map<String, Value>); 7] {
    let page = |first: u32| Map::from_iter([("first".to_owned(), json!(first))]);
    let id = || Map::from_iter([("id".to_owned(), json!("lesson_01h455vb4pex5vsknk084sn02q"))]);
    [
        (Prepared::Lessons, page(Prepared::PAGE)),
        (Prepared::Stamps, page(Prepared::PAGE)),
        (Prepared::WholeLessons, page(Prepared::WHOLE_PAGE)),
        (Prepared::Countries, page(Prepared::COUNTRIES)),
        (Prepared::Lesson, id()),
        (Prepared::WholeLesson, id()),
        (Prepared::Stamp, id()),
    ]
}

#[test]
fn no_page_costs_more_than_is_said_of_it() {
    let compiler = Compiler::new().unwrap();
    for (prepared, variables) in pages() {
        let read = compiler.compile(prepared.text(), None, Some(variables)).unwrap();
        assert!(read.cost <= Prepared::MOST_COST.into(), "{prepared:?} costs {}", read.cost);
    }
}

in_the_world! {
    async fn what_a_client_may_ask_for_does_not_stop_a_prepared_read(world) {
        let api = world.api(ApiSettings { max_cost: 1, max_depth: 5, ..ApiSettings::default() });
        for (prepared, variables) in pages() {
            let document = Some(DocumentName::Prepared(prepared));
            let asked = Request { query: None, document, variables: Some(variables), ..request("") };
            let response = api.execute(asked).await;
            assert_eq!(response.status, ResponseStatus::Executed, "{prepared:?}: {}", response.body);
        }
    }
}
