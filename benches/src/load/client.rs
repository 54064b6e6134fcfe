//! A client that keeps its connection, as frontends' servers and gateways do.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1::SendRequest;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use crate::Failure;

/// So long one answer may take.
const PATIENCE: Duration = Duration::from_mins(1);

/// One request, ready to be sent again and again.
#[derive(Clone, Debug)]
pub struct Call {
    pub method: &'static str,
    pub path: Arc<str>,
    pub body: Bytes,
    /// An access token.
    pub token: Option<Arc<str>>,
}

impl Call {
    pub fn get(path: impl Into<Arc<str>>) -> Self {
        Self { method: "GET", path: path.into(), body: Bytes::new(), token: None }
    }

    pub fn graphql(query: &str, variables: &serde_json::Value) -> Self {
        let body = serde_json::json!({ "query": query, "variables": variables }).to_string();
        Self { method: "POST", path: "/graphql".into(), body: Bytes::from(body), token: None }
    }

    #[must_use]
    pub fn with(mut self, token: &Arc<str>) -> Self {
        self.token = Some(token.clone());
        self
    }
}

/// A kept connection.
pub struct Client {
    sender: SendRequest<Full<Bytes>>,
    host: String,
}

impl Client {
    pub async fn connect(address: SocketAddr) -> Result<Self, Failure> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        Ok(Self { sender, host: address.to_string() })
    }

    /// Sends it and reads the whole answer, which has to be 200.
    pub async fn send(&mut self, call: &Call) -> Result<Bytes, Failure> {
        tokio::time::timeout(PATIENCE, self.ask(call)).await.map_err(|_| "no answer in a minute")?
    }

    async fn ask(&mut self, call: &Call) -> Result<Bytes, Failure> {
        let mut request = hyper::Request::builder()
            .method(call.method)
            .uri(&*call.path)
            .header("host", &self.host)
            .header("content-type", "application/json")
            .header("accept", "application/json");
        if let Some(token) = &call.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        self.sender.ready().await?;
        let response = self.sender.send_request(request.body(Full::new(call.body.clone()))?).await?;
        let status = response.status();
        let body = response.into_body().collect().await?.to_bytes();
        if status == 200 {
            Ok(body)
        } else {
            Err(format!("HTTP {status}: {}", String::from_utf8_lossy(&body)).into())
        }
    }

    /// The same, with an answer that has `data` and no `errors`.
    pub async fn data(&mut self, call: &Call) -> Result<serde_json::Value, Failure> {
        let body = self.send(call).await?;
        let mut answer: serde_json::Value = serde_json::from_slice(&body)?;
        if answer.get("errors").is_some() || !answer["data"].is_object() {
            return Err(format!("an answer without data, or with errors: {answer}").into());
        }
        Ok(answer["data"].take())
    }
}
