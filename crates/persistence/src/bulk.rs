//! Many rows in few statements.

use std::fmt::Write as _;

pub use sea_orm::Value;
use sea_orm::{ConnectionTrait as _, DbErr, Statement};

pub use crate::database::Begun;

/// Values in one statement: well below the 32,766 that SQLite takes. Full batches of a table share
/// one statement text, so it is prepared once.
const VALUES_AT_ONCE: usize = 6_000;

/// Collects rows for one table and inserts them some hundred at a time. The names are constants of
/// the program, never text from a file.
#[derive(Debug)]
pub struct Rows {
    table: &'static str,
    columns: &'static [&'static str],
    conflict: &'static str,
    values: Vec<Value>,
}

impl Rows {
    /// Rows of these columns, all of them in this order.
    #[must_use]
    pub fn new(table: &'static str, columns: &'static [&'static str]) -> Self {
        Self { table, columns, conflict: "", values: Vec::with_capacity(VALUES_AT_ONCE) }
    }

    /// With what to do about rows that are there already: `ON CONFLICT …`.
    #[must_use]
    pub fn on_conflict(mut self, clause: &'static str) -> Self {
        self.conflict = clause;
        self
    }

    /// Takes a row, and writes those that wait where they are enough.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn push<const N: usize>(&mut self, transaction: &Begun, row: [Value; N]) -> Result<(), DbErr> {
        self.values.extend(row);
        if self.values.len() + N > VALUES_AT_ONCE { self.write(transaction).await } else { Ok(()) }
    }

    /// Writes what is left.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn finish(mut self, transaction: &Begun) -> Result<(), DbErr> {
        self.write(transaction).await
    }

    async fn write(&mut self, transaction: &Begun) -> Result<(), DbErr> {
        let width = self.columns.len();
        let count = self.values.len() / width;
        if count == 0 {
            return Ok(());
        }
        let mut sql = format!("INSERT INTO {} ({}) VALUES ", self.table, self.columns.join(", "));
        for row in 0..count {
            sql.push_str(if row == 0 { "(" } else { ", (" });
            placeholders(&mut sql, row * width, width);
            sql.push(')');
        }
        sql.push(' ');
        sql.push_str(self.conflict);
        let values = std::mem::replace(&mut self.values, Vec::with_capacity(VALUES_AT_ONCE));
        let statement = Statement::from_sql_and_values(transaction.get_database_backend(), sql, values);
        transaction.execute_raw(statement).await?;
        Ok(())
    }
}

/// Deletes the rows of a table whose column has one of these values.
pub(crate) async fn delete_where_in<'a>(
    transaction: &Begun,
    table: &'static str,
    column: &'static str,
    values: impl Iterator<Item = &'a str>,
) -> Result<(), DbErr> {
    let mut values = values.peekable();
    while values.peek().is_some() {
        let batch: Vec<Value> = values.by_ref().take(VALUES_AT_ONCE).map(Value::from).collect();
        let mut sql = format!("DELETE FROM {table} WHERE {column} IN (");
        placeholders(&mut sql, 0, batch.len());
        sql.push(')');
        let statement = Statement::from_sql_and_values(transaction.get_database_backend(), sql, batch);
        transaction.execute_raw(statement).await?;
    }
    Ok(())
}

/// Deletes the rows of a table of which one column has one of the first values, and another one of the second.
pub(crate) async fn delete_where_both_in<'a>(
    transaction: &Begun,
    table: &'static str,
    (few_column, few): (&'static str, &[&str]),
    (column, values): (&'static str, impl Iterator<Item = &'a str> + Clone),
) -> Result<(), DbErr> {
    // Where they are as few as they should be, this is one round.
    for few in few.chunks(VALUES_AT_ONCE / 2) {
        let mut values = values.clone().peekable();
        while values.peek().is_some() {
            let mut batch: Vec<Value> = few.iter().map(|value| Value::from(*value)).collect();
            batch.extend(values.by_ref().take(VALUES_AT_ONCE - few.len()).map(Value::from));
            let mut sql = format!("DELETE FROM {table} WHERE {few_column} IN (");
            placeholders(&mut sql, 0, few.len());
            // Writing to a `String` can't fail.
            let _ = write!(sql, ") AND {column} IN (");
            placeholders(&mut sql, few.len(), batch.len() - few.len());
            sql.push(')');
            let statement = Statement::from_sql_and_values(transaction.get_database_backend(), sql, batch);
            transaction.execute_raw(statement).await?;
        }
    }
    Ok(())
}

/// `$4, $5, $6` for three values after the third.
fn placeholders(sql: &mut String, before: usize, count: usize) {
    for number in before + 1..=before + count {
        let separator = if number == before + 1 { "" } else { ", " };
        // Writing to a `String` can't fail.
        let _ = write!(sql, "{separator}${number}");
    }
}
