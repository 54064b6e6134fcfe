//! The probes that a load balancer or a container runtime asks.

use maip_tests::{Backend, Server, on_both};

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
