//! A process that writes and numbers is killed with signal 9, again and again: what it acknowledged
//! is there, and the chain holds.

use std::collections::HashSet;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Command, Stdio};
use std::sync::Arc;

use super::super::verify::verify;
use super::*;
use crate::tests::database::rows;
use crate::tests::on_both;

/// Where the process that is killed finds its database, and which round it is.
const URL: &str = "MAIP_TEST_KILLED_URL";
const ROUND: &str = "MAIP_TEST_KILLED_ROUND";

const KILLS: u64 = 20;

/// The process that is killed: this test, started by the other one.
#[tokio::test]
#[ignore = "started by the other test of this file, and killed by it"]
async fn the_process_that_is_killed() {
    let Ok(url) = std::env::var(URL) else { return };
    let round: i64 = std::env::var(ROUND).unwrap().parse().unwrap();
    let database = Database::connect(&url, 18).await.unwrap();
    let clock = Arc::new(Hand::new());
    // Past the lease of the process before.
    clock.advance(60 * round);
    let sequencer = sequencer(&database, &clock, u64::try_from(round).unwrap());
    let numbering = async {
        loop {
            sequencer.step().await.unwrap();
            tokio::task::yield_now().await;
        }
    };
    let writing = async |writer: usize| {
        for number in 0.. {
            let subject = format!("{round}:{writer}:{number}");
            write_about(&database, &subject).await;
            // The pipe is read by the test, which outlives this process.
            let mut out = std::io::stdout().lock();
            writeln!(out, "acknowledged {subject}").and_then(|()| out.flush()).unwrap();
        }
    };
    NUMBER.store(u64::try_from(round).unwrap() * 1_000_000, std::sync::atomic::Ordering::Relaxed);
    tokio::join!(numbering, writing(0), writing(1), writing(2));
}

/// Runs the process until it has acknowledged so many writes, kills it, and gives all of them.
fn run_and_kill(url: &str, round: u64) -> Vec<String> {
    let mut process = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "record::tests::killed::the_process_that_is_killed", "--ignored", "--nocapture"])
        .env(URL, url)
        .env(ROUND, round.to_string())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let lines = BufReader::new(process.stdout.take().unwrap()).lines();
    let mut acknowledged = Vec::new();
    let mut killed = false;
    for line in lines.map_while(Result::ok) {
        acknowledged.extend(line.split_once("acknowledged ").map(|(_, subject)| subject.to_owned()));
        // At another moment of its work in each round.
        if !killed && acknowledged.len() as u64 >= 10 + round % 7 {
            process.kill().unwrap();
            killed = true;
        }
    }
    process.wait().unwrap();
    assert!(killed, "it ended by itself after {acknowledged:?}");
    acknowledged
}

/// The URL by which another process finds the same database.
async fn url(database: &Database) -> String {
    match database.dialect() {
        crate::read::Dialect::Sqlite => {
            let file =
                rows(database, "SELECT file FROM pragma_database_list WHERE name = 'main'").await.remove(0);
            format!("sqlite://{file}")
        }
        crate::read::Dialect::Postgres => {
            let server = std::env::var("MAIP_TEST_POSTGRES_URL").unwrap();
            let name = rows(database, "SELECT CAST(current_database() AS text)").await.remove(0);
            format!("{}/{name}", server.rsplit_once('/').unwrap().0)
        }
    }
}

on_both! {
    async fn a_process_killed_again_and_again_loses_nothing_it_acknowledged(database: &Database) {
        let url = url(database).await;
        let mut acknowledged = Vec::new();
        for round in 1..=KILLS {
            acknowledged.extend(run_and_kill(&url, round));
            let outcome = verify(database).await.unwrap();
            assert!(outcome.is_intact(), "after {round} kills: {outcome}");
        }
        let clock = Arc::new(Hand::new());
        clock.advance(1_000_000);
        let finisher = sequencer(database, &clock, 1_000);
        while !rows(database, "SELECT id FROM audit_entries WHERE position IS NULL").await.is_empty() {
            finisher.step().await.unwrap();
        }
        let outcome = verify(database).await.unwrap();
        assert!(outcome.is_intact(), "{outcome}");
        for table in ["audit_entries", "outbox"] {
            let kept = rows(database, &format!("SELECT subject_id FROM {table}")).await;
            assert_eq!(kept.len() as u64, outcome.sealed);
            let kept: HashSet<String> = kept.into_iter().collect();
            let lost: Vec<&String> = acknowledged.iter().filter(|subject| !kept.contains(*subject)).collect();
            assert!(lost.is_empty(), "{table}: {lost:?}");
            let gaps = format!("SELECT CAST(MAX(position) - COUNT(*) AS text) FROM {table}");
            assert_eq!(rows(database, &gaps).await, ["0"]);
        }
    }
}
