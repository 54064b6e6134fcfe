//! The leak walker: from introspection, every path × role, with canary values in hidden records, contact details and
//! logins. It scans every byte answered and logged; and those who may see none of the hidden records must get the very
//! same bytes with them as without them, counts, orders and cursors included.

mod anonymity;
mod canaries;
mod hidden;
mod probes;
mod scene;
mod schema;
mod walk;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use futures::future::join_all;
use maip_tests::{Backend, PASSWORD, Request, Response, Town, on_both};
use serde_json::json;

use canaries::{Canary, undressed};
use scene::Scene;
use schema::Schema;

/// Roles that may see none of the records that are added on the way.
const OUTSIDERS: &[&str] = &["", "grace", "lwazi", "stranger token"];

/// A document that is longer makes too long an address.
const LONGEST_BY_GET: usize = 15_000;

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
        let visible = scene.ids(&schema, &town).await;
        let before = walk::documents(&schema, &town, &visible).await;
        assert!(before.len() > 100, "{} documents", before.len());
        let mut answers = BTreeMap::new();
        for document in &before {
            for (role, answer) in ask_all(&town, &scene, OUTSIDERS, document).await {
                answers.insert((role, document), answer);
            }
        }

        let canaries = scene.hide(&mut town).await;
        scene.settled(&town).await;
        let all = scene.ids(&schema, &town).await;
        let without: Vec<_> = all.iter().filter(|(_, ids)| ids.is_empty()).collect();
        assert!(without.is_empty(), "the walk starts from none of {without:?}");
        let after = walk::documents(&schema, &town, &all).await;
        let (mut met, mut seen) = (BTreeSet::new(), BTreeMap::new());
        for document in &after {
            for (role, answer) in ask_all(&town, &scene, ROLES, document).await {
                if let Some(without) = answers.remove(&(role, document)) {
                    assert_eq!(
                        without.lasting(), answer.lasting(),
                        "{role:?} can tell that something is hidden: {document}"
                    );
                }
                if OUTSIDERS.contains(&role) {
                    for body in &answer.bodies {
                        anonymity::check(body, &scene.anonymous_author, document);
                    }
                }
                let said = undressed(&answer.all());
                for Canary { mark, seen_by, .. } in canaries.iter().filter(|canary| said.contains(&canary.mark)) {
                    if seen_by.contains(&role) {
                        met.insert((mark.as_str(), role));
                    } else {
                        seen.entry((mark, role)).or_insert_with(|| document.clone());
                    }
                }
            }
        }
        assert!(seen.is_empty(), "some see what they may not: {seen:#?}");
        assert!(answers.is_empty(), "{:?} are not asked again", answers.keys());
        // What nobody comes upon proves nothing about those who don't.
        let entitled = canaries.iter().flat_map(|canary| canary.seen_by.iter().map(|role| (canary.mark.as_str(), *role)));
        let unmet: Vec<_> = entitled.filter(|pair| !met.contains(pair)).collect();
        assert!(unmet.is_empty(), "the walk passes by what these may see: {unmet:?}");

        probes::filters(&schema, &town, &scene, &canaries).await;
        probes::typing(&town, &scene, &canaries).await;
        probes::ids(&schema, &town, &scene).await;
        probes::mutations(&schema, &town, &scene).await;

        let logs = town.server().logs();
        assert!(logs.lines().count() > after.len(), "requests are logged");
        let secrets = scene.secrets(&town, ROLES);
        let marks = canaries.iter().filter(|canary| !canary.logged).map(|canary| canary.mark.as_str());
        let plain = undressed(&logs);
        let mut marks = marks.chain(secrets.iter().map(String::as_str)).chain([PASSWORD]);
        if let Some(mark) = marks.find(|mark| plain.contains(mark)) {
            let line = logs.lines().find(|line| line.to_lowercase().contains(mark)).unwrap_or_default();
            panic!("the log holds {mark}: {line}");
        }
    }
}

/// What was answered: the headers, and the body; by GET too, where it was asked for so.
#[derive(Debug)]
struct Answer {
    headers: String,
    bodies: Vec<String>,
}

impl Answer {
    fn of(answers: &[Response]) -> Self {
        let mut headers = String::new();
        for answer in answers {
            for (name, value) in &answer.headers {
                let _ = writeln!(headers, "{name}: {}", value.as_bytes().escape_ascii());
            }
        }
        Self { headers, bodies: answers.iter().map(Response::text).collect() }
    }

    fn all(&self) -> String {
        format!("{}{}", self.headers, self.bodies.join("\n"))
    }

    /// Without what is another each time.
    fn lasting(&self) -> String {
        let mut passing = vec!["date:", "x-request-id:", "content-length:"];
        // Addresses of files hold for a while, and so does what they are in.
        if self.bodies.iter().any(|body| body.contains("\"url\":\"")) {
            passing.push("etag:");
        }
        let passing = |line: &&str| passing.iter().any(|name| line.starts_with(name));
        let headers: Vec<&str> = self.headers.lines().filter(|line| !passing(line)).collect();
        // The walk itself uses tokens, and their owners see when.
        let body = ["lastUsedAt", "url", "thumbnailUrl", "urlExpiresAt"]
            .iter()
            .fold(self.bodies.join("\n"), |body, field| without(&body, field));
        format!("{}{body}", headers.join("\n"))
    }
}

/// The answers to all of these.
async fn ask_all<'r>(
    town: &Town,
    scene: &Scene,
    roles: &[&'r str],
    document: &str,
) -> Vec<(&'r str, Answer)> {
    join_all(roles.iter().map(async |role| (*role, ask(town, scene, role, document).await))).await
}

/// The answer to someone; to nobody in particular also by GET, whose answers have entity tags.
async fn ask(town: &Town, scene: &Scene, role: &str, document: &str) -> Answer {
    let mut answers = vec![town.send(scene.who(role), document, json!({})).await];
    if role.is_empty() && document.len() < LONGEST_BY_GET {
        let mut address = "/graphql?query=".to_owned();
        document.bytes().for_each(|byte| {
            let _ = write!(address, "%{byte:02X}");
        });
        answers.push(town.server().send(Request::new("GET", address)).await);
    }
    for answer in &answers {
        // Details of contacts and logins aren't given by GET.
        let refused = answer.status == 405 && answer.code() == Some("OPERATION_NOT_ALLOWED");
        assert!(answer.status == 200 || refused, "{role:?}: {document}\n{answer}");
    }
    Answer::of(&answers)
}

/// The text without the values of a field.
fn without(answer: &str, field: &str) -> String {
    let name = format!("\"{field}\":");
    let mut parts = answer.split(&name);
    let mut rest = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part.find([',', '}']).unwrap_or(part.len());
        rest.push_str(part.get(end..).unwrap_or_default());
    }
    rest
}
