//! A running `maip serve`.

use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::Value;
use tokio::sync::oneshot;

use crate::client::SendError;
use crate::{Backend, Database, Request, Response};

/// What the binary prints when it serves, before its address.
const READY: &str = "listening on http://";

/// Far above what a start or a stop takes; past it, the binary hangs.
const PATIENCE: Duration = Duration::from_mins(2);

/// A server process on a database of its own (or a shared one), on a free port of 127.0.0.1; killed on drop.
#[derive(Debug)]
pub struct Server {
    process: Child,
    address: SocketAddr,
    logs: Logs,
    settings: Vec<(String, String)>,
    /// `serve`, or `demo`.
    subcommand: &'static str,
    // After the process: it goes first.
    database: Arc<Database>,
}

impl Server {
    /// A server on a new database.
    pub async fn start(backend: Backend) -> Self {
        Self::start_with(backend, &[]).await
    }

    /// A server on a new database, with more environment variables, such as `("MAIP_LOG", "debug")`.
    pub async fn start_with(backend: Backend, settings: &[(&str, &str)]) -> Self {
        Self::on(Arc::new(Database::create(backend).await), settings).await
    }

    /// One more server on a database; several are the nodes of one installation.
    pub async fn on(database: Arc<Database>, settings: &[(&str, &str)]) -> Self {
        Self::of("serve", database, settings).await
    }

    /// The demonstration on a new database: `maip demo`.
    pub async fn demo(backend: Backend) -> Self {
        Self::of("demo", Arc::new(Database::create(backend).await), &[]).await
    }

    async fn of(subcommand: &'static str, database: Arc<Database>, settings: &[(&str, &str)]) -> Self {
        let owned = settings.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        let logs = Logs::default();
        let (process, address) = launch(&[subcommand], &database, &owned, &logs).await;
        Self { process, address, logs, settings: owned, subcommand, database }
    }

    /// `demo-accounts.json`, as the demonstration wrote it.
    #[must_use]
    pub fn demo_accounts(&self) -> Value {
        let file = self.database.data_dir().join("demo-accounts.json");
        let text = std::fs::read_to_string(file).expect("the demonstration wrote its accounts");
        serde_json::from_str(&text).expect("the accounts are JSON")
    }

    /// The database that it runs on.
    #[must_use]
    pub fn database(&self) -> &Arc<Database> {
        &self.database
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The process id.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.process.id()
    }

    /// All that it wrote to standard output and standard error so far, over all its starts.
    #[must_use]
    pub fn logs(&self) -> String {
        self.logs.text()
    }

    /// Sends a GraphQL operation, as the holder of a token or as nobody.
    pub async fn post(&self, query: &str, variables: Value, bearer: Option<&str>) -> Response {
        let request = Request::graphql(query, &variables);
        self.send(match bearer {
            Some(token) => request.bearer(token),
            None => request,
        })
        .await
    }

    /// Gets a path without a token.
    pub async fn get(&self, path: &str) -> Response {
        self.send(Request::new("GET", path)).await
    }

    /// Sends any request; the server must answer.
    pub async fn send(&self, request: Request) -> Response {
        self.try_send(request).await.unwrap_or_else(|error| panic!("no answer: {error}"))
    }

    /// Sends any request.
    ///
    /// # Errors
    /// The server could not be reached or broke off.
    pub async fn try_send(&self, request: Request) -> Result<Response, SendError> {
        request.send(self.address).await
    }

    /// Kills the process with signal 9 and waits until it is gone.
    pub fn kill(&mut self) {
        self.process.kill().expect("the server can be killed");
        self.process.wait().expect("the server is gone");
    }

    /// Asks the process to stop with signal 15, and waits until it has.
    pub async fn stop(&mut self) -> ExitStatus {
        self.terminate();
        self.exited().await
    }

    /// Asks the process to stop with signal 15, without waiting.
    pub fn terminate(&self) {
        let sent = Command::new("kill").args(["-TERM", &self.pid().to_string()]).status();
        assert!(sent.is_ok_and(|status| status.success()), "the server does not run");
    }

    /// Waits until the process has ended.
    pub async fn exited(&mut self) -> ExitStatus {
        let ended = async {
            loop {
                if let Some(status) = self.process.try_wait().expect("the server can be waited for") {
                    return status;
                }
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::time::timeout(PATIENCE, ended).await.expect("the server stops in time")
    }

    /// Starts it again on the same database with the same settings, on another port, after it was killed or stopped.
    pub async fn start_again(&mut self) {
        self.start_again_as(&[self.subcommand]).await;
    }

    /// The same, by these arguments.
    pub async fn start_again_as(&mut self, arguments: &[&str]) {
        let ended = self.process.try_wait().expect("the server can be waited for");
        assert!(ended.is_some(), "the server still runs");
        (self.process, self.address) = launch(arguments, &self.database, &self.settings, &self.logs).await;
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already, and then there is nothing to kill.
        drop(self.process.kill());
        drop(self.process.wait());
        if std::thread::panicking() {
            eprintln!("---- the server's output ----\n{}----", self.logs());
        }
    }
}

async fn launch(
    arguments: &[&str],
    database: &Database,
    settings: &Vec<(String, String)>,
    logs: &Logs,
) -> (Child, SocketAddr) {
    let mut command = database.command(arguments);
    command.env("MAIP_PORT", "0").stdout(Stdio::piped()).stderr(Stdio::piped());
    for (key, value) in settings {
        command.env(key, value);
    }
    let mut process = command.spawn().expect("the maip binary starts");
    let (ready, address) = oneshot::channel();
    if let Some(stderr) = process.stderr.take() {
        logs.follow(stderr, None);
    }
    if let Some(stdout) = process.stdout.take() {
        logs.follow(stdout, Some(ready));
    }
    match tokio::time::timeout(PATIENCE, address).await {
        Ok(Ok(address)) => (process, address),
        // Standard output was closed, or nothing came.
        ended => {
            drop(process.kill());
            let status = process.wait().expect("the server is gone");
            let how = if ended.is_err() { "hangs at its start" } else { "ended at its start" };
            panic!("the server {how} ({status}):\n{}", logs.text());
        }
    }
}

/// What a server wrote, gathered by a thread per stream.
#[derive(Debug, Clone, Default)]
struct Logs(Arc<Mutex<String>>);

impl Logs {
    fn text(&self) -> String {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn follow(&self, stream: impl Read + Send + 'static, mut ready: Option<oneshot::Sender<SocketAddr>>) {
        let logs = self.clone();
        std::thread::spawn(move || {
            for line in BufReader::new(stream).split(b'\n').map_while(Result::ok) {
                let line = String::from_utf8_lossy(&line).into_owned();
                let address = line
                    .split_once(READY)
                    .and_then(|(_, rest)| rest.trim().trim_end_matches('/').parse().ok());
                {
                    let mut text = logs.0.lock().unwrap_or_else(PoisonError::into_inner);
                    text.push_str(&line);
                    text.push('\n');
                }
                if let (Some(address), Some(ready)) = (address, ready.take_if(|_| address.is_some())) {
                    // Nobody waits any more where the start was given up.
                    let _gone = ready.send(address);
                }
            }
        });
    }
}
