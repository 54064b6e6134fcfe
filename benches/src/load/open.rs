//! Open loop: requests come at a given rate, whether or not the earlier ones were answered, and each counts from the
//! moment at which it should have been sent. So a server that stalls is charged for all who waited.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::{Mutex, mpsc};

use super::{Calls, Client, Sample, micros};
use crate::Failure;

/// Connections: more than are ever in use at a rate that the server can bear.
const CONNECTIONS: usize = 128;
/// The load ends by itself, whatever happens.
const MOST_REQUESTS: u32 = 500_000;

/// Sends calls at so many a second for so long.
pub async fn open(
    address: SocketAddr,
    calls: &Calls,
    first: usize,
    rate: f64,
    lasts: Duration,
) -> Result<Sample, Failure> {
    let (due, queue) = mpsc::unbounded_channel::<(usize, Instant)>();
    let queue = Arc::new(Mutex::new(queue));
    let mut clients = Vec::with_capacity(CONNECTIONS);
    for _ in 0..CONNECTIONS {
        clients.push(Client::connect(address).await?);
    }
    let workers: Vec<_> = clients
        .into_iter()
        .map(|mut client| {
            let (calls, queue) = (calls.clone(), queue.clone());
            tokio::spawn(async move {
                let mut taken = Vec::new();
                loop {
                    let next = queue.lock().await.recv().await;
                    let Some((number, at)) = next else { return Ok::<_, Failure>(taken) };
                    client.send(&calls(number)).await?;
                    taken.push(micros(at.elapsed()));
                }
            })
        })
        .collect();
    let started = Instant::now();
    // A thread of its own sleeps to some ten microseconds; the runtime's timer knows milliseconds only.
    let pace = std::thread::spawn(move || {
        let step = Duration::from_secs_f64(1.0 / rate.max(1.0));
        for number in 0..MOST_REQUESTS {
            let at = started + step * number;
            if at.duration_since(started) >= lasts {
                break;
            }
            if let Some(rest) = at.checked_duration_since(Instant::now()) {
                std::thread::sleep(rest);
            }
            if due.send((first + usize::try_from(number).unwrap_or(0), at)).is_err() {
                break;
            }
        }
    });
    let mut all = Vec::new();
    for worker in workers {
        all.extend(worker.await??);
    }
    pace.join().map_err(|_| "the thread that paces the load failed")?;
    Ok(Sample::of(started.elapsed(), all))
}
