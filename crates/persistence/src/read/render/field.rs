//! The value of a field, from each kind of source.

use super::super::declare::{Entity, Field, Source};
use super::super::sql::{Alias, Dialect, Sql};
use super::Renderer;

impl Renderer {
    pub(super) fn shown_field(&mut self, entity: &'static Entity, field: &'static Field, row: Alias) -> Sql {
        let value = self.field(field, row);
        let Some(shown) = self.shown_to(field.shown_to, entity, row) else { return value };
        let mut sql = Sql::new("CASE WHEN ");
        sql.sql(&shown).push(" THEN ").sql(&value);
        if let Some(otherwise) = field.otherwise {
            let otherwise = self.template(otherwise, row, None);
            sql.push(" ELSE ").sql(&otherwise);
        }
        sql.push(" END");
        match field.source {
            Source::List(_) | Source::StoredList(_) | Source::ListOf { .. } | Source::Sealed { .. } => {
                self.json(&sql)
            }
            _ => sql,
        }
    }

    pub(super) fn field(&mut self, field: &'static Field, row: Alias) -> Sql {
        match &field.source {
            Source::Sql(template) | Source::Address(template) | Source::Direction(template) => {
                self.template(template, row, None)
            }
            Source::List(template) => self.list_select(template, row, None),
            Source::Given | Source::GivenList => Sql::new("NULL"),
            Source::CountOf { of, .. } | Source::ListOf { of, .. } if self.denied(of) => {
                if matches!(field.source, Source::CountOf { .. }) { Sql::new("0") } else { self.empty_list() }
            }
            Source::CountOf { of, on } => {
                let target = self.fresh();
                let on = self.template(on, target, Some(row));
                let visible = self.visible(of, target, "");
                let mut sql = Sql::new("(SELECT COUNT(*)");
                sql.sql(&visible).push(" AND ").sql(&on).push(")");
                sql
            }
            Source::ListOf { of, on, join, value, order } => {
                let target = self.fresh();
                let on = self.template(on, target, Some(row));
                let value = self.template(value, target, Some(row));
                let order = self.template(order, target, Some(row));
                let visible = self.visible(of, target, join);
                let mut sql = Sql::new("SELECT ");
                sql.sql(&value).push(" AS v").sql(&visible).push(" AND ").sql(&on);
                sql.push(" ORDER BY ").sql(&order);
                self.json_list(&sql)
            }
            Source::StoredList(template) => {
                let column = self.template(template, row, None);
                if self.dialect == Dialect::Postgres {
                    let mut sql = Sql::new("CAST(");
                    sql.sql(&column).push(" AS json)");
                    sql
                } else {
                    self.json(&column)
                }
            }
            Source::Sealed { of, on, value, .. } => {
                let target = self.fresh();
                let on = self.template(on, target, Some(row));
                let value = self.template(value, target, None);
                let visible = self.visible(of, target, "");
                let mut record = Sql::default();
                record.alias(row).push(".id");
                let pair = self.array(&[record, value]);
                let mut sql = Sql::new("(SELECT ");
                sql.sql(&pair).sql(&visible).push(" AND ").sql(&on).push(")");
                self.json(&sql)
            }
            Source::Presence { of, on, visible, hidden, absent, .. } => {
                let any = self.fresh();
                let any_on = self.template(on, any, Some(row));
                let seen = self.fresh();
                let seen_on = self.template(on, seen, Some(row));
                let seen = self.visible(of, seen, "");
                let mut sql = Sql::new("CASE WHEN EXISTS (SELECT 1");
                sql.sql(&seen).push(" AND ").sql(&seen_on).push(") THEN ").literal(visible);
                sql.push(" WHEN EXISTS (SELECT 1 FROM ").push(of.table).push(" ").alias(any);
                sql.push(" WHERE ").sql(&any_on).push(") THEN ").literal(hidden);
                sql.push(" ELSE ").literal(absent).push(" END");
                sql
            }
        }
    }

    pub(super) fn list_select(&mut self, select: &'static str, row: Alias, parent: Option<Alias>) -> Sql {
        let select = self.template(select, row, parent);
        self.json_list(&select)
    }

    /// A select of one column `v` as a JSON list.
    pub fn json_list(&self, select: &Sql) -> Sql {
        let mut sql = Sql::default();
        if self.dialect == Dialect::Postgres {
            sql.push("(SELECT COALESCE(json_agg(x.v), '[]'::json) FROM (").sql(select).push(") x)");
            sql
        } else {
            sql.push("(SELECT json_group_array(v) FROM (").sql(select).push("))");
            self.json(&sql)
        }
    }
}
