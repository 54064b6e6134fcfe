//! Lists and connections: conditions, order, page, count.

use super::super::declare::{Cardinality, Condition, Entity, Filter, Relation};
use super::super::plan::{COUNT_LIMIT, ConnectionPlan, FilterValue, Page, Selection};
use super::super::policy_sql::finds_nothing;
use super::super::sql::{Alias, Dialect, Sql};
use super::super::values::{cursor_value, filter_value, list};
use super::Renderer;

/// How a list is ordered, and where it ends.
struct Sorted {
    order: Sql,
    limit: u32,
}

impl Renderer {
    /// The first rows of those found, each as a value. To-one joins are made after the page was cut.
    ///
    /// Joins may lose the order. Where there are some, it is asked for once more: in PostgreSQL of
    /// the rows that the aggregate takes, which costs no second sort where the join keeps it, as an
    /// order within the aggregate does.
    fn list(&self, row: Alias, value: &Sql, found: &Sql, sorted: &Sorted, joins: &Sql) -> Sql {
        let order = &sorted.order;
        let mut page = Sql::new("(SELECT ");
        page.columns(row, &[value, joins, order]).sql(found).push(" ORDER BY ").sql(order);
        page.push(" LIMIT ").number(u64::from(sorted.limit)).push(") ").alias(row).sql(joins);
        let mut sql = Sql::new("(SELECT ");
        let mut again = Sql::default();
        if !joins.is_empty() {
            again.push(" ORDER BY ").sql(order);
        }
        if self.dialect == Dialect::Postgres {
            // An aggregate of nothing but outer columns, such as the viewer's, would be one of the outer select.
            sql.sql(&self.gathered(&Sql::new("x.v"))).push(" FROM (SELECT ").sql(value).push(" AS v FROM ");
            sql.sql(&page).sql(&again).push(") x");
        } else {
            let mut value = value.clone();
            sql.sql(&self.gathered(value.sql(&again))).push(" FROM ").sql(&page);
        }
        sql.push(")");
        sql
    }

    pub(super) fn many(
        &mut self,
        parent: &'static Entity,
        relation: &'static Relation,
        limit: u32,
        selection: &Selection,
        above: Alias,
    ) -> Sql {
        let Cardinality::Many { order, .. } = relation.cardinality else {
            return Sql::new("NULL");
        };
        if self.denied(relation.target) {
            return self.empty_list();
        }
        let row = self.below(relation, above);
        let on = self.relation_on(parent, relation, row, above);
        let order = self.template(order, row, Some(above));
        let mut conditions = vec![on];
        conditions.extend(self.shown_to(relation.shown_to, parent, above));
        let found = self.rows(relation.target, row, &conditions);
        let mut joins = Sql::default();
        let array = self.selection(selection, row, &mut joins);
        let sql = self.list(row, &array, &found, &Sorted { order, limit }, &joins);
        self.json(&sql)
    }

    pub(super) fn connection(
        &mut self,
        plan: &ConnectionPlan,
        parent: Option<(&'static Entity, &'static Relation, Alias)>,
    ) -> Sql {
        if self.denied(plan.entity) {
            return self.array(&[Sql::new("NULL"), Sql::new("0")]);
        }
        let rows = if plan.wants_rows() { self.page(plan, parent) } else { Sql::new("NULL") };
        let count = if plan.wants_count() { self.count(plan, parent) } else { Sql::new("NULL") };
        self.array(&[rows, count])
    }

    fn row_of(&mut self, parent: Option<(&'static Entity, &'static Relation, Alias)>) -> Alias {
        match parent {
            Some((_, relation, above)) => self.below(relation, above),
            None => self.fresh(),
        }
    }

    pub(super) fn conditions(
        &mut self,
        plan: &ConnectionPlan,
        parent: Option<(&'static Entity, &'static Relation, Alias)>,
        row: Alias,
    ) -> Vec<Sql> {
        let mut conditions = Vec::new();
        if let Some((entity, relation, above)) = parent {
            conditions.push(self.relation_on(entity, relation, row, above));
            conditions.extend(self.shown_to(relation.shown_to, entity, above));
        }
        if let Some(only) = plan.only {
            conditions.push(self.template(only, row, None));
        }
        if let Some(among) = plan.among {
            let policy = self.policy(among, plan.entity, row);
            conditions.push(policy);
        }
        for (filter, value) in &plan.filters {
            conditions.push(self.filter(filter, value, row));
            conditions.extend(self.shown_to(filter.among, plan.entity, row));
        }
        conditions
    }

