//! Resident memory of a freshly started server: under list load, with 16 sign-ins at once, with idle sockets.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use futures::{SinkExt as _, StreamExt as _};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use crate::Failure;
use crate::extent::{CLIENTS, Extent, MEMBERS};
use crate::finding::{Finding, Must};
use crate::load::{Client, closed, in_turn};
use crate::part::throughput::{fresh, mebibytes};
use crate::process::{self, Process};
use crate::side::maip::{Maip, sign_in_call};
use crate::work::list_call;

/// Between two looks at the memory.
const LOOK: Duration = Duration::from_millis(10);
/// Sockets that are opened at a time.
const AT_A_TIME: usize = 50;

pub async fn run(extent: &Extent, maip: &Maip, on: &str) -> Result<Vec<Finding>, Failure> {
    let (mut list, mut sign_ins, mut sockets) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..extent.rounds {
        list.push(under_list_load(extent, maip).await?);
        sign_ins.push(with_sign_ins(maip).await?);
        sockets.push(with_idle_sockets(extent.idle_sockets, maip).await?);
    }
    let name = |what: &str| format!("{on}: resident memory {what}");
    let most = |mebibytes| Some(Must::NotExceed(mebibytes));
    Ok(vec![
        Finding::new(name("under list load"), "MiB", list, most(64.0)),
        Finding::new(name("with 16 sign-ins at once"), "MiB", sign_ins, most(256.0)),
        Finding::new(
            name(&format!("with {} idle sockets", extent.idle_sockets)),
            "MiB",
            sockets,
            most(256.0),
        ),
    ])
}

/// Looks at the memory of a process until it is asked for the most that it saw.
struct Watch {
    most: Arc<AtomicU64>,
    done: Arc<AtomicBool>,
}

impl Watch {
    fn over(process: &Process) -> Self {
        let (most, done, id) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicBool::new(false)), process.id());
        let (seen, end) = (most.clone(), done.clone());
        std::thread::spawn(move || {
            while !end.load(Ordering::Relaxed) {
                seen.fetch_max(process::resident(id), Ordering::Relaxed);
                std::thread::sleep(LOOK);
            }
        });
        Self { most, done }
    }

    fn most(self) -> f64 {
        self.done.store(true, Ordering::Relaxed);
        mebibytes(self.most.load(Ordering::Relaxed))
    }
}

async fn under_list_load(extent: &Extent, maip: &Maip) -> Result<f64, Failure> {
    let server = maip.serve()?;
    let watch = Watch::over(&server);
    closed(server.address(), &in_turn(vec![list_call()]), fresh(), CLIENTS, extent.turn * 2).await?;
    Ok(watch.most())
}

async fn with_sign_ins(maip: &Maip) -> Result<f64, Failure> {
    let server = maip.serve()?;
    let address = server.address();
    let watch = Watch::over(&server);
    let each = (0..MEMBERS).map(|number| {
        tokio::spawn(async move {
            let data = Client::connect(address).await?.data(&sign_in_call(number)).await?;
            let token = data["signIn"]["session"]["accessToken"].as_str().map(str::len);
            token.ok_or_else(|| Failure::from(format!("no sign-in: {data}")))
        })
    });
    for done in each.collect::<Vec<_>>() {
        done.await??;
    }
    Ok(watch.most())
}

/// Sockets that were acknowledged and ask for nothing.
async fn with_idle_sockets(count: usize, maip: &Maip) -> Result<f64, Failure> {
    let server = maip.serve()?;
    let address = server.address();
    let watch = Watch::over(&server);
    let mut open = Vec::with_capacity(count);
    while open.len() < count {
        let some = AT_A_TIME.min(count - open.len());
        let opening: Vec<_> = (0..some).map(|_| tokio::spawn(socket(address))).collect();
        for socket in opening {
            open.push(socket.await??);
        }
    }
    // All of them are still there: the last that was opened doesn't cost the first.
    if let Some(first) = open.first_mut() {
        first.send(Message::text(r#"{"type":"ping"}"#)).await?;
        expect(first, "pong").await?;
    }
    Ok(watch.most())
}

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

async fn socket(address: std::net::SocketAddr) -> Result<Socket, Failure> {
    let mut request = format!("ws://{address}/graphql").into_client_request()?;
    request.headers_mut().insert("sec-websocket-protocol", HeaderValue::from_static("graphql-transport-ws"));
    let (mut socket, _) = tokio_tungstenite::connect_async(request).await?;
    socket.send(Message::text(r#"{"type":"connection_init"}"#)).await?;
    expect(&mut socket, "connection_ack").await?;
    Ok(socket)
}

async fn expect(socket: &mut Socket, kind: &str) -> Result<(), Failure> {
    let wait = async {
        while let Some(message) = socket.next().await {
            if message?.to_text().is_ok_and(|text| text.contains(kind)) {
                return Ok(());
            }
        }
        Err(Failure::from("a socket was closed"))
    };
    tokio::time::timeout(Duration::from_secs(30), wait).await?
}
