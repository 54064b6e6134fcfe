//! What a statement asks about its viewer.
//!
//! On PostgreSQL the facts are one row, which the statement begins with, each set an array: every rule
//! then goes by a value. As sub-selects, some forty of them in a member's list, they were about a quarter
//! of the time that the database took for it. SQLite has no arrays, and evaluates a sub-select that doesn't
//! depend on the row once.

use std::collections::BTreeSet;

use maip_domain::closed_set::ClosedSet as _;
use maip_domain::identity::scope::Scope;
use maip_domain::policy::{FactSet, Flag};

use super::render::Renderer;
use super::sql::{Dialect, Sql};
use super::viewer::{ViewerKind, flag_condition, set_select};

/// The facts that the statement asks for, beside who the viewer is.
#[derive(Debug, Default)]
pub(super) struct Asked {
    flags: BTreeSet<Flag>,
    sets: BTreeSet<FactSet>,
    scopes: bool,
}

impl Renderer {
    /// The viewer's account; null for a token.
    pub(super) fn account(&self) -> Sql {
        match self.dialect {
            Dialect::Postgres => Sql::new("viewer.account_id"),
            Dialect::Sqlite => Sql::new("(SELECT account_id FROM me)"),
        }
    }

    /// Whether the viewer has the quality.
    pub(super) fn is(&mut self, flag: Flag) -> Sql {
        match (flag_condition(self.kind, flag), self.dialect) {
            (Ok(known), _) => Sql::new(if known { "TRUE" } else { "FALSE" }),
            (Err(condition), Dialect::Sqlite) => Sql::new(condition),
            (Err(_), Dialect::Postgres) => {
                self.asked.flags.insert(flag);
                let mut sql = Sql::new("viewer.");
                sql.push(flag_column(flag));
                sql
            }
        }
    }

    /// Whether the value is in the viewer's set.
    pub(super) fn is_in(&mut self, value: &Sql, set: FactSet) -> Sql {
        let mut sql = value.clone();
        match self.dialect {
            Dialect::Postgres => sql.push(" = ANY (").sql(&self.set(set)).push(")"),
            Dialect::Sqlite => sql.push(" IN (").push(set_select(set)).push(")"),
        };
        sql
    }

    /// Whether the viewer's set has members.
    pub(super) fn holds(&mut self, set: FactSet) -> Sql {
        match self.dialect {
            Dialect::Postgres => {
                let mut sql = Sql::new("cardinality(");
                sql.sql(&self.set(set)).push(") > 0");
                sql
            }
            Dialect::Sqlite => {
                let mut sql = Sql::new("EXISTS (");
                sql.push(set_select(set)).push(")");
                sql
            }
        }
    }

    /// Whether a token has the scope.
    pub(super) fn has_scope(&mut self, scope: Scope) -> Sql {
        let mut sql = Sql::default();
        match self.dialect {
            Dialect::Postgres => {
                self.asked.scopes = true;
                sql.literal(scope.code()).push(" = ANY (viewer.scopes)");
            }
            Dialect::Sqlite => {
                sql.push("EXISTS (SELECT 1 FROM my_scopes WHERE scope = ").literal(scope.code()).push(")");
            }
        }
        sql
    }

    fn set(&mut self, set: FactSet) -> Sql {
        self.asked.sets.insert(set);
        let mut sql = Sql::new("viewer.");
        sql.push(set_column(set));
        sql
    }

    /// The common table expression of that row and the `FROM` that puts it before everything else, for
    /// all that was asked; both empty where there is no such row.
    pub(super) fn viewer_row(&self) -> (Sql, Sql) {
        if self.kind == ViewerKind::Anonymous || self.dialect == Dialect::Sqlite {
            return (Sql::default(), Sql::default());
        }
        // Materialised, or each use of a value would work it out anew.
        let mut row = Sql::new(", viewer AS MATERIALIZED (SELECT me.account_id");
        for &set in &self.asked.sets {
            row.push(", ARRAY(").push(set_select(set)).push(") AS ").push(set_column(set));
        }
        for &flag in &self.asked.flags {
            if let Err(condition) = flag_condition(self.kind, flag) {
                row.push(", ").push(condition).push(" AS ").push(flag_column(flag));
            }
        }
        if self.asked.scopes {
            row.push(", ARRAY(SELECT scope FROM my_scopes) AS scopes");
        }
        row.push(" FROM me)");
        // One row, also where the credentials don't hold.
        (row, Sql::new(" FROM (SELECT 1) one LEFT JOIN viewer ON TRUE"))
    }
}

fn set_column(set: FactSet) -> &'static str {
    match set {
        FactSet::MemberPlatforms => "member_platforms",
        FactSet::ContributorPlatforms => "contributor_platforms",
        FactSet::FacilitatedPlatforms => "facilitated_platforms",
        FactSet::RecorderPlatforms => "recorder_platforms",
        FactSet::ContributorCountries => "contributor_countries",
        FactSet::FocalCountries => "focal_countries",
        FactSet::TechnicalCountries => "technical_countries",
        FactSet::TaskForceCountries => "task_force_countries",
        FactSet::FocalRegions => "focal_regions",
        FactSet::ManagedOrganisations => "managed_organisations",
        FactSet::Organisations => "organisations",
        FactSet::TokenCountries => "token_countries",
    }
}

fn flag_column(flag: Flag) -> &'static str {
    match flag {
        Flag::Person => "person",
        Flag::Token => "token",
        Flag::Member => "member",
        Flag::Secretariat => "secretariat",
        Flag::SystemAdministrator => "system_administrator",
        Flag::AllCountries => "all_countries",
    }
}
