//! The leak walker: from introspection, every path × role, with canary values in hidden records, contact details and
//! logins. It scans every byte answered and logged; and those who may see none of the hidden records must get the very
//! same bytes with them as without them, counts, orders and cursors included.

mod anonymity;
mod canaries;
mod probes;
mod scene;
mod schema;
mod walk;

use std::collections::BTreeMap;

use maip_tests::{Backend, PASSWORD, Town, on_both};
use serde_json::json;

use canaries::{Canary, found, hidden_from};
use scene::Scene;
use schema::Schema;

/// Roles that may see none of the records that are added on the way.
const OUTSIDERS: &[&str] = &["", "grace", "lwazi", "stranger token"];

/// Everyone who walks.
const ROLES: &[&str] = &[
    "",
    "newcomer",
    "grace",
    "lwazi",
    "omar",
    "farida",
    "mona",
    "focal",
    "regional",
    "secretariat",
    "admin",
    "partner token",
    "stranger token",
];

on_both! {
    async fn nobody_sees_more_than_is_theirs(backend: Backend) {
        let mut town = Town::start_with(backend, &[("MAIP_LOG", "debug")]).await;
        let mut scene = Scene::set(&mut town).await;
        let schema = Schema::of(town.server()).await;
        scene.settled(&town).await;
        let visible = scene.ids(&town).await;
        let before = walk::documents(&schema, &town, &visible).await;
        assert!(before.len() > 100, "{} documents", before.len());
        let mut answers = BTreeMap::new();
        for role in OUTSIDERS {
            for document in &before {
                answers.insert((*role, document), ask(&town, &scene, role, document).await);
            }
        }

        let canaries = scene.hide(&mut town).await;
        scene.settled(&town).await;
        let all = scene.ids(&town).await;
        let after = walk::documents(&schema, &town, &all).await;
        let mut met = BTreeMap::new();
        for role in ROLES {
            for document in &after {
                let answer = ask(&town, &scene, role, document).await;
                if let Some(without) = answers.remove(&(*role, document)) {
                    let (without, with) = (but_last_use(&without), but_last_use(&answer));
                    assert_eq!(without, with, "{role:?} can tell that something is hidden: {document}");
                }
                if OUTSIDERS.contains(role) {
                    anonymity::check(&answer, &scene.anonymous_author, document);
                }
                if let Some(mark) = found(&answer, hidden_from(&canaries, role)) {
                    panic!("{role:?} sees {mark}: {document}\n{answer}");
                }
                for canary in &canaries {
                    if found(&answer, std::iter::once(canary.mark.as_str())).is_some() {
                        met.insert(canary.mark.as_str(), *role);
                    }
                }
            }
        }
        assert!(answers.is_empty(), "{:?} are not asked again", answers.keys());
        let unmet: Vec<&Canary> =
            canaries.iter().filter(|canary| !canary.seen_by.is_empty() && !met.contains_key(canary.mark.as_str())).collect();
        assert!(unmet.is_empty(), "the walk passes by what it looks for: {unmet:?}");

        probes::filters(&schema, &town, &scene, &canaries).await;
        probes::ids(&schema, &town, &scene).await;
        probes::mutations(&schema, &town, &scene).await;

        let logs = town.server().logs();
        assert!(logs.lines().count() > after.len(), "requests are logged");
        let secrets = scene.secrets(&town, ROLES);
        let marks = canaries.iter().map(|canary| canary.mark.as_str());
        if let Some(mark) = found(&logs, marks.chain(secrets.iter().map(String::as_str)).chain([PASSWORD])) {
            let line = logs.lines().find(|line| line.to_lowercase().contains(mark)).unwrap_or_default();
            panic!("the log holds {mark}: {line}");
        }
    }
}

/// The bytes of an answer.
async fn ask(town: &Town, scene: &Scene, role: &str, document: &str) -> String {
    let answer = town.send(scene.who(role), document, json!({})).await;
    assert!(answer.status == 200, "{role:?}: {document}\n{answer}");
    answer.text()
}

/// The walk itself uses tokens, and their owners see when.
fn but_last_use(answer: &str) -> String {
    let mut parts = answer.split("\"lastUsedAt\":");
    let mut rest = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part.find([',', '}']).unwrap_or(part.len());
        rest.push_str(part.get(end..).unwrap_or_default());
    }
    rest
}
