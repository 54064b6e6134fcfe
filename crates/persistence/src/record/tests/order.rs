//! Who numbers, and in which order.

use std::sync::Arc;
use std::time::Duration;

use sea_orm::{ConnectionTrait as _, Statement};

use super::super::lease::Lease;
use super::super::sequencer::{Sequencer, Step};
use super::super::verify::verify;
use super::*;
use crate::tests::database::{on_postgres, rows};
use crate::tests::on_both;

const UNNUMBERED: &str = "SELECT id FROM audit_entries WHERE position IS NULL \
    UNION ALL SELECT id FROM outbox WHERE position IS NULL";

/// Subjects in the order of their positions.
async fn subjects(database: &Database, table: &str) -> Vec<(i64, String)> {
    let connection = database.reader();
    let statement = Statement::from_string(
        connection.get_database_backend(),
        format!("SELECT position, subject_id FROM {table} ORDER BY position"),
    );
    let rows = connection.query_all_raw(statement).await.unwrap();
    rows.iter().map(|row| (row.try_get_by_index(0).unwrap(), row.try_get_by_index(1).unwrap())).collect()
}

const WRITERS: usize = 8;
const WRITES: usize = 25;

on_both! {
    /// Two nodes, the clock of one of them a day ahead, so that it always thinks the lease has ended.
    async fn concurrent_writers_get_gap_free_positions_in_the_order_of_each(database: &Database) {
        let clock = Arc::new(Hand::new());
        let first = sequencer(database, &clock, 1);
        let ahead = Arc::new(Skewed(clock.clone(), 86_400));
        let second = Sequencer::new(database.clone(), ahead, &Counting::new(2));
        let (stop, stopped) = tokio::sync::watch::channel(false);
        let until_stopped = || {
            let mut stopped = stopped.clone();
            async move {
                let _sender_gone = stopped.wait_for(|stop| *stop).await;
            }
        };
        let writers = async {
            let writer = |writer: usize| async move {
                for write in 0..WRITES {
                    let transaction = database.begin().await.unwrap();
                    append_about(&transaction, &format!("{writer}:{write:03}")).await;
                    append_about(&transaction, &format!("{writer}:{write:03}+")).await;
                    if (writer + write).is_multiple_of(5) {
                        transaction.rollback().await.unwrap();
                    } else {
                        transaction.commit().await.unwrap();
                    }
                }
            };
            let mut all = Vec::new();
            for number in 0..WRITERS {
                all.push(writer(number));
            }
            join_all(all).await;
            while !rows(database, UNNUMBERED).await.is_empty() {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            stop.send(true).unwrap();
        };
        tokio::join!(first.run(until_stopped()), second.run(until_stopped()), writers);

        for table in ["audit_entries", "outbox"] {
            let subjects = subjects(database, table).await;
            assert_eq!(subjects.len(), 2 * WRITERS * WRITES * 4 / 5);
            let positions: Vec<i64> = subjects.iter().map(|(position, _)| *position).collect();
            let expected: Vec<i64> = (1..).take(subjects.len()).collect();
            assert_eq!(positions, expected);
            for writer in 0..WRITERS {
                let own = format!("{writer}:");
                let own: Vec<_> = subjects.iter().filter(|(_, subject)| subject.starts_with(&own)).collect();
                assert!(own.is_sorted() && own.is_sorted_by_key(|(_, subject)| subject), "{table}: {own:?}");
            }
        }
        let outcome = verify(database).await.unwrap();
        assert!(outcome.is_intact(), "{outcome}");
        assert_eq!(outcome.sealed, (2 * WRITERS * WRITES * 4 / 5) as u64);
    }

    async fn a_step_that_is_broken_off_never_was(database: &Database) {
        let clock = Arc::new(Hand::new());
        let broken = sequencer(database, &clock, 1);
        write_about(database, "first").await;
        write_about(database, "second").await;
        number(&broken, 2).await;
        write_about(database, "third").await;
        // The clock is past the first lease, so that what stays of a broken step would be in the way.
        clock.advance(60);
        let before = verify(database).await.unwrap();
        broken.step_then_drop().await;
        assert_eq!(verify(database).await.unwrap(), before);
        assert_eq!(before.unsealed, 1);

        number(&sequencer(database, &clock, 2), 1).await;
        let outcome = verify(database).await.unwrap();
        assert!(outcome.is_intact(), "{outcome}");
        assert_eq!(outcome.head.map(|(position, _)| position), Some(3));
        let order: Vec<String> = subjects(database, "audit_entries").await.into_iter().map(|(_, s)| s).collect();
        assert_eq!(order, ["first", "second", "third"]);
    }

    async fn a_lease_passes_on_when_it_ends_or_is_given_up(database: &Database) {
        let clock = Arc::new(Hand::new());
        let (first, second) = (sequencer(database, &clock, 1), sequencer(database, &clock, 2));
        write_about(database, "a").await;
        number(&first, 1).await;
        write_about(database, "b").await;
        // The other may have to wait before there is something that can be numbered.
        assert_eq!(first_but_idle(&second).await, Step::Aside);
        clock.advance(9);
        assert_eq!(first_but_idle(&second).await, Step::Aside);
        clock.advance(2);
        number(&second, 1).await;
        write_about(database, "c").await;
        assert_eq!(first_but_idle(&first).await, Step::Aside);
        // Stopped well, it gives the lease up at once.
        second.run(std::future::ready(())).await;
        let outcome = verify(database).await.unwrap();
        assert!(outcome.is_intact(), "{outcome}");
        if outcome.unsealed > 0 {
            number(&first, 1).await;
        }
        write_about(database, "d").await;
        number(&first, 1).await;
        assert_eq!(verify(database).await.unwrap().sealed, 4);
    }

    async fn an_idle_sequencer_writes_nothing(database: &Database) {
        let clock = Arc::new(Hand::new());
        assert_eq!(sequencer(database, &clock, 1).step().await.unwrap(), Step::Idle);
        assert!(rows(database, "SELECT holder FROM leases").await.is_empty());
    }

    async fn a_lease_of_another_name_is_another_lease(database: &Database) {
        let clock = Hand::new();
        let one = Lease::new("one", 5, &clock, &Counting::new(1));
        let other = Lease::new("other", 5, &clock, &Counting::new(2));
        assert!(one.take(database.writer(), clock.now()).await.unwrap());
        assert!(other.take(database.writer(), clock.now()).await.unwrap());
        let third = Lease::new("one", 5, &clock, &Counting::new(3));
        assert!(!third.take(database.writer(), clock.now()).await.unwrap());
        one.give_up(database.writer()).await.unwrap();
        assert!(third.take(database.writer(), clock.now()).await.unwrap());
    }
}

/// The first step that finds something to number.
async fn first_but_idle(sequencer: &Sequencer) -> Step {
    loop {
        match sequencer.step().await.unwrap() {
            Step::Idle => tokio::task::yield_now().await,
            other => return other,
        }
    }
}

async fn join_all<F: Future<Output = ()>>(futures: Vec<F>) {
    let mut futures: Vec<_> = futures.into_iter().map(|future| Some(Box::pin(future))).collect();
    std::future::poll_fn(|context| {
        for slot in &mut futures {
            if slot.as_mut().is_some_and(|future| future.as_mut().poll(context).is_ready()) {
                *slot = None;
            }
        }
        if futures.iter().all(Option::is_none) {
            std::task::Poll::Ready(())
        } else {
            std::task::Poll::Pending
        }
    })
    .await;
}

/// SQLite can't have two transactions that write at a time.
#[tokio::test]
async fn nothing_is_numbered_that_a_running_transaction_can_precede() {
    on_postgres(async |database: &Database| {
        let clock = Arc::new(Hand::new());
        let sequencer = sequencer(database, &clock, 1);
        write_about(database, "before").await;
        number(&sequencer, 1).await;

        let oldest = database.begin().await.unwrap();
        append_about(&oldest, "older").await;
        let undone = database.begin().await.unwrap();
        append_about(&undone, "undone").await;
        write_about(database, "younger").await;
        let youngest = database.begin().await.unwrap();
        append_about(&youngest, "youngest").await;

        assert_eq!(sequencer.step().await.unwrap(), Step::Idle);
        oldest.commit().await.unwrap();
        number(&sequencer, 1).await;
        assert_eq!(sequencer.step().await.unwrap(), Step::Idle);
        drop(undone);
        number(&sequencer, 1).await;
        assert_eq!(sequencer.step().await.unwrap(), Step::Idle);
        youngest.commit().await.unwrap();
        number(&sequencer, 1).await;

        let order: Vec<String> =
            subjects(database, "audit_entries").await.into_iter().map(|(_, subject)| subject).collect();
        assert_eq!(order, ["before", "older", "younger", "youngest"]);
        assert!(verify(database).await.unwrap().is_intact());
    })
    .await;
}

/// A backup restored into a new server brings rows with transaction numbers that are far ahead.
#[tokio::test]
async fn rows_restored_from_another_server_do_not_wait_for_its_numbers() {
    on_postgres(async |database: &Database| {
        let clock = Arc::new(Hand::new());
        write_about(database, "restored").await;
        for table in ["audit_entries", "outbox"] {
            database
                .writer()
                .execute_unprepared(&format!("UPDATE {table} SET written = written + 1000000000000"))
                .await
                .unwrap();
        }
        number(&sequencer(database, &clock, 1), 1).await;
    })
    .await;
}
