//! Questions about hidden records that are asked sideways: by filters and searches, by ids, by writes. What is hidden
//! and what isn't there must get the same answer.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};

use maip_tests::{PASSWORD, Response, Town};
use serde_json::{Map, Value, json};

use super::canaries::Canary;
use super::scene::{self, Scene};
use super::schema::{Of, Schema};
use super::{OUTSIDERS, ask};

/// Filters of every list by hidden texts and hidden ids find what filters by nonsense find.
pub async fn filters(schema: &Schema, town: &Town, scene: &Scene, canaries: &[Canary]) {
    let mut asked = 0;
    for root in schema.roots() {
        let (Some(filter), Some(_)) = (root.argument("filter"), schema.nodes(&root.of.name)) else {
            continue;
        };
        for (name, of) in &schema.get(&filter.name).inputs {
            let hidden: Vec<(&str, &str)> = match of.name.as_str() {
                "String" => canaries.iter().step_by(3).map(|canary| ("", canary.mark.as_str())).collect(),
                "ID" => scene.hidden(kind(name)).map(|(prefix, id)| (*prefix, id.as_str())).collect(),
                _ => continue,
            };
            let document = |value: &str| {
                let value = if of.list { format!("[\"{value}\"]") } else { format!("\"{value}\"") };
                format!(
                    "{{ {}({}filter: {{ {name}: {value} }}) {{ totalCount edges {{ cursor }} nodes {{ __typename }} }} }}",
                    root.name,
                    root.given()
                )
            };
            for role in OUTSIDERS {
                let mut nothing = BTreeMap::new();
                for (prefix, value) in &hidden {
                    if !nothing.contains_key(prefix) {
                        let nonsense =
                            if prefix.is_empty() { "qzwhatever".to_owned() } else { town.fresh(prefix) };
                        let answer = ask(town, scene, role, &document(&nonsense)).await;
                        nothing.insert(*prefix, answer.lasting().replace(&nonsense, "?"));
                    }
                    let answer = ask(town, scene, role, &document(value)).await.lasting().replace(value, "?");
                    assert_eq!(answer, nothing[prefix], "{role:?}: {}", document(value));
                    asked += 1;
                }
            }
        }
    }
    assert!(asked > 100, "{asked} filters");
}

/// Hidden words are neither suggested, nor do they correct what was typed.
pub async fn typing(town: &Town, scene: &Scene, canaries: &[Canary]) {
    for Canary { mark, .. } in canaries.iter().filter(|canary| canary.mark.chars().all(char::is_alphabetic)) {
        let (first, last) = (mark.chars().count() / 2, mark.chars().count() - 1);
        let begun: String = mark.chars().take(last).collect();
        let mistyped: String =
            mark.chars().enumerate().filter(|(place, _)| *place != first).map(|(_, letter)| letter).collect();
        for role in OUTSIDERS {
            for (word, like, document) in [
                (begun.as_str(), "qzwhatev", "{ suggest(text: \"?\", first: 20) { text kind nodeId } }"),
                (
                    mistyped.as_str(),
                    "qzwhatev",
                    "{ search(query: \"?\") { totalCount totalCountIsExact edges { cursor \
                     whyMatched { terms { word correctedTo } } } facets { kinds { kind count } } } }",
                ),
            ] {
                let with = ask(town, scene, role, &document.replace('?', word)).await.lasting();
                let without = ask(town, scene, role, &document.replace('?', like)).await.lasting();
                assert_eq!(with.replace(word, "?"), without.replace(like, "?"), "{role:?}: {word}");
            }
        }
    }
}

/// A hidden id is answered like one that nothing has: by `node`, by `nodes`, by every field that takes an id.
pub async fn ids(schema: &Schema, town: &Town, scene: &Scene) {
    for (prefix, hidden) in scene.hidden("") {
        let unknown = town.fresh(prefix);
        let mut documents = vec![
            "{ node(id: \"?\") { __typename id } }".to_owned(),
            "{ nodes(ids: [\"?\", \"?\"]) { __typename id } }".to_owned(),
        ];
        let by_id = schema.with_ids().iter().filter(|of| scene::prefix(of) == *prefix);
        let by_id = by_id.filter_map(|of| schema.by_id(of));
        documents.extend(by_id.map(|root| format!("{{ {}(id: \"?\") {{ __typename }} }}", root.name)));
        for document in documents {
            for role in OUTSIDERS {
                let (with, without) = (document.replace('?', hidden), document.replace('?', &unknown));
                let with = town.send(scene.who(role), &with, json!({})).await;
                let without = town.send(scene.who(role), &without, json!({})).await;
                assert_eq!(
                    plain(&with, hidden),
                    plain(&without, &unknown),
                    "{role:?}: {document} of {prefix}"
                );
            }
        }
    }
}

