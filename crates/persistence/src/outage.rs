//! Tells a database that can't be reached, or takes no writes, from a defect of ours.

use sea_orm::sqlx::Error as Sqlx;
use sea_orm::{DbErr, RuntimeErr};

/// Classes of PostgreSQL's error codes that pass by themselves or by the operator's doing:
/// connection exceptions, insufficient resources (a full disk), operator intervention, a server
/// that is read-only for the time being, and a transaction that had to give way to another.
const POSTGRES: &[&str] = &["08", "53", "57", "25006", "40001", "40P01"];
/// Those of a transaction that gave way to another.
const GAVE_WAY: &[&str] = &["40001", "40P01"];
/// SQLite's primary codes of the same: busy, locked, read-only, input or output, full, can't open.
const SQLITE: &[i32] = &[5, 6, 8, 10, 13, 14];

/// Whether the request may succeed later without anyone changing the program.
#[must_use]
pub fn is_outage(error: &DbErr) -> bool {
    match error {
        DbErr::Conn(RuntimeErr::SqlxError(error))
        | DbErr::Exec(RuntimeErr::SqlxError(error))
        | DbErr::Query(RuntimeErr::SqlxError(error)) => sqlx_outage(error),
        DbErr::ConnectionAcquire(_) | DbErr::Conn(_) => true,
        _ => false,
    }
}

/// Whether PostgreSQL ended the transaction in favour of another: a deadlock, or a row that was changed
/// meanwhile. Nothing of it was done.
#[must_use]
pub fn gave_way(error: &DbErr) -> bool {
    match error {
        DbErr::Exec(RuntimeErr::SqlxError(error)) | DbErr::Query(RuntimeErr::SqlxError(error)) => error
            .as_database_error()
            .and_then(sea_orm::sqlx::error::DatabaseError::code)
            .is_some_and(|code| GAVE_WAY.contains(&code.as_ref())),
        _ => false,
    }
}

fn sqlx_outage(error: &Sqlx) -> bool {
    match error {
        Sqlx::Io(_) | Sqlx::Tls(_) | Sqlx::PoolTimedOut | Sqlx::PoolClosed | Sqlx::WorkerCrashed => true,
        Sqlx::Database(error) => {
            let Some(code) = error.code() else { return false };
            if error.try_downcast_ref::<sea_orm::sqlx::sqlite::SqliteError>().is_some() {
                // Extended codes have the primary one in their lowest byte.
                code.parse::<i32>().is_ok_and(|code| SQLITE.contains(&(code & 0xFF)))
            } else {
                POSTGRES.iter().any(|class| code.starts_with(class))
            }
        }
        _ => false,
    }
}
