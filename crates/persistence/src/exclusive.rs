//! Whether a database is in use, for what may only be done while nobody serves it.

use std::time::Duration;

use sea_orm::{ConnectOptions, ConnectionTrait as _, Database as SeaOrm, DbErr, Statement};

use crate::database::APPLICATION;

/// How long whoever is just leaving is waited for.
const PATIENCE: Duration = Duration::from_secs(2);
/// How often it is looked whether they are gone.
const LOOKS: u32 = 10;

/// Whether another process has the database at this URL open. This one must not have it open itself.
///
/// # Errors
/// Those of the database.
pub async fn used_by_others(url: &str) -> Result<bool, DbErr> {
    if url.starts_with("postgres") {
        server_used_by_others(url).await
    } else {
        file_used_by_others(url).await
    }
}

/// PostgreSQL knows who is connected, and each of our connections says what it is.
async fn server_used_by_others(url: &str) -> Result<bool, DbErr> {
    let mut options = ConnectOptions::new(url);
    options.max_connections(1).sqlx_logging(false);
    let alone = SeaOrm::connect(options).await?;
    let mut others = true;
    for look in 0..LOOKS {
        if look > 0 {
            tokio::time::sleep(PATIENCE / LOOKS).await;
        }
        let statement = Statement::from_sql_and_values(
            alone.get_database_backend(),
            "SELECT COUNT(*) FROM pg_stat_activity \
             WHERE datname = current_database() AND application_name = $1 AND pid <> pg_backend_pid()",
            [APPLICATION.into()],
        );
        let row = alone.query_one_raw(statement).await?;
        let found: i64 = row.map_or(Ok(0), |row| row.try_get_by_index(0))?;
        others = found > 0;
        if !others {
            break;
        }
    }
    alone.close().await?;
    Ok(others)
}

/// Whoever has a SQLite database open in WAL mode keeps its file locked, so that nobody else can take
/// it out of that mode.
async fn file_used_by_others(url: &str) -> Result<bool, DbErr> {
    use sea_orm::sqlx::sqlite::SqliteJournalMode;
    let mut options = ConnectOptions::new(url);
    options.max_connections(1).map_sqlx_sqlite_opts(|options| {
        options.journal_mode(SqliteJournalMode::Delete).busy_timeout(PATIENCE)
    });
    match SeaOrm::connect(options).await {
        Ok(alone) => alone.close().await.map(|()| false),
        Err(error) if error.to_string().contains("database is locked") => Ok(true),
        Err(error) => Err(error),
    }
}