/// A write that names a hidden record is refused like one that names none.
pub async fn mutations(schema: &Schema, town: &Town, scene: &Scene) {
    let mut asked = 0;
    for mutation in &schema.get("Mutation").fields {
        let Some(input) = mutation.argument("input") else { continue };
        let inputs = &schema.get(&input.name).inputs;
        // Ids of one's own making are another matter: see below.
        let made = |name: &str| name == "id" || (mutation.name == "reviseLesson" && name == "versionId");
        for (name, _) in inputs.iter().filter(|(name, of)| of.name == "ID" && !of.list && !made(name)) {
            let Some((prefix, hidden)) = scene.hidden("").find(|(prefix, _)| *prefix == kind(name)) else {
                continue;
            };
            let unknown = town.fresh(prefix);
            let query = format!(
                "mutation ($input: {}!) {{ {}(input: $input) {{ userErrors {{ field code message }} }} }}",
                input.name, mutation.name
            );
            for role in OUTSIDERS {
                let send = async |id: &str| {
                    let mut fields = required(schema, inputs);
                    fields.insert(name.clone(), id.into());
                    plain(&town.send(scene.who(role), &query, json!({ "input": fields })).await, id)
                };
                assert_eq!(send(hidden).await, send(&unknown).await, "{role:?}: {} by {name}", mutation.name);
                asked += 1;
            }
        }
    }
    assert!(asked > 20, "{asked} mutations");
    // An id of one's own making that a hidden record has is answered like one that can't be read.
    for (mutation, prefix, input) in [
        (
            "publishContactCard",
            "contact",
            json!({ "headline": "Figs", "canHelpWith": "x", "language": "en" }),
        ),
        (
            "draftLesson",
            "lesson",
            json!({ "platformId": own_platform(town).await, "title": "Figs", "language": "en" }),
        ),
    ] {
        let mut input = input;
        input["id"] = scene.hidden(prefix).map(|(_, id)| id.as_str()).next().into();
        let payload = town.payload("grace", mutation, input, "__typename").await;
        assert_eq!(payload["userErrors"][0]["code"], "INVALID_ID", "{mutation}: {payload}");
    }
}

async fn own_platform(town: &Town) -> Option<String> {
    town.text("SELECT id FROM platforms WHERE country_code = 'MWI'").await
}

/// Status and bytes of an answer, without the id that was asked for.
fn plain(answer: &Response, id: &str) -> (u16, String) {
    (answer.status, answer.text().replace(id, "?"))
}

/// The prefix of the ids that an input field or a filter of this name takes.
fn kind(field: &str) -> &str {
    match field {
        "accountId" | "authorId" | "actor" | "account" => "account",
        "platformId" | "platform" => "platform",
        "attachmentId" => "attachment",
        "replicationId" => "replication",
        "translationId" => "translation",
        "requestId" => "translationrequest",
        "concept" | "broader" => "concept",
        "product" => "product",
        "lessonId" | "lesson" => "lesson",
        "versionId" | "lessonVersionId" => "lessonversion",
        "cardId" | "ownCardId" | "card" => "contact",
        "introductionId" => "introduction",
        "consentId" => "consent",
        "tokenId" => "token",
        "sessionId" => "session",
        "membershipId" => "membership",
        _ => "",
    }
}

/// How many logins were made up.
static LOGINS: AtomicU32 = AtomicU32::new(0);

/// A value for each field that can't be left out.
fn required(schema: &Schema, inputs: &[(String, Of)]) -> Map<String, Value> {
    inputs
        .iter()
        .filter(|(_, of)| of.required)
        .map(|(name, of)| (name.clone(), value(schema, name, of)))
        .collect()
}

fn value(schema: &Schema, name: &str, of: &Of) -> Value {
    let one = match of.name.as_str() {
        "Int" => json!(1),
        "Boolean" => json!(true),
        "LanguageCode" => json!("en"),
        "CountryCode" => json!("EGY"),
        "DateTime" => json!("2031-01-01T00:00:00Z"),
        "Date" => json!("2031-01-01"),
        "Decimal" => json!("1"),
        "ID" => json!(format!("{}_01h455vb4pex5vsknk084szzzq", kind(name))),
        // So that what it is refused for is the id, and not that the login was tried a moment ago.
        "String" if name == "login" => {
            json!(format!("someone{}@example.org", LOGINS.fetch_add(1, Ordering::Relaxed)))
        }
        "String" if name == "password" => json!(PASSWORD),
        other => match schema.get(other).kind.as_str() {
            "ENUM" => json!(schema.get(other).values[0]),
            "INPUT_OBJECT" => Value::Object(required(schema, &schema.get(other).inputs)),
            _ => json!("some text"),
        },
    };
    if of.list { json!([one]) } else { one }
}
