//! Reads the outbox in its order: what subscriptions go by. Positions have no gaps, so whoever knows
//! one position knows what comes next, and has missed nothing.

use maip_domain::time::Timestamp;
use sea_orm::{ConnectionTrait as _, DbErr, QueryResult, Statement};

use super::chain;
use crate::database::Database;

/// How many positions one look goes over, so that going on from long ago is many short reads.
const STRIDE: i64 = 500;

/// An event that has its position.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Its place among all events.
    pub position: i64,
    /// When it happened.
    pub at: Timestamp,
    /// What happened, such as `lesson.published`.
    pub kind: String,
    /// The record.
    pub subject: String,
}

/// Which events are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// The type of their records.
    pub subject_type: &'static str,
    /// What happened; anything where it isn't said.
    pub kind: Option<&'static str>,
}

/// Some of what comes after a position.
#[derive(Debug, PartialEq, Eq)]
pub struct Stretch {
    /// The wanted events, in their order.
    pub events: Vec<Event>,
    /// Up to here was looked; the next look goes on from here.
    pub until: i64,
}

/// The last position that was given.
///
/// # Errors
/// Those of the database.
pub async fn last_position(database: &Database) -> Result<i64, DbErr> {
    let connection = database.reader();
    let sql = "SELECT position FROM sequence_heads WHERE name = $1";
    let backend = connection.get_database_backend();
    let statement = Statement::from_sql_and_values(backend, sql, [chain::OUTBOX.into()]);
    connection.query_one_raw(statement).await?.map_or(Ok(0), |row| row.try_get_by_index(0))
}

/// Whether all that came after a position is still there. What isn't was pruned; a position that was
/// never given is of another time of this database, before a restore.
///
/// # Errors
/// Those of the database.
pub async fn is_kept(database: &Database, position: i64) -> Result<bool, DbErr> {
    let last = last_position(database).await?;
    if position >= last {
        return Ok(position == last);
    }
    let connection = database.reader();
    let sql = "SELECT MIN(position) FROM outbox WHERE position IS NOT NULL";
    let statement = Statement::from_string(connection.get_database_backend(), sql);
    let row = connection.query_one_raw(statement).await?;
    let first: Option<i64> = row.map(|row| row.try_get_by_index(0)).transpose()?.flatten();
    Ok(first.is_some_and(|first| position >= first - 1))
}

/// The wanted events after a position, some hundred positions far and up to `last` at most, which has
/// to be a position that was given. `None` where not all that came after is still there.
///
/// # Errors
/// Those of the database.
pub async fn after(
    database: &Database,
    wanted: Wanted,
    position: i64,
    last: i64,
) -> Result<Option<Stretch>, DbErr> {
    if position >= last {
        return Ok(Some(Stretch { events: Vec::new(), until: position }));
    }
    let until = last.min(position.saturating_add(STRIDE));
    let connection = database.reader();
    let statement = Statement::from_sql_and_values(
        connection.get_database_backend(),
        // The next position in any case: events go from the first on, so where it is there, all are.
        "SELECT position, created_at, kind, subject_id, \
         CASE WHEN subject_type = $3 AND ($4 = '' OR kind = $4) THEN 1 ELSE 0 END \
         FROM outbox WHERE position > $1 AND position <= $2 \
         AND (position = $5 OR (subject_type = $3 AND ($4 = '' OR kind = $4))) ORDER BY position",
        [
            position.into(),
            until.into(),
            wanted.subject_type.into(),
            wanted.kind.unwrap_or_default().into(),
            (position + 1).into(),
        ],
    );
    let rows = connection.query_all_raw(statement).await?;
    let mut events = Vec::with_capacity(rows.len());
    for (number, row) in rows.iter().enumerate() {
        let (event, is_wanted) = (event(row)?, row.try_get_by_index::<i32>(4)? == 1);
        if number == 0 && event.position != position + 1 {
            return Ok(None);
        }
        events.extend(Some(event).filter(|_| is_wanted));
    }
    Ok(Some(Stretch { events, until }).filter(|_| !rows.is_empty()))
}

fn event(row: &QueryResult) -> Result<Event, DbErr> {
    Ok(Event {
        position: row.try_get_by_index(0)?,
        at: Timestamp::from_micros(row.try_get_by_index(1)?),
        kind: row.try_get_by_index(2)?,
        subject: row.try_get_by_index(3)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::on_both;

    const LESSONS: Wanted = Wanted { subject_type: "Lesson", kind: Some("lesson.published") };

    async fn execute(database: &Database, sql: &str) {
        database.writer().execute_unprepared(sql).await.unwrap();
    }

    /// Events one to six, of which the second, the fourth and the sixth are published lessons.
    async fn six(database: &Database) {
        for position in 1..=6 {
            let kind = if position % 2 == 0 { "lesson.published" } else { "lesson.updated" };
            execute(
                database,
                &format!(
                    "INSERT INTO outbox (id, written, position, created_at, kind, subject_type, subject_id) \
                     VALUES ('event_{position}', 0, {position}, {position}, '{kind}', 'Lesson', 'lesson_{position}')"
                ),
            )
            .await;
        }
        execute(database, "DELETE FROM sequence_heads WHERE name = 'outbox'").await;
        execute(database, "INSERT INTO sequence_heads (name, position) VALUES ('outbox', 6)").await;
    }

    on_both! {
        async fn what_comes_after_a_position_comes_in_order(database: &Database) {
            six(database).await;
            let last = last_position(database).await.unwrap();
            assert_eq!(last, 6);
            let positions = |stretch: &Stretch| stretch.events.iter().map(|event| event.position).collect::<Vec<_>>();
            let all = after(database, LESSONS, 0, last).await.unwrap().unwrap();
            assert_eq!((positions(&all), all.until), (vec![2, 4, 6], 6));
            assert_eq!(all.events[0].subject, "lesson_2");
            let some = after(database, LESSONS, 2, 5).await.unwrap().unwrap();
            assert_eq!((positions(&some), some.until), (vec![4], 5));
            let any = Wanted { kind: None, ..LESSONS };
            assert_eq!(positions(&after(database, any, 4, last).await.unwrap().unwrap()), [5, 6]);
            assert_eq!(after(database, any, 6, 6).await.unwrap(), Some(Stretch { events: Vec::new(), until: 6 }));
        }

        async fn what_was_pruned_or_never_given_is_not_kept(database: &Database) {
            six(database).await;
            for (position, kept) in [(0, true), (5, true), (6, true), (7, false)] {
                assert_eq!(is_kept(database, position).await.unwrap(), kept, "{position}");
            }
            execute(database, "DELETE FROM outbox WHERE position <= 3").await;
            for (position, kept) in [(0, false), (2, false), (3, true), (6, true)] {
                assert_eq!(is_kept(database, position).await.unwrap(), kept, "{position}");
                // Nor does one who is there already, and slow, miss it unknowingly.
                assert_eq!(after(database, LESSONS, position, 6).await.unwrap().is_some(), kept, "{position}");
            }
            execute(database, "DELETE FROM outbox").await;
            assert!(!is_kept(database, 5).await.unwrap());
            assert_eq!(after(database, LESSONS, 5, 6).await.unwrap(), None);
            assert!(is_kept(database, 6).await.unwrap());
        }
    }
}
