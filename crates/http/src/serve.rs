//! The server loop: accepts connections until told to stop, then lets requests in flight finish.
//!
//! axum's own `serve` has no time-out for the head of a request, so that a client which sends one
//! byte a minute would hold a connection for ever.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::StatusCode;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tower::ServiceExt as _;

use crate::activity::{Activity, Answering, Crowd};
use crate::lifetime::Lifetime;
use crate::patience::{Patience, Patient};
use crate::peer::Socket;
use crate::settings::HttpSettings;

/// How long to wait where the process can open no more files.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// How many who do nothing make room at once, so that there is room for the next too.
const DISMISSED_AT_ONCE: usize = 16;

/// The largest head of a request; above what GET needs for any sensible document.
const MAX_HEAD_BYTES: usize = 64 * 1024;

/// What one client of HTTP/2 may ask at once on one connection.
const MAX_STREAMS: u32 = 100;

/// Serves until `stop` is ready, then finishes what is in flight, for as long as the settings allow.
/// Says whether all of it was finished.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    settings: &HttpSettings,
    stop: impl Future<Output = ()>,
) -> bool {
    let builder = connection_builder(settings.header_timeout);
    let patience = Patience {
        head: settings.header_timeout,
        request: settings.keep_alive_timeout,
        stall: settings.longest_stall,
    };
    let crowd = Arc::new(Crowd::default());
    let connections = Arc::new(Semaphore::new(settings.max_connections.min(Semaphore::MAX_PERMITS)));
    let graceful = GracefulShutdown::new();
    let (stopping, stopped) = watch::channel(false);
    let mut stop = std::pin::pin!(stop);
    loop {
        let next = async {
            let accepted = listener.accept().await;
            (accepted, place(&connections, &crowd).await)
        };
        let (accepted, permit) = tokio::select! {
            next = next => next,
            () = &mut stop => break,
        };
        let (stream, address) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(ACCEPT_PAUSE).await;
                continue;
            }
        };
        // Small answers go at once.
        let _ = stream.set_nodelay(true);
        let activity: Arc<Activity> = Arc::default();
        let member = crowd.join(address.ip(), Arc::clone(&activity));
        let stream = Patient::new(stream, Arc::clone(&activity), patience);
        let lifetime = Lifetime::new(stopped.clone(), permit);
        let served = connection(&builder, stream, (address, lifetime, activity), router.clone());
        let watched = graceful.watch(served);
        tokio::spawn(async move {
            let _member = member;
            if let Err(error) = watched.await {
                tracing::debug!(error, "a connection broke");
            }
        });
    }
    drop(listener);
    drop(stopped);
    stopping.send_replace(true);
    let finished = async {
        graceful.shutdown().await;
        // WebSockets are connections of their own by now; the last one of all to end drops the last
        // receiver.
        stopping.closed().await;
    };
    tokio::time::timeout(settings.shutdown_timeout, finished).await.is_ok()
}

/// A place among the connections. Where all are taken, whoever does nothing with theirs makes room.
async fn place(connections: &Arc<Semaphore>, crowd: &Crowd) -> Option<OwnedSemaphorePermit> {
    if let Ok(permit) = Arc::clone(connections).try_acquire_owned() {
        return Some(permit);
    }
    loop {
        crowd.dismiss_idlest(DISMISSED_AT_ONCE);
        let place = Arc::clone(connections).acquire_owned();
        // Never closed, so never an error.
        if let Ok(permit) = tokio::time::timeout(ACCEPT_PAUSE, place).await {
            return permit.ok();
        }
        // All were at work; by now some may be idle.
    }
}

fn connection_builder(header_timeout: Duration) -> auto::Builder<TokioExecutor> {
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        // `Patient` sees to it.
        .header_read_timeout(None)
        .max_buf_size(MAX_HEAD_BYTES)
        .half_close(false);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(MAX_STREAMS)
        .max_header_list_size(u32::try_from(MAX_HEAD_BYTES).unwrap_or(u32::MAX))
        .keep_alive_interval(Duration::from_secs(30))
        .keep_alive_timeout(header_timeout);
    builder
}

