//! One statement on the wire for any query operation, counted in the database's own log (PostgreSQL) and in what the
//! driver reports of each statement that SQLite runs. SQLite's own trace hook is listened to in the API's tests.
//!
//! What the server does by itself (numbering, expiry) runs beside: its statements are known from a stretch without any
//! request, and told apart by their text.

use std::collections::BTreeSet;
use std::sync::Arc;

use maip_tests::{Backend, Database, Server, Town, on_both, private_postgres, until};
use serde_json::{Value, json};
use xtask::postgres::PrivateServer;

/// A server whose every statement is seen.
struct Seen {
    town: Town,
    postgres: Option<PrivateServer>,
}

impl Seen {
    /// Nothing where PostgreSQL has no log that can be read.
    async fn start(backend: Backend) -> Option<Self> {
        let (database, postgres) = match backend {
            Backend::Sqlite => (Database::create(backend).await, None),
            Backend::Postgres => {
                let postgres = private_postgres(&[("log_statement", "all")])?;
                (Database::on_private_server(&postgres).await, Some(postgres))
            }
        };
        let settings = [("MAIP_LOG", "warn,sqlx::query=debug"), ("MAIP_LOG_FORMAT", "json")];
        Some(Self { town: Town::at(Server::on(Arc::new(database), &settings).await).await, postgres })
    }

    /// All statements so far, oldest first.
    fn statements(&self) -> Vec<String> {
        self.by_connection().into_iter().map(|(_, text)| text).collect()
    }

    /// The same, each with the connection that it was sent on, as far as the log tells.
    fn by_connection(&self) -> Vec<(String, String)> {
        if let Some(postgres) = &self.postgres {
            let log = postgres.log().expect("the log can be read");
            // A statement is logged when it is executed, prepared or not.
            return log
                .lines()
                .filter_map(|line| {
                    let (prefix, said) = line.split_once(" LOG:  ")?;
                    let process = prefix.split_once('[')?.1.split_once(']')?.0;
                    Some((process, said.split_once(": ")?))
                })
                .filter(|(_, (how, _))| how.starts_with("execute") || *how == "statement")
                .map(|(process, (_, text))| (process.to_owned(), text.to_owned()))
                .collect();
        }
        let logs = self.town.server().logs();
        let events = logs.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let statements = events.filter(|event| event["target"] == "sqlx::query");
        statements.map(|event| (String::new(), text_of(&event))).collect()
    }

    /// What came after so many statements on the connection of these ones, from the beginning of their transaction to
    /// its end.
    fn around(&self, before: usize, these: &[String]) -> Vec<String> {
        let all = self.by_connection().split_off(before);
        let at = all.iter().position(|(_, text)| *text == these[0]).expect("it is logged");
        let same = |(connection, _): &&(String, String)| *connection == all[at].0;
        let begun = all[..at].iter().rfind(same);
        let after = all[at..].iter().filter(same).take(these.len() + 1);
        begun.into_iter().chain(after).map(|(_, text)| text.clone()).collect()
    }

    /// What came after so many statements, without what the server does by itself.
    fn since(&self, before: usize, own: &BTreeSet<String>) -> Vec<String> {
        let mut new = self.statements().split_off(before);
        new.retain(|text| !own.contains(text) && !BESIDE.iter().any(|beside| text.contains(beside)));
        new
    }

    /// What the server does by itself: every text that came up in so many rounds without a request.
    async fn alone(&self) -> BTreeSet<String> {
        let before = self.statements().len();
        until("the server works by itself", async || self.statements().len() >= before + 40).await;
        self.statements().into_iter().collect()
    }
}

/// What the sequencer and those who follow it do only once something was written, and what is noted of tokens once in a
/// while.
const BESIDE: &[&str] = &[
    "sequence_heads",
    "position IS NULL",
    "WITH numbered",
    "leases",
    "NOTIFY",
    "position >",
    "UPDATE api_tokens SET last_used_at",
];