    pub(super) fn page(
        &mut self,
        plan: &ConnectionPlan,
        parent: Option<(&'static Entity, &'static Relation, Alias)>,
    ) -> Sql {
        let row = self.row_of(parent);
        let mut conditions = self.conditions(plan, parent, row);
        let down = plan.descending != plan.page.backward;
        let columns: Vec<Sql> =
            plan.sort.columns.iter().map(|column| self.template(column.sql, row, None)).collect();
        let Page { after, before, .. } = &plan.page;
        for (bound, beyond) in [(after, plan.descending), (before, !plan.descending)] {
            let Some(bound) = bound else { continue };
            let values: Vec<Sql> =
                bound.0.iter().map(|value| self.bindings.bind(self.dialect, cursor_value(value))).collect();
            let mut condition = Sql::new("(");
            condition.join(&columns, ", ").push(if beyond { ") < (" } else { ") > (" });
            condition.join(&values, ", ").push(")");
            conditions.push(condition);
        }
        let direction = if down { " DESC" } else { "" };
        let order_columns: Vec<Sql> = columns
            .iter()
            .map(|column| {
                let mut sql = column.clone();
                sql.push(direction);
                sql
            })
            .collect();
        let mut order = Sql::default();
        order.join(&order_columns, ", ");

        let found = self.rows(plan.entity, row, &conditions);
        let mut joins = Sql::default();
        let mut parts = Vec::new();
        if plan.wants_cursors() {
            parts.push(self.array(&columns));
        }
        for selection in plan.selections() {
            let part = self.selection(selection, row, &mut joins);
            parts.push(part);
        }
        let array = self.array(&parts);
        let sorted = Sorted { order, limit: plan.fetched() };
        let sql = self.list(row, &array, &found, &sorted, &joins);
        self.json(&sql)
    }

    pub(super) fn count(
        &mut self,
        plan: &ConnectionPlan,
        parent: Option<(&'static Entity, &'static Relation, Alias)>,
    ) -> Sql {
        let row = self.row_of(parent);
        let conditions = self.conditions(plan, parent, row);
        let found = self.rows(plan.entity, row, &conditions);
        let mut sql = Sql::new("(SELECT COUNT(*) FROM (SELECT 1");
        sql.sql(&found).push(" LIMIT ").number(u64::from(COUNT_LIMIT) + 1).push(") counted)");
        sql
    }

    pub(super) fn filter(&mut self, filter: &'static Filter, value: &FilterValue, row: Alias) -> Sql {
        if finds_nothing(filter, self.kind) {
            return Sql::new("FALSE");
        }
        let value = self.value(value);
        let filled = match filter.condition {
            Condition::Same(template) => self.fill(template, row, None, Some(&value)),
            Condition::Each { sqlite, .. } if self.dialect == Dialect::Sqlite => {
                self.fill(sqlite, row, None, Some(&value))
            }
            Condition::Each { postgres, .. } => self.fill(postgres, row, None, Some(&value)),
            Condition::Visible { of, on } => {
                let target = self.fresh();
                let on = self.fill(on, target, Some(row), Some(&value));
                let visible = self.visible(of, target, "");
                let mut sql = Sql::new("EXISTS (SELECT 1");
                sql.sql(&visible).push(" AND ").sql(&on).push(")");
                sql
            }
        };
        let mut sql = Sql::new("(");
        sql.sql(&filled).push(")");
        sql
    }

    pub fn value(&mut self, value: &FilterValue) -> Sql {
        match value {
            // One, as most lists have, is an equation: the databases follow an index that has the list's order then,
            // where for several they sort all that have one of them.
            FilterValue::Texts(texts) if texts.len() == 1 => {
                let bound = self.bindings.bind(self.dialect, filter_value(value, self.dialect));
                let mut sql = Sql::new("(");
                sql.sql(&bound).push(")");
                sql
            }
            FilterValue::Texts(texts) => self.texts(texts),
            _ => self.bindings.bind(self.dialect, filter_value(value, self.dialect)),
        }
    }

    /// A list of texts as the right side of `IN`: one bound value, whatever their number, so that
    /// the statement's text stays the same.
    pub fn texts<T: AsRef<str>>(&mut self, texts: &[T]) -> Sql {
        let bound = self.bindings.bind(self.dialect, list(texts));
        let mut sql = Sql::default();
        if self.dialect == Dialect::Postgres {
            sql.push("(SELECT json_array_elements_text(CAST(").sql(&bound).push(" AS json)))");
        } else {
            sql.push("(SELECT value FROM json_each(").sql(&bound).push("))");
        }
        sql
    }
}
