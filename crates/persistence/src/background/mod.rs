//! Work that nobody waits for: messages to be sent, requests that ran out, rows that have had their
//! time. All of it is rows in the database, leased and tried again; any node can do it, and what a
//! killed node left is done by the next.

mod expiry;
mod handover;
pub mod message;
mod outgoing;
mod periodic;
mod pruning;
mod uploads;

#[cfg(test)]
mod tests;

use std::sync::Arc;

#[cfg(test)]
pub(crate) use outgoing::End;

pub use message::{Channel, Message, MessageSender, SendError, Sending, enqueue};

use crate::services::Services;

/// What the audit shows as the request of what no request asked for.
pub(crate) const REQUEST: &str = "background";

/// How many messages a node sends at a time, so that a slow mail server doesn't hold up all others.
const SENDERS_AT_ONCE: usize = 3;

/// A node's background work.
#[derive(Clone)]
pub struct Background {
    services: Services,
    senders: Vec<Arc<dyn MessageSender>>,
    event_days: u32,
}

impl std::fmt::Debug for Background {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Background").field("senders", &self.senders.len()).finish_non_exhaustive()
    }
}

impl Background {
    /// With what this node can send messages by; without any, they wait until they are of no use. Events
    /// are kept for so many days.
    #[must_use]
    pub fn new(services: &Services, senders: Vec<Arc<dyn MessageSender>>, event_days: u32) -> Self {
        Self { services: services.clone(), senders, event_days }
    }

    /// Works until it is told to stop; what is under way is finished. Failures are logged and tried
    /// again.
    pub async fn run(&self, stop: impl Future<Output = ()>) {
        let (stopping, stopped) = tokio::sync::watch::channel(false);
        let stop = async {
            stop.await;
            // Someone listens still: the works below.
            let _ = stopping.send(true);
        };
        let works = async {
            let senders: [_; SENDERS_AT_ONCE] = std::array::from_fn(|_| self.send_until(stopped.clone()));
            let [first, second, third] = senders;
            tokio::join!(
                first,
                second,
                third,
                self.check_uploads_until(stopped.clone()),
                self.keep_time_until(stopped.clone())
            );
        };
        tokio::join!(stop, works);
    }
}
