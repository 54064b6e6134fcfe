//! What comes round.

use maip_domain::time::{Clock as _, Timestamp};

use super::super::periodic::{BATCH, Job};
use super::*;
use crate::tests::database::rows;
use crate::tests::on_both;

const ACCOUNT: &str = "INSERT INTO accounts (id, revision, created_at, updated_at, status, display_name, sort_key, \
    language, system_administrator) VALUES ('account_1', 1, 0, 0, 'ACTIVE', 'Ama', 'ama', 'en', FALSE)";

async fn count(database: &Database, table: &str) -> String {
    rows(database, &format!("SELECT CAST(COUNT(*) AS text) FROM {table}")).await.remove(0)
}

/// Numbers from 1, as a table `n`.
fn numbers(count: u64) -> String {
    format!("WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {count})")
}

fn days_ago(clock: &Hand, days: i64) -> i64 {
    clock.now().plus_days(-days).micros()
}

on_both! {
    async fn a_request_that_nobody_answered_expires_with_an_audit_row_and_an_event(database: &Database) {
        let clock = Arc::new(Hand::new());
        let node = node(database, &clock, Vec::new());
        execute(database, ACCOUNT).await;
        execute(database, "INSERT INTO countries (id, code, alpha2, name, sort_key) VALUES ('country_1', 'MWI', 'MW', 'Malawi', 'malawi')").await;
        execute(
            database,
            "INSERT INTO contact_cards (id, revision, created_at, updated_at, created_by, account_id, country_id, \
             country_code, visibility, status, headline, can_help_with, language, sort_key) VALUES ('contact_1', 1, 0, 0, \
             'account_1', 'account_1', 'country_1', 'MWI', 'MEMBERS', 'LISTED', 'h', 'c', 'en', 'h')",
        )
        .await;
        let end = clock.now().plus_days(30);
        for (id, status, end) in [
            ("introduction_1", "REQUESTED", end),
            ("introduction_2", "CONNECTED", end),
        ] {
            let sql = format!(
                "INSERT INTO introductions (id, revision, created_at, updated_at, requester_id, card_id, status, message, \
                 expires_at) VALUES ('{id}', 1, 0, 0, 'account_1', 'contact_1', '{status}', 'm', {})",
                end.micros()
            );
            execute(database, &sql).await;
        }
        let statuses = "SELECT id || ' ' || status || ' ' || CAST(revision AS text) FROM introductions";
        assert_eq!(node.work_if_due(Job::ExpireIntroductions).await.unwrap(), 0);
        clock.advance(30 * 86_400 - 1);
        assert_eq!(node.work_if_due(Job::ExpireIntroductions).await.unwrap(), 0);
        clock.advance(60);
        assert_eq!(node.work_if_due(Job::ExpireIntroductions).await.unwrap(), 1);
        assert_eq!(rows(database, statuses).await, ["introduction_1 EXPIRED 2", "introduction_2 CONNECTED 1"]);
        let audit = "SELECT action || ' ' || subject_id || ' ' || country_code || ' ' || fields FROM audit_entries";
        assert_eq!(rows(database, audit).await, ["introduction.expired introduction_1 MWI [\"status\"]"]);
        assert_eq!(rows(database, "SELECT kind || ' ' || subject_id FROM outbox").await, ["introduction.expired introduction_1"]);
        clock.advance(60);
        assert_eq!(node.work_if_due(Job::ExpireIntroductions).await.unwrap(), 0);
    }

    async fn rows_that_have_had_their_time_go_and_the_others_stay(database: &Database) {
        let clock = Arc::new(Hand::new());
        let node = node(database, &clock, Vec::new());
        execute(database, ACCOUNT).await;
        for (days, name) in [(7, "kept"), (8, "gone"), (30, "kept"), (31, "gone"), (90, "kept"), (91, "gone")] {
            let at = days_ago(&clock, days);
            let sql = match days {
                7 | 8 => format!(
                    "INSERT INTO one_time_codes (account_id, purpose, code_hash, created_at, expires_at, attempts) \
                     VALUES ('account_1', 'SIGN_IN', '{name}', 0, {at}, 0)"
                ),
                30 | 31 => format!(
                    "INSERT INTO sessions (id, account_id, created_at, last_used_at, expires_at) \
                     VALUES ('{name}', 'account_1', 0, 0, {at}); \
                     INSERT INTO refresh_tokens (secret_hash, session_id, created_at) VALUES ('of {name}', '{name}', 0); \
                     INSERT INTO refresh_tokens (secret_hash, session_id, created_at, used_at) VALUES ('used {name}', 'kept', 0, {at}); \
                     INSERT INTO refresh_tokens (secret_hash, session_id, created_at, used_at, successor_sealed, successor_hash) \
                     VALUES ('reply lost {name}', 'kept', 0, {at}, 's', 'h'); \
                     INSERT INTO outgoing_messages (id, created_at, channel, valid_until, attempts, next_attempt_at, sent_at) \
                     VALUES ('{name}', {at}, 'EMAIL', {at}, 1, 0, {at})"
                ),
                _ => format!(
                    "INSERT INTO mutation_outcomes (account_id, mutation_id, field, input_digest, outcome, created_at) \
                     VALUES ('account_1', '{name}', 'f', 'd', 'o', {at})"
                ),
            };
            for statement in sql.split(';') {
                // The session that both tokens are of is made first.
                execute(database, statement).await;
            }
        }
        for job in Job::ALL {
            node.work_if_due(job).await.unwrap();
        }
        for sql in [
            "SELECT code_hash FROM one_time_codes",
            "SELECT id FROM sessions",
            "SELECT id FROM outgoing_messages",
            "SELECT mutation_id FROM mutation_outcomes",
        ] {
            assert_eq!(rows(database, sql).await, ["kept"], "{sql}");
        }
        assert_eq!(
            rows(database, "SELECT secret_hash FROM refresh_tokens").await,
            ["of kept", "reply lost gone", "reply lost kept", "used kept"]
        );
    }

    async fn events_go_from_the_first_on_and_leave_no_gap(database: &Database) {
        let clock = Arc::new(Hand::new());
        let node = node(database, &clock, Vec::new());
        // The fourth is as old as those before the third, which was written down late.
        for (position, days) in [(Some(1), 40), (Some(2), 31), (Some(3), 29), (Some(4), 40), (None, 40)] {
            let (name, at) = (position.unwrap_or(5), days_ago(&clock, days));
            let position = position.map_or("NULL".to_owned(), |position| position.to_string());
            execute(
                database,
                &format!(
                    "INSERT INTO outbox (id, written, position, created_at, kind, subject_type, subject_id) \
                     VALUES ('event_{name}', 0, {position}, {at}, 'lesson.published', 'Lesson', 'lesson_{name}')"
                ),
            )
            .await;
        }
        assert_eq!(node.work_if_due(Job::PruneEvents).await.unwrap(), 2);
        assert_eq!(rows(database, "SELECT id FROM outbox ORDER BY id").await, ["event_3", "event_4", "event_5"]);
        clock.advance(2 * 86_400);
        assert_eq!(node.work_if_due(Job::PruneEvents).await.unwrap(), 2);
        // What has no position yet can't have been told to anybody.
        assert_eq!(rows(database, "SELECT id FROM outbox").await, ["event_5"]);
    }

    async fn much_is_done_in_parts_and_by_one_node_at_a_time(database: &Database) {
        let clock = Arc::new(Hand::new());
        let (first, second) = (node(database, &clock, Vec::new()), node(database, &clock, Vec::new()));
        let sql = format!(
            "{} INSERT INTO mutation_outcomes (account_id, mutation_id, field, input_digest, outcome, created_at) \
             SELECT 'account_1', CAST(n AS text), 'f', 'd', 'o', n FROM numbers",
            numbers(2 * BATCH + 1)
        );
        // SQLite wants the WITH before INSERT, PostgreSQL takes it there too.
        execute(database, &sql).await;
        assert_eq!(first.work_if_due(Job::PruneOutcomes).await.unwrap(), BATCH);
        assert_eq!(count(database, "mutation_outcomes").await, (BATCH + 1).to_string());
        let (one, other) = tokio::join!(
            first.work_if_due(Job::PruneOutcomes),
            second.work_if_due(Job::PruneOutcomes)
        );
        assert_eq!(one.unwrap() + other.unwrap(), BATCH + 1);
        assert_eq!(count(database, "mutation_outcomes").await, "0");
        // Done, so not due for an hour.
        let old = Timestamp::from_micros(1).micros();
        execute(
            database,
            &format!(
                "INSERT INTO mutation_outcomes (account_id, mutation_id, field, input_digest, outcome, created_at) \
                 VALUES ('account_1', 'late', 'f', 'd', 'o', {old})"
            ),
        )
        .await;
        assert_eq!(second.work_if_due(Job::PruneOutcomes).await.unwrap(), 0);
        clock.advance(3600);
        assert_eq!(first.work_if_due(Job::PruneOutcomes).await.unwrap(), 1);
    }

    async fn a_node_works_until_it_is_told_to_stop(database: &Database) {
        let clock = Arc::new(Hand::new());
        let node = node(database, &clock, Vec::new());
        let every_job_was_done = async {
            while count(database, "periodic_jobs").await != Job::ALL.len().to_string() {
                tokio::time::sleep(std::time::Duration::from_millis(5)).await;
            }
        };
        node.run(every_job_was_done).await;
    }
}
