//! Work that goes on beside requests, on any node: numbering and sealing the record.

use maip_persistence::record::Sequencer;
use maip_persistence::services::Services;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// The tasks of this process.
pub struct Background {
    stop: watch::Sender<bool>,
    sequencer: JoinHandle<()>,
}

impl Background {
    /// Starts them.
    pub fn start(services: &Services) -> Self {
        let (stop, stopped) = watch::channel(false);
        let sequencer =
            Sequencer::new(services.database.clone(), services.clock.clone(), services.entropy.as_ref());
        let sequencer = tokio::spawn(async move { sequencer.run(told(stopped)).await });
        Self { stop, sequencer }
    }

    /// Lets each finish its step.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        if let Err(error) = self.sequencer.await {
            tracing::error!(%error, "the sequencer broke");
        }
    }
}

/// Ready when the tasks are told to stop, or nobody is left to tell them.
async fn told(mut stopped: watch::Receiver<bool>) {
    let _ = stopped.wait_for(|stop| *stop).await;
}
