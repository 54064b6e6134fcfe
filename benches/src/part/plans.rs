//! Query plans of all lists: no list may read a whole table that grows.
//!
//! The statements are those that the server sends: PostgreSQL's `auto_explain` logs the plan of each. Every list at the
//! root is asked for in each order and direction, with each filter, from both ends and after a cursor, by viewers of
//! each kind.

mod explain;
mod known;
mod operations;

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::load::{Call, Client};
use crate::side::maip::{Member, sign_in};
use crate::stage::{Install, Stage};
use crate::{Failure, data};

use known::KNOWN;
use operations::Operation;

/// A table with as many rows or more grows.
const GROWS: f32 = 1000.0;
/// More rows than that, sorted to show a few of them, are too many.
const SORTED: f64 = 20_000.0;

/// What a plan does that it shouldn't.
#[derive(Clone, Debug)]
pub struct Complaint {
    pub operation: String,
    pub viewers: Vec<&'static str>,
    pub what: String,
    /// The longest that it took.
    pub milliseconds: f64,
    /// Why it is so, where that is known.
    pub known: Option<&'static str>,
}

/// What was looked at, and what was found.
pub struct Plans {
    pub statements: usize,
    pub complaints: Vec<Complaint>,
    /// The slowest statements: milliseconds, operation, viewer.
    pub slowest: Vec<(f64, String, &'static str)>,
}

pub async fn run(stage: &Stage, install: &Install) -> Result<Plans, Failure> {
    let client = data::connect(install.url()?).await?;
    let database: String = client.query_one("SELECT current_database()", &[]).await?.get(0);
    for setting in [
        "session_preload_libraries = 'auto_explain'",
        "auto_explain.log_min_duration = 0",
        "auto_explain.log_format = 'json'",
    ] {
        client.batch_execute(&format!("ALTER DATABASE {database} SET {setting}")).await?;
    }
    client.batch_execute(&offices(&install.loaded.country)).await?;
    let rows = client
        .query(
            "SELECT relname::text, reltuples FROM pg_class WHERE relkind = 'r' AND reltuples >= $1",
            &[&GROWS],
        )
        .await?;
    let growing: BTreeMap<String, f32> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
    let asked = ask(install).await;
    for setting in ["session_preload_libraries", "auto_explain.log_min_duration", "auto_explain.log_format"] {
        client.batch_execute(&format!("ALTER DATABASE {database} RESET {setting}")).await?;
    }
    let asked = asked?;
    let mut plans = Plans { statements: 0, complaints: Vec::new(), slowest: Vec::new() };
    for statement in explain::statements(&stage.log()?) {
        let Some((operation, viewer)) = asked.get(statement.number) else { continue };
        plans.statements += 1;
        plans.slowest.push((statement.milliseconds, operation.clone(), viewer));
        for what in explain::faults(&statement.plan, &growing, SORTED) {
            plans.complain(operation, viewer, what, statement.milliseconds);
        }
    }
    plans.slowest.sort_by(|one, other| other.0.total_cmp(&one.0));
    plans.slowest.truncate(15);
    Ok(plans)
}

impl Plans {
    /// Whether there is something new.
    pub fn bad(&self) -> bool {
        self.complaints.iter().any(|complaint| complaint.known.is_none())
    }

    /// Notes what a plan does that it shouldn't, the pages and viewers of a list together.
    fn complain(&mut self, operation: &str, viewer: &'static str, what: String, milliseconds: f64) {
        let operation = operation.split_once(", ").map_or(operation, |(list, _)| list);
        let same =
            self.complaints.iter_mut().find(|other| other.operation == operation && other.what == what);
        if let Some(same) = same {
            if !same.viewers.contains(&viewer) {
                same.viewers.push(viewer);
            }
            same.milliseconds = same.milliseconds.max(milliseconds);
            return;
        }
        let known = KNOWN.iter().find(|(known, _)| operation.contains(known)).map(|(_, why)| *why);
        let (operation, viewers) = (operation.to_owned(), vec![viewer]);
        self.complaints.push(Complaint { operation, viewers, what, milliseconds, known });
    }
}

/// Makes the second member a focal point of the country and the third one of the secretariat.
fn offices(country: &str) -> String {
    let office = |number: usize, kind: &str, place: &str| {
        format!(
            "INSERT INTO appointments (id, revision, created_at, updated_at, account_id, kind, country_id, \
             country_code, country_region, starts_at, sort_at) \
             SELECT 'appointment_' || substr(a.id, 9), 1, 0, 0, a.id, '{kind}', {place} \
             WHERE a.display_name = 'Bench member {number}';"
        )
    };
    let country =
        format!("c.id, c.code, c.region, 0, 0 FROM accounts a JOIN countries c ON c.code = '{country}'");
    let nowhere = "NULL, NULL, NULL, 0, 0 FROM accounts a";
    office(1, "NATIONAL_FOCAL_POINT", &country) + &office(2, "EXECUTIVE_SECRETARY", nowhere)
}

/// Asks for all of it, a statement with its number before each, and gives what was asked for.
async fn ask(install: &Install) -> Result<Vec<(String, &'static str)>, Failure> {
    let marker = data::connect(install.url()?).await?;
    let server = install.maip.serve()?;
    let members = sign_in(&server, 3).await?;
    let mut client = Client::connect(server.address()).await?;
    let schema = client.data(&Call::graphql(operations::INTROSPECTION, &json!({}))).await?;
    let viewers: [(&str, Option<&Member>); 4] = [
        ("anonymous", None),
        ("member", members.first()),
        ("focal point", members.get(1)),
        ("secretariat", members.get(2)),
    ];
    let mut asked = Vec::new();
    for operation in operations::all(&schema, &install.loaded) {
        for (viewer, member) in viewers {
            let mut cursor = Value::Null;
            for Operation { name, call } in operation.pages() {
                let call = call(&cursor);
                let call = member.map_or_else(|| call.clone(), |member| call.clone().with(&member.token));
                marker.batch_execute(&format!("SELECT {} AS marker", asked.len())).await?;
                asked.push((name.clone(), viewer));
                // What a viewer may not ask for sends no statement.
                let Ok(body) = client.send(&call).await else {
                    client = Client::connect(server.address()).await?;
                    continue;
                };
                let answer: Value = serde_json::from_slice(&body)?;
                let end = &answer["data"]["list"]["pageInfo"]["endCursor"];
                if cursor.is_null() {
                    cursor = end.clone();
                }
                if cursor.is_null() {
                    break;
                }
            }
        }
    }
    marker.batch_execute(&format!("SELECT {} AS marker", asked.len())).await?;
    Ok(asked)
}
