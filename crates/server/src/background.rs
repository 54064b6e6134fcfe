//! Work that goes on beside requests, on any node: numbering and sealing the record,
//! looking for new events, sending messages, and what comes round.

use std::sync::Arc;

use maip_persistence::background::{self, MessageSender};
use maip_persistence::record::Sequencer;
use maip_persistence::services::Services;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::mail::SmtpMail;

/// The tasks of this process.
pub struct Background {
    stop: watch::Sender<bool>,
    tasks: Vec<(&'static str, JoinHandle<()>)>,
}

impl Background {
    /// Starts them.
    pub fn start(services: &Services, mail: Option<Arc<SmtpMail>>, event_days: u32) -> Self {
        let (stop, stopped) = watch::channel(false);
        let sequencer =
            Sequencer::new(services.database.clone(), services.clock.clone(), services.entropy.as_ref());
        let senders = mail.into_iter().map(|mail| mail as Arc<dyn MessageSender>).collect();
        let rest = background::Background::new(services, senders, event_days);
        let (feed, database) = (services.feed.clone(), services.database.clone());
        let (told_sequencer, told_feed) = (told(stopped.clone()), told(stopped.clone()));
        let tasks = vec![
            ("the sequencer", tokio::spawn(async move { sequencer.run(told_sequencer).await })),
            ("the feed of events", tokio::spawn(async move { feed.run(&database, told_feed).await })),
            ("the background work", tokio::spawn(async move { rest.run(told(stopped)).await })),
        ];
        Self { stop, tasks }
    }

    /// Lets each finish its step.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        for (name, task) in self.tasks {
            if let Err(error) = task.await {
                tracing::error!(%error, "{name} broke");
            }
        }
    }
}

/// Ready when the tasks are told to stop, or nobody is left to tell them.
async fn told(mut stopped: watch::Receiver<bool>) {
    let _ = stopped.wait_for(|stop| *stop).await;
}
