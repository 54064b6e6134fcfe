//! Rows on their way into a database: `COPY` on PostgreSQL, statements of many rows on SQLite.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use futures::SinkExt as _;
use hyper::body::Bytes;
use sea_orm::{ConnectionTrait as _, DatabaseConnection};

use crate::Failure;

/// Rows of a table are sent together once they are so many bytes.
const BATCH: usize = 4 << 20;
/// The same for a statement, which has to be parsed as a whole.
const STATEMENT: usize = 256 << 10;

/// A table and the columns that are written.
pub struct Table {
    pub name: &'static str,
    pub columns: &'static str,
}

/// A value of a row.
#[derive(Clone, Copy)]
pub enum Cell<'a> {
    /// Made here: without line breaks, tabs and backslashes.
    Text(&'a str),
    Int(i64),
    Bool(bool),
    Null,
}

impl<'a> From<&'a str> for Cell<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text)
    }
}

impl<'a> From<&'a String> for Cell<'a> {
    fn from(text: &'a String) -> Self {
        Self::Text(text)
    }
}

impl<'a> From<Option<&'a str>> for Cell<'a> {
    fn from(text: Option<&'a str>) -> Self {
        text.map_or(Self::Null, Self::Text)
    }
}

impl From<i64> for Cell<'_> {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

impl From<Option<i64>> for Cell<'_> {
    fn from(number: Option<i64>) -> Self {
        number.map_or(Self::Null, Self::Int)
    }
}

impl From<bool> for Cell<'_> {
    fn from(truth: bool) -> Self {
        Self::Bool(truth)
    }
}

/// Writes one row: the sink, the table, its values.
macro_rules! put {
    ($sink:expr, $table:expr, $($value:expr),+ $(,)?) => {
        $sink.row(&$table, &[$($crate::data::sink::Cell::from($value)),+])
    };
}
pub(super) use put;

/// Where the rows go.
pub enum Target {
    Postgres(tokio_postgres::Client),
    Sqlite(DatabaseConnection),
}

pub struct Sink {
    target: Target,
    waiting: BTreeMap<&'static str, (&'static Table, String)>,
}

impl Sink {
    pub fn new(target: Target) -> Self {
        Self { target, waiting: BTreeMap::new() }
    }

    /// Whether rows go by `COPY`.
    pub fn copies(&self) -> bool {
        matches!(self.target, Target::Postgres(_))
    }

    pub fn row(&mut self, table: &'static Table, cells: &[Cell<'_>]) {
        debug_assert_eq!(table.columns.split(',').count(), cells.len(), "{}", table.name);
        let copies = self.copies();
        let (_, text) = self.waiting.entry(table.name).or_insert_with(|| (table, String::new()));
        if !copies {
            text.push_str(if text.is_empty() { "(" } else { ",\n(" });
        }
        for (place, cell) in cells.iter().enumerate() {
            if place > 0 {
                text.push(if copies { '\t' } else { ',' });
            }
            match *cell {
                Cell::Text(value) if copies => text.push_str(value),
                Cell::Text(value) => {
                    text.push('\'');
                    text.push_str(value);
                    text.push('\'');
                }
                Cell::Int(value) => {
                    // Writing to a string can't fail.
                    let _ = write!(text, "{value}");
                }
                Cell::Bool(value) => text.push_str(if value { "TRUE" } else { "FALSE" }),
                Cell::Null => text.push_str(if copies { "\\N" } else { "NULL" }),
            }
        }
        text.push(if copies { '\n' } else { ')' });
    }

    /// Sends the tables that have a batch together.
    pub async fn drain(&mut self) -> Result<(), Failure> {
        let most = if self.copies() { BATCH } else { STATEMENT };
        self.send(most).await
    }

    /// Sends what is left.
    pub async fn finish(mut self) -> Result<Target, Failure> {
        self.send(1).await?;
        Ok(self.target)
    }

    async fn send(&mut self, at_least: usize) -> Result<(), Failure> {
        for (table, text) in self.waiting.values_mut().filter(|(_, text)| text.len() >= at_least) {
            let rows = std::mem::take(text);
            let Table { name, columns } = table;
            match &self.target {
                Target::Postgres(client) => {
                    let sink = client.copy_in(&format!("COPY {name} ({columns}) FROM STDIN")).await?;
                    let mut sink = std::pin::pin!(sink);
                    sink.send(Bytes::from(rows)).await?;
                    sink.finish().await?;
                }
                Target::Sqlite(database) => {
                    let sql = format!("INSERT INTO {name} ({columns}) VALUES {rows}");
                    database.execute_unprepared(&sql).await?;
                }
            }
        }
        Ok(())
    }
}
