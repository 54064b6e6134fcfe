//! What is asked of both: a list of 20 lessons with six relations, and one lesson likewise.

use std::net::SocketAddr;

use hyper::body::Bytes;
use serde_json::json;

use crate::Failure;
use crate::client::{Call, Client};

const FIELDS: &str = "id title abstract language outcome publishedAt \
    country { code name } platform { id name } concepts { id label } \
    endorsements(first: 3) { nodes { country { code } createdAt } } \
    replications(first: 3) { nodes { status outcome country { code } } }";

/// Which side is asked.
#[derive(Clone, Copy, Debug)]
pub enum Side {
    Server,
    Limit,
}

/// One operation, as each side takes it.
pub struct Shape {
    pub name: &'static str,
    server: Vec<Call>,
    limit: Vec<Call>,
}

impl Shape {
    /// The calls, to be sent in turn.
    pub fn calls(&self, side: Side) -> Vec<Call> {
        match side {
            Side::Server => self.server.clone(),
            Side::Limit => self.limit.clone(),
        }
    }

    /// Both must answer the same bytes; gives their number.
    pub async fn compare(&self, server: SocketAddr, limit: SocketAddr) -> Result<usize, Failure> {
        let mut bytes = 0;
        let (mut ours, mut theirs) = (Client::connect(server).await?, Client::connect(limit).await?);
        for (a, b) in self.server.iter().zip(&self.limit) {
            let (a, b) = (ours.send(a).await?, theirs.send(b).await?);
            if a != b {
                let (a, b) = (String::from_utf8_lossy(&a), String::from_utf8_lossy(&b));
                return Err(format!("{}: the answers differ\n{a}\n{b}", self.name).into());
            }
            bytes = a.len();
        }
        Ok(bytes)
    }
}

pub fn shapes(lessons: &[String]) -> Vec<Shape> {
    let list = format!(
        "query List($first: Int!) {{ lessons(first: $first) {{ nodes {{ {FIELDS} }} pageInfo {{ hasNextPage }} }} }}"
    );
    let single = format!(
        "query One($id: ID!) {{ lesson(id: $id) {{ {FIELDS} currentVersion {{ number context problem whatWasDone }} }} }}"
    );
    // Every 40th lesson: no answer comes twice in a row.
    let some: Vec<&String> = lessons.iter().step_by(40).collect();
    vec![
        Shape {
            name: "list of 20, six relations",
            server: vec![graphql(&list, &json!({ "first": 20 }))],
            limit: vec![get("/list".to_owned())],
        },
        Shape {
            name: "one lesson, seven relations",
            server: some.iter().map(|id| graphql(&single, &json!({ "id": id }))).collect(),
            limit: some.iter().map(|id| get(format!("/lesson/{id}"))).collect(),
        },
    ]
}

fn graphql(query: &str, variables: &serde_json::Value) -> Call {
    let body = json!({ "query": query, "variables": variables }).to_string();
    Call { method: "POST", path: "/graphql".to_owned(), body: Bytes::from(body) }
}

fn get(path: String) -> Call {
    Call { method: "GET", path, body: Bytes::new() }
}
