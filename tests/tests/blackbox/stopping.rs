//! What becomes of requests in flight when the server is asked to stop: they are finished, nothing new is begun, and
//! the process ends well and in time.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use futures::future::join_all;
use maip_tests::{Backend, Request, Socket, Town, on_both, until};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// The documented time to stop, where nothing else is set.
const IN_TIME: Duration = Duration::from_secs(30);

const CREATE: &str = "mutation ($input: CreateOrganisationInput!) { createOrganisation(input: $input) \
                      { organisation { id } userErrors { code message } } }";

fn input(id: &str) -> Value {
    json!({ "input": { "id": id, "name": format!("Cooperative {id}"), "kind": "PRODUCER", "country": "MWI" } })
}

/// A write of which the server has all but the end.
struct Held {
    stream: TcpStream,
    rest: Vec<u8>,
}

impl Held {
    /// The server asks for the body once it is at work on the request: from then on it is in flight.
    async fn begin(address: SocketAddr, bearer: &str, id: &str) -> Self {
        let body = json!({ "query": CREATE, "variables": input(id) }).to_string().into_bytes();
        let mut stream = TcpStream::connect(address).await.unwrap();
        let head = format!(
            "POST /graphql HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {bearer}\r\ncontent-type: application/json\r\n\
             expect: 100-continue\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        let expected = b"HTTP/1.1 100 Continue\r\n\r\n";
        let mut asked = vec![0; expected.len()];
        stream.read_exact(&mut asked).await.unwrap();
        assert_eq!(asked.escape_ascii().to_string(), expected.escape_ascii().to_string());
        let (some, rest) = body.split_at(body.len() / 2);
        stream.write_all(some).await.unwrap();
        Self { stream, rest: rest.to_vec() }
    }

    /// Sends the end, and gives all that is answered until the server closes the connection.
    async fn finish(mut self) -> String {
        self.stream.write_all(&self.rest).await.unwrap();
        let mut answer = String::new();
        self.stream.read_to_string(&mut answer).await.unwrap();
        answer
    }
}

/// Writes without a pause until the server is gone; gives the ids that it acknowledged.
async fn write_on(address: SocketAddr, bearer: String, mut ids: impl Iterator<Item = String>) -> Vec<String> {
    let mut acknowledged = Vec::new();
    loop {
        let id = ids.next().unwrap();
        let request = Request::graphql(CREATE, &input(&id)).bearer(&bearer);
        let Ok(answer) = request.send(address).await else { return acknowledged };
        let payload = &answer.data()["createOrganisation"];
        assert_eq!(
            (&payload["organisation"]["id"], &payload["userErrors"]),
            (&json!(id), &json!([])),
            "{answer}"
        );
        acknowledged.push(id);
    }
}

async fn refuses(address: SocketAddr) {
    until("new connections are refused", async || TcpStream::connect(address).await.is_err()).await;
}

on_both! {
    async fn writes_in_flight_are_answered_and_recorded_before_it_ends(backend: Backend) {
        let mut town = Town::start(backend).await;
        town.member("ama", "MWI", "MEMBER").await;
        let (address, bearer) = (town.server().address(), town.bearer("ama").unwrap().to_owned());
        let held_ids: Vec<String> = (0..5).map(|_| town.fresh("organisation")).collect();
        let held = join_all(held_ids.iter().map(|id| Held::begin(address, &bearer, id))).await;
        let mut socket = Socket::connect(address, None).await;
        let mut idle = TcpStream::connect(address).await.unwrap();
        let mut writers = JoinSet::new();
        for _ in 0..4 {
            let ids: Vec<String> = (0..5_000).map(|_| town.fresh("organisation")).collect();
            writers.spawn(write_on(address, bearer.clone(), ids.into_iter()));
        }
        let written = "SELECT 'some' FROM organisations";
        until("there are writes", async || town.text(written).await.is_some()).await;

        let begun = Instant::now();
        town.server().terminate();
        refuses(address).await;
        // Those who only listen or wait are sent away; those whose request is under way are not.
        assert_eq!(socket.closed().await.0, 1001);
        let mut byte = [0];
        assert!(matches!(idle.read(&mut byte).await, Ok(0) | Err(_)));
        let mut acknowledged = writers.join_all().await.concat();
        assert!(!acknowledged.is_empty());
        for (held, id) in held.into_iter().zip(held_ids) {
            let answer = held.finish().await;
            assert!(answer.starts_with("HTTP/1.1 200") && answer.contains(&id), "{answer}");
            acknowledged.push(id);
        }
        assert!(town.server_mut().exited().await.success());
        // Not even a socket whose client doesn't answer the close takes all of that time.
        assert!(begun.elapsed() < IN_TIME / 2, "it took {:?}", begun.elapsed());

        // What was written was answered, and what was answered was written: no more, no less.
        town.server_mut().start_again().await;
        acknowledged.sort_unstable();
        assert_eq!(town.column("SELECT id FROM organisations ORDER BY id").await, acknowledged);
        until("the record is sealed", async || {
            town.text("SELECT 'open' FROM audit_entries WHERE position IS NULL OR digest IS NULL").await.is_none()
        })
        .await;
        let recorded = "SELECT subject_id FROM audit_entries WHERE action = 'organisation.created' ORDER BY subject_id";
        assert_eq!(town.column(recorded).await, acknowledged);
        let verified = town.server().database().run(&["audit", "verify"]);
        assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stdout));
    }

    async fn a_request_that_never_ends_holds_up_the_stop_no_longer_than_is_set(backend: Backend) {
        let mut town = Town::start_with(backend, &[("MAIP_SHUTDOWN_TIMEOUT_SECONDS", "1")]).await;
        town.member("ama", "MWI", "MEMBER").await;
        let (address, bearer) = (town.server().address(), town.bearer("ama").unwrap().to_owned());
        let id = town.fresh("organisation");
        let mut held = Held::begin(address, &bearer, &id).await;
        let begun = Instant::now();
        assert!(town.server_mut().stop().await.success());
        // Far less than the time that a request may take while the server runs.
        assert!(begun.elapsed() < IN_TIME / 2, "it took {:?}", begun.elapsed());
        let mut byte = [0];
        assert!(matches!(held.stream.read(&mut byte).await, Ok(0) | Err(_)), "it is cut off, not answered");
        assert!(town.server().logs().contains("some requests were cut off"));
        assert_eq!(town.text(&format!("SELECT id FROM organisations WHERE id = '{id}'")).await, None);
    }
}
