//! Short forms of the declarations.

use maip_domain::policy::Expr;

use super::declare::{
    Cardinality, Condition, Deprecation, Entity, Field, Filter, FilterType, Relation, Scalar, Sort,
    SortColumn, Source,
};

impl Field {
    /// On its way out: `instead` takes its place, and after the day `until` it goes.
    #[must_use]
    pub const fn deprecated(self, instead: &'static str, until: &'static str) -> Self {
        Self { deprecation: Some(Deprecation { instead, until }), ..self }
    }

    /// Shown to these alone; null for others.
    #[must_use]
    pub const fn shown_to(self, viewers: &'static Expr) -> Self {
        Self { nullable: true, shown_to: Some(viewers), ..self }
    }

    /// Shown to these alone; others see the other value, so that they can't tell.
    #[must_use]
    pub const fn shown_to_or(self, viewers: &'static Expr, otherwise: &'static str) -> Self {
        Self { shown_to: Some(viewers), otherwise: Some(otherwise), ..self }
    }
}

impl Relation {
    /// On its way out: `instead` takes its place, and after the day `until` it goes.
    #[must_use]
    pub const fn deprecated(self, instead: &'static str, until: &'static str) -> Self {
        Self { deprecation: Some(Deprecation { instead, until }), ..self }
    }

    /// Open to these alone; null or empty for others.
    #[must_use]
    pub const fn shown_to(self, viewers: &'static Expr) -> Self {
        Self { shown_to: Some(viewers), ..self }
    }

    /// It is read in the language that serves the reader best.
    #[must_use]
    pub const fn in_languages(self) -> Self {
        Self { in_languages: true, ..self }
    }

    /// This join of the target leads back to the parent: whatever it finds is the parent's own row.
    #[must_use]
    pub const fn back(self, join: &'static str) -> Self {
        Self { back: Some(join), ..self }
    }
}

impl Filter {
    /// Finds records only where the viewer is one of these.
    #[must_use]
    pub const fn among(self, viewers: &'static Expr) -> Self {
        Self { among: Some(viewers), ..self }
    }
}

/// A field that is a plain expression.
#[must_use]
pub const fn field(
    name: &'static str,
    scalar: Scalar,
    sql: &'static str,
    description: &'static str,
) -> Field {
    Field {
        name,
        description,
        scalar,
        nullable: false,
        source: Source::Sql(sql),
        shown_to: None,
        otherwise: None,
        deprecation: None,
    }
}

/// A field that is a plain expression and can be null.
#[must_use]
pub const fn optional(
    name: &'static str,
    scalar: Scalar,
    sql: &'static str,
    description: &'static str,
) -> Field {
    Field {
        name,
        description,
        scalar,
        nullable: true,
        source: Source::Sql(sql),
        shown_to: None,
        otherwise: None,
        deprecation: None,
    }
}

/// A field that is a list.
#[must_use]
pub const fn list(name: &'static str, scalar: Scalar, sql: &'static str, description: &'static str) -> Field {
    Field {
        name,
        description,
        scalar,
        nullable: false,
        source: Source::List(sql),
        shown_to: None,
        otherwise: None,
        deprecation: None,
    }
}

/// A relation to one record.
#[must_use]
pub const fn one(
    name: &'static str,
    target: &'static Entity,
    nullable: bool,
    on: &'static str,
    description: &'static str,
) -> Relation {
    Relation {
        name,
        description,
        target,
        cardinality: Cardinality::One { nullable },
        on,
        shown_to: None,
        back: None,
        in_languages: false,
        deprecation: None,
    }
}

/// A relation to a short list.
#[must_use]
pub const fn many(
    name: &'static str,
    target: &'static Entity,
    order: &'static str,
    on: &'static str,
    description: &'static str,
) -> Relation {
    Relation {
        name,
        description,
        target,
        cardinality: Cardinality::Many { order, max: 100 },
        on,
        shown_to: None,
        back: None,
        in_languages: false,
        deprecation: None,
    }
}

/// A relation answered as a connection.
#[must_use]
pub const fn connection(
    name: &'static str,
    target: &'static Entity,
    on: &'static str,
    description: &'static str,
) -> Relation {
    Relation {
        name,
        description,
        target,
        cardinality: Cardinality::Connection,
        on,
        shown_to: None,
        back: None,
        in_languages: false,
        deprecation: None,
    }
}

/// A text column of an order.
#[must_use]
pub const fn by_text(sql: &'static str) -> SortColumn {
    SortColumn { sql, number: false }
}

/// A number column of an order.
#[must_use]
pub const fn by_number(sql: &'static str) -> SortColumn {
    SortColumn { sql, number: true }
}

/// A field from another source than a plain expression.
#[must_use]
pub const fn sourced(
    name: &'static str,
    scalar: Scalar,
    nullable: bool,
    source: Source,
    description: &'static str,
) -> Field {
    Field { name, description, scalar, nullable, source, shown_to: None, otherwise: None, deprecation: None }
}

/// A filter by records of another type: those count that the viewer may see.
#[must_use]
pub const fn visible(
    name: &'static str,
    takes: FilterType,
    of: &'static Entity,
    on: &'static str,
    description: &'static str,
) -> Filter {
    Filter { name, description, takes, condition: Condition::Visible { of, on }, among: None }
}

/// A filter by one value.
#[must_use]
pub const fn filter(
    name: &'static str,
    takes: FilterType,
    condition: &'static str,
    description: &'static str,
) -> Filter {
    Filter { name, description, takes, condition: Condition::Same(condition), among: None }
}

/// The order by the time of entry, latest first.
#[must_use]
pub const fn newest_first(description: &'static str) -> Sort {
    by_time(description, true)
}

/// The order by the time of entry, earliest first.
#[must_use]
pub const fn oldest_first(description: &'static str) -> Sort {
    by_time(description, false)
}

const fn by_time(description: &'static str, descending: bool) -> Sort {
    const COLUMNS: &[SortColumn] = &[by_number("{t}.created_at"), by_text("{t}.id")];
    Sort { code: "CREATED_AT", description, columns: COLUMNS, descending }
}

/// The order of a name or a title, as people sort.
#[must_use]
pub const fn alphabetical(code: &'static str, description: &'static str) -> Sort {
    const COLUMNS: &[SortColumn] = &[by_text("{t}.sort_key"), by_text("{t}.id")];
    Sort { code, description, columns: COLUMNS, descending: false }
}
