//! The database schema: forward only, one text for both databases.
//!
//! A migration is a file of plain SQL. What the two databases spell differently is written as a
//! placeholder: `{text}` (text that compares by its bytes), `{int}` (64 bits), `{bool}`,
//! `{serial}` (an insertion number), and blocks that start with `-- sqlite:` or `-- postgres:`
//! and end with `-- end`.

mod state;

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

pub use state::{SchemaState, drop_everything, migrate, state};

/// All migrations, oldest first.
#[derive(Debug)]
pub struct Migrator;

struct Step {
    name: &'static str,
    sql: &'static str,
}

const STEPS: &[Step] = &[
    Step { name: "m0001_vocabulary", sql: include_str!("sql/m0001_vocabulary.sql") },
    Step { name: "m0002_identity", sql: include_str!("sql/m0002_identity.sql") },
    Step { name: "m0003_membership", sql: include_str!("sql/m0003_membership.sql") },
    Step { name: "m0004_lessons", sql: include_str!("sql/m0004_lessons.sql") },
    Step { name: "m0005_cooperation", sql: include_str!("sql/m0005_cooperation.sql") },
    Step { name: "m0006_record", sql: include_str!("sql/m0006_record.sql") },
    Step { name: "m0007_operations", sql: include_str!("sql/m0007_operations.sql") },
    Step { name: "m0008_lesson_audience", sql: include_str!("sql/m0008_lesson_audience.sql") },
    Step { name: "m0009_files", sql: include_str!("sql/m0009_files.sql") },
    Step { name: "m0013_list_indexes", sql: include_str!("sql/m0013_list_indexes.sql") },
    Step { name: "m0014_manager_requests", sql: include_str!("sql/m0014_manager_requests.sql") },
    Step { name: "m0015_shown_revision", sql: include_str!("sql/m0015_shown_revision.sql") },
    Step { name: "m0016_session_end", sql: include_str!("sql/m0016_session_end.sql") },
    Step { name: "m0017_refusals", sql: include_str!("sql/m0017_refusals.sql") },
    Step { name: "m0018_recording_token", sql: include_str!("sql/m0018_recording_token.sql") },
    Step { name: "m0019_upload_checks", sql: include_str!("sql/m0019_upload_checks.sql") },
    Step { name: "m0020_replication_course", sql: include_str!("sql/m0020_replication_course.sql") },
    Step { name: "m0021_search", sql: include_str!("sql/m0021_search.sql") },
    Step { name: "m0022_translations", sql: include_str!("sql/m0022_translations.sql") },
    Step { name: "m0023_search_typing", sql: include_str!("sql/m0023_search_typing.sql") },
];

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        STEPS.iter().map(|step| Box::new(SqlMigration(step)) as Box<dyn MigrationTrait>).collect()
    }
}

struct SqlMigration(&'static Step);

impl MigrationName for SqlMigration {
    fn name(&self) -> &str {
        self.0.name
    }
}

#[async_trait::async_trait]
impl MigrationTrait for SqlMigration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        let sql = for_backend(self.0.sql, manager.get_database_backend());
        connection.execute_unprepared(&sql).await?;
        Ok(())
    }

    async fn down(&self, _: &SchemaManager) -> Result<(), DbErr> {
        Err(DbErr::Migration("migrations only go forward; restore a backup to go back".to_owned()))
    }
}

/// The SQL for one of the databases.
#[must_use]
pub fn for_backend(sql: &str, backend: DbBackend) -> String {
    let postgres = backend == DbBackend::Postgres;
    let mut kept = String::with_capacity(sql.len());
    let mut skipping = false;
    for line in sql.lines() {
        match line.trim() {
            "-- sqlite:" => skipping = postgres,
            "-- postgres:" => skipping = !postgres,
            "-- end" => skipping = false,
            _ if skipping => {}
            _ => {
                kept.push_str(line);
                kept.push('\n');
            }
        }
    }
    let (text, int, serial) = if postgres {
        ("text COLLATE \"C\"", "bigint", "bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY")
    } else {
        ("TEXT", "INTEGER", "INTEGER PRIMARY KEY AUTOINCREMENT")
    };
    kept.replace("{text}", text)
        .replace("{int}", int)
        .replace("{serial}", serial)
        .replace("{bool}", "boolean")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_for_the_other_database_are_left_out() {
        let sql = "a {text}\n-- sqlite:\nb\n-- end\n-- postgres:\nc\n-- end\nd";
        assert_eq!(for_backend(sql, DbBackend::Sqlite), "a TEXT\nb\nd\n");
        assert_eq!(for_backend(sql, DbBackend::Postgres), "a text COLLATE \"C\"\nc\nd\n");
    }
}
