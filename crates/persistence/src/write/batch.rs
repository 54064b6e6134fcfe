//! Changes that a unit of work has decided on, collected and sent together: each round trip to the
//! database costs more than most changes do.
//!
//! One statement takes them all. PostgreSQL runs the parts of a statement side by side: none sees
//! what another does, and in which order they are done isn't said. So a table has one part of a
//! statement at most; where a second change of it would follow, another statement begins. Whether
//! rows refer to rows that are there is asked at the end of the statement. SQLite runs the same
//! parts one after the other, in the order in which they came: rows that others refer to first.

use std::borrow::Cow;
use std::fmt::Write as _;

use sea_orm::{
    ColumnTrait, DbBackend, EntityName as _, EntityTrait, IdenStatic as _, Iterable as _, ModelTrait,
    PrimaryKeyToColumn, Statement, Value,
};

/// A change of one table. The texts are the program's; values are bound.
#[derive(Debug)]
pub(crate) struct Change {
    table: &'static str,
    text: Text,
    /// How many values a row has.
    width: usize,
    values: Vec<Value>,
}

#[derive(Debug, PartialEq, Eq)]
enum Text {
    /// Place-holders are numbered from 1.
    Whole(Cow<'static, str>),
    /// Rows that come in the same way go into one part. Place-holders are numbered from 1 in each row.
    Rows { before: Cow<'static, str>, row: Cow<'static, str>, after: &'static str },
}

impl Change {
    /// Any change of the table.
    pub fn of<const N: usize>(table: &'static str, sql: &'static str, values: [Value; N]) -> Self {
        Self { table, text: Text::Whole(sql.into()), width: N, values: values.into() }
    }

    /// A row: `INSERT INTO table (columns) `, `($1, …)`, and what is done where it is there already, if
    /// anything.
    pub fn row<const N: usize>(
        table: &'static str,
        (into, row, after): (&'static str, &'static str, &'static str),
        values: [Value; N],
    ) -> Self {
        let text = Text::Rows { before: into.into(), row: row.into(), after };
        Self { table, text, width: N, values: values.into() }
    }

    /// A new row.
    pub fn insert<M: ModelTrait>(model: &M) -> Self {
        Self::insert_otherwise(model, "")
    }

    /// A row that may be there already; then it stays as it is.
    pub fn insert_once<M: ModelTrait>(model: &M) -> Self {
        Self::insert_otherwise(model, " ON CONFLICT DO NOTHING")
    }

    fn insert_otherwise<M: ModelTrait>(model: &M, after: &'static str) -> Self {
        let table = M::Entity::default().table_name();
        let mut into = format!("INSERT INTO {table} (");
        let mut row = String::from("(");
        let mut values = Vec::new();
        for column in <M::Entity as EntityTrait>::Column::iter() {
            separated(&mut into, &mut row, values.is_empty());
            values.push(model.get(column));
            into.push_str(column.as_str());
            placeholder(&mut row, values.len());
        }
        into.push_str(") ");
        row.push(')');
        let text = Text::Rows { before: into.into(), row: row.into(), after };
        Self { table, text, width: values.len(), values }
    }

    /// All columns of a row that is there, by its key.
    pub fn update<M: ModelTrait>(model: &M) -> Self {
        let table = M::Entity::default().table_name();
        let keys: Vec<_> =
            <M::Entity as EntityTrait>::PrimaryKey::iter().map(PrimaryKeyToColumn::into_column).collect();
        let is_key = |column: &<M::Entity as EntityTrait>::Column| {
            keys.iter().any(|key| key.as_str() == column.as_str())
        };
        let mut sql = format!("UPDATE {table} SET ");
        let mut values = Vec::new();
        for column in <M::Entity as EntityTrait>::Column::iter().filter(|column| !is_key(column)) {
            assignment(&mut sql, if values.is_empty() { "" } else { ", " }, column, values.len() + 1);
            values.push(model.get(column));
        }
        for (number, key) in keys.iter().enumerate() {
            assignment(&mut sql, if number == 0 { " WHERE " } else { " AND " }, *key, values.len() + 1);
            values.push(model.get(*key));
        }
        Self { table, text: Text::Whole(sql.into()), width: values.len(), values }
    }

    /// A row that is there no longer, by its key.
    pub fn delete<M: ModelTrait>(model: &M) -> Self {
        let table = M::Entity::default().table_name();
        let mut from = format!("DELETE FROM {table} WHERE (");
        let mut row = String::from("(");
        let mut values = Vec::new();
        for key in <M::Entity as EntityTrait>::PrimaryKey::iter().map(PrimaryKeyToColumn::into_column) {
            separated(&mut from, &mut row, values.is_empty());
            values.push(model.get(key));
            from.push_str(key.as_str());
            placeholder(&mut row, values.len());
        }
        from.push_str(") IN (");
        row.push(')');
        let text = Text::Rows { before: from.into(), row: row.into(), after: ")" };
        Self { table, text, width: values.len(), values }
    }
}

fn separated(one: &mut String, other: &mut String, is_first: bool) {
    if !is_first {
        one.push_str(", ");
        other.push_str(", ");
    }
}

fn assignment(sql: &mut String, before: &'static str, column: impl ColumnTrait, number: usize) {
    sql.push_str(before);
    sql.push_str(column.as_str());
    sql.push_str(" = ");
    placeholder(sql, number);
}

fn placeholder(sql: &mut String, number: usize) {
    // Writing to a string can't fail.
    let _ = write!(sql, "${number}");
}

/// Changes in the order in which they came, by the statements that take them.
#[derive(Debug, Default)]
pub(crate) struct Batch(Vec<Vec<Change>>);

impl Batch {
    /// Takes a change.
    pub fn push(&mut self, change: Change) {
        match self.0.last_mut() {
            Some(step) if step.iter().all(|other| other.goes_with(&change)) => {
                match step.iter_mut().find(|other| other.table == change.table) {
                    Some(rows) => rows.values.extend(change.values),
                    None => step.push(change),
                }
            }
            _ => self.0.push(vec![change]),
        }
    }

    /// The statements, in their order.
    pub fn into_statements(self, backend: DbBackend) -> impl Iterator<Item = Statement> {
        self.0.into_iter().map(move |step| statement(step, backend))
    }
}

fn statement(step: Vec<Change>, backend: DbBackend) -> Statement {
    let beside = backend == DbBackend::Postgres && step.len() > 1;
    let mut sql = String::with_capacity(512 * step.len());
    let mut values = Vec::with_capacity(step.iter().map(|change| change.values.len()).sum());
    for (number, change) in step.into_iter().enumerate() {
        let before = match (beside, number) {
            (true, 0) => "WITH ",
            (true, _) => "), ",
            (false, 0) => "",
            (false, _) => "; ",
        };
        sql.push_str(before);
        if beside {
            let _ = write!(sql, "change_{number} AS (");
        }
        change.render(&mut sql, values.len());
        values.extend(change.values);
    }
    if beside {
        sql.push_str(") SELECT 1");
    }
    Statement::from_sql_and_values(backend, sql, values)
}

impl Change {
    fn goes_with(&self, other: &Self) -> bool {
        self.table != other.table || (self.text == other.text && matches!(self.text, Text::Rows { .. }))
    }

    fn render(&self, sql: &mut String, before: usize) {
        match &self.text {
            Text::Whole(text) => renumbered(sql, text, before),
            Text::Rows { before: text, row, after } => {
                sql.push_str(text);
                for number in 0..self.values.len() / self.width.max(1) {
                    sql.push_str(if number == 0 { "VALUES " } else { ", " });
                    renumbered(sql, row, before + number * self.width);
                }
                sql.push_str(after);
            }
        }
    }
}

/// The text with so much added to the numbers of its place-holders.
fn renumbered(sql: &mut String, text: &str, before: usize) {
    let mut rest = text;
    while let Some((plain, after)) = rest.split_once('$') {
        let end = after.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(after.len());
        let number: usize = after[..end].parse().unwrap_or(0);
        sql.push_str(plain);
        placeholder(sql, before + number);
        rest = &after[end..];
    }
    sql.push_str(rest);
}

#[cfg(test)]
mod tests;