/// Steps of a lesson with what they are sent, and how many round trips each takes at most, without its COMMIT: what
/// begins it and takes its lock in one, where there is one, and what reads its answer back among them.
const WRITES: &[(&str, &str, usize)] = &[
    ("ada", "draftLesson", 5),
    ("ada", "updateLesson", 9),
    ("ada", "submitLesson", 9),
    ("focal", "startReview", 9),
    ("focal", "publishLesson", 9),
    ("ben", "requestIntroduction", 15),
];

impl Seen {
    /// A platform with its people and a card, in this one's town.
    async fn inhabit(&mut self) -> Value {
        let town = &mut self.town;
        town.member("ada", "MWI", "MEMBER").await;
        town.member("ben", "MWI", "MEMBER").await;
        town.officer("focal", "MWI", "NATIONAL_FOCAL_POINT").await;
        let card = json!({ "headline": "Drying", "canHelpWith": "Racks", "language": "en",
            "details": { "phone": "+265991234567" } });
        town.done("ada", "publishContactCard", card, "card { id }").await["card"]["id"].clone()
    }
}

impl Seen {
    /// A partner organisation that ada looks after: its id, and the secret of its token.
    async fn partner(&mut self, scopes: &[&str]) -> (String, String) {
        let town = &mut self.town;
        let made = town.done(
            "ada",
            "createOrganisation",
            json!({ "name": "Dryers", "kind": "NGO" }),
            "organisation { id }",
        );
        let organisation = made.await["organisation"]["id"].as_str().expect("an id").to_owned();
        town.join(&organisation, "MWI").await;
        town.officer("secretariat", "ITA", "EXECUTIVE_SECRETARY").await;
        let clear = json!({ "organisationId": organisation, "scopes": scopes });
        town.done("secretariat", "clearOrganisation", clear, "organisation { id }").await;
        let token = json!({ "organisationId": organisation, "name": "directory", "scopes": scopes });
        let made = town.done("ada", "createApiToken", token, "secret").await;
        (organisation, made["secret"].as_str().expect("a secret").to_owned())
    }
}

/// The driver shows the whole statement where it had to shorten it.
fn text_of(event: &Value) -> String {
    let full = event["db.statement"].as_str().map(str::trim).filter(|text| !text.is_empty());
    full.or(event["summary"].as_str()).unwrap_or_default().to_owned()
}

const OPERATIONS: &[&str] = &[
    "{ __typename }",
    "{ lessons(first: 5) { nodes { title } } }",
    "{ a: lessons { totalCount nodes { title country { name products { nodes { name } } } concepts { label } } } \
       b: lessons(first: 1, filter: { outcome: FAILED }) { edges { cursor node { id } } } \
       countries(filter: { region: AFRICA }) { totalCount nodes { code } } \
       platforms { nodes { name members { totalCount } } } \
       concepts(first: 3) { nodes { label broader { nodes { label } } narrower { nodes { label } } } } \
       country(code: \"MWI\") { name } viewer { account { displayName } } __schema { queryType { name } } }",
    "{ _entities(representations: [{ __typename: \"Country\", code: \"MWI\" }, { __typename: \"Country\", code: \"EGY\" }]) \
       { __typename ... on Country { name } } _service { sdl } }",
    "{ contacts { nodes { headline detailsStatus } } products { nodes { name } } organisations { nodes { name } } }",
];

