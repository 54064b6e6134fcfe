//! A small HTTP and GraphQL client that shows everything the server said.

use std::net::SocketAddr;
use std::time::Duration;

use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HOST};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpStream;

pub use hyper::HeaderMap;

/// Far above what any answer takes; past it, the server hangs.
const PATIENCE: Duration = Duration::from_mins(2);

/// One HTTP request.
#[derive(Debug, Clone)]
pub struct Request {
    method: &'static str,
    path: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Request {
    /// A request without headers or body, such as `Request::new("GET", "/healthz")`.
    #[must_use]
    pub fn new(method: &'static str, path: impl Into<String>) -> Self {
        Self { method, path: path.into(), headers: Vec::new(), body: Vec::new() }
    }

    /// A GraphQL operation as JSON, sent to `/graphql` by POST.
    #[must_use]
    pub fn graphql(query: &str, variables: &Value) -> Self {
        Self::new("POST", "/graphql").json(&json!({ "query": query, "variables": variables }))
    }

    /// A mutation by its name, which answers with this selection and its `userErrors`.
    #[must_use]
    pub fn mutation(name: &str, input: &Value, selection: &str) -> Self {
        let input_type = format!("{}{}Input", name[..1].to_uppercase(), &name[1..]);
        let query = format!(
            "mutation ($input: {input_type}!) {{ {name}(input: $input) {{ {selection} userErrors {{ field code message }} }} }}"
        );
        Self::graphql(&query, &json!({ "input": input }))
    }

    /// With one more header.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// With an access token or an API token.
    #[must_use]
    pub fn bearer(self, token: &str) -> Self {
        self.header(AUTHORIZATION.as_str(), format!("Bearer {token}"))
    }

    /// With a JSON body.
    #[must_use]
    pub fn json(self, body: &Value) -> Self {
        self.header(CONTENT_TYPE.as_str(), "application/json").body(body.to_string())
    }

    /// With a body of any bytes.
    #[must_use]
    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// Sends it on a connection of its own.
    ///
    /// # Errors
    /// The server could not be reached or broke off, as it may in tests that kill it.
    pub async fn send(self, address: SocketAddr) -> Result<Response, SendError> {
        tokio::time::timeout(PATIENCE, self.exchange(address)).await.map_err(|_| "no answer in time")?
    }

    async fn exchange(self, address: SocketAddr) -> Result<Response, SendError> {
        let stream = TcpStream::connect(address).await?;
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
        let driver = tokio::spawn(connection);
        let mut request =
            hyper::Request::builder().method(self.method).uri(self.path).header(HOST, address.to_string());
        for (name, value) in self.headers {
            request = request.header(name, value);
        }
        let response = sender.send_request(request.body(Full::new(Bytes::from(self.body)))?).await?;
        let (head, body) = response.into_parts();
        let bytes = body.collect().await?.to_bytes().to_vec();
        driver.abort();
        Ok(Response::new(head.status.as_u16(), head.headers, bytes))
    }
}

/// Why no answer came.
pub type SendError = Box<dyn std::error::Error + Send + Sync>;

/// What the server answered.
#[derive(Debug, Clone)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body as it came.
    pub bytes: Vec<u8>,
    /// The body as JSON; null where it is none.
    pub body: Value,
}

impl Response {
    fn new(status: u16, headers: HeaderMap, bytes: Vec<u8>) -> Self {
        let body = serde_json::from_slice(&bytes).unwrap_or_default();
        Self { status, headers, bytes, body }
    }

    /// The body as text.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    /// A header's value, if there is one and it is text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The `data` of an operation that must have gone well.
    #[must_use]
    #[track_caller]
    pub fn data(&self) -> &Value {
        assert!(self.body["errors"].is_null(), "errors where none were expected: {self}");
        assert!(self.body["data"].is_object(), "no data: {self}");
        &self.body["data"]
    }

    /// The code of the first error of an operation: `errors[0].extensions.code`.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.body["errors"][0]["extensions"]["code"].as_str()
    }
}

impl std::fmt::Display for Response {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "HTTP {} {}", self.status, self.text())
    }
}
