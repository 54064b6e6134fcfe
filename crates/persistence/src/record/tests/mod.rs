//! The sequencer and the chain, on both databases.

mod full_disk;
mod killed;
mod order;
mod tampering;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use maip_domain::time::{Clock, Timestamp};
use sea_orm::ConnectionTrait;

use super::append::{AuditDraft, EventDraft, append};
use super::sequencer::{Sequencer, Step};
use crate::database::Database;
use crate::tests::{Counting, Hand};

/// Tells the rows of one test from one another.
static NUMBER: AtomicU64 = AtomicU64::new(1);

/// A clock that is some seconds off another.
struct Skewed(Arc<Hand>, i64);

impl Clock for Skewed {
    fn now(&self) -> Timestamp {
        self.0.now().plus_seconds(self.1)
    }
}

/// Appends an audit row and an event about this subject.
async fn append_about(connection: &impl ConnectionTrait, subject: &str) {
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let audit = AuditDraft {
        id: format!("audit_{number}"),
        action: "lesson.updated",
        actor_account: Some("account_1"),
        actor_organisation: Some("organisation_1"),
        actor_token: None,
        on_behalf_of: Some("account_2"),
        subject_type: "Lesson",
        subject,
        country: Some("MWI"),
        fields: &["title"],
        values_digest: Some("digest"),
        request_id: "request",
    };
    let event =
        EventDraft { id: format!("event_{number}"), kind: "lesson.updated", subject_type: "Lesson", subject };
    append(connection, Hand::new().now(), &audit, Some(&event)).await.unwrap();
}

async fn write_about(database: &Database, subject: &str) {
    let transaction = database.begin().await.unwrap();
    append_about(&transaction, subject).await;
    transaction.commit().await.unwrap();
}

fn sequencer(database: &Database, clock: &Arc<Hand>, seed: u64) -> Sequencer {
    Sequencer::new(database.clone(), clock.clone(), &Counting::new(seed))
}

/// Steps until so many audit rows are numbered. On PostgreSQL a step may have to wait for the
/// transactions of other tests on the same server.
async fn number(sequencer: &Sequencer, count: usize) {
    let mut numbered = 0;
    while numbered < count {
        match sequencer.step().await.unwrap() {
            Step::Numbered { audit, .. } => numbered += audit,
            Step::Idle => tokio::task::yield_now().await,
            Step::Aside => panic!("another has the lease"),
        }
    }
    assert_eq!(numbered, count);
}
