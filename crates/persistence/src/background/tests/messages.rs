//! Messages are sent at least once, and not sent again without need.

use std::sync::Mutex;

use super::super::message::{Channel, Draft, Message, SendError, Sending, enqueue};
use super::super::outgoing::{End, back_off_seconds};
use super::*;
use crate::tests::database::rows;
use crate::tests::on_both;

/// Keeps what it was given, and answers as it is told.
struct Postbox {
    answer: Mutex<Result<(), SendError>>,
    taken: Mutex<Vec<Message>>,
}

impl Postbox {
    fn new(answer: Result<(), SendError>) -> Arc<Self> {
        Arc::new(Self { answer: Mutex::new(answer), taken: Mutex::default() })
    }

    fn taken(&self) -> Vec<Message> {
        self.taken.lock().unwrap().clone()
    }
}

impl MessageSender for Postbox {
    fn channel(&self) -> Channel {
        Channel::Email
    }

    fn send<'a>(&'a self, message: &'a Message) -> Sending<'a> {
        self.taken.lock().unwrap().push(message.clone());
        let answer = *self.answer.lock().unwrap();
        Box::pin(async move {
            tokio::task::yield_now().await;
            answer
        })
    }
}

async fn write(database: &Database, node: &Background, channel: Channel, to: &str) -> String {
    let draft = Draft {
        channel,
        to,
        subject: "Your code",
        text: "The code is 123456.",
        valid_until: node.services.clock.now().plus_seconds(3600),
    };
    let transaction = database.begin().await.unwrap();
    let by = (node.services.clock.as_ref(), node.services.entropy.as_ref());
    let id = enqueue(&transaction, &node.services.keyring, by, draft).await.unwrap();
    transaction.commit().await.unwrap();
    id
}

const KEPT: &str = "SELECT COALESCE(to_sealed, '-') || COALESCE(body_sealed, '-') || \
    CASE WHEN sent_at IS NULL THEN '' ELSE ' sent' END || CASE WHEN given_up_at IS NULL THEN '' ELSE ' given up' END \
    FROM outgoing_messages";

