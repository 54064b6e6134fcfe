//! The sequencer: gives audit rows and events their gap-free `position` in a safe order, and seals
//! the audit chain.
//!
//! Writes leave their rows unnumbered, since a counter in their transactions would make them wait for
//! one another. Every node runs a sequencer; a lease lets one of them work. A step is one
//! transaction, so it is done or it never was, whenever the process is killed.
//!
//! The order is safe when nothing is numbered that a transaction still running can precede. On
//! PostgreSQL rows carry the number of their transaction, and only those below the oldest that runs
//! are taken. On SQLite one transaction writes at a time, so the order of the rows is that of the
//! commits.

use std::fmt::Write as _;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use maip_domain::time::{Clock, Entropy};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult as _, Statement, Value};
use tracing::{debug, warn};

use super::chain::{self, Entry, Head};
use super::lease::Lease;
use crate::database::Begun;
use crate::database::Database;
use crate::read::Dialect;

/// How many rows of either kind one step takes.
const BATCH: usize = 500;

/// How long the lease runs: a node that died is followed after this.
const LEASE_SECONDS: i64 = 10;

/// Between two looks for new rows. A look is one short read, and a notification from each writing
/// transaction would make their commits wait for one another.
const LOOK: Duration = Duration::from_millis(100);

/// Until the next try where another node has the lease.
const ASIDE: Duration = Duration::from_secs(1);

/// The longest wait after failures in a row.
const LONGEST_BACK_OFF: Duration = Duration::from_secs(10);

/// The channel on which PostgreSQL tells listeners that events have got new positions.
pub const CHANNEL: &str = "maip_positions";

/// What a step did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// There was nothing to number.
    Idle,
    /// Another node has the lease.
    Aside,
    /// Rows were numbered.
    Numbered {
        /// Audit rows, now sealed.
        audit: usize,
        /// Events.
        events: usize,
    },
}

/// A node's sequencer.
pub struct Sequencer {
    database: Database,
    clock: Arc<dyn Clock>,
    lease: Lease,
}

impl std::fmt::Debug for Sequencer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sequencer").field("lease", &self.lease).finish_non_exhaustive()
    }
}

impl Sequencer {
    /// The sequencer of this node.
    #[must_use]
    pub fn new(database: Database, clock: Arc<dyn Clock>, entropy: &dyn Entropy) -> Self {
        let lease = Lease::new("sequencer", LEASE_SECONDS, clock.as_ref(), entropy);
        Self { database, clock, lease }
    }

    /// Works until it is told to stop; a step under way is finished. Failures are logged and tried
    /// again: while the database is away, there is nothing to number.
    pub async fn run(&self, stop: impl Future<Output = ()>) {
        let mut stop = std::pin::pin!(stop);
        let mut failures = 0_u32;
        loop {
            let pause = match self.step().await {
                Ok(Step::Numbered { audit, events }) => {
                    failures = 0;
                    debug!(audit, events, "numbered");
                    if audit.max(events) >= BATCH { Duration::ZERO } else { LOOK }
                }
                Ok(Step::Idle) => {
                    failures = 0;
                    LOOK
                }
                Ok(Step::Aside) => {
                    failures = 0;
                    ASIDE
                }
                Err(error) => {
                    failures = failures.saturating_add(1);
                    warn!(%error, failures, "audit rows and events can't be numbered now");
                    LOOK.saturating_mul(1 << failures.min(7)).min(LONGEST_BACK_OFF)
                }
            };
            tokio::select! {
                biased;
                () = &mut stop => break,
                () = tokio::time::sleep(pause) => {}
            }
        }
        if let Err(error) = self.lease.give_up(self.database.writer()).await {
            debug!(%error, "the lease runs out by itself");
        }
    }

    /// Numbers what can be numbered now, some hundred rows at most, in one transaction.
    ///
    /// # Errors
    /// Those of the database; then nothing is changed.
    pub async fn step(&self) -> Result<Step, DbErr> {
        if !self.work_waits().await? {
            return Ok(Step::Idle);
        }
        let transaction = self.database.begin().await?;
        // Before the lease: taking it gives this transaction a number, which would be the oldest.
        let safe = safe_below(&transaction).await?;
        if !self.lease.take(&transaction, self.clock.now()).await? {
            transaction.rollback().await?;
            return Ok(Step::Aside);
        }
        let audit = seal_audit(&transaction, safe).await?;
        let events = number_outbox(&transaction, safe).await?;
        if events > 0 && self.database.dialect() == Dialect::Postgres {
            transaction.execute_unprepared(&format!("NOTIFY {CHANNEL}")).await?;
        }
        transaction.commit().await?;
        Ok(if audit + events == 0 { Step::Idle } else { Step::Numbered { audit, events } })
    }

    /// Whether there is a row that can be numbered. It takes no lock, so that an idle installation
    /// writes nothing.
    async fn work_waits(&self) -> Result<bool, DbErr> {
        // Replicas don't know the running transactions.
        let (connection, condition) = match self.database.dialect() {
            Dialect::Postgres => (
                self.database.writer(),
                "(written < CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS text) AS bigint) \
                 OR written >= CAST(CAST(pg_snapshot_xmax(pg_current_snapshot()) AS text) AS bigint))",
            ),
            Dialect::Sqlite => (self.database.reader(), "TRUE"),
        };
        let sql = format!(
            "SELECT EXISTS (SELECT 1 FROM audit_entries WHERE position IS NULL AND {condition}) \
             OR EXISTS (SELECT 1 FROM outbox WHERE position IS NULL AND {condition})"
        );
        let statement = Statement::from_string(connection.get_database_backend(), sql);
        let row = connection.query_one_raw(statement).await?;
        row.map_or(Ok(false), |row| row.try_get_by_index(0))
    }
}

