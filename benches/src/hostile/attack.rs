//! What is sent to hurt.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use super::neighbour::{answer, told};

/// One way to attack.
pub struct Attack {
    pub name: &'static str,
    how: How,
}

enum How {
    /// One request after the other, on a connection that is kept where the server keeps it.
    Requests(fn() -> Vec<u8>),
    /// The same with another request each time, by its number.
    Changing(fn(usize) -> Vec<u8>),
    /// So many connections that say this at first, then this again and again, and read nothing.
    Connections { count: usize, first: fn() -> Vec<u8>, again: &'static [u8] },
}

/// All of them.
pub const ATTACKS: &[Attack] = &[
    Attack {
        name: "none: no file of this name",
        how: How::Requests(|| b"GET /nothing HTTP/1.1\r\nhost: x\r\n\r\n".to_vec()),
    },
    Attack { name: "none: the smallest query", how: How::Requests(|| query("{ __typename }")) },
    Attack { name: "a query of 40 levels", how: How::Requests(|| query(&fan_out(1, 20))) },
    Attack { name: "a fan-out of 2^12 through nested lists", how: How::Requests(|| query(&fan_out(8, 3))) },
    Attack { name: "10,000 aliases", how: How::Requests(|| query(&aliases())) },
    Attack { name: "fragments in a circle", how: How::Requests(|| query(CIRCLE)) },
    Attack {
        name: "a list of 20,000 levels in the document",
        how: How::Requests(|| query(&format!("{{ lessons(filter: {}) {{ totalCount }} }}", list()))),
    },
    Attack {
        name: "a list of 20,000 levels in the variables",
        how: How::Requests(|| {
            post(
                format!("{{\"query\":\"{{ __typename }}\",\"variables\":{{\"a\":{}}}}}", list()).as_bytes(),
                "",
            )
        }),
    },
    Attack {
        name: "a megabyte of small values in the variables",
        how: How::Requests(|| post(values().as_bytes(), "")),
    },
    Attack {
        name: "valid documents of 3,000 fields, each a new one",
        how: How::Changing(|number| query(&wide(number, "id title "))),
    },
    Attack {
        name: "documents with 3,000 unknown fields, each a new one",
        how: How::Changing(|number| query(&wide(number, "nothing nowhere "))),
    },
    Attack {
        name: "250 operations and fragments that all name each other, each a new one",
        how: How::Changing(|number| query(&tangle(number))),
    },
    Attack { name: "the whole schema", how: How::Requests(|| query(SCHEMA)) },
    Attack {
        name: "parts of the schema, others each time",
        how: How::Changing(|number| query(&format!("query Q{number} {SCHEMA}"))),
    },
    Attack { name: "a body of 10 MB", how: How::Requests(|| post(&vec![b' '; 10 << 20], "")) },
    Attack { name: "a zip bomb", how: How::Requests(|| post(&bomb(), "content-encoding: gzip\r\n")) },
    Attack {
        name: "500 heads, a byte each half a second",
        how: How::Connections {
            count: 500,
            first: || b"POST /graphql HTTP/1.1\r\nhost: x\r\nx-slow: ".to_vec(),
            again: b"x",
        },
    },
    Attack {
        name: "500 bodies, a byte each half a second",
        how: How::Connections {
            count: 500,
            first: || {
                b"POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 9999\r\n\r\n{".to_vec()
            },
            again: b" ",
        },
    },
    Attack {
        name: "5,000 idle sockets",
        how: How::Connections { count: 5_000, first: Vec::new, again: b"" },
    },
    Attack {
        name: "5,000 sockets, idle after a request",
        how: How::Connections {
            count: 5_000,
            first: || b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n".to_vec(),
            again: b"",
        },
    },
    Attack {
        name: "1,000 WebSockets that never say who they are",
        how: How::Connections { count: 1_000, first: || UPGRADE.to_vec(), again: b"" },
    },
    Attack {
        name: "200 clients that never read their answers",
        how: How::Connections { count: 200, first: || query(SCHEMA).repeat(50), again: b"" },
    },
];

/// The attackers' own address, so that the server can tell them from the neighbour.
const ATTACKERS: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2)), 0);