on_both! {
    async fn a_message_is_sent_and_its_text_is_gone(database: &Database) {
        let clock = Arc::new(Hand::new());
        let postbox = Postbox::new(Ok(()));
        let node = node(database, &clock, vec![postbox.clone()]);
        let id = write(database, &node, Channel::Email, "ama@example.org").await;
        let kept = rows(database, KEPT).await;
        assert!(!kept[0].contains("ama") && !kept[0].contains("123456"), "{kept:?}");

        assert_eq!(node.send_next().await.unwrap(), End::Sent);
        let message = Message {
            id,
            channel: Channel::Email,
            to: "ama@example.org".to_owned(),
            subject: "Your code".to_owned(),
            text: "The code is 123456.".to_owned(),
        };
        assert_eq!(postbox.taken(), std::slice::from_ref(&message));
        assert!(!format!("{message:?}").contains("ama@"));
        assert_eq!(rows(database, KEPT).await, ["-- sent"]);
        clock.advance(100_000);
        assert_eq!(node.send_next().await.unwrap(), End::None);
    }

    async fn a_message_not_sent_is_tried_again_later_and_later(database: &Database) {
        let clock = Arc::new(Hand::new());
        let postbox = Postbox::new(Err(SendError::NotNow("busy")));
        let node = node(database, &clock, vec![postbox.clone()]);
        write(database, &node, Channel::Email, "ama@example.org").await;
        assert_eq!(node.send_next().await.unwrap(), End::Later);
        assert_eq!(node.send_next().await.unwrap(), End::None);
        clock.advance(29);
        assert_eq!(node.send_next().await.unwrap(), End::None);
        clock.advance(1);
        assert_eq!(node.send_next().await.unwrap(), End::Later);
        clock.advance(119);
        assert_eq!(node.send_next().await.unwrap(), End::None);
        clock.advance(1);
        *postbox.answer.lock().unwrap() = Ok(());
        assert_eq!(node.send_next().await.unwrap(), End::Sent);
        assert_eq!(postbox.taken().len(), 3);
    }

    async fn a_message_refused_or_out_of_time_or_tried_too_often_is_given_up(database: &Database) {
        let clock = Arc::new(Hand::new());
        let postbox = Postbox::new(Err(SendError::Refused("no such mailbox")));
        let node = node(database, &clock, vec![postbox.clone()]);
        write(database, &node, Channel::Email, "nobody@example.org").await;
        assert_eq!(node.send_next().await.unwrap(), End::GivenUp);

        *postbox.answer.lock().unwrap() = Err(SendError::NotNow("busy"));
        write(database, &node, Channel::Email, "often@example.org").await;
        execute(database, "UPDATE outgoing_messages SET attempts = 9 WHERE given_up_at IS NULL").await;
        assert_eq!(node.send_next().await.unwrap(), End::GivenUp);

        // No node can send it: it waits, and is given up when it is of no use any more.
        write(database, &node, Channel::Sms, "+265991234567").await;
        assert_eq!(node.send_next().await.unwrap(), End::None);
        clock.advance(3600);
        assert_eq!(node.send_next().await.unwrap(), End::GivenUp);
        assert_eq!(postbox.taken().len(), 2);
        assert_eq!(rows(database, KEPT).await, ["-- given up"; 3]);
    }

    async fn a_message_of_a_node_that_died_is_sent_by_another(database: &Database) {
        struct Dead;
        impl MessageSender for Dead {
            fn channel(&self) -> Channel {
                Channel::Email
            }
            fn send<'a>(&'a self, _: &'a Message) -> Sending<'a> {
                Box::pin(std::future::pending())
            }
        }
        let clock = Arc::new(Hand::new());
        let dying = node(database, &clock, vec![Arc::new(Dead)]);
        let id = write(database, &dying, Channel::Email, "ama@example.org").await;
        // Leased, then killed.
        tokio::select! {
            biased;
            _ = dying.send_next() => panic!("it never ends"),
            () = leased(database) => {}
        }
        let postbox = Postbox::new(Ok(()));
        let next = node(database, &clock, vec![postbox.clone()]);
        assert_eq!(next.send_next().await.unwrap(), End::None);
        clock.advance(91);
        assert_eq!(next.send_next().await.unwrap(), End::Sent);
        assert_eq!(postbox.taken().iter().map(|message| &message.id).collect::<Vec<_>>(), [&id]);
    }

    async fn several_nodes_send_each_message_once(database: &Database) {
        let clock = Arc::new(Hand::new());
        let postbox = Postbox::new(Ok(()));
        let first = node(database, &clock, vec![postbox.clone()]);
        let second = node(database, &clock, vec![postbox.clone()]);
        for number in 0..20 {
            write(database, &first, Channel::Email, &format!("{number}@example.org")).await;
        }
        let all_sent = || async {
            while !rows(database, "SELECT id FROM outgoing_messages WHERE sent_at IS NULL").await.is_empty() {
                tokio::time::sleep(std::time::Duration::from_millis(10)).await;
            }
        };
        tokio::join!(first.run(all_sent()), second.run(all_sent()));
        let mut to: Vec<String> = postbox.taken().into_iter().map(|message| message.to).collect();
        assert_eq!(to.len(), 20, "{to:?}");
        to.sort_unstable();
        to.dedup();
        assert_eq!(to.len(), 20, "{to:?}");
    }

    async fn a_message_sealed_for_another_place_is_given_up(database: &Database) {
        let clock = Arc::new(Hand::new());
        let postbox = Postbox::new(Ok(()));
        let node = node(database, &clock, vec![postbox.clone()]);
        write(database, &node, Channel::Email, "ama@example.org").await;
        execute(database, "UPDATE outgoing_messages SET to_sealed = body_sealed").await;
        assert_eq!(node.send_next().await.unwrap(), End::GivenUp);
        assert!(postbox.taken().is_empty());
    }
}

async fn leased(database: &Database) {
    while rows(database, "SELECT id FROM outgoing_messages WHERE attempts = 1").await.is_empty() {
        tokio::task::yield_now().await;
    }
}

#[test]
fn the_back_off_grows_and_is_bounded() {
    let waits: Vec<i64> = (1..=8).map(back_off_seconds).collect();
    assert_eq!(waits, [30, 120, 480, 1_920, 7_680, 14_400, 14_400, 14_400]);
    assert_eq!(back_off_seconds(1_000), 14_400);
}
