//! PostgreSQL: the template is a database that nobody may connect to; a test's own is made from it.

use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, Statement, TryGetable,
};
use tokio::sync::OnceCell;

use crate::binary;

/// Databases that a killed test run left behind go after this many seconds.
const KEPT_SECONDS: i64 = 24 * 60 * 60;

/// Names this harness among all that take advisory locks: "maip" in ASCII.
const LOCK: i64 = 0x6d61_6970;

/// Makes a database from the template and gives its URL.
pub async fn clone_template(_data_dir: &Path) -> String {
    static TEMPLATE: OnceCell<String> = OnceCell::const_new();
    let template = TEMPLATE.get_or_init(find_or_make_template).await;
    let admin = connect().await;
    let name = format!("maip_test_{}_{}_{}", now(&admin).await, std::process::id(), unique());
    execute(&admin, &format!("CREATE DATABASE {name} TEMPLATE {template}")).await;
    close(admin).await;
    with_database(&server_url(), &name)
}

/// Drops a test's database, also where connections to it are open still.
pub fn drop_database(url: &str) {
    let Some(name) = url.split(['/', '?']).find(|part| part.starts_with("maip_test_")).map(str::to_owned)
    else {
        return;
    };
    // Drop runs inside the test's own runtime, where nothing can be waited for: another thread has another.
    let dropped = std::thread::spawn(move || {
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime starts");
        runtime.block_on(async {
            let admin = connect().await;
            execute(&admin, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
            close(admin).await;
        });
    });
    if dropped.join().is_err() {
        eprintln!("a database of this test is left on the PostgreSQL server");
    }
}

/// The template of this build of the binary, made by the first process and thread that asks.
async fn find_or_make_template() -> String {
    let admin = connect().await;
    // Held by the connection: other processes wait until it is closed, however this function ends.
    execute(&admin, &format!("SELECT pg_advisory_lock({LOCK})")).await;
    let finished = format!(
        "SELECT datname::text AS name FROM pg_database WHERE datname LIKE 'maip\\_template\\_%\\_{}' AND NOT datallowconn",
        binary::fingerprint()
    );
    let name = match names(&admin, &finished).await.pop() {
        Some(name) => name,
        None => make_template(&admin).await,
    };
    close(admin).await;
    name
}

async fn make_template(admin: &DatabaseConnection) -> String {
    sweep(admin).await;
    let name = format!("maip_template_{}_{}", now(admin).await, binary::fingerprint());
    execute(admin, &format!("CREATE DATABASE {name}")).await;
    let data_dir = tempfile::tempdir().expect("a temporary folder can be made");
    super::migrate(&with_database(&server_url(), &name), data_dir.path());
    execute(admin, &format!("ALTER DATABASE {name} ALLOW_CONNECTIONS false")).await;
    // The server may take a moment to see that the binary has gone; a database in use cannot be a template.
    let in_use = format!("SELECT datname::text AS name FROM pg_stat_activity WHERE datname = '{name}'");
    while !names(admin, &in_use).await.is_empty() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    name
}

/// Drops what earlier runs left behind, on a server that outlives them.
async fn sweep(admin: &DatabaseConnection) {
    let now = now(admin).await;
    let ours =
        "SELECT datname::text AS name FROM pg_database WHERE datname ~ '^maip_(test|template)_[0-9]+_'";
    for name in names(admin, ours).await {
        let made = name.split('_').nth(2).and_then(|seconds| seconds.parse::<i64>().ok());
        if made.is_some_and(|made| now - made > KEPT_SECONDS) {
            execute(admin, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
        }
    }
}

fn server_url() -> String {
    std::env::var(xtask::postgres::URL_VARIABLE).unwrap_or_else(|_| {
        panic!(
            "{} is not set, and tests on PostgreSQL are not skipped: `cargo xtask test` sets it up \
             (`cargo xtask test -- NAME` for some tests only, `cargo xtask postgres` for a server to keep)",
            xtask::postgres::URL_VARIABLE
        )
    })
}

async fn connect() -> DatabaseConnection {
    // One connection, so that what belongs to a session (the lock) stays on it.
    let mut options = ConnectOptions::new(server_url());
    options.max_connections(1).sqlx_logging(false);
    Database::connect(options).await.expect("the PostgreSQL server for tests can be reached")
}

async fn close(admin: DatabaseConnection) {
    admin.close().await.expect("the connection closes");
}

async fn execute(admin: &DatabaseConnection, sql: &str) {
    admin.execute_unprepared(sql).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
}

async fn names(admin: &DatabaseConnection, sql: &str) -> Vec<String> {
    query(admin, sql, "name").await
}

/// The server's time in seconds since 1970.
async fn now(admin: &DatabaseConnection) -> i64 {
    query(admin, "SELECT extract(epoch FROM now())::bigint AS seconds", "seconds").await[0]
}

async fn query<T: TryGetable>(admin: &DatabaseConnection, sql: &str, column: &str) -> Vec<T> {
    let statement = Statement::from_string(DbBackend::Postgres, sql);
    let rows = admin.query_all_raw(statement).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
    rows.iter().map(|row| row.try_get("", column).expect("the column has this type")).collect()
}

/// Tells the databases of one process apart.
fn unique() -> u32 {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    COUNT.fetch_add(1, Ordering::Relaxed)
}

/// The URL with another database in it; parameters after `?` stay.
fn with_database(url: &str, name: &str) -> String {
    let (base, parameters) =
        url.split_once('?').map_or((url, None), |(base, parameters)| (base, Some(parameters)));
    let after_scheme = base.find("://").map_or(0, |at| at + 3);
    let server = base[after_scheme..].find('/').map_or(base, |at| &base[..after_scheme + at]);
    parameters
        .map_or_else(|| format!("{server}/{name}"), |parameters| format!("{server}/{name}?{parameters}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_database_in_a_url_is_replaced() {
        assert_eq!(with_database("postgres://u:p@h:1/postgres", "x"), "postgres://u:p@h:1/x");
        assert_eq!(with_database("postgres://u:p@h:1", "x"), "postgres://u:p@h:1/x");
        assert_eq!(with_database("postgres://h/a?sslmode=disable", "x"), "postgres://h/x?sslmode=disable");
        assert_eq!(with_database("postgres:///a?host=/run/pg", "x"), "postgres:///x?host=/run/pg");
    }
}
