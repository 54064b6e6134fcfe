//! A client of `graphql-transport-ws`, and one of server-sent events.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::Duration;

use futures::{SinkExt as _, StreamExt as _};
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HOST};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::{TcpSocket, TcpStream};
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{WebSocketStream, client_async};

/// Far above what any message takes; past it, the server hangs.
const PATIENCE: Duration = Duration::from_mins(2);

/// The protocol that the server speaks.
const PROTOCOL: &str = "graphql-transport-ws";

/// A WebSocket to a server.
#[derive(Debug)]
pub struct Socket {
    stream: WebSocketStream<TcpStream>,
    /// What came while something else was waited for.
    waiting: VecDeque<Value>,
}

impl Socket {
    /// Opens a socket and says nothing.
    pub async fn open(address: SocketAddr) -> Self {
        Self::open_with(address, &[("sec-websocket-protocol", PROTOCOL)]).await.expect("the socket opens")
    }

    /// Opens a socket with these headers of the handshake alone.
    ///
    /// # Errors
    /// The HTTP status with which the server refused.
    pub async fn open_with(address: SocketAddr, headers: &[(&'static str, &str)]) -> Result<Self, u16> {
        let stream = TcpStream::connect(address).await.expect("the server can be reached");
        Self::open_on(stream, headers).await
    }

    async fn open_on(stream: TcpStream, headers: &[(&'static str, &str)]) -> Result<Self, u16> {
        let address = stream.peer_addr().expect("it is connected");
        let mut request =
            format!("ws://{address}/graphql").into_client_request().expect("the address is right");
        for (name, value) in headers {
            let value = HeaderValue::from_str(value).expect("the header is right");
            request.headers_mut().insert(*name, value);
        }
        match client_async(request, stream).await {
            Ok((stream, _)) => Ok(Self { stream, waiting: VecDeque::new() }),
            Err(Error::Http(response)) => Err(response.status().as_u16()),
            Err(error) => panic!("the socket doesn't open: {error}"),
        }
    }

    /// Opens a socket and says who is there, which the server has to acknowledge.
    pub async fn connect(address: SocketAddr, bearer: Option<&str>) -> Self {
        Self::open(address).await.acknowledged(bearer).await
    }

    /// The same, on a connection that takes little before it is read.
    pub async fn connect_narrow(address: SocketAddr, bearer: Option<&str>) -> Self {
        let stream = narrow(address).await;
        let socket = Self::open_on(stream, &[("sec-websocket-protocol", PROTOCOL)]).await;
        socket.expect("the socket opens").acknowledged(bearer).await
    }

    async fn acknowledged(self, bearer: Option<&str>) -> Self {
        let mut socket = self;
        let payload = bearer.map(|token| json!({ "Authorization": format!("Bearer {token}") }));
        socket.send(&json!({ "type": "connection_init", "payload": payload })).await;
        assert_eq!(socket.next().await, json!({ "type": "connection_ack" }));
        socket
    }

    /// Begins an operation, and waits until the server has taken notice of it.
    pub async fn subscribe(&mut self, id: &str, query: &str, variables: Value) {
        let payload = json!({ "query": query, "variables": variables });
        self.send(&json!({ "type": "subscribe", "id": id, "payload": payload })).await;
        let pong = json!({ "type": "pong", "payload": { "after": id } });
        self.send(&json!({ "type": "ping", "payload": { "after": id } })).await;
        loop {
            match self.receive().await {
                Ok(message) if message == pong => break,
                // An answer may be faster.
                Ok(message) => self.waiting.push_back(message),
                Err(closed) => panic!("the socket was closed: {closed:?}"),
            }
        }
    }

    /// Sends a message.
    pub async fn send(&mut self, message: &Value) {
        self.send_text(&message.to_string()).await;
    }

    /// Sends any text.
    pub async fn send_text(&mut self, text: &str) {
        self.stream.send(Message::text(text)).await.expect("the message can be sent");
    }

    /// The next message.
    pub async fn next(&mut self) -> Value {
        if let Some(message) = self.waiting.pop_front() {
            return message;
        }
        match self.receive().await {
            Ok(message) => message,
            Err(closed) => panic!("the socket was closed: {closed:?}"),
        }
    }

    /// The `data` of an operation's next answer.
    pub async fn data(&mut self, id: &str) -> Value {
        let message = self.next().await;
        assert_eq!((&message["type"], &message["id"]), (&json!("next"), &json!(id)), "{message}");
        assert!(message["payload"]["errors"].is_null(), "{message}");
        message["payload"]["data"].clone()
    }

    /// The code and the reason with which the server closes the socket, whatever it says before.
    pub async fn closed(&mut self) -> (u16, String) {
        loop {
            if let Err(closed) = self.receive().await {
                return closed;
            }
        }
    }

    /// The next message, else the code and the reason with which the server closes the socket.
    ///
    /// # Errors
    /// That code and reason.
    pub async fn receive(&mut self) -> Result<Value, (u16, String)> {
        loop {
            let received = tokio::time::timeout(PATIENCE, self.stream.next()).await;
            match received.expect("a message comes in time") {
                Some(Ok(Message::Text(text))) => {
                    return Ok(serde_json::from_str(&text).expect("a message is JSON"));
                }
                Some(Ok(Message::Close(Some(frame)))) => {
                    assert!(frame.reason.len() <= 123, "{frame:?}");
                    return Err((frame.code.into(), frame.reason.to_string()));
                }
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                other => panic!("no message: {other:?}"),
            }
        }
    }
}

/// A connection that takes little before it is read.
async fn narrow(address: SocketAddr) -> TcpStream {
    let socket = TcpSocket::new_v4().expect("a socket can be made");
    socket.set_recv_buffer_size(16 * 1024).expect("the buffer can be set");
    socket.connect(address).await.expect("the server can be reached")
}

/// An answer of server-sent events.
#[derive(Debug)]
pub struct Events {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: hyper::HeaderMap,
    body: Incoming,
    text: String,
    /// The `id` of the last event that had one.
    pub last_id: Option<String>,
}

impl Events {
    /// Sends an operation by POST and takes nothing but events.
    pub async fn post(address: SocketAddr, query: &str, variables: &Value, bearer: Option<&str>) -> Self {
        let body = json!({ "query": query, "variables": variables }).to_string();
        let stream = TcpStream::connect(address).await.expect("the server can be reached");
        Self::send(stream, "POST", "/graphql", body, (bearer, None)).await
    }

    /// The same, on a connection that takes little before it is read.
    pub async fn post_narrow(
        address: SocketAddr,
        query: &str,
        variables: &Value,
        bearer: Option<&str>,
    ) -> Self {
        let body = json!({ "query": query, "variables": variables }).to_string();
        Self::send(narrow(address).await, "POST", "/graphql", body, (bearer, None)).await
    }

    /// Sends an operation by GET, as a browser's `EventSource` does.
    pub async fn get(address: SocketAddr, parameters: &str) -> Self {
        Self::get_after(address, parameters, None).await
    }

    /// The same, as a browser does it when it comes again: with the `id` of the last event.
    pub async fn get_after(address: SocketAddr, parameters: &str, last_id: Option<&str>) -> Self {
        let stream = TcpStream::connect(address).await.expect("the server can be reached");
        Self::send(stream, "GET", &format!("/graphql?{parameters}"), String::new(), (None, last_id)).await
    }

    async fn send(
        stream: TcpStream,
        method: &str,
        path: &str,
        body: String,
        (bearer, last_id): (Option<&str>, Option<&str>),
    ) -> Self {
        let address = stream.peer_addr().expect("it is connected");
        let (mut sender, connection) =
            hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.expect("it speaks HTTP");
        tokio::spawn(connection);
        let mut request = hyper::Request::builder()
            .method(method)
            .uri(path)
            .header(HOST, address.to_string())
            .header(ACCEPT, "text/event-stream")
            .header("accept-encoding", "gzip")
            .header(CONTENT_TYPE, "application/json");
        if let Some(token) = bearer {
            request = request.header(AUTHORIZATION, format!("Bearer {token}"));
        }
        if let Some(id) = last_id {
            request = request.header("last-event-id", id);
        }
        let request = request.body(Full::new(Bytes::from(body))).expect("the request is right");
        let (head, body) = sender.send_request(request).await.expect("the server answers").into_parts();
        Self { status: head.status.as_u16(), headers: head.headers, body, text: String::new(), last_id: None }
    }

    /// The name and the data of the next event; nothing where the answer has ended.
    pub async fn next(&mut self) -> Option<(String, Value)> {
        loop {
            while let Some((event, rest)) = self.text.split_once("\n\n") {
                let (event, rest) = (event.to_owned(), rest.to_owned());
                self.text = rest;
                let field = |name: &str| {
                    let lines = event.lines().filter_map(|line| line.strip_prefix(name));
                    lines.map(str::trim_start).collect::<Vec<_>>().join("\n")
                };
                let name = field("event:");
                if !field("id:").is_empty() {
                    self.last_id = Some(field("id:"));
                }
                if !name.is_empty() {
                    return Some((name, serde_json::from_str(&field("data:")).unwrap_or_default()));
                }
            }
            let frame =
                tokio::time::timeout(PATIENCE, self.body.frame()).await.expect("an event comes in time");
            let frame = frame?.ok()?;
            if let Ok(data) = frame.into_data() {
                self.text.push_str(&String::from_utf8_lossy(&data));
            }
        }
    }

    /// The `data` of the next answer.
    pub async fn data(&mut self) -> Value {
        let (name, answer) = self.next().await.expect("an event comes");
        assert_eq!(name, "next", "{answer}");
        assert!(answer["errors"].is_null(), "{answer}");
        answer["data"].clone()
    }
}
