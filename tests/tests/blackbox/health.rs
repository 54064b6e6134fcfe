//! The probes that a load balancer or a container runtime asks.

use std::sync::Arc;

use maip_tests::{Backend, Database, Server, on_both, private_postgres, until};
use serde_json::json;

const QUERY: &str = "{ countries(first: 1) { nodes { code } } }";

on_both! {
    async fn a_started_server_is_alive_and_ready(backend: Backend) {
        let server = Server::start(backend).await;
        let alive = server.get("/healthz").await;
        assert_eq!(alive.status, 200, "{alive}");
        let ready = server.get("/readyz").await;
        assert_eq!(ready.status, 200, "{ready}");
    }

    async fn a_server_asked_to_stop_ends_well(backend: Backend) {
        let mut server = Server::start(backend).await;
        let status = server.stop().await;
        assert!(status.success(), "{status}\n{}", server.logs());
    }

    async fn a_killed_server_starts_again_on_its_database(backend: Backend) {
        let mut server = Server::start(backend).await;
        server.kill();
        server.start_again().await;
        let ready = server.get("/readyz").await;
        assert_eq!(ready.status, 200, "{ready}");
    }

    async fn two_databases_of_one_backend_are_apart(backend: Backend) {
        let first = maip_tests::Database::create(backend).await;
        let second = maip_tests::Database::create(backend).await;
        assert_ne!(first.url(), second.url());
        assert_ne!(first.data_dir(), second.data_dir());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_without_its_database_is_alive_and_not_ready_until_it_is_back() {
    let Some(postgres) = private_postgres(&[]) else { return };
    let database = Arc::new(Database::on_private_server(&postgres).await);
    let server = Server::on(database, &[]).await;
    assert_eq!(server.get("/readyz").await.status, 200);
    postgres.kill().expect("it runs");
    // Processes of a database that was killed may answer for a moment more.
    until("it isn't ready", async || {
        let ready = server.get("/readyz").await;
        ready.status == 503 && ready.body["status"] == "DATABASE_UNAVAILABLE"
    })
    .await;
    until("queries are refused", async || {
        let query = server.post(QUERY, json!({}), None).await;
        query.status == 503 && query.code() == Some("UNAVAILABLE")
    })
    .await;
    assert_eq!(server.get("/healthz").await.status, 200);
    tokio::task::block_in_place(|| postgres.start_again()).expect("it starts again");
    until("it is ready again", async || server.get("/readyz").await.status == 200).await;
    let query = server.post(QUERY, json!({}), None).await;
    assert_eq!(query.status, 200, "{query}");
}
