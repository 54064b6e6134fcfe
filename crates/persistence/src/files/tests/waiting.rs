//! Announced files, as background work finds them.

use super::*;
use crate::background::{Background, End};
use crate::tests::Hand;

/// A town in which a file was announced, and a node with a clock of its own hand.
async fn announced(database: &Database) -> (Town, Background, Arc<Hand>) {
    let mut town = Town::new(database).await;
    let clock = Arc::new(Hand::new());
    town.services.clock = clock.clone();
    attachment(&town, "a", "PENDING", town.services.now().micros()).await;
    // As large as it was announced.
    town.run("UPDATE lesson_attachments SET size_bytes = 100000").await;
    let transaction = database.begin().await.unwrap();
    crate::files::waiting::look_for(&transaction, "a", town.services.now()).await.unwrap();
    transaction.commit().await.unwrap();
    let node = Background::new(&town.services, Vec::new(), 30);
    (town, node, clock)
}

fn picture() -> Vec<u8> {
    written(&DynamicImage::from(RgbImage::new(30, 20)), ImageFormat::Jpeg)
}

async fn state(database: &Database) -> String {
    rows(database, "SELECT state || COALESCE('/' || refusal, '') FROM lesson_attachments").await.remove(0)
}

on_both! {
    async fn a_file_that_has_come_is_checked_though_nobody_asks(database: &Database) {
        let (town, node, clock) = announced(database).await;
        town.services.files.store.put("a", INCOMING, picture()).await.unwrap();
        assert_eq!(node.check_next_upload().await.unwrap(), End::None);
        clock.advance(61);
        assert_eq!(node.check_next_upload().await.unwrap(), End::Sent);
        assert_eq!(state(database).await, "READY");
        assert_eq!(rows(database, "SELECT attachment_id FROM upload_checks").await, Vec::<String>::new());
        let noted = "SELECT action FROM audit_entries WHERE actor_account_id IS NULL";
        assert_eq!(rows(database, noted).await, ["lesson.file_attached"]);
        super::super::remove_due(&town.services).await.unwrap();
        assert_eq!(parts(&town, "a").await, [FILE, THUMBNAIL]);
        // Its address holds for a while: what is sent again is removed again.
        town.services.files.store.put("a", INCOMING, vec![1]).await.unwrap();
        super::super::remove_due(&town.services).await.unwrap();
        assert_eq!(parts(&town, "a").await, [FILE, INCOMING, THUMBNAIL]);
        clock.advance(3_700);
        super::super::remove_due(&town.services).await.unwrap();
        assert_eq!(parts(&town, "a").await, [FILE, THUMBNAIL]);
        let incoming = format!("SELECT part FROM file_removals WHERE part = '{INCOMING}'");
        assert_eq!(rows(database, &incoming).await, Vec::<String>::new());
    }

    async fn what_has_not_come_is_looked_for_less_and_less(database: &Database) {
        let (_town, node, clock) = announced(database).await;
        for seconds in [61, 61, 121, 241] {
            assert_eq!(node.check_next_upload().await.unwrap(), End::None);
            clock.advance(seconds);
            assert_eq!(node.check_next_upload().await.unwrap(), End::Later, "{seconds}");
        }
        assert_eq!(state(database).await, "PENDING");
        assert_eq!(super::super::waiting::back_off_seconds(30), 3_600);
    }

    async fn what_a_killed_node_left_is_done_by_the_next(database: &Database) {
        let (town, node, clock) = announced(database).await;
        town.services.files.store.put("a", INCOMING, picture()).await.unwrap();
        clock.advance(61);
        let leased = super::super::waiting::lease(&town.services).await.unwrap().unwrap();
        assert_eq!((leased.id.as_str(), leased.attempts), ("a", 1));
        assert_eq!(node.check_next_upload().await.unwrap(), End::None);
        clock.advance(601);
        assert_eq!(node.check_next_upload().await.unwrap(), End::Sent);
        assert_eq!(state(database).await, "READY");
    }

    async fn what_is_larger_than_it_was_announced_is_refused(database: &Database) {
        let (town, node, clock) = announced(database).await;
        town.services.files.store.put("a", INCOMING, vec![7; 100_001]).await.unwrap();
        clock.advance(61);
        assert_eq!(node.check_next_upload().await.unwrap(), End::Sent);
        assert_eq!(state(database).await, "REFUSED/TOO_LARGE");
    }

    async fn what_was_checked_or_is_gone_is_let_be(database: &Database) {
        let (town, node, clock) = announced(database).await;
        town.run("UPDATE lesson_attachments SET state = 'READY'").await;
        clock.advance(61);
        assert_eq!(node.check_next_upload().await.unwrap(), End::Sent);
        assert_eq!(node.check_next_upload().await.unwrap(), End::None);
        assert_eq!(state(database).await, "READY");
    }
}
