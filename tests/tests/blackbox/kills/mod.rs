//! kill -9 of the server and of PostgreSQL with writes of every kind in flight: every acknowledged one is there, once,
//! and the audit chain is intact.
//!
//! What was acknowledged is recorded here, in the process of the test, which nobody kills.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod client;
mod writes;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use maip_tests::{Backend, Database, Server, on_both, private_postgres, until};
use sea_orm::ConnectionTrait as _;
use tokio::task::JoinSet;

use client::{Client, Ledger};
use writes::{ACTIONS, KINDS, OTHER};

use crate::faults::{SETTINGS, are_recorded, audit, make_account, make_member};

/// How often a process is killed.
const KILLS: usize = 20;

/// Acknowledged writes in a round before the kill; a few more in some rounds, so that it strikes at
/// different moments.
const WRITES_BEFORE_KILL: usize = 6;

/// Two people who may write, and the platform of which they are members.
async fn make_members(database: &Database) -> String {
    make_account(database, OTHER, "Kofi");
    make_member(database).await
}

fn write_in_flight(client: &Client, platform: &str, stop: &Arc<AtomicBool>, to_the_end: bool) -> JoinSet<()> {
    let mut writers = JoinSet::new();
    for kind in KINDS {
        writers.spawn(client.clone().write_on(kind, platform.to_owned(), stop.clone(), to_the_end));
    }
    writers
}

/// As if what was asked for until now had been asked for long ago: so many introductions a day are the most.
async fn time_passes(database: &Database) {
    let connection = sea_orm::Database::connect(database.url()).await.unwrap();
    let day = 86_400_i64 * 1_000_000;
    let sql = format!("UPDATE introductions SET created_at = created_at - {}", 2 * day);
    connection.execute_unprepared(&sql).await.unwrap();
    connection.close().await.unwrap();
}

/// Waits until every audit row is sealed, and asserts that each acknowledged write has one.
async fn everything_is_recorded(database: &Database, ledger: &Ledger) {
    let done = ledger.done();
    are_recorded(database, &ACTIONS, done.clone()).await;
    for action in ACTIONS {
        assert!(done.iter().any(|(of, _)| *of == action), "{action} was never in flight");
    }
    assert!(ledger.refreshed() > 0, "no session was ever refreshed");
}

on_both! {
    async fn a_server_killed_with_writes_in_flight_loses_nothing_it_acknowledged(backend: Backend) {
        let database = Arc::new(Database::create(backend).await);
        let platform = make_members(&database).await;
        let mut server = Server::on(database.clone(), SETTINGS).await;
        let ledger = Ledger::default();
        let mut client = Client::sign_in(&server, &ledger).await;
        let never = Arc::new(AtomicBool::new(false));
        for round in 0..KILLS {
            let (before, of_before) = (ledger.count(), ledger.done().len());
            let writers = write_in_flight(&client, &platform, &never, true);
            let enough = before + WRITES_BEFORE_KILL + round % 5;
            // Signing in takes its time: the last round waits until a session was refreshed as well.
            let last = round + 1 == KILLS;
            until("writes are acknowledged", async || {
                ledger.count() >= enough && (!last || ledger.refreshed() > 0)
            })
            .await;
            server.kill();
            writers.join_all().await;
            server.start_again().await;
            client.address = server.address();
            client.repeat().await;
            client.finds(&ledger.done()[of_before..]).await;
            if round % 5 == 4 {
                audit(&database);
                time_passes(&database).await;
            }
        }
        client.finds(&ledger.done()).await;
        client.sessions_go_on().await;
        everything_is_recorded(&database, &ledger).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_killed_with_writes_in_flight_loses_nothing_it_acknowledged() {
    let Some(postgres) = private_postgres(&[]) else { return };
    let database = Arc::new(Database::on_private_server(&postgres).await);
    let platform = make_members(&database).await;
    let server = Server::on(database.clone(), SETTINGS).await;
    let ledger = Ledger::default();
    let client = Client::sign_in(&server, &ledger).await;
    let stop = Arc::new(AtomicBool::new(false));
    let writers = write_in_flight(&client, &platform, &stop, false);
    for round in 0..KILLS {
        let enough = ledger.count() + WRITES_BEFORE_KILL + round % 5;
        until("writes are acknowledged", async || ledger.count() >= enough).await;
        postgres.kill().expect("it runs");
        tokio::task::block_in_place(|| postgres.start_again()).expect("it starts again");
    }
    let enough = ledger.count() + WRITES_BEFORE_KILL;
    until("the server writes again by itself", async || ledger.count() >= enough && ledger.refreshed() > 0)
        .await;
    stop.store(true, Ordering::Relaxed);
    writers.join_all().await;
    client.repeat().await;
    client.finds(&ledger.done()).await;
    client.sessions_go_on().await;
    everything_is_recorded(&database, &ledger).await;
}
