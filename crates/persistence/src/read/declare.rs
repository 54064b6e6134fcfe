//! The language in which readable types are declared: a field once, a relation once.
//!
//! The planner, both renderers, the shaper, the schema and the tests all work from these
//! declarations; nothing else knows a column.
//!
//! SQL in a declaration is a template of static text. `{t}` is the row itself, `{p}` the row of the
//! parent (in relations), `{name}` a join of the entity, `{now}` the instant of the request, `{languages}` those that the
//! reader prefers.

pub use super::build::{
    alphabetical, by_number, by_text, connection, field, filter, list, many, newest_first, oldest_first, one,
    optional, sourced, visible,
};
use maip_domain::closed_set::ClosedSet;
use maip_domain::identity::scope::Scope;
use maip_domain::policy::{Attribute, Expr, Policy, Related};

/// A readable type.
pub struct Entity {
    /// Its name in the API.
    pub name: &'static str,
    /// What it is, for the author of a frontend.
    pub description: &'static str,
    /// The prefix of its ids where it is a `Node`.
    pub prefix: Option<&'static str>,
    /// The table, or the common table expression of the viewer.
    pub table: &'static str,
    /// A column that is never null.
    pub key: &'static str,
    /// Who may read it, and do what with it.
    pub policy: &'static Policy,
    /// To-one joins that its fields may use by name.
    pub joins: &'static [Join],
    /// The policy's attributes in SQL.
    pub attributes: &'static [(Attribute, &'static str)],
    /// The policy's many-valued attributes: a select of one column.
    pub related: &'static [(Related, &'static str)],
    /// Scalar fields.
    pub fields: &'static [Field],
    /// Fields that lead to other types.
    pub relations: &'static [Relation],
    /// What connections over it can be filtered by.
    pub filters: &'static [Filter],
    /// What connections over it can be sorted by; the first is the default.
    pub sorts: &'static [Sort],
}

/// A to-one join to a row that is part of the same record.
#[derive(Debug)]
pub struct Join {
    /// The name used in templates.
    pub name: &'static str,
    /// The table.
    pub table: &'static str,
    /// The condition; `{name}` is the joined row.
    pub on: &'static str,
}

/// The values of a closed set, without its Rust type.
#[derive(Debug, Clone)]
pub struct EnumInfo {
    /// Its name in the API.
    pub name: &'static str,
    /// What it is.
    pub description: &'static str,
    /// Codes and their descriptions.
    pub members: Vec<(&'static str, &'static str)>,
}

/// The [`EnumInfo`] of a closed set.
#[must_use]
pub fn closed<T: ClosedSet>() -> EnumInfo {
    EnumInfo {
        name: T::NAME,
        description: T::DESCRIPTION,
        members: T::MEMBERS.iter().map(|member| (member.code, member.description)).collect(),
    }
}

/// The type of a scalar value.
#[derive(Debug, Clone, Copy)]
pub enum Scalar {
    /// An id.
    Id,
    /// A text.
    Text,
    /// A whole number that fits 32 bits.
    Int,
    /// Yes or no.
    Bool,
    /// Microseconds in the database, RFC 3339 in the answer.
    Instant,
    /// ISO 3166-1 alpha-3.
    Country,
    /// BCP 47.
    Language,
    /// A decimal number as text.
    Decimal,
    /// A code of a closed set.
    Enum(fn() -> EnumInfo),
}

impl Scalar {
    /// The name of the type in the API.
    #[must_use]
    pub fn type_name(self) -> &'static str {
        match self {
            Self::Id => "ID",
            Self::Text => "String",
            Self::Int => "Int",
            Self::Bool => "Boolean",
            Self::Instant => "DateTime",
            Self::Country => "CountryCode",
            Self::Language => "LanguageCode",
            Self::Decimal => "Decimal",
            Self::Enum(info) => info().name,
        }
    }
}