/// One connection, with the address of its other end and its lifetime in each request.
fn connection(
    builder: &auto::Builder<TokioExecutor>,
    stream: Patient<TcpStream>,
    (address, lifetime, activity): (SocketAddr, Lifetime, Arc<Activity>),
    router: Router,
) -> impl hyper_util::server::graceful::GracefulConnection<Error = Box<dyn std::error::Error + Send + Sync>>
+ Send
+ 'static {
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(Socket(address));
        request.extensions_mut().insert(lifetime.clone());
        let answered = router.clone().oneshot(request);
        let (activity, under_way) = (Arc::clone(&activity), activity.begin());
        async move {
            let answer = answered.await.unwrap_or_else(|never| match never {});
            if answer.status() == StatusCode::SWITCHING_PROTOCOLS {
                activity.upgraded();
            }
            Ok::<_, Infallible>(answer.map(|body| Answering::new(body, under_way)))
        }
    });
    builder.serve_connection_with_upgrades(TokioIo::new(stream), service).into_owned()
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::sync::oneshot;

    use super::*;
    use crate::testing::Puppet;

    struct Running {
        address: SocketAddr,
        puppet: Arc<Puppet>,
        stop: oneshot::Sender<()>,
        ended: tokio::task::JoinHandle<bool>,
    }

    async fn start(change: impl FnOnce(&mut HttpSettings)) -> Running {
        let mut settings = HttpSettings::default();
        change(&mut settings);
        let puppet = Arc::new(Puppet::default());
        let router = crate::router(puppet.clone(), settings.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let ended =
            tokio::spawn(
                async move { serve(listener, router, &settings, async { drop(stopped.await) }).await },
            );
        Running { address, puppet, stop, ended }
    }

    async fn ask(address: SocketAddr, query: &str) -> TcpStream {
        let body = format!("{{\"query\":\"{query}\"}}");
        let head = "POST /graphql HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/json";
        let mut stream = TcpStream::connect(address).await.unwrap();
        let request = format!("{head}\r\ncontent-length: {}\r\n\r\n{body}", body.len());
        stream.write_all(request.as_bytes()).await.unwrap();
        stream
    }

    async fn read(mut stream: TcpStream) -> String {
        let mut text = String::new();
        stream.read_to_string(&mut text).await.unwrap();
        text
    }

    #[tokio::test]
    async fn what_is_in_flight_is_finished_and_nothing_new_begun() {
        let running = start(|settings| settings.request_timeout = Duration::from_millis(300)).await;
        let idle = TcpStream::connect(running.address).await.unwrap();
        let hanging = ask(running.address, "hang").await;
        while running.puppet.seen.lock().unwrap().is_empty() {
            tokio::task::yield_now().await;
        }
        running.stop.send(()).unwrap();
        assert!(read(hanging).await.starts_with("HTTP/1.1 504"));
        assert!(running.ended.await.unwrap());
        assert!(TcpStream::connect(running.address).await.is_err());
        drop(idle);
    }

    #[tokio::test]
    async fn what_never_ends_is_cut_off_after_a_while() {
        let running = start(|settings| settings.shutdown_timeout = Duration::from_millis(50)).await;
        let _hanging = ask(running.address, "hang").await;
        while running.puppet.seen.lock().unwrap().is_empty() {
            tokio::task::yield_now().await;
        }
        running.stop.send(()).unwrap();
        assert!(!running.ended.await.unwrap());
    }

    #[tokio::test]
    async fn a_head_that_does_not_come_closes_the_connection() {
        let running = start(|settings| settings.header_timeout = Duration::from_millis(50)).await;
        let mut stream = TcpStream::connect(running.address).await.unwrap();
        stream.write_all(b"GET / HTTP/1.1\r\nhost: x\r\nx-slow: ").await.unwrap();
        let text = read(stream).await;
        assert!(text.is_empty() || text.starts_with("HTTP/1.1 408"), "{text}");
    }

    /// The only place, taken by someone who says so much and no more, is free again before long.
    async fn is_freed_from(said: &[u8], change: impl FnOnce(&mut HttpSettings)) {
        let running = start(|settings| {
            settings.max_connections = 1;
            settings.header_timeout = Duration::from_millis(50);
            change(settings);
        })
        .await;
        let mut first = TcpStream::connect(running.address).await.unwrap();
        first.write_all(said).await.unwrap();
        let next = read(ask(running.address, "next").await);
        let next = tokio::time::timeout(Duration::from_secs(20), next).await;
        assert!(next.is_ok_and(|text| text.starts_with("HTTP/1.1 200")), "{}", said.escape_ascii());
        drop(first);
    }

    /// Sends a request and reads its answer, on a connection that stays.
    async fn exchange(stream: &mut TcpStream) -> String {
        stream.write_all(b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
        let mut bytes = vec![0; 4096];
        let count = stream.read(&mut bytes).await.unwrap();
        String::from_utf8_lossy(&bytes[..count]).into_owned()
    }

    #[tokio::test]
    async fn a_connection_is_kept_for_the_next_request_longer_than_a_head_may_take() {
        let running = start(|settings| {
            settings.header_timeout = Duration::from_millis(50);
            settings.keep_alive_timeout = Duration::from_secs(2);
        })
        .await;
        let mut stream = TcpStream::connect(running.address).await.unwrap();
        assert!(exchange(&mut stream).await.starts_with("HTTP/1.1 200"));
        let mut byte = [0];
        let idle = tokio::time::timeout(Duration::from_millis(500), stream.read(&mut byte)).await;
        assert!(idle.is_err(), "it is still open");
        assert!(exchange(&mut stream).await.starts_with("HTTP/1.1 200"));
        // A head that has begun is waited for no longer than any other.
        let begun = std::time::Instant::now();
        stream.write_all(b"GET /hea").await.unwrap();
        assert!(matches!(stream.read(&mut byte).await, Ok(0) | Err(_)));
        assert!(begun.elapsed() < Duration::from_secs(2));
    }

    #[tokio::test]
    async fn an_idle_connection_is_closed_after_a_while() {
        let running = start(|settings| settings.keep_alive_timeout = Duration::from_millis(100)).await;
        let mut stream = TcpStream::connect(running.address).await.unwrap();
        assert!(exchange(&mut stream).await.starts_with("HTTP/1.1 200"));
        assert_eq!(read(stream).await, "");
    }

    #[tokio::test]
    async fn who_is_idle_makes_room_for_who_comes() {
        let running = start(|settings| settings.max_connections = 3).await;
        let mut idle = Vec::new();
        for _ in 0..20 {
            let mut stream = TcpStream::connect(running.address).await.unwrap();
            assert!(exchange(&mut stream).await.starts_with("HTTP/1.1 200"));
            idle.push(stream);
        }
        assert!(read(ask(running.address, "next").await).await.starts_with("HTTP/1.1 200"));
    }

    #[tokio::test]
    async fn who_connects_and_says_nothing_keeps_no_place() {
        is_freed_from(b"", |_| ()).await;
    }

    #[tokio::test]
    async fn who_stops_within_the_preface_of_http_2_keeps_no_place() {
        is_freed_from(b"PRI * HTTP/2.0\r\n", |_| ()).await;
    }

    #[tokio::test]
    async fn who_never_reads_the_answers_keeps_no_place() {
        // Many requests at once, whose answers are more than the system keeps for a reader.
        let request = b"GET /assets/explorer.css HTTP/1.1\r\nhost: x\r\n\r\n".repeat(2_000);
        is_freed_from(&request, |settings| {
            settings.longest_stall = Duration::from_millis(200);
            settings.header_timeout = Duration::from_mins(1);
        })
        .await;
    }
}
