//! The client that does nothing wrong.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until, timeout};

use crate::Failure;

const QUERY: &str = "{ lessons(first: 20) { nodes { id title country { name } platform { name } } } }";

/// Between two requests.
const EVERY: Duration = Duration::from_millis(25);

/// After so long a request has failed.
const PATIENCE: Duration = Duration::from_secs(20);

/// What the client felt, in milliseconds.
pub struct Felt {
    pub median: f64,
    pub p99: f64,
    pub failed: usize,
}

/// Ready when it is told to stop.
pub async fn told(mut stopped: watch::Receiver<bool>) {
    let _ = stopped.wait_for(|stop| *stop).await;
}

/// Asks for so long, at a steady pace: who waits for one answer asks the next no later.
pub async fn watch(address: SocketAddr, long: Duration) -> Result<Felt, Failure> {
    let begun = Instant::now();
    let mut asked = Vec::new();
    let mut kept: Option<TcpStream> = None;
    for number in 0_u32.. {
        let due = begun + EVERY * number;
        if due.duration_since(begun) >= long {
            break;
        }
        sleep_until(due).await;
        let fresh = number % 2 == 0;
        let stream = if fresh { None } else { kept.take() };
        asked.push(timeout(PATIENCE, ask(address, stream)).await.map_err(Failure::from).flatten().map(
            |stream| {
                if !fresh {
                    kept = Some(stream);
                }
                due.elapsed()
            },
        ));
    }
    let failed = asked.iter().filter(|answer| answer.is_err()).count();
    let mut times: Vec<f64> = asked.into_iter().flatten().map(|time| time.as_secs_f64() * 1000.0).collect();
    times.sort_unstable_by(f64::total_cmp);
    let at =
        |share: usize| times.get((times.len() * share / 100).min(times.len().saturating_sub(1))).copied();
    let (Some(median), Some(p99)) = (at(50), at(99)) else {
        return Err("the neighbour gets no answer".into());
    };
    Ok(Felt { median, p99, failed })
}

async fn ask(address: SocketAddr, kept: Option<TcpStream>) -> Result<TcpStream, Failure> {
    let mut stream = match kept {
        Some(stream) => stream,
        None => TcpStream::connect(address).await?,
    };
    stream.set_nodelay(true)?;
    let body = serde_json::json!({ "query": QUERY }).to_string();
    let head =
        "POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\naccept: application/json";
    stream.write_all(format!("{head}\r\ncontent-length: {}\r\n\r\n{body}", body.len()).as_bytes()).await?;
    let (status, _) = answer(&mut stream).await?;
    if status == 200 { Ok(stream) } else { Err(format!("HTTP {status}").into()) }
}

/// The status and the body of an answer.
pub async fn answer(stream: &mut TcpStream) -> Result<(u16, String), Failure> {
    let mut bytes = Vec::new();
    loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&bytes[..end]).to_ascii_lowercase();
            let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).ok_or("no status")?;
            let length =
                head.lines().find_map(|line| line.strip_prefix("content-length:")).map_or("0", str::trim);
            let all = end + 4 + length.parse::<usize>()?;
            if bytes.len() >= all {
                return Ok((status, String::from_utf8_lossy(&bytes[end + 4..all]).into_owned()));
            }
        }
        let mut some = vec![0; 16 * 1024];
        match stream.read(&mut some).await? {
            0 => return Err("it was closed".into()),
            count => bytes.extend_from_slice(&some[..count]),
        }
    }
}
