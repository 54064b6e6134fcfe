//! Background work on both databases.

mod handover;
mod messages;
mod periodic;

use std::sync::Arc;

use sea_orm::ConnectionTrait as _;

use super::{Background, MessageSender};
use crate::crypto::{AccessKeys, Keyring, Passwords};
use crate::database::Database;
use crate::services::{Delivery, Services};
use crate::tests::{Counting, Hand};

/// A node with a clock of its own hand.
fn node(database: &Database, clock: &Arc<Hand>, senders: Vec<Arc<dyn MessageSender>>) -> Background {
    let keys = Keyring::generate(&Counting::new(7));
    let keyring = Arc::new(Keyring::parse(&keys).unwrap());
    let services = Services {
        database: database.clone(),
        keyring: keyring.clone(),
        files: crate::files::Files::in_memory(keyring),
        access: Arc::new(AccessKeys::default()),
        passwords: Passwords::new(1),
        feed: crate::record::Feed::default(),
        delivery: Delivery::default(),
        clock: clock.clone(),
        entropy: Arc::new(Counting::new(8)),
    };
    Background::new(&services, senders, 30)
}

async fn execute(database: &Database, sql: &str) {
    database.writer().execute_unprepared(sql).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
}
