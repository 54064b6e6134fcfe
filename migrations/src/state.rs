//! Which version's schema a database has, and bringing it to this version's.

use sea_orm_migration::MigratorTrait as _;
use sea_orm_migration::sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, Statement};

use crate::{Migrator, STEPS};

/// Names the lock that two migrating nodes share, among all advisory locks: "maip" in ASCII.
const LOCK: i64 = 0x6d61_6970;

/// A database's schema, seen from this version of the program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SchemaState {
    /// There is none.
    Missing,
    /// Of an earlier version.
    Older {
        /// The first step that it lacks.
        next: String,
    },
    /// Of this version.
    Current,
    /// Of a later version.
    Newer {
        /// A step that this version doesn't know.
        unknown: String,
    },
}

/// Looks which schema a database has.
///
/// # Errors
/// Those of the database.
pub async fn state(connection: &impl ConnectionTrait) -> Result<SchemaState, DbErr> {
    let applied = applied(connection).await?;
    if applied.is_empty() {
        return Ok(SchemaState::Missing);
    }
    let known = |name: &String| STEPS.iter().any(|step| step.name == name);
    if let Some(unknown) = applied.iter().find(|name| !known(name)) {
        return Ok(SchemaState::Newer { unknown: unknown.clone() });
    }
    let missing = STEPS.iter().find(|step| applied.iter().all(|name| name != step.name));
    Ok(missing.map_or(SchemaState::Current, |step| SchemaState::Older { next: step.name.to_owned() }))
}

/// Brings a database to this version's schema, all steps or none, and says how many were missing.
/// Nodes that migrate at a time wait for one another.
///
/// # Errors
/// Those of the database.
pub async fn migrate(transaction: DatabaseTransaction) -> Result<usize, DbErr> {
    if transaction.get_database_backend() == DbBackend::Postgres {
        // An index on a large table takes its time.
        transaction.execute_unprepared("SET LOCAL statement_timeout = 0").await?;
        transaction.execute_unprepared(&format!("SELECT pg_advisory_xact_lock({LOCK})")).await?;
    }
    let before = applied(&transaction).await?.len();
    Migrator::up(&transaction, None).await?;
    let after = applied(&transaction).await?.len();
    transaction.commit().await?;
    Ok(after - before)
}

/// The names of the steps that were taken, oldest first.
async fn applied(connection: &impl ConnectionTrait) -> Result<Vec<String>, DbErr> {
    let backend = connection.get_database_backend();
    let there = match backend {
        DbBackend::Postgres => {
            "SELECT 1 FROM pg_tables WHERE schemaname = current_schema() AND tablename = 'seaql_migrations'"
        }
        _ => "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'seaql_migrations'",
    };
    if connection.query_one_raw(Statement::from_string(backend, there)).await?.is_none() {
        return Ok(Vec::new());
    }
    let names = "SELECT version FROM seaql_migrations ORDER BY version";
    let rows = connection.query_all_raw(Statement::from_string(backend, names)).await?;
    rows.iter().map(|row| row.try_get_by_index(0)).collect()
}

/// Removes every table of the current schema of a PostgreSQL database, for a demonstration that
/// begins anew. On SQLite the file is removed instead.
///
/// # Errors
/// Those of the database.
pub async fn drop_everything(transaction: DatabaseTransaction) -> Result<(), DbErr> {
    let backend = transaction.get_database_backend();
    let names = "SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = current_schema()";
    for row in transaction.query_all_raw(Statement::from_string(backend, names)).await? {
        let table: String = row.try_get_by_index(0)?;
        transaction.execute_unprepared(&format!("DROP TABLE IF EXISTS {table} CASCADE")).await?;
    }
    transaction.commit().await
}
