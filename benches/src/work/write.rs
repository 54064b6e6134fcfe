//! A write: a draft with two concepts, its audit row and its event, in one durable commit.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use maip_domain::id::{AuditEntryId, EventId, LessonId, LessonVersionId};
use maip_domain::time::{Clock, Entropy, Timestamp};
use serde_json::{Value, json};

use super::postgraphile;
use crate::data::Loaded;
use crate::load::{Call, Calls};
use crate::side::Kind;
use crate::side::maip::Member;

const ABSTRACT: &str = "Three rainy seasons of drying banana chips on raised racks, with what was lost to mould and \
    what the traders of the district paid for the rest of it.";

/// Ids for the clients to make: of this instant, never the same twice.
struct Fresh(AtomicU64);

impl Clock for Fresh {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(1_790_000_000_000_000)
    }
}

impl Entropy for Fresh {
    fn fill(&self, buffer: &mut [u8]) {
        for chunk in buffer.chunks_mut(8) {
            let mixed = self.0.fetch_add(1, Ordering::Relaxed).wrapping_mul(0x9E37_79B9_7F4A_7C15);
            chunk.copy_from_slice(&mixed.to_le_bytes()[..chunk.len()]);
        }
    }
}

pub fn drafts(loaded: &Loaded, members: Arc<[Member]>) -> BTreeMap<Kind, Calls> {
    let platform = loaded.platforms[0].clone();
    let concepts: Vec<String> = loaded.concepts.iter().take(2).cloned().collect();
    // Apart from those of the data, which are made of another seed.
    let fresh = Arc::new(Fresh(AtomicU64::new(1 << 60)));
    let (p, c, m, f) = (platform.clone(), concepts.clone(), members.clone(), fresh.clone());
    let ours: Calls = Arc::new(move |number| {
        let query = "mutation Draft($input: DraftLessonInput!) { draftLesson(input: $input) \
                     { lesson { id title status concepts { id label } } } }";
        let id = LessonId::generate(&*f, &*f).into_string();
        let input = json!({ "id": id, "platformId": p, "language": "en", "title": title(number),
                            "abstract": ABSTRACT, "conceptIds": c });
        Call::graphql(query, &json!({ "input": input })).with(&m[number % m.len()].token)
    });
    let theirs = move |number: usize, postgraphile: bool| {
        let ids = [
            LessonId::generate(&*fresh, &*fresh).into_string(),
            LessonVersionId::generate(&*fresh, &*fresh).into_string(),
            AuditEntryId::generate(&*fresh, &*fresh).into_string(),
            EventId::generate(&*fresh, &*fresh).into_string(),
        ];
        let (author, title) = (&members[number % members.len()].account, title(number));
        if postgraphile {
            let input = json!({ "lessonId": ids[0], "versionId": ids[1], "auditId": ids[2], "eventId": ids[3],
                "authorId": author, "platform": platform, "title": title, "abstract": ABSTRACT,
                "conceptIds": concepts });
            return Call::graphql(postgraphile::draft_query(), &json!({ "input": input }));
        }
        let query = "mutation Draft($input: DraftLessonInput!) { draftLesson(input: $input) \
                     { lesson { id title status concepts { id label } } } }";
        let input = json!({ "id": ids[0], "versionId": ids[1], "auditId": ids[2], "eventId": ids[3],
            "authorId": author, "platformId": platform, "title": title, "abstract": ABSTRACT,
            "conceptIds": concepts });
        Call::graphql(query, &json!({ "input": input }))
    };
    let theirs = Arc::new(theirs);
    let other = theirs.clone();
    BTreeMap::from([
        (Kind::Maip, ours),
        (Kind::PostGraphile, Arc::new(move |number| theirs(number, true)) as Calls),
        (Kind::Mercurius, Arc::new(move |number| other(number, false)) as Calls),
    ])
}

fn title(number: usize) -> String {
    format!("Drying on raised racks, try {number}")
}

/// A draft's id is another with each call.
pub fn without_ids(mut answer: Value) -> Value {
    if let Some(id) = answer.pointer_mut("/data/draftLesson/lesson/id") {
        *id = Value::Bool(id.is_string());
    }
    answer
}