/// Where a field's value comes from.
#[derive(Debug)]
pub enum Source {
    /// An expression.
    Sql(&'static str),
    /// A select of one column named `v`, answered as a list.
    List(&'static str),
    /// A column that holds a JSON list of texts.
    StoredList(&'static str),
    /// Known to the server without the database, such as a limit; the plan brings it.
    Given,
    /// The same, a list of it.
    GivenList,
    /// An address that holds for a while: a text of its path, `|`, and what it is bound to, or null.
    Address(&'static str),
    /// A language's tag, answered as the direction in which it is written.
    Direction(&'static str),
    /// How many such records the viewer may see.
    CountOf {
        /// The type whose policy decides.
        of: &'static Entity,
        /// Which of its rows; `{p}` is this record, `{t}` the row.
        on: &'static str,
    },
    /// One value of each such record that the viewer may see, as a list.
    ListOf {
        /// The type whose policy decides.
        of: &'static Entity,
        /// Which of its rows; `{p}` is this record, `{t}` the row.
        on: &'static str,
        /// Further tables, joined to `{t}`.
        join: &'static str,
        /// The value.
        value: &'static str,
        /// The order of the list.
        order: &'static str,
    },
    /// A sealed value of another record, opened where that record's policy lets the viewer read it.
    Sealed {
        /// The type whose policy decides.
        of: &'static Entity,
        /// Which of its rows; `{p}` is this record, `{t}` the row.
        on: &'static str,
        /// The column with the ciphertext; `{t}` is the row.
        value: &'static str,
        /// The name of the value, as it is logged.
        field: &'static str,
        /// Whether each opening is logged for the person; not where nobody but they can open it.
        logged: bool,
    },
    /// A code that says whether such rows are there, and visible.
    Presence {
        /// The type whose policy decides.
        of: &'static Entity,
        /// Which of its rows.
        on: &'static str,
        /// At least one is visible.
        visible: &'static str,
        /// Some are there, none is visible.
        hidden: &'static str,
        /// None is there.
        absent: &'static str,
        /// Some would be visible, but can't be shown now.
        unavailable: &'static str,
    },
}

/// A scalar field.
#[derive(Debug)]
pub struct Field {
    /// Its name in the API.
    pub name: &'static str,
    /// What it is, for the author of a frontend.
    pub description: &'static str,
    /// Its type; of each element where the source is a list.
    pub scalar: Scalar,
    /// Whether it can be null.
    pub nullable: bool,
    /// Where it comes from.
    pub source: Source,
    /// Where not everyone who sees the record sees this: who does. It is null for others.
    pub shown_to: Option<&'static Expr>,
    /// What the others see instead, as SQL; null where there is nothing.
    pub otherwise: Option<&'static str>,
    /// Where it goes one day: what comes instead, and when.
    pub deprecation: Option<Deprecation>,
}

/// That a field goes one day. Until then it answers as ever.
#[derive(Debug, Clone, Copy)]
pub struct Deprecation {
    /// What to use instead, as `Type.field`.
    pub instead: &'static str,
    /// The last day on which it is there: at least six months after the release that says so.
    pub until: &'static str,
}

impl Deprecation {
    /// What the schema says of it, in the one form that clients know.
    #[must_use]
    pub fn reason(&self) -> String {
        format!("Use `{}`. Goes after {}.", self.instead, self.until)
    }
}

/// How many, and how they are answered.
#[derive(Debug, Clone, Copy)]
pub enum Cardinality {
    /// One, nullable where the target can be hidden or absent.
    One {
        /// Whether it can be null.
        nullable: bool,
    },
    /// A short list in a fixed order.
    Many {
        /// `ORDER BY`, ending with a unique column.
        order: &'static str,
        /// How many at most.
        max: u32,
    },
    /// A Relay connection.
    Connection,
}

/// A field that leads to another type.
#[derive(Debug)]
pub struct Relation {
    /// Its name in the API.
    pub name: &'static str,
    /// What it is, for the author of a frontend.
    pub description: &'static str,
    /// Where it leads.
    pub target: &'static Entity,
    /// How many.
    pub cardinality: Cardinality,
    /// The condition: `{p}` is the parent's row, `{t}` the target's.
    pub on: &'static str,
    /// Where not everyone who sees the record may follow this: who may, by the parent's attributes.
    /// For others it is null or empty.
    pub shown_to: Option<&'static Expr>,
    /// The target's join that leads back to the parent, where there is one: its row is at hand then
    /// and isn't looked for again.
    pub back: Option<&'static str>,
    /// Whether the field takes the languages that the reader prefers, as an argument or from the request. They stand as
    /// `{languages}` in the joins of the target: a table of `preference` (from 0), `place`, `form` (of tags that serve,
    /// for `LIKE`) and `but` (tags of that form that don't, between commas).
    pub in_languages: bool,
    /// Where it goes one day: what comes instead, and when.
    pub deprecation: Option<Deprecation>,
}

/// The type of a filter's value.
#[derive(Debug, Clone, Copy)]
pub enum FilterType {
    /// One value.
    One(Scalar),
    /// Any of several values.
    AnyOf(Scalar),
    /// Any of several ids of the type with this prefix; those of another type are refused.
    Ids(&'static str),
    /// A text to search for; the analyser's tokens of it are bound.
    Search,
    /// The beginning or a part of a text, compared by sort key: what is bound is the sort key.
    SortKey,
}

/// Something that a connection can be filtered by.
#[derive(Debug)]
pub struct Filter {
    /// Its name in the filter's input type.
    pub name: &'static str,
    /// What it keeps.
    pub description: &'static str,
    /// What it takes.
    pub takes: FilterType,
    /// The condition: `{?}` is the value, `{in}` a list of values to be used as `x IN {in}`.
    pub condition: Condition,
    /// A rule that a record must satisfy for this viewer, where what is filtered by isn't for
    /// everyone who sees the record.
    pub among: Option<&'static Expr>,
}

/// A condition, where need be for each database.
#[derive(Debug, Clone, Copy)]
pub enum Condition {
    /// The same for both.
    Same(&'static str),
    /// One for each.
    Each {
        /// For SQLite.
        sqlite: &'static str,
        /// For PostgreSQL.
        postgres: &'static str,
    },
    /// There is a record of another type that the viewer may see.
    Visible {
        /// The type whose policy decides.
        of: &'static Entity,
        /// Which of its rows, with the value; `{p}` is this record, `{t}` the row.
        on: &'static str,
    },
}

/// An order of a connection. All its columns go in one direction and none of them can be null, so
/// that a cursor is one row comparison.
#[derive(Debug)]
pub struct Sort {
    /// Its code in the sort's enum.
    pub code: &'static str,
    /// What it sorts by.
    pub description: &'static str,
    /// The columns, of `{t}` alone; the last is unique.
    pub columns: &'static [SortColumn],
    /// The direction where none is asked for.
    pub descending: bool,
}

/// A column of an order.
#[derive(Debug)]
pub struct SortColumn {
    /// The column's template.
    pub sql: &'static str,
    /// Whether its values are numbers; else they are texts.
    pub number: bool,
}

/// A field of the query root that reads one type.
#[derive(Debug)]
pub struct RootField {
    /// Its name.
    pub name: &'static str,
    /// What it is, for the author of a frontend.
    pub description: &'static str,
    /// What it reads.
    pub entity: &'static Entity,
    /// How.
    pub kind: RootKind,
    /// The scope that a token needs.
    pub scope: Option<Scope>,
}

/// How a root field reads.
#[derive(Debug)]
pub enum RootKind {
    /// A connection over all visible records, further narrowed by a condition on `{t}`.
    Connection {
        /// The condition, if any.
        only: Option<&'static str>,
        /// A rule that each record has to satisfy for this viewer, as in a queue of their own.
        among: Option<&'static Expr>,
    },
    /// One record by its `id` argument.
    ById,
    /// One record by one of these unique arguments. A single one is required; of several, exactly
    /// one has to be given.
    By(&'static [Argument]),
    /// The one record that there is, such as the viewer; null where there is none.
    Single,
}

/// An argument that names one record.
#[derive(Debug)]
pub struct Argument {
    /// Its name.
    pub name: &'static str,
    /// What it means.
    pub description: &'static str,
    /// Its type.
    pub scalar: Scalar,
    /// The condition, with `{?}` for its value.
    pub on: &'static str,
}

impl Argument {
    /// The column whose value it is, as a template, where it is a text that names one record.
    #[must_use]
    pub fn column(&self) -> Option<&'static str> {
        match self.scalar {
            Scalar::Text | Scalar::Country | Scalar::Language => self.on.strip_suffix(" = {?}"),
            _ => None,
        }
    }
}

impl std::fmt::Debug for Entity {
    /// By name alone: types lead to one another in circles.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

impl Entity {
    /// The field with this name.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// The relation with this name.
    #[must_use]
    pub fn relation(&self, name: &str) -> Option<&'static Relation> {
        self.relations.iter().find(|relation| relation.name == name)
    }

    /// The filter with this name.
    #[must_use]
    pub fn filter(&self, name: &str) -> Option<&'static Filter> {
        self.filters.iter().find(|filter| filter.name == name)
    }

    /// The order with this code.
    #[must_use]
    pub fn sort(&self, code: &str) -> Option<&'static Sort> {
        self.sorts.iter().find(|sort| sort.code == code)
    }
}
