//! Renders a plan to one statement. What the two databases spell differently is decided by
//! [`Dialect`] at the few places where it matters; the shape is the same, which the differential
//! test holds them to.
//!
//! - A to-one relation is a `LEFT JOIN` after the page was cut, a to-many one a correlated scalar
//!   sub-select, each with the policy of its target.
//! - Answers are arrays by position: no key, alias or text of the client is in the statement.
//! - Limits are literals of a few sizes: a parameter as `LIMIT` spoils generic plans in PostgreSQL.

use maip_domain::policy::{Expr, Rule};
use sea_orm::Value;

use super::cursor::CursorValue;
use super::declare::{Cardinality, Condition, Entity, Field, Filter, Relation, Source};
use super::plan::{
    COUNT_LIMIT, ConnectionPlan, FilterValue, Item, Lookup, Pick, ReadPlan, Root, RootRead, Selection,
};
use super::policy_sql::constant;
use super::sql::{Alias, Bindings, Dialect, Sql};
use super::viewer::{ViewerKind, expressions};

/// At most so many values stand in one array: PostgreSQL takes 100 arguments.
pub(super) const ARRAY_PART: usize = 90;

pub(super) struct Renderer {
    pub dialect: Dialect,
    pub kind: ViewerKind,
    pub bindings: Bindings,
    now: Sql,
    aliases: u32,
    joined: Vec<(u32, &'static str)>,
    /// The row whose policy is being rendered where its joins can be added, and those that are
    /// needed. Elsewhere an attribute of a joined row is a sub-select of its own.
    within: Option<(Alias, Vec<&'static str>)>,
}

/// A statement and its values.
#[derive(Debug)]
pub(super) struct Rendered {
    pub text: String,
    pub values: Vec<Value>,
}

/// Renders the whole plan.
pub(super) fn render(plan: &ReadPlan, dialect: Dialect) -> Rendered {
    let mut renderer = Renderer::new(plan.viewer.kind(), plan.now, dialect);
    let with = expressions(&plan.viewer, &renderer.now.clone(), dialect, &mut renderer.bindings);
    let standing = renderer.standing();
    let mut columns = Vec::with_capacity(plan.roots.len());
    for root in &plan.roots {
        columns.extend(renderer.root(root));
    }
    let columns = renderer.array(&columns);
    let array = renderer.array(&[standing, columns]);
    let mut sql = Sql::default();
    if !with.is_empty() {
        sql.push("WITH ").sql(&with).push(" ");
    }
    sql.push("SELECT CAST(").sql(&array).push(" AS text) AS answer");
    Rendered { text: sql.into_text(), values: renderer.bindings.values }
}

impl Renderer {
    pub fn new(kind: ViewerKind, now: maip_domain::time::Timestamp, dialect: Dialect) -> Self {
        let mut bindings = Bindings::default();
        let now = bindings.bind(dialect, now.micros());
        let mut typed = Sql::new("CAST(");
        typed.sql(&now).push(" AS bigint)");
        Self { dialect, kind, bindings, now: typed, aliases: 0, joined: Vec::new(), within: None }
    }

    pub fn now(&self) -> Sql {
        self.now.clone()
    }

    pub fn fresh(&mut self) -> Alias {
        self.aliases += 1;
        Alias(self.aliases)
    }

    /// Fills in a template: `{t}`, `{p}`, `{now}`; a join's name becomes its alias beside `{t}`.
    pub fn template(&mut self, template: &'static str, row: Alias, parent: Option<Alias>) -> Sql {
        self.fill(template, row, parent, None)
    }

    fn fill(
        &mut self,
        template: &'static str,
        row: Alias,
        parent: Option<Alias>,
        value: Option<&Sql>,
    ) -> Sql {
        let mut sql = Sql::default();
        let mut rest = template;
        while let Some((before, after)) = rest.split_once('{') {
            sql.push(before);
            let (name, after) = after.split_once('}').unwrap_or((after, ""));
            match (name, parent, value) {
                ("t", _, _) => {
                    sql.alias(row);
                }
                ("p", Some(parent), _) => {
                    sql.alias(parent);
                }
                ("now", _, _) => {
                    sql.sql(&self.now());
                }
                ("?" | "in", _, Some(value)) => {
                    sql.sql(value);
                }
                (join, _, _) => {
                    sql.alias(row).push("_").push(join);
                }
            }
            rest = after;
        }
        sql.push(rest);
        sql
    }

    pub fn array(&self, parts: &[Sql]) -> Sql {
        if parts.len() > ARRAY_PART {
            let chunks: Vec<Sql> = parts.chunks(ARRAY_PART).map(|chunk| self.array(chunk)).collect();
            return self.array(&chunks);
        }
        let mut sql =
            Sql::new(if self.dialect == Dialect::Postgres { "json_build_array(" } else { "json_array(" });
        sql.join(parts, ", ").push(")");
        sql
    }

    /// Marks a piece as JSON where the database would else take it for text.
    fn json(&self, piece: &Sql) -> Sql {
        if self.dialect == Dialect::Postgres {
            return piece.clone();
        }
        let mut sql = Sql::new("json(");
        sql.sql(piece).push(")");
        sql
    }

    fn empty_list(&self) -> Sql {
        Sql::new(if self.dialect == Dialect::Postgres { "'[]'::json" } else { "json('[]')" })
    }

    /// The rows of a sorted sub-select as a list. Joins may lose their order, so it is asked for
    /// again where there are some; where there are none that would be a tenth of the time for
    /// nothing.
    fn aggregate(&self, value: &Sql, order: &Sql, joins: &Sql) -> Sql {
        let postgres = self.dialect == Dialect::Postgres;
        let mut sql = Sql::new(if postgres { "COALESCE(json_agg(" } else { "json_group_array(" });
        sql.sql(value);
        if !joins.is_empty() {
            sql.push(" ORDER BY ").sql(order);
        }
        sql.push(if postgres { "), '[]'::json)" } else { ")" });
        sql
    }

    /// What the statement says about the credentials: `null` where they don't hold.
    fn standing(&mut self) -> Sql {
        match self.kind {
            ViewerKind::Anonymous => Sql::new("0"),
            ViewerKind::Session => Sql::new("(SELECT account_id FROM me)"),
            ViewerKind::Token => {
                let scopes =
                    self.list_select("SELECT scope AS v FROM my_scopes ORDER BY scope", Alias(0), None);
                let mut columns = vec![Sql::new("token_id"), Sql::new("organisation_id")];
                columns.push(scopes);
                let array = self.array(&columns);
                let mut sql = Sql::new("(SELECT ");
                sql.sql(&array).push(" FROM me)");
                self.json(&sql)
            }
        }
    }

    fn root(&mut self, root: &Root) -> Vec<Sql> {
        match &root.read {
            RootRead::Constant(_) => Vec::new(),
            RootRead::One { selection, .. } if self.denied(selection.entity) => vec![Sql::new("NULL")],
            RootRead::One { lookup, selection } => {
                let row = self.fresh();
                let condition = match lookup {
                    Lookup::Key(key) => {
                        let key = self.bindings.bind(self.dialect, key.as_ref());
                        let mut sql = Sql::default();
                        sql.alias(row).push(".").push(selection.entity.key).push(" = ").sql(&key);
                        sql
                    }
                    Lookup::Where(template, value) => {
                        let value = self.value(value);
                        self.fill(template, row, None, Some(&value))
                    }
                    Lookup::Only => Sql::new("TRUE"),
                };
                let mut joins = Sql::default();
                let array = self.selection(selection, row, &mut joins);
                let mut sql = Sql::new("(SELECT ");
                sql.sql(&array).push(" FROM (");
                let inner = self.rows(selection.entity, row, &[condition]);
                sql.sql(&inner).push(" LIMIT 1) ").alias(row).sql(&joins).push(")");
                vec![self.json(&sql)]
            }
            RootRead::Connection(plan) => vec![self.connection(plan, None)],
            RootRead::Nodes { groups, .. } => groups
                .iter()
                .map(|(selection, ids)| {
                    if self.denied(selection.entity) {
                        return self.empty_list();
                    }
                    let row = self.fresh();
                    let ids = self.texts(ids.iter().map(ToString::to_string).collect());
                    let mut condition = Sql::default();
                    condition.alias(row).push(".").push(selection.entity.key).push(" IN ").sql(&ids);
                    let mut key = Sql::default();
                    key.alias(row).push(".").push(selection.entity.key);
                    let mut joins = Sql::default();
                    let array = self.selection(selection, row, &mut joins);
                    let pair = self.array(&[key.clone(), array]);
                    let rows = self.aggregate(&pair, &key, &joins);
                    let inner = self.rows(selection.entity, row, &[condition]);
                    let mut sql = Sql::new("(SELECT ");
                    sql.sql(&rows).push(" FROM (").sql(&inner).push(") ").alias(row).sql(&joins).push(")");
                    self.json(&sql)
                })
                .collect(),
        }
    }

    /// `SELECT t.* FROM table t WHERE policy AND conditions`.
    fn rows(&mut self, entity: &'static Entity, row: Alias, conditions: &[Sql]) -> Sql {
        let mut sql = Sql::new("SELECT ");
        let visible = self.visible(entity, row, "");
        sql.alias(row).push(".*").sql(&visible);
        for condition in conditions {
            sql.push(" AND ").sql(condition);
        }
        sql
    }

    /// ` FROM table t … WHERE policy`, with the joins that the policy needs. `more` is a join of the
    /// caller.
    fn visible(&mut self, entity: &'static Entity, row: Alias, more: &'static str) -> Sql {
        self.within = Some((row, Vec::new()));
        let policy = self.policy(&entity.policy.read, entity, row);
        let used = self.within.take().map(|(_, used)| used).unwrap_or_default();
        let mut sql = Sql::new(" FROM ");
        sql.push(entity.table).push(" ").alias(row);
        for join in entity.joins.iter().filter(|join| used.contains(&join.name)) {
            let on = self.template(join.on, row, None);
            sql.push(" LEFT JOIN ").push(join.table).push(" ").alias(row).push("_").push(join.name);
            sql.push(" ON ").sql(&on);
        }
        let more = self.template(more, row, None);
        sql.push(" ").sql(&more).push(" WHERE ").sql(&policy);
        sql
    }

    /// Where joins of this row can be added: those that are.
    pub fn within(&mut self, row: Alias) -> Option<&mut Vec<&'static str>> {
        self.within.as_mut().filter(|(within, _)| *within == row).map(|(_, used)| used)
    }

    /// The array of a selection, for a row that is there and visible; joins are added.
    fn selection(&mut self, selection: &Selection, row: Alias, joins: &mut Sql) -> Sql {
        let mut used: Vec<&'static str> = Vec::new();
        let mut parts = Vec::with_capacity(selection.items.len());
        let mut nested_joins = Sql::default();
        for item in &selection.items {
            if let Some(part) = self.item(selection.entity, item, row, &mut used, &mut nested_joins) {
                parts.push(part);
            }
        }
        for join in selection.entity.joins.iter().filter(|join| used.contains(&join.name)) {
            // `nodes` and `edges { node }` of one connection share their row, and so its joins.
            if self.joined.contains(&(row.0, join.name)) {
                continue;
            }
            self.joined.push((row.0, join.name));
            let on = self.template(join.on, row, None);
            joins.push(" LEFT JOIN ").push(join.table).push(" ").alias(row).push("_").push(join.name);
            joins.push(" ON ").sql(&on);
        }
        joins.sql(&nested_joins);
        self.array(&parts)
    }

    fn item(
        &mut self,
        entity: &'static Entity,
        item: &Item,
        row: Alias,
        used: &mut Vec<&'static str>,
        joins: &mut Sql,
    ) -> Option<Sql> {
        match &item.pick {
            Pick::TypeName | Pick::Given(_) => None,
            Pick::Field(field) => {
                note_joins(entity, field, used);
                Some(self.shown_field(entity, field, row))
            }
            Pick::One(relation, _) if self.denied(relation.target) => Some(Sql::new("NULL")),
            Pick::One(relation, selection) => {
                note_template(entity, relation.on, used);
                let target = self.fresh();
                let on = self.relation_on(entity, relation, target, row);
                let policy = self.policy(&relation.target.policy.read, relation.target, target);
                joins.push(" LEFT JOIN ").push(relation.target.table).push(" ").alias(target);
                joins.push(" ON ").sql(&on).push(" AND ").sql(&policy);
                if let Some(shown) = self.shown_to(relation.shown_to, entity, row) {
                    joins.push(" AND ").sql(&shown);
                }
                let array = self.selection(selection, target, joins);
                let mut sql = Sql::new("CASE WHEN ");
                sql.alias(target).push(".").push(relation.target.key).push(" IS NOT NULL THEN ");
                sql.sql(&array).push(" END");
                Some(self.json(&sql))
            }
            Pick::Many(relation, limit, selection) => {
                note_template(entity, relation.on, used);
                Some(self.many(entity, relation, *limit, selection, row))
            }
            Pick::Connection(relation, plan) => {
                note_template(entity, relation.on, used);
                Some(self.connection(plan, Some((entity, relation, row))))
            }
            Pick::Permissions(_) => Some(self.permissions(entity, row)),
        }
    }

    /// A relation's condition. `{p}` is the parent's row; the parent's joins keep their names with
    /// the parent's alias, as in `{p_v}` for the join `v`.
    fn relation_on(
        &mut self,
        parent: &'static Entity,
        relation: &'static Relation,
        row: Alias,
        above: Alias,
    ) -> Sql {
        let mut sql = Sql::new("(");
        let mut rest = relation.on;
        while let Some((before, after)) = rest.split_once('{') {
            sql.push(before);
            let (name, after) = after.split_once('}').unwrap_or((after, ""));
            match name {
                "t" => sql.alias(row),
                "p" => sql.alias(above),
                "now" => sql.sql(&self.now.clone()),
                other => {
                    let join = other.strip_prefix("p_").unwrap_or(other);
                    debug_assert!(parent.joins.iter().any(|known| known.name == join), "no join {join}");
                    sql.alias(above).push("_").push(join)
                }
            };
            rest = after;
        }
        sql.push(rest).push(")");
        sql
    }

    /// Whether the viewer's kind alone hides every record of the type. Its table may then not even
    /// be there, as with the viewer's own record for someone who isn't signed in.
    fn denied(&self, entity: &'static Entity) -> bool {
        constant(&entity.policy.read, self.kind) == Some(false)
    }

    /// The condition of what is shown to some viewers only.
    fn shown_to(
        &mut self,
        viewers: Option<&'static Expr>,
        entity: &'static Entity,
        row: Alias,
    ) -> Option<Sql> {
        let viewers = viewers?;
        if constant(viewers, self.kind) == Some(true) {
            return None;
        }
        let policy = self.policy(viewers, entity, row);
        let mut sql = Sql::new("(");
        sql.sql(&policy).push(")");
        Some(sql)
    }

    fn shown_field(&mut self, entity: &'static Entity, field: &'static Field, row: Alias) -> Sql {
        let value = self.field(field, row);
        let Some(shown) = self.shown_to(field.shown_to, entity, row) else { return value };
        let mut sql = Sql::new("CASE WHEN ");
        sql.sql(&shown).push(" THEN ").sql(&value).push(" END");
        match field.source {
            Source::List(_) | Source::StoredList(_) | Source::ListOf { .. } | Source::Sealed { .. } => {
                self.json(&sql)
            }
            _ => sql,
        }
    }

    fn field(&mut self, field: &'static Field, row: Alias) -> Sql {
        match &field.source {
            Source::Sql(template) => self.template(template, row, None),
            Source::List(template) => self.list_select(template, row, None),
            Source::Given => Sql::new("NULL"),
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

    fn list_select(&mut self, select: &'static str, row: Alias, parent: Option<Alias>) -> Sql {
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

    fn many(
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
        let row = self.fresh();
        let on = self.relation_on(parent, relation, row, above);
        let order = self.template(order, row, Some(above));
        let mut conditions = vec![on];
        conditions.extend(self.shown_to(relation.shown_to, parent, above));
        let inner = self.rows(relation.target, row, &conditions);
        let mut joins = Sql::default();
        let array = self.selection(selection, row, &mut joins);
        let rows = self.aggregate(&array, &order, &joins);
        let mut sql = Sql::new("(SELECT ");
        sql.sql(&rows).push(" FROM (").sql(&inner).push(" ORDER BY ").sql(&order).push(" LIMIT ");
        sql.number(u64::from(limit)).push(") ").alias(row).sql(&joins).push(")");
        self.json(&sql)
    }

    fn connection(
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

    fn conditions(
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

    fn page(
        &mut self,
        plan: &ConnectionPlan,
        parent: Option<(&'static Entity, &'static Relation, Alias)>,
    ) -> Sql {
        let row = self.fresh();
        let mut conditions = self.conditions(plan, parent, row);
        let down = plan.descending != plan.page.backward;
        let columns: Vec<Sql> =
            plan.sort.columns.iter().map(|column| self.template(column.sql, row, None)).collect();
        if let Some(from) = &plan.page.from {
            let values: Vec<Sql> = from
                .0
                .iter()
                .map(|value| match value {
                    CursorValue::Int(number) => self.bindings.bind(self.dialect, *number),
                    CursorValue::Text(text) => self.bindings.bind(self.dialect, text.as_str()),
                })
                .collect();
            let mut condition = Sql::new("(");
            condition.join(&columns, ", ").push(if down { ") < (" } else { ") > (" });
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

        let inner = self.rows(plan.entity, row, &conditions);
        let mut joins = Sql::default();
        let mut parts = vec![self.array(&columns)];
        for selection in plan.selections() {
            let part = self.selection(selection, row, &mut joins);
            parts.push(part);
        }
        let array = self.array(&parts);
        let rows = self.aggregate(&array, &order, &joins);
        let mut sql = Sql::new("(SELECT ");
        sql.sql(&rows).push(" FROM (").sql(&inner).push(" ORDER BY ").sql(&order).push(" LIMIT ");
        sql.number(u64::from(limit_literal(plan.page.size))).push(") ").alias(row).sql(&joins).push(")");
        self.json(&sql)
    }

    fn count(
        &mut self,
        plan: &ConnectionPlan,
        parent: Option<(&'static Entity, &'static Relation, Alias)>,
    ) -> Sql {
        let row = self.fresh();
        let conditions = self.conditions(plan, parent, row);
        let inner = self.rows(plan.entity, row, &conditions);
        let mut sql = Sql::new("(SELECT COUNT(*) FROM (");
        sql.sql(&inner).push(" LIMIT ").number(u64::from(COUNT_LIMIT) + 1).push(") counted)");
        sql
    }

    fn filter(&mut self, filter: &'static Filter, value: &FilterValue, row: Alias) -> Sql {
        let template = match filter.condition {
            Condition::Same(template) => template,
            Condition::Each { sqlite, .. } if self.dialect == Dialect::Sqlite => sqlite,
            Condition::Each { postgres, .. } => postgres,
        };
        let value = self.value(value);
        let filled = self.fill(template, row, None, Some(&value));
        let mut sql = Sql::new("(");
        sql.sql(&filled).push(")");
        sql
    }

    fn value(&mut self, value: &FilterValue) -> Sql {
        match value {
            FilterValue::Text(text) => self.bindings.bind(self.dialect, text.as_str()),
            FilterValue::Int(number) => self.bindings.bind(self.dialect, *number),
            FilterValue::Bool(yes) => self.bindings.bind(self.dialect, *yes),
            FilterValue::Texts(texts) => self.texts(texts.clone()),
            FilterValue::Tokens(tokens) => {
                let query = super::run::token_query(tokens, self.dialect);
                self.bindings.bind(self.dialect, query)
            }
        }
    }

    /// A list of texts as the right side of `IN`: one bound value, whatever their number, so that
    /// the statement's text stays the same.
    fn texts(&mut self, texts: Vec<String>) -> Sql {
        let list = serde_json::Value::from(texts).to_string();
        let bound = self.bindings.bind(self.dialect, list);
        let mut sql = Sql::default();
        if self.dialect == Dialect::Postgres {
            sql.push("(SELECT json_array_elements_text(CAST(").sql(&bound).push(" AS json)))");
        } else {
            sql.push("(SELECT value FROM json_each(").sql(&bound).push("))");
        }
        sql
    }

    /// For each rule 0 where all clauses hold, else the number of the first that doesn't.
    fn permissions(&mut self, entity: &'static Entity, row: Alias) -> Sql {
        let parts: Vec<Sql> =
            entity.policy.rules.iter().map(|rule| self.permission(rule, entity, row)).collect();
        self.array(&parts)
    }

    fn permission(&mut self, rule: &'static Rule, entity: &'static Entity, row: Alias) -> Sql {
        let mut sql = Sql::new("CASE");
        for (index, clause) in rule.clauses.iter().enumerate() {
            let condition = self.policy(&clause.holds, entity, row);
            sql.push(" WHEN (").sql(&condition).push(") IS NOT TRUE THEN ");
            sql.number(u64::try_from(index).unwrap_or(0) + 1);
        }
        sql.push(" ELSE 0 END");
        sql
    }
}

/// The rows to fetch for a page: one more than it holds, in a few sizes only.
fn limit_literal(size: u32) -> u32 {
    [1, 5, 10, 20, 50, 100].into_iter().find(|&limit| size <= limit).unwrap_or(100) + 1
}

fn note_joins(entity: &'static Entity, field: &'static Field, used: &mut Vec<&'static str>) {
    match &field.source {
        Source::Sql(template) | Source::List(template) | Source::StoredList(template) => {
            note_template(entity, template, used);
        }
        Source::Sealed { .. }
        | Source::Presence { .. }
        | Source::CountOf { .. }
        | Source::ListOf { .. }
        | Source::Given => {}
    }
}

fn note_template(entity: &'static Entity, template: &'static str, used: &mut Vec<&'static str>) {
    for join in entity.joins {
        if mentions(template, join.name) && !used.contains(&join.name) {
            used.push(join.name);
        }
    }
}

/// Whether a template uses the join, of the row itself or, in relations, of the parent.
pub(super) fn mentions(template: &'static str, join: &str) -> bool {
    template
        .split('{')
        .skip(1)
        .filter_map(|rest| rest.split_once('}'))
        .any(|(name, _)| name == join || name.strip_prefix("p_") == Some(join))
}
