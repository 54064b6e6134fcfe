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
