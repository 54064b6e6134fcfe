//! Closed loop: each client sends its next request when it has the answer to the last.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use super::{Calls, Client, Sample, micros};
use crate::Failure;

/// The load ends by itself, whatever happens.
const MOST_REQUESTS: usize = 500_000;

/// Answers that are shorter than half of the first one aren't answers.
fn is_answer(body: &[u8], least: usize) -> bool {
    body.len() * 2 >= least
}

/// Sends calls over so many connections for so long, beginning with the call of this number.
pub async fn closed(
    address: SocketAddr,
    calls: &Calls,
    first: usize,
    connections: usize,
    lasts: Duration,
) -> Result<Sample, Failure> {
    let next = Arc::new(AtomicUsize::new(first));
    let started = Instant::now();
    let workers: Vec<_> = (0..connections)
        .map(|_| {
            let (calls, next) = (calls.clone(), next.clone());
            tokio::spawn(async move {
                let mut client = Client::connect(address).await?;
                let (mut taken, mut least) = (Vec::new(), 0);
                while started.elapsed() < lasts {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number - first >= MOST_REQUESTS {
                        break;
                    }
                    let call = calls(number);
                    let sent = Instant::now();
                    let body = client.send(&call).await?;
                    taken.push(micros(sent.elapsed()));
                    if !is_answer(&body, least) {
                        return Err(Failure::from(String::from_utf8_lossy(&body).into_owned()));
                    }
                    least = least.max(body.len());
                }
                Ok::<_, Failure>(taken)
            })
        })
        .collect();
    let mut all = Vec::new();
    for worker in workers {
        all.extend(worker.await??);
    }
    Ok(Sample::of(started.elapsed(), all))
}
