//! SQL text that can't hold a client's words: only static text, numbers and place-holders go in.

use sea_orm::{DbBackend, Value};

/// Which database the text is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// SQLite.
    Sqlite,
    /// PostgreSQL.
    Postgres,
}

impl Dialect {
    /// The dialect of a connection.
    #[must_use]
    pub fn of(backend: DbBackend) -> Self {
        if backend == DbBackend::Postgres { Self::Postgres } else { Self::Sqlite }
    }
}

/// An alias of a row in the statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Alias(pub u32);

/// A piece of SQL. Made from static text and other pieces alone: there is no way from a `String`.
#[derive(Clone, Debug, Default)]
pub(super) struct Sql(String);

impl Sql {
    pub fn new(text: &'static str) -> Self {
        Self(text.to_owned())
    }

    pub fn push(&mut self, text: &'static str) -> &mut Self {
        self.0.push_str(text);
        self
    }

    pub fn sql(&mut self, piece: &Self) -> &mut Self {
        self.0.push_str(&piece.0);
        self
    }

    pub fn number(&mut self, number: u64) -> &mut Self {
        self.0.push_str(&number.to_string());
        self
    }

    pub fn alias(&mut self, alias: Alias) -> &mut Self {
        self.0.push('t');
        self.number(u64::from(alias.0))
    }

    /// The columns of this row that the pieces refer to: a sub-select of all columns costs the
    /// database more than the few that are used.
    pub fn columns(&mut self, row: Alias, used_in: &[&Self]) -> &mut Self {
        let mut name = Self::default();
        name.alias(row).push(".");
        let mut columns: Vec<&str> = used_in.iter().flat_map(|piece| piece.columns_of(&name.0)).collect();
        columns.sort_unstable();
        columns.dedup();
        if columns.is_empty() {
            return self.push("1");
        }
        for (index, column) in columns.into_iter().enumerate() {
            if index > 0 {
                self.push(", ");
            }
            self.0.push_str(&name.0);
            self.0.push_str(column);
        }
        self
    }

    fn columns_of<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let in_word = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
        self.0.match_indices(name).filter_map(move |(at, _)| {
            if self.0[..at].ends_with(in_word) {
                return None;
            }
            let rest = &self.0[at + name.len()..];
            let column = &rest[..rest.find(|letter| !in_word(letter)).unwrap_or(rest.len())];
            (!column.is_empty()).then_some(column)
        })
    }

    /// A static text as a string literal.
    pub fn literal(&mut self, text: &'static str) -> &mut Self {
        self.0.push('\'');
        self.0.push_str(&text.replace('\'', "''"));
        self.0.push('\'');
        self
    }

    pub fn join(&mut self, pieces: &[Self], separator: &'static str) -> &mut Self {
        for (index, piece) in pieces.iter().enumerate() {
            if index > 0 {
                self.push(separator);
            }
            self.sql(piece);
        }
        self
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn into_text(self) -> String {
        self.0
    }
}

/// The values bound to the statement; each is referred to by its number, so that pieces can be put
/// together in any order.
#[derive(Debug, Default)]
pub(super) struct Bindings {
    pub values: Vec<Value>,
}

impl Bindings {
    /// Binds a value and returns its place-holder.
    pub fn bind(&mut self, dialect: Dialect, value: impl Into<Value>) -> Sql {
        self.values.push(value.into());
        let mut sql = Sql::new(if dialect == Dialect::Postgres { "$" } else { "?" });
        sql.number(u64::try_from(self.values.len()).unwrap_or(u64::MAX));
        sql
    }
}
