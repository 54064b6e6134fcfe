//! A list of 20 lessons with country, product, platform, organisation, concepts and replications; one lesson likewise,
//! with its long texts.

use std::collections::BTreeMap;

use serde_json::json;

use super::postgraphile;
use crate::Failure;
use crate::load::{Call, Calls, Client, in_turn};
use crate::side::Kind;
use crate::side::maip::Member;

const FIELDS: &str = "id title abstract language outcome publishedAt country { code name } \
    platform { id name products(first: 1) { nodes { id name } } } organisation { id name } \
    concepts { id label } replications(first: 3) { nodes { status outcome country { code } } }";

/// The list's document.
pub fn list_query(variables: &str, arguments: &str, page_info: &str) -> String {
    format!(
        "query List({variables}) {{ lessons({arguments}) \
         {{ nodes {{ {FIELDS} }} pageInfo {{ {page_info} }} }} }}"
    )
}

/// The list as this server and Mercurius take it.
pub fn list_call() -> Call {
    Call::graphql(&list_query("$first: Int!", "first: $first", "hasNextPage"), &json!({ "first": 20 }))
}

pub fn list() -> BTreeMap<Kind, Calls> {
    BTreeMap::from([
        (Kind::Maip, in_turn(vec![list_call()])),
        (Kind::Mercurius, in_turn(vec![list_call()])),
        (Kind::PostGraphile, in_turn(vec![postgraphile::list_call()])),
        (Kind::Limit, in_turn(vec![Call::get("/list")])),
    ])
}

/// Pages of the list that begin at these cursors: no two clients ask for the same at once, so none shares an answer.
pub fn pages(cursors: &[String]) -> BTreeMap<Kind, Calls> {
    let query = list_query("$first: Int!, $after: String", "first: $first, after: $after", "hasNextPage");
    let call = |cursor: &String| Call::graphql(&query, &json!({ "first": 20, "after": cursor }));
    BTreeMap::from([(Kind::Maip, in_turn(cursors.iter().map(call).collect()))])
}

/// The cursors of so many pages, as the server gives them to an anonymous viewer.
pub async fn cursors(client: &mut Client, count: usize) -> Result<Vec<String>, Failure> {
    let query = "query Cursors($after: String) { lessons(first: 100, after: $after) { edges { cursor } } }";
    let mut cursors: Vec<String> = Vec::with_capacity(count + 100);
    while cursors.len() < count {
        let data = client.data(&Call::graphql(query, &json!({ "after": cursors.last() }))).await?;
        let edges = data["lessons"]["edges"].as_array().map(Vec::as_slice).unwrap_or_default();
        let more = edges.iter().filter_map(|edge| edge["cursor"].as_str()).map(str::to_owned);
        let before = cursors.len();
        cursors.extend(more);
        if cursors.len() == before {
            break;
        }
    }
    Ok(cursors)
}

pub fn member_list(members: &[Member]) -> BTreeMap<Kind, Calls> {
    let calls = members.iter().map(|member| list_call().with(&member.token)).collect();
    BTreeMap::from([(Kind::Maip, in_turn(calls))])
}

pub fn one(lessons: &[String]) -> BTreeMap<Kind, Calls> {
    let query = format!(
        "query One($id: ID!) {{ lesson(id: $id) {{ {FIELDS} \
         currentVersion {{ number context problem whatWasDone }} }} }}"
    );
    // Far from one another: no page of the database serves two neighbours.
    let some: Vec<&String> = lessons.iter().step_by((lessons.len() / 500).max(1)).collect();
    let ours: Vec<Call> = some.iter().map(|id| Call::graphql(&query, &json!({ "id": id }))).collect();
    BTreeMap::from([
        (Kind::Maip, in_turn(ours.clone())),
        (Kind::Mercurius, in_turn(ours)),
        (Kind::PostGraphile, in_turn(some.iter().map(|id| postgraphile::one_call(id)).collect())),
        (Kind::Limit, in_turn(some.iter().map(|id| Call::get(format!("/lesson/{id}"))).collect())),
    ])
}
