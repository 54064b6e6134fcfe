//! Counts statements by the driver's own report of each.

use std::collections::HashMap;
use std::sync::{Mutex, Once, PoisonError};

use tracing::span::Id;
use tracing::{Event, Instrument as _, Level, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};
use tracing_subscriber::registry::LookupSpan;

/// Where the driver reports.
const REPORT: &str = "sqlx::query";

/// Statements so far, by the span that counts them.
static COUNTS: Mutex<Option<HashMap<Id, usize>>> = Mutex::new(None);

struct Count;

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Count {
    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        if event.metadata().target() != REPORT {
            return;
        }
        let mut counts = COUNTS.lock().unwrap_or_else(PoisonError::into_inner);
        for span in context.event_scope(event).into_iter().flatten() {
            if let Some(count) = counts.get_or_insert_default().get_mut(&span.id()) {
                *count += 1;
            }
        }
    }
}

/// From now on connections report: whether one does is decided when it is made.
pub(crate) fn listen() {
    static LISTENING: Once = Once::new();
    LISTENING.call_once(|| {
        let wanted = tracing_subscriber::filter::Targets::new()
            .with_target(REPORT, Level::DEBUG)
            .with_target(module_path!(), Level::DEBUG);
        let subscriber = tracing_subscriber::registry().with(wanted).with(Count);
        tracing::subscriber::set_global_default(subscriber).unwrap();
    });
}

/// How many statements the work took.
pub(crate) async fn counted<T>(work: impl Future<Output = T>) -> (T, usize) {
    let span = tracing::debug_span!("counted");
    let id = span.id().unwrap();
    COUNTS.lock().unwrap().get_or_insert_default().insert(id.clone(), 0);
    let done = work.instrument(span).await;
    let count = COUNTS.lock().unwrap().get_or_insert_default().remove(&id);
    (done, count.unwrap())
}