async fn connect(address: SocketAddr) -> io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    socket.bind(ATTACKERS)?;
    socket.connect(address).await
}

/// Counts requests that differ.
static NUMBER: AtomicUsize = AtomicUsize::new(0);

const SCHEMA: &str = "{ __schema { types { name description fields { name description type { name ofType { name } } \
    args { name description type { name ofType { name } } } } inputFields { name description } } } }";

const CIRCLE: &str =
    "{ lessons { nodes { ...A } } } fragment A on Lesson { id ...B } fragment B on Lesson { id ...A }";

const UPGRADE: &[u8] = b"GET /graphql HTTP/1.1\r\nhost: x\r\nupgrade: websocket\r\nconnection: upgrade\r\n\
    sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
    sec-websocket-protocol: graphql-transport-ws\r\n\r\n";

fn post(body: &[u8], headers: &str) -> Vec<u8> {
    let length = body.len();
    let head = format!(
        "POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n{headers}content-length: {length}\r\n\r\n"
    );
    [head.as_bytes(), body].concat()
}

fn query(text: &str) -> Vec<u8> {
    post(serde_json::json!({ "query": text }).to_string().as_bytes(), "")
}

fn fan_out(each: usize, levels: usize) -> String {
    let inner = (0..levels).fold("{ id }".to_owned(), |inner, _| {
        format!("{{ replications(first: {each}) {{ nodes {{ lesson {inner} }} }} }}")
    });
    format!("{{ lessons(first: {each}) {{ nodes {inner} }} }}")
}

fn aliases() -> String {
    let mut text = String::from("{");
    for number in 0..10_000 {
        // Writing to a string never fails.
        let _ = write!(text, " a{number}: __typename");
    }
    text.push('}');
    text
}

/// Half a million values.
fn values() -> String {
    let values = "1,".repeat(500_000);
    format!("{{\"query\":\"{{ __typename }}\",\"variables\":{{\"a\":[{values}1]}}}}")
}

/// As many fields as a document may have.
fn wide(number: usize, fields: &str) -> String {
    format!("query Q{number} {{ lessons(first: 1) {{ nodes {{ {} }} }} }}", fields.repeat(1_490))
}

/// Operations that each spread every fragment, and fragments that each spread the next.
fn tangle(number: usize) -> String {
    let mut text = String::new();
    for operation in 0..180 {
        // Writing to a string never fails.
        let _ = write!(text, "query Q{number}_{operation}{{lessons{{nodes{{");
        for fragment in 0..8 {
            let _ = write!(text, "...F{fragment}");
        }
        text.push_str("}}}");
    }
    for fragment in 0..60 {
        let _ = write!(text, "fragment F{fragment} on Lesson{{id,title,summary:id");
        if fragment < 59 {
            let _ = write!(text, "...F{}", fragment + 1);
        }
        text.push('}');
    }
    text
}

fn list() -> String {
    format!("{}1{}", "[".repeat(20_000), "]".repeat(20_000))
}

/// Some kilobytes of gzip that become ten megabytes of zeros, were anybody to unpack them.
fn bomb() -> Vec<u8> {
    // A header, and one block of the fixed code: a zero, then copies of the 258 bytes before.
    let mut bits = Bits::default();
    bits.put(1, 1);
    bits.put(1, 2);
    bits.code(0x30, 8);
    for _ in 0..(10 << 20) / 258 {
        // The length 258 is symbol 285; the distance 1 is symbol 0.
        bits.code(0b1100_0101, 8);
        bits.code(0, 5);
    }
    bits.code(0, 7);
    let mut bytes = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    bytes.extend(bits.bytes);
    bytes.push(bits.last);
    bytes.extend([0; 8]);
    bytes
}

#[derive(Default)]
struct Bits {
    bytes: Vec<u8>,
    last: u8,
    used: u8,
}

impl Bits {
    fn bit(&mut self, bit: u8) {
        self.last |= (bit & 1) << self.used;
        self.used += 1;
        if self.used == 8 {
            self.bytes.push(std::mem::take(&mut self.last));
            self.used = 0;
        }
    }

