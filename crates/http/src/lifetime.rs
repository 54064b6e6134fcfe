//! How long a connection lives: what goes on after its request's answer began has to know when the
//! process stops, and counts as an open connection until it ends.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, watch};

/// Put into each request by the server loop. While one of them is there, the connection counts.
#[derive(Clone, Debug)]
pub struct Lifetime {
    stopping: watch::Receiver<bool>,
    _counted: Option<Arc<OwnedSemaphorePermit>>,
}

impl Lifetime {
    /// Of a connection that was counted.
    pub fn new(stopping: watch::Receiver<bool>, counted: Option<OwnedSemaphorePermit>) -> Self {
        Self { stopping, _counted: counted.map(Arc::new) }
    }

    /// Ready when the process is asked to stop.
    pub async fn stopping(mut self) {
        if self.stopping.wait_for(|stopping| *stopping).await.is_err() {
            // Nobody is left to say so; the connection ends some other way.
            std::future::pending::<()>().await;
        }
    }
}
