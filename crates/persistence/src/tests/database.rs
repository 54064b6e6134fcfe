//! A migrated database of its own for each test, on either kind.

use maip_migrations::Migrator;
use std::sync::atomic::{AtomicU32, Ordering};

use sea_orm::{ConnectionTrait as _, Statement};
use sea_orm_migration::MigratorTrait as _;

use crate::database::{AdvisoryLock, Begun, Database};

static NUMBER: AtomicU32 = AtomicU32::new(0);

/// Runs a test on SQLite, in a file of its own.
pub(crate) async fn on_sqlite<F: AsyncFnOnce(&Database)>(test: F) {
    let directory = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", directory.path().join("test.db").display());
    run(&url, test).await;
}

/// Runs a test on PostgreSQL, in a database of its own.
pub(crate) async fn on_postgres<F: AsyncFnOnce(&Database)>(test: F) {
    let server = std::env::var("MAIP_TEST_POSTGRES_URL").unwrap_or_else(|_| {
        panic!("MAIP_TEST_POSTGRES_URL is not set, and tests on PostgreSQL are not skipped: `cargo xtask test` sets it up")
    });
    let admin = sea_orm::Database::connect(server.as_str()).await.unwrap();
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let name = format!("maip_persistence_{}_{number}", std::process::id());
    // A killed run of the same process number may have left one behind.
    admin.execute_unprepared(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await.unwrap();
    admin.execute_unprepared(&format!("CREATE DATABASE {name}")).await.unwrap();
    let (before, _) = server.rsplit_once('/').unwrap();
    run(&format!("{before}/{name}"), test).await;
    admin.execute_unprepared(&format!("DROP DATABASE {name} WITH (FORCE)")).await.unwrap();
}

async fn run<F: AsyncFnOnce(&Database)>(url: &str, test: F) {
    let migration = sea_orm::Database::connect(if url.starts_with("sqlite") {
        format!("{url}?mode=rwc")
    } else {
        url.to_owned()
    })
    .await
    .unwrap();
    Migrator::up(&migration, None).await.unwrap();
    migration.close().await.unwrap();
    super::statements::listen();
    let database = Database::connect(url, 12).await.unwrap();
    test(&database).await;
    database.close().await.unwrap();
}

/// The rows of a statement, each as text joined by a space, sorted.
pub(crate) async fn rows(database: &Database, sql: &str) -> Vec<String> {
    let reader = database.reader();
    let statement = Statement::from_string(reader.get_database_backend(), sql);
    let found = reader.query_all_raw(statement).await.unwrap();
    let mut rows: Vec<String> = found.iter().map(|row| row.try_get_by_index::<String>(0).unwrap()).collect();
    rows.sort_unstable();
    rows
}

#[tokio::test]
async fn postgres_ends_what_takes_too_long_and_that_is_an_outage() {
    on_postgres(async |database| {
        let setting = rows(database, "SELECT current_setting('statement_timeout')").await;
        assert_eq!(setting, ["30s"]);
        let transaction = database.begin().await.unwrap();
        transaction.execute_unprepared("SET LOCAL statement_timeout = '10ms'").await.unwrap();
        let error = transaction.execute_unprepared("SELECT pg_sleep(10)").await.unwrap_err();
        assert!(crate::outage::is_outage(&error), "{error}");
    })
    .await;
}

#[tokio::test]
async fn postgres_ends_one_of_two_who_wait_for_each_other_and_that_is_an_outage() {
    on_postgres(async |database| {
        let table = "CREATE TABLE held (id int PRIMARY KEY); INSERT INTO held VALUES (1), (2)";
        database.writer().execute_unprepared(table).await.unwrap();
        let (first, second) = (database.begin().await.unwrap(), database.begin().await.unwrap());
        let lock = |id| format!("SELECT 1 FROM held WHERE id = {id} FOR UPDATE");
        first.execute_unprepared(&lock(1)).await.unwrap();
        second.execute_unprepared(&lock(2)).await.unwrap();
        let both = async |transaction: Begun, id| {
            let locked = transaction.execute_unprepared(&lock(id)).await;
            transaction.rollback().await.unwrap();
            locked
        };
        let ended = tokio::join!(both(first, 2), both(second, 1));
        let ((Err(error), Ok(_)) | (Ok(_), Err(error))) = ended else { panic!("not one of both: {ended:?}") };
        assert!(crate::outage::is_outage(&error), "{error}");
    })
    .await;
}

#[tokio::test]
async fn a_read_succeeds_where_the_server_has_ended_the_connections_meanwhile() {
    on_postgres(async |database| {
        let sql: std::sync::Arc<str> = "SELECT CAST(pg_backend_pid() AS text)".into();
        let before = database.reads().text(&sql, Vec::new()).await.unwrap();
        assert_eq!(database.reads().text(&sql, Vec::new()).await.unwrap(), before, "connections are kept");
        let end = format!("SELECT pg_terminate_backend({before})");
        database.writer().execute_unprepared(&end).await.unwrap();
        let after = database.reads().text(&sql, Vec::new()).await.unwrap();
        assert_ne!(after, before);
    })
    .await;
}

#[tokio::test]
async fn a_connection_is_not_used_again_after_a_read_that_was_given_up() {
    on_postgres(async |database| {
        let sql: std::sync::Arc<str> = "SELECT CAST(pg_backend_pid() AS text)".into();
        let before = database.reads().text(&sql, Vec::new()).await.unwrap();
        let slow: std::sync::Arc<str> = "SELECT CAST(pg_sleep(5) AS text)".into();
        let limit = std::time::Duration::from_millis(50);
        assert!(tokio::time::timeout(limit, database.reads().text(&slow, Vec::new())).await.is_err());
        let after = database.reads().text(&sql, Vec::new()).await.unwrap();
        assert_ne!(after, before, "it would have had to wait for what nobody waits for");
    })
    .await;
}

async fn own_process(transaction: &Begun) -> i32 {
    let statement = Statement::from_string(transaction.get_database_backend(), "SELECT pg_backend_pid()");
    transaction.query_one_raw(statement).await.unwrap().unwrap().try_get_by_index(0).unwrap()
}

#[tokio::test]
async fn a_transaction_begins_where_the_server_has_ended_the_connections_meanwhile() {
    on_postgres(async |database| {
        let transaction = database.begin().await.unwrap();
        let before = own_process(&transaction).await;
        transaction.commit().await.unwrap();
        let end = format!("SELECT pg_terminate_backend({before})");
        database.writer().execute_unprepared(&end).await.unwrap();
        let transaction = database.begin().await.unwrap();
        assert_ne!(own_process(&transaction).await, before);
    })
    .await;
}

#[tokio::test]
async fn a_dropped_transaction_leaves_nothing_behind_and_its_connection_serves_the_next() {
    on_postgres(async |database| {
        let lock = AdvisoryLock::Alone(7);
        let transaction = database.begin_locking(lock).await.unwrap();
        let before = own_process(&transaction).await;
        transaction.execute_unprepared("CREATE TABLE dropped (id int)").await.unwrap();
        drop(transaction);
        // Whoever wants the lock waits until the other has ended.
        let next = database.begin_locking(lock).await.unwrap();
        let left = Statement::from_string(
            next.get_database_backend(),
            "SELECT CAST(to_regclass('dropped') AS text)",
        );
        let left = next.query_one_raw(left).await.unwrap().unwrap();
        assert_eq!(left.try_get_by_index::<Option<String>>(0).unwrap(), None);
        next.commit().await.unwrap();
        // It comes back once the server has answered, which nobody waits for.
        let comes_back = async {
            while !{
                let (third, fourth) = (database.begin().await.unwrap(), database.begin().await.unwrap());
                [own_process(&third).await, own_process(&fourth).await].contains(&before)
            } {}
        };
        tokio::time::timeout(std::time::Duration::from_secs(10), comes_back).await.expect("it is kept");
    })
    .await;
}

#[tokio::test]
async fn a_failed_statement_does_not_follow_its_connection_into_the_next_transaction() {
    on_postgres(async |database| {
        let transaction = database.begin().await.unwrap();
        let before = own_process(&transaction).await;
        transaction.execute_unprepared("SELECT 1 / 0").await.unwrap_err();
        transaction.rollback().await.unwrap();
        let next = database.begin().await.unwrap();
        assert_eq!(own_process(&next).await, before, "connections are kept");
        next.commit().await.unwrap();
    })
    .await;
}