/// The number of the oldest transaction that runs, on PostgreSQL.
async fn safe_below(transaction: &Begun) -> Result<Option<i64>, DbErr> {
    let backend = transaction.get_database_backend();
    if Dialect::of(backend) == Dialect::Sqlite {
        return Ok(None);
    }
    let sql = "SELECT CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS text) AS bigint)";
    let row = transaction.query_one_raw(Statement::from_string(backend, sql)).await?;
    row.map(|row| row.try_get_by_index(0)).transpose()
}

/// Which rows are next, and in which order.
fn next_rows(table: &str, columns: &str, safe: Option<i64>) -> (String, Vec<Value>) {
    let (condition, values) = match safe {
        None => ("", Vec::new()),
        // A row of a transaction that began after this statement can't be seen by it: where one is,
        // it was restored from another server's backup, and nothing running precedes it.
        Some(below) => (
            "AND (written < $1 OR written >= CAST(CAST(pg_snapshot_xmax(pg_current_snapshot()) AS text) AS bigint))",
            vec![below.into()],
        ),
    };
    let sql = format!(
        "SELECT {columns} FROM {table} WHERE position IS NULL {condition} ORDER BY written, line LIMIT {BATCH}"
    );
    (sql, values)
}

async fn head(transaction: &Begun, name: &'static str) -> Result<Head, DbErr> {
    let statement =
        Statement::from_sql_and_values(transaction.get_database_backend(), chain::READ_HEAD, [name.into()]);
    Ok(Head::find_by_statement(statement).one(transaction).await?.unwrap_or_default())
}

async fn write_head(transaction: &Begun, name: &'static str, head: &Head) -> Result<(), DbErr> {
    let backend = transaction.get_database_backend();
    let statement = Statement::from_sql_and_values(backend, chain::WRITE_HEAD, head.values(name));
    transaction.execute_raw(statement).await.map(|_| ())
}

async fn seal_audit(transaction: &Begun, safe: Option<i64>) -> Result<usize, DbErr> {
    let backend = transaction.get_database_backend();
    let (sql, values) = next_rows("audit_entries", chain::COLUMNS, safe);
    let statement = Statement::from_sql_and_values(backend, sql, values);
    let rows = Entry::find_by_statement(statement).all(transaction).await?;
    if rows.is_empty() {
        return Ok(0);
    }
    let mut head = head(transaction, chain::AUDIT).await?;
    let mut values: Vec<Value> = Vec::with_capacity(3 * rows.len());
    for row in &rows {
        head.position += 1;
        let digest = row.sealed_at(head.position, head.digest.as_deref());
        values.extend([row.line.into(), head.position.into(), digest.as_str().into()]);
        head.digest = Some(digest);
    }
    let sql = format!(
        "WITH numbered (line, position, digest) AS (VALUES {}) UPDATE audit_entries \
         SET position = numbered.position, digest = numbered.digest FROM numbered \
         WHERE audit_entries.line = numbered.line",
        tuples(rows.len(), 3)
    );
    transaction.execute_raw(Statement::from_sql_and_values(backend, sql, values)).await?;
    write_head(transaction, chain::AUDIT, &head).await?;
    Ok(rows.len())
}

async fn number_outbox(transaction: &Begun, safe: Option<i64>) -> Result<usize, DbErr> {
    let backend = transaction.get_database_backend();
    let (sql, values) = next_rows("outbox", "line", safe);
    let rows = transaction.query_all_raw(Statement::from_sql_and_values(backend, sql, values)).await?;
    if rows.is_empty() {
        return Ok(0);
    }
    let mut head = head(transaction, chain::OUTBOX).await?;
    let mut values: Vec<Value> = Vec::with_capacity(2 * rows.len());
    for row in &rows {
        head.position += 1;
        values.extend([row.try_get_by_index::<i64>(0)?.into(), head.position.into()]);
    }
    let sql = format!(
        "WITH numbered (line, position) AS (VALUES {}) UPDATE outbox SET position = numbered.position \
         FROM numbered WHERE outbox.line = numbered.line",
        tuples(rows.len(), 2)
    );
    transaction.execute_raw(Statement::from_sql_and_values(backend, sql, values)).await?;
    write_head(transaction, chain::OUTBOX, &head).await?;
    Ok(rows.len())
}

/// `($1, $2), ($3, $4)` for two tuples of two.
fn tuples(count: usize, width: usize) -> String {
    let mut sql = String::new();
    for number in 1..=count * width {
        let before = match (number, number % width) {
            (1, _) => "(",
            (_, 1) => "), (",
            _ => ", ",
        };
        // Writing to a `String` can't fail.
        let _ = write!(sql, "{before}${number}");
    }
    sql.push(')');
    sql
}

#[cfg(test)]
impl Sequencer {
    /// All of a step but its end: the transaction is dropped as a killed process drops it.
    pub(super) async fn step_then_drop(&self) {
        let transaction = self.database.begin().await.unwrap();
        let safe = safe_below(&transaction).await.unwrap();
        assert!(self.lease.take(&transaction, self.clock.now()).await.unwrap());
        // On PostgreSQL transactions of other tests may hold everything back.
        let safe = safe.map(|_| i64::MAX);
        assert_eq!(seal_audit(&transaction, safe).await.unwrap(), 1);
        assert_eq!(number_outbox(&transaction, safe).await.unwrap(), 1);
        drop(transaction);
    }
}
