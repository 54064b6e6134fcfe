//! Closed-loop load from a fixed number of connections, the two sides in turns.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crate::Failure;
use crate::client::Client;
use crate::queries::{Shape, Side};

/// More than the database connections that each side has.
const CONNECTIONS: usize = 24;
/// How long one turn lasts.
const TURN: Duration = Duration::from_secs(3);
/// Turns of each side; the first pair warms both up and isn't counted.
const TURNS: usize = 6;
/// The load ends by itself, whatever happens.
const MOST_REQUESTS: usize = 200_000;

/// What was measured for one shape.
pub struct Row {
    pub name: &'static str,
    pub bytes: usize,
    pub server: Vec<f64>,
    pub limit: Vec<f64>,
}

impl Row {
    /// The ratios, turn by turn.
    pub fn ratios(&self) -> Vec<f64> {
        self.server.iter().zip(&self.limit).map(|(server, limit)| server / limit).collect()
    }
}

/// The middle one.
pub fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
}

pub async fn in_turns(
    shape: &Shape,
    server: SocketAddr,
    limit: SocketAddr,
    bytes: usize,
) -> Result<Row, Failure> {
    let mut row = Row { name: shape.name, bytes, server: Vec::new(), limit: Vec::new() };
    for turn in 0..TURNS {
        let a = load(shape, Side::Server, server).await?;
        let b = load(shape, Side::Limit, limit).await?;
        if turn > 0 {
            row.server.push(a);
            row.limit.push(b);
        }
    }
    Ok(row)
}

/// Requests per second over one turn.
async fn load(shape: &Shape, side: Side, address: SocketAddr) -> Result<f64, Failure> {
    let calls = Arc::new(shape.calls(side));
    let sent = Arc::new(AtomicUsize::new(0));
    let started = Instant::now();
    let workers: Vec<_> = (0..CONNECTIONS)
        .map(|_| {
            let (calls, sent) = (calls.clone(), sent.clone());
            tokio::spawn(async move {
                let mut client = Client::connect(address).await?;
                let mut done = 0_u32;
                while started.elapsed() < TURN {
                    let number = sent.fetch_add(1, Ordering::Relaxed);
                    if number >= MOST_REQUESTS {
                        break;
                    }
                    client.send(&calls[number % calls.len()]).await?;
                    done += 1;
                }
                Ok::<_, Failure>(done)
            })
        })
        .collect();
    let mut done = 0_u32;
    for worker in workers {
        done += worker.await??;
    }
    Ok(f64::from(done) / started.elapsed().as_secs_f64())
}