on_both! {
    async fn a_query_is_one_statement_however_many_roots_it_has(backend: Backend) {
        let Some(mut seen) = Seen::start(backend).await else { return };
        seen.inhabit().await;
        let (_, token) = seen.partner(&["LESSONS_READ", "CONTACTS_READ", "PLATFORMS_READ", "VOCABULARY_READ"]).await;
        let own = seen.alone().await;
        for who in ["", "ada", token.as_str()] {
            for operation in OPERATIONS {
                let before = seen.statements().len();
                let answer = seen.town.send(who, operation, json!({})).await;
                assert!(answer.body["errors"].is_null(), "{operation}: {answer}");
                let needed = usize::from(*operation != "{ __typename }");
                // The log of PostgreSQL may take a moment to be there.
                until("the statement is logged", async || seen.since(before, &own).len() >= needed).await;
                let statements = seen.since(before, &own);
                assert!(statements.len() <= 1, "{operation} by {who:?}: {statements:#?}");
            }
        }
    }

    async fn contact_details_are_read_in_one_transaction_with_their_log(backend: Backend) {
        let Some(mut seen) = Seen::start(backend).await else { return };
        let card = seen.inhabit().await;
        let (organisation, partner) = seen.partner(&["CONTACTS_READ", "CONTACTS_DETAILS"]).await;
        let own = seen.alone().await;
        let query = "query ($id: ID!) { contact(id: $id) { headline details { phone } } contacts { totalCount } }";
        let phone = async |who: &str| {
            let answer = seen.town.data(who, query, json!({ "id": card })).await;
            answer["contact"]["details"]["phone"].clone()
        };
        for who in ["ben", partner.as_str()] {
            let before = seen.statements().len();
            assert_eq!(phone(who).await, Value::Null, "{who}");
            until("the statement is logged", async || !seen.since(before, &own).is_empty()).await;
            assert_eq!(seen.since(before, &own).len(), 1, "nothing is disclosed, nothing recorded");
        }
        let consent = json!({ "cardId": card, "to": { "organisationId": organisation },
                              "fields": ["PHONE"], "purpose": "Drying" });
        seen.town.done("ada", "grantContactConsent", consent, "consent { id }").await;
        let before = seen.statements().len();
        assert_eq!(phone(&partner).await, "+265991234567");
        until("both statements are logged", async || seen.since(before, &own).len() >= 2).await;
        let statements = seen.since(before, &own);
        assert_eq!(statements.len(), 2, "{statements:#?}");
        assert!(statements[0].contains(" AS answer"), "{statements:#?}");
        assert!(statements[1].starts_with("INSERT INTO disclosures"), "{statements:#?}");
        // SQLite's driver tells nothing of a transaction's ends.
        if backend == Backend::Postgres {
            let around = || seen.around(before, &statements);
            until("the end is logged", async || around().last().is_some_and(|text| text == "COMMIT")).await;
            let around = around();
            assert!(around[0].starts_with("BEGIN"), "{around:#?}");
            assert_eq!(around[1..3], statements[..], "nothing between them");
        }
    }

    async fn a_write_is_a_few_statements(backend: Backend) {
        let Some(mut seen) = Seen::start(backend).await else { return };
        let card = seen.inhabit().await;
        let own = seen.alone().await;
        let concepts = seen.town.data("", "{ concepts(first: 2) { nodes { id } } }", Value::Null).await;
        let concepts: Vec<&Value> =
            concepts["concepts"]["nodes"].as_array().into_iter().flatten().map(|concept| &concept["id"]).collect();
        let lesson = seen.town.fresh("lesson");
        let draft = json!({
            "id": lesson, "platformId": seen.town.platform("MWI").await, "language": "en", "title": "Dried bananas",
            "abstract": "They keep.", "context": "Thyolo.", "problem": "They rot.", "whatWasDone": "Racks.",
            "result": "Less was lost.", "outcome": "WORKED", "hinderingConditions": ["Rain"], "conceptIds": concepts,
        });
        for &(who, mutation, most) in WRITES {
            let (input, selection) = match mutation {
                "draftLesson" => (draft.clone(), "lesson { id concepts { id } }"),
                "updateLesson" => {
                    let update = json!({ "lessonId": lesson, "expectedRevision": 1, "title": "Bananas, dried",
                                         "conceptIds": concepts[..1], "costs": [{ "item": "Racks", "amount": "3", "currency": "MWK" }] });
                    (update, "lesson { id concepts { id } }")
                }
                "requestIntroduction" => {
                    let request = json!({ "id": seen.town.fresh("introduction"), "cardId": card, "message": "Please." });
                    (request, "introduction { id }")
                }
                _ => (json!({ "lessonId": lesson }), "lesson { id status }"),
            };
            let before = seen.statements().len();
            seen.town.done(who, mutation, input, selection).await;
            let of_it = || seen.since(before, &own);
            // Its last statement reads the answer back; the log of PostgreSQL may take a moment to be there.
            until("the statements are logged", async || {
                of_it().last().is_some_and(|text| text.contains("AS answer"))
            })
            .await;
            let statements = of_it();
            assert!(statements.len() <= most, "{mutation}: {} {statements:#?}", statements.len());
        }
    }
}
