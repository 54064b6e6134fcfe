//! Whether a list takes longer with a hundred times as many lessons, and a thousand pages on.

use std::time::Instant;

use serde_json::{Value, json};

use crate::Failure;
use crate::extent::Extent;
use crate::finding::{Finding, Must, median};
use crate::load::{Call, Client};
use crate::process::Process;
use crate::side::maip::{Member, sign_in};
use crate::stage::Install;
use crate::work::list_query;

const PAGE: usize = 20;
/// Lessons a step on the way to a far page.
const STEP: usize = 100;

/// A list: which lessons, for whom, from which end.
struct Case {
    name: &'static str,
    filter: Value,
    member: bool,
    backward: bool,
}

fn cases(country: &str) -> Vec<Case> {
    let case = |name, filter, member, backward| Case { name, filter, member, backward };
    let worked = json!({ "outcome": ["WORKED"] });
    let here = json!({ "country": [country] });
    vec![
        case("list", Value::Null, false, false),
        case("list by outcome", worked.clone(), false, false),
        case("list by country", here.clone(), false, false),
        case("list as a member", Value::Null, true, false),
        case("list by outcome as a member", worked, true, false),
        case("list from the end", Value::Null, false, true),
        case("list by country from the end, as a member", here, true, true),
    ]
}

impl Case {
    /// The page after this cursor, or before it from the end.
    fn call(&self, size: usize, cursor: Option<&str>, members: &[Member]) -> Call {
        let arguments =
            if self.backward { "last: $size, before: $cursor" } else { "first: $size, after: $cursor" };
        let query = list_query(
            "$size: Int!, $cursor: String, $filter: LessonFilter",
            &format!("{arguments}, filter: $filter"),
            "hasNextPage startCursor endCursor",
        );
        let call = Call::graphql(&query, &json!({ "size": size, "cursor": cursor, "filter": self.filter }));
        match members.first() {
            Some(member) if self.member => call.with(&member.token),
            _ => call,
        }
    }

    /// The cursor at which the page of this number begins.
    async fn cursor(&self, client: &mut Client, members: &[Member], page: usize) -> Result<String, Failure> {
        let mut cursor: Option<String> = None;
        let mut left = (page - 1) * PAGE;
        while left > 0 {
            let size = left.min(STEP);
            let data = client.data(&self.call(size, cursor.as_deref(), members)).await?;
            let end = if self.backward { "startCursor" } else { "endCursor" };
            let next = data["lessons"]["pageInfo"][end].as_str();
            cursor = Some(next.ok_or_else(|| format!("{}: there is no page {page}", self.name))?.to_owned());
            left -= size;
        }
        cursor.ok_or_else(|| "the first page has no cursor".into())
    }
}

/// Milliseconds of a call: the median of so many, one after the other.
async fn latency(client: &mut Client, call: &Call, requests: usize) -> Result<f64, Failure> {
    let mut times = Vec::with_capacity(requests);
    for _ in 0..requests {
        let sent = Instant::now();
        client.send(call).await?;
        times.push(sent.elapsed().as_secs_f64() * 1000.0);
    }
    Ok(median(&times))
}

struct Served<'a> {
    install: &'a Install,
    members: Vec<Member>,
    client: Client,
    process: Process,
}

impl<'a> Served<'a> {
    async fn new(install: &'a Install) -> Result<Self, Failure> {
        let process = install.maip.serve()?;
        let members = sign_in(&process, 1).await?;
        let client = Client::connect(process.address()).await?;
        Ok(Self { install, members, client, process })
    }
}

pub async fn run(
    extent: &Extent,
    small: &Install,
    large: &Install,
    on: &str,
) -> Result<Vec<Finding>, Failure> {
    let mut few = Served::new(small).await?;
    let mut many = Served::new(large).await?;
    let mut findings = Vec::new();
    for (case, other) in cases(&many.install.loaded.country).iter().zip(cases(&few.install.loaded.country)) {
        let cursor = case.cursor(&mut many.client, &many.members, extent.pages).await?;
        // The way there may take longer than the server waits on a connection that says nothing.
        few.client = Client::connect(few.process.address()).await?;
        let calls = [
            other.call(PAGE, None, &few.members),
            case.call(PAGE, None, &many.members),
            case.call(PAGE, Some(&cursor), &many.members),
        ];
        let mut times = [const { Vec::new() }; 3];
        // The first time on a connection, and until PostgreSQL has its generic plan, isn't what a server does all day.
        for round in 0..=extent.rounds {
            for (place, call) in calls.iter().enumerate() {
                let client = if place == 0 { &mut few.client } else { &mut many.client };
                let time = latency(client, call, extent.requests).await?;
                if round > 0 {
                    times[place].push(time);
                }
            }
        }
        let name = format!("{on}: {}", case.name);
        println!(
            "{name}: {:.2} ms, {:.2} ms with more lessons, {:.2} ms at page {}",
            median(&times[0]),
            median(&times[1]),
            median(&times[2]),
            extent.pages
        );
        findings.push(Finding::ratio(
            format!("{name}, latency at {} lessons of that at {}", extent.large, extent.small),
            &times[1],
            &times[0],
            Must::NotExceed(1.3),
        ));
        findings.push(Finding::ratio(
            format!("{name}, latency of page {} of that of page 1", extent.pages),
            &times[2],
            &times[1],
            Must::NotExceed(1.2),
        ));
        findings.push(Finding::new(
            format!("{name}, page 1 at {} lessons", extent.large),
            "ms",
            times[1].clone(),
            None,
        ));
    }
    Ok(findings)
}
