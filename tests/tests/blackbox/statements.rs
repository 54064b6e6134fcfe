//! One statement on the wire for any query operation, counted in the database's own log (PostgreSQL) and in what the
//! driver reports of each statement that SQLite runs.
//!
//! What the server does by itself (numbering, expiry) runs beside: its statements are known from a stretch without any
//! request, and told apart by their text.

use std::collections::BTreeSet;
use std::sync::Arc;

use maip_tests::{Backend, Database, Server, on_both, until};
use serde_json::{Value, json};
use xtask::postgres::PrivateServer;

/// A server whose every statement is seen.
struct Seen {
    server: Server,
    postgres: Option<PrivateServer>,
}

impl Seen {
    async fn start(backend: Backend) -> Self {
        let (database, postgres) = match backend {
            Backend::Sqlite => (Database::create(backend).await, None),
            Backend::Postgres => {
                let postgres = PrivateServer::start_installed(&[("log_statement", "all")])
                    .expect("a private server starts");
                (Database::on_private_server(&postgres).await, Some(postgres))
            }
        };
        let settings = [("MAIP_LOG", "warn,sqlx::query=debug"), ("MAIP_LOG_FORMAT", "json")];
        Self { server: Server::on(Arc::new(database), &settings).await, postgres }
    }

    /// All statements so far, oldest first.
    fn statements(&self) -> Vec<String> {
        if let Some(postgres) = &self.postgres {
            let log = postgres.log().expect("the log can be read");
            // A statement is logged when it is executed, prepared or not.
            return log
                .lines()
                .filter_map(|line| line.split_once(" LOG:  ")?.1.split_once(": "))
                .filter(|(how, _)| how.starts_with("execute") || *how == "statement")
                .map(|(_, text)| text.to_owned())
                .collect();
        }
        let logs = self.server.logs();
        let events = logs.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        events.filter(|event| event["target"] == "sqlx::query").map(|event| text_of(&event)).collect()
    }

    /// What the server does by itself: every text that came up in so many rounds without a request.
    async fn alone(&self) -> BTreeSet<String> {
        let before = self.statements().len();
        until("the server works by itself", async || self.statements().len() >= before + 40).await;
        self.statements().into_iter().collect()
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
        let seen = Seen::start(backend).await;
        let own = seen.alone().await;
        let asked = |statements: &[String]| -> Vec<String> {
            statements.iter().filter(|text| !own.contains(*text)).cloned().collect()
        };
        for operation in OPERATIONS {
            let before = seen.statements().len();
            let answer = seen.server.post(operation, json!({}), None).await;
            assert!(answer.body["errors"].is_null(), "{operation}: {answer}");
            let needed = usize::from(*operation != "{ __typename }");
            // The log of PostgreSQL may take a moment to be there.
            until("the statement is logged", async || asked(&seen.statements()[before..]).len() >= needed).await;
            let statements = asked(&seen.statements()[before..]);
            assert!(statements.len() <= 1, "{operation}: {statements:#?}");
        }
    }
}
