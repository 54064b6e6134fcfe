//! The operations that are measured, as each side takes them.

mod postgraphile;
mod queries;
mod write;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use crate::Failure;
use crate::data::Loaded;
use crate::load::{Calls, Client};
use crate::side::maip::Member;
use crate::side::{Kind, Side};

pub use queries::{cursors, list_call, list_query};

/// One operation.
pub struct Work {
    pub name: &'static str,
    /// For the report: a word.
    pub key: &'static str,
    calls: BTreeMap<Kind, Calls>,
}

impl Work {
    /// How this side takes it, where it does.
    pub fn calls(&self, kind: Kind) -> Option<&Calls> {
        self.calls.get(&kind)
    }

    /// Asks all sides for the same, `times` times: they must answer the same content. Gives the bytes of an answer
    /// of each.
    pub async fn compare(&self, sides: &[Side], times: usize) -> Result<BTreeMap<Kind, usize>, Failure> {
        let mut bytes = BTreeMap::new();
        for number in 0..times {
            let mut first: Option<(Kind, Value)> = None;
            for side in sides {
                let Some(calls) = self.calls(side.kind) else { continue };
                let mut client = Client::connect(side.process.address()).await?;
                let body = client.send(&calls(number)).await?;
                bytes.insert(side.kind, body.len());
                let content = normal(side.kind, serde_json::from_slice(&body)?);
                if content.get("errors").is_some() || !content["data"].is_object() {
                    return Err(format!("{}: {} answers {content}", self.name, side.kind.name()).into());
                }
                match &first {
                    None => first = Some((side.kind, content)),
                    Some((_, expected)) if *expected == content => {}
                    Some((kind, expected)) => {
                        let (one, other) = (kind.name(), side.kind.name());
                        return Err(format!(
                            "{}: the answers of {one} and {other} differ\n{expected}\n{content}",
                            self.name
                        )
                        .into());
                    }
                }
            }
        }
        Ok(bytes)
    }
}

/// The answer without what the sides' ways of naming make of it.
fn normal(kind: Kind, answer: Value) -> Value {
    let answer = if kind == Kind::PostGraphile { postgraphile::normal(answer) } else { answer };
    write::without_ids(answer)
}

/// All of them, in the order of the report. Without members, those of anonymous viewers; without cursors, no pages.
pub fn all(loaded: &Loaded, members: &[Member], cursors: &[String]) -> Vec<Work> {
    let lessons = loaded.lessons.as_slice();
    let mut works = vec![
        Work { name: "list of 20", key: "list", calls: queries::list() },
        Work { name: "one lesson", key: "one", calls: queries::one(lessons) },
    ];
    if !cursors.is_empty() {
        works.push(Work { name: "another page each", key: "pages", calls: queries::pages(cursors) });
    }
    if !members.is_empty() {
        let calls = queries::member_list(members);
        works.push(Work { name: "the same list as a member", key: "member", calls });
        let calls = write::drafts(loaded, Arc::from(members));
        works.push(Work { name: "a write", key: "write", calls });
    }
    works
}