    /// A number, its lowest bit first.
    fn put(&mut self, number: u8, count: u8) {
        (0..count).for_each(|place| self.bit(number >> place));
    }

    /// A code, its highest bit first.
    fn code(&mut self, code: u8, count: u8) {
        (0..count).rev().for_each(|place| self.bit(code >> place));
    }
}

/// How the server answered, counted.
#[derive(Default)]
pub struct Answers(BTreeMap<String, usize>);

impl Answers {
    fn count(&mut self, what: impl Into<String>) {
        *self.0.entry(what.into()).or_default() += 1;
    }

    pub fn add(&mut self, other: Self) {
        for (what, count) in other.0 {
            *self.0.entry(what).or_default() += count;
        }
    }

    pub fn text(&self) -> String {
        let all: Vec<String> = self.0.iter().map(|(what, count)| format!("{count} × {what}")).collect();
        if all.is_empty() { "nothing".to_owned() } else { all.join(", ") }
    }
}

impl Attack {
    /// How many go on at the same time.
    pub fn attackers(&self, usual: usize) -> usize {
        if matches!(self.how, How::Connections { .. }) { 1 } else { usual }
    }

    /// Attacks until it is told to stop.
    pub async fn go_on(&'static self, address: SocketAddr, stopped: watch::Receiver<bool>) -> Answers {
        match self.how {
            How::Requests(request) => {
                let request = request();
                requests(address, || Cow::Borrowed(request.as_slice()), stopped).await
            }
            How::Changing(request) => {
                let next = || Cow::Owned(request(NUMBER.fetch_add(1, Ordering::Relaxed)));
                requests(address, next, stopped).await
            }
            How::Connections { count, first, again } => {
                connections(address, (count, &first(), again), stopped).await
            }
        }
    }
}

async fn requests<'a>(
    address: SocketAddr,
    request: impl Fn() -> Cow<'a, [u8]>,
    stopped: watch::Receiver<bool>,
) -> Answers {
    let mut answers = Answers::default();
    let mut kept: Option<TcpStream> = None;
    while !*stopped.borrow() {
        let Some(mut stream) = (match kept.take() {
            Some(stream) => Some(stream),
            None => connect(address).await.ok(),
        }) else {
            answers.count("no connection");
            continue;
        };
        // It may answer before it has all, and close.
        let sent = stream.write_all(&request()).await;
        match timeout(Duration::from_secs(40), answer(&mut stream)).await {
            Ok(Ok((status, body))) => {
                let body: serde_json::Value = serde_json::from_str(&body).unwrap_or_default();
                let code = body["errors"][0]["extensions"]["code"].as_str().unwrap_or("no error");
                answers.count(format!("{status} {code}"));
                kept = sent.is_ok().then_some(stream);
            }
            Ok(Err(_)) => answers.count("closed"),
            Err(_) => answers.count("no answer"),
        }
    }
    answers
}

async fn connections(
    address: SocketAddr,
    (count, first, again): (usize, &[u8], &[u8]),
    stopped: watch::Receiver<bool>,
) -> Answers {
    let mut answers = Answers::default();
    let mut open = Vec::with_capacity(count);
    for _ in 0..count {
        if *stopped.borrow() {
            break;
        }
        match timeout(Duration::from_secs(2), connect(address)).await {
            Ok(Ok(mut stream)) => {
                // Who reads nothing can't write for ever.
                let _ = timeout(Duration::from_millis(20), stream.write_all(first)).await;
                open.push(stream);
            }
            _ => answers.count("no connection"),
        }
    }
    while !*stopped.borrow() {
        tokio::select! {
            () = told(stopped.clone()) => {}
            () = sleep(Duration::from_millis(500)) => {
                for stream in &mut open {
                    let _ = timeout(Duration::from_millis(1), stream.write_all(again)).await;
                }
            }
        }
    }
    for mut stream in open {
        let mut some = vec![0; 4096];
        let state = loop {
            match timeout(Duration::from_millis(1), stream.read(&mut some)).await {
                Err(_) => break "open at the end",
                Ok(Ok(0) | Err(_)) => break "closed by then",
                Ok(Ok(_)) => {}
            }
        };
        answers.count(state);
    }
    answers
}
