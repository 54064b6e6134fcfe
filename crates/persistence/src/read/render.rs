//! Renders a plan to one statement. What the two databases spell differently is decided by
//! [`Dialect`] at the few places where it matters; the shape is the same, which the differential
//! test holds them to.
//!
//! - A to-one relation is a `LEFT JOIN` after the page was cut, a to-many one a correlated scalar
//!   sub-select, each with the policy of its target.
//! - Answers are arrays by position: no key, alias or text of the client is in the statement.
//! - Limits are literals of a few sizes: a parameter as `LIMIT` spoils generic plans in PostgreSQL.

mod connection;
mod field;
mod selection;

pub(super) use selection::mentions;

use sea_orm::Value;

use super::declare::{Entity, Relation};
use super::plan::{Lookup, NodeGroup, Preferred, ReadPlan, Root, RootRead};
use super::sql::{Alias, Bindings, Dialect, Sql};
use super::viewer::{ViewerKind, expressions};
use super::viewer_row::Asked;

/// At most so many values stand in one array: PostgreSQL takes 100 arguments.
pub(super) const ARRAY_PART: usize = 90;

pub(super) struct Renderer {
    pub dialect: Dialect,
    pub kind: ViewerKind,
    pub bindings: Bindings,
    now: Sql,
    aliases: u32,
    joined: Vec<(u32, &'static str)>,
    /// Rows one of whose joins leads back to the row that they were reached from.
    back: Vec<(Alias, &'static str, Alias)>,
    /// Rows that are read in the languages that the reader prefers, with the table of these.
    languages: Vec<(Alias, Sql)>,
    /// The row whose policy is being rendered where its joins can be added, and those that are
    /// needed. Elsewhere an attribute of a joined row is a sub-select of its own.
    within: Option<(Alias, Vec<&'static str>)>,
    /// What the rules ask about the viewer.
    pub asked: Asked,
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
    let (viewer, from) = renderer.viewer_row();
    let mut sql = Sql::default();
    if !with.is_empty() {
        sql.push("WITH ").sql(&with).sql(&viewer).push(" ");
    }
    sql.push("SELECT CAST(").sql(&array).push(" AS text) AS answer").sql(&from);
    Rendered { text: sql.into_text(), values: renderer.bindings.values }
}

impl Renderer {
    pub fn new(kind: ViewerKind, now: maip_domain::time::Timestamp, dialect: Dialect) -> Self {
        let mut bindings = Bindings::default();
        let now = bindings.bind(dialect, now.micros());
        let mut typed = Sql::new("CAST(");
        typed.sql(&now).push(" AS bigint)");
        Self {
            dialect,
            kind,
            bindings,
            now: typed,
            aliases: 0,
            joined: Vec::new(),
            back: Vec::new(),
            languages: Vec::new(),
            within: None,
            asked: Asked::default(),
        }
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
                ("languages", _, _) => {
                    sql.sql(&self.languages_of(row));
                }
                ("?" | "in", _, Some(value)) => {
                    sql.sql(value);
                }
                (join, _, _) => {
                    self.join_alias(&mut sql, row, join);
                }
            }
            rest = after;
        }
        sql.push(rest);
        sql
    }

    /// Binds the languages in which a row is read.
    fn read_in(&mut self, row: Alias, preferred: &Preferred) {
        let bound = self.bindings.bind(self.dialect, preferred.0.as_ref());
        let mut table = Sql::default();
        match self.dialect {
            Dialect::Postgres => {
                table.push("(SELECT * FROM json_to_recordset(CAST(").sql(&bound);
                table.push(" AS json)) AS r(preference bigint, place bigint, form text, but text))");
            }
            Dialect::Sqlite => {
                table.push(
                    "(SELECT json_extract(r.value, '$.preference') AS preference, json_extract(r.value, '$.place') \
                     AS place, json_extract(r.value, '$.form') AS form, json_extract(r.value, '$.but') AS but \
                     FROM json_each(",
                );
                table.sql(&bound).push(") r)");
            }
        }
        self.languages.push((row, table));
    }

    /// The table of the languages in which a row is read; an empty one where nobody prefers any.
    fn languages_of(&self, row: Alias) -> Sql {
        let known = self.languages.iter().find(|(known, _)| *known == row);
        known.map_or_else(
            || Sql::new("(SELECT 0 AS preference, 0 AS place, '' AS form, '' AS but WHERE FALSE)"),
            |(_, table)| table.clone(),
        )
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

    /// These values of all rows as a list.
    fn gathered(&self, value: &Sql) -> Sql {
        let postgres = self.dialect == Dialect::Postgres;
        let mut sql = Sql::new(if postgres { "COALESCE(json_agg(" } else { "json_group_array(" });
        sql.sql(value).push(if postgres { "), '[]'::json)" } else { ")" });
        sql
    }

    /// What the statement says about the credentials: `null` where they don't hold.
    fn standing(&mut self) -> Sql {
        match self.kind {
            ViewerKind::Anonymous => Sql::new("0"),
            ViewerKind::Session => self.account(),
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
            RootRead::Constant(_) | RootRead::Suggest(_) => Vec::new(),
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
                let found = self.rows(selection.entity, row, &[condition]);
                let mut sql = Sql::new("(SELECT ");
                sql.sql(&array).push(" FROM (SELECT ").columns(row, &[&array, &joins]).sql(&found);
                // By its key there is one at most, and the database knows.
                sql.push(if matches!(lookup, Lookup::Key(_)) { ") " } else { " LIMIT 1) " });
                sql.alias(row).sql(&joins).push(")");
                vec![self.json(&sql)]
            }
            RootRead::Connection(plan) => vec![self.connection(plan, None)],
            RootRead::Nodes { groups, .. } => groups.iter().map(|group| self.group(group)).collect(),
            RootRead::Search(plan) => plan.groups.iter().map(|group| self.group(group)).collect(),
        }
    }

    /// The records of a group, each with its key.
    fn group(&mut self, NodeGroup { selection, column, keys }: &NodeGroup) -> Sql {
        if self.denied(selection.entity) {
            return self.empty_list();
        }
        let row = self.fresh();
        let keys = self.texts(keys);
        let key = if let Some(column) = column {
            self.template(column, row, None)
        } else {
            let mut key = Sql::default();
            key.alias(row).push(".").push(selection.entity.key);
            key
        };
        let mut condition = key.clone();
        condition.push(" IN ").sql(&keys);
        let mut joins = Sql::default();
        let array = self.selection(selection, row, &mut joins);
        let pair = self.array(&[key.clone(), array]);
        // In no order: each pair says which record it is.
        let found = self.rows(selection.entity, row, &[condition]);
        let mut sql = Sql::new("(SELECT ");
        sql.sql(&self.gathered(&pair)).push(" FROM (SELECT ");
        sql.columns(row, &[&pair, &joins]).sql(&found).push(") ").alias(row);
        sql.sql(&joins).push(")");
        self.json(&sql)
    }

    /// ` FROM table t … WHERE policy AND conditions`.
    fn rows(&mut self, entity: &'static Entity, row: Alias, conditions: &[Sql]) -> Sql {
        let mut sql = self.visible(entity, row, "");
        for condition in conditions {
            sql.push(" AND ").sql(condition);
        }
        sql
    }

    /// ` FROM table t … WHERE policy`, with the joins that the policy needs. `more` is a join of the
    /// caller.
    fn visible(&mut self, entity: &'static Entity, row: Alias, more: &'static str) -> Sql {
        let (joins, policy) = self.guarded(entity, row);
        let mut sql = Sql::new(" FROM ");
        sql.push(entity.table).push(" ").alias(row).sql(&joins);
        let more = self.template(more, row, None);
        sql.push(" ").sql(&more).push(" WHERE ").sql(&policy);
        sql
    }

    /// The joins that the policy of a row needs, and the policy.
    pub fn guarded(&mut self, entity: &'static Entity, row: Alias) -> (Sql, Sql) {
        self.within = Some((row, Vec::new()));
        let policy = self.policy(&entity.policy.read, entity, row);
        let used = self.within.take().map(|(_, used)| used).unwrap_or_default();
        let mut joins = Sql::default();
        for join in entity.joins.iter().filter(|join| used.contains(&join.name)) {
            if self.is_back(row, join.name) {
                continue;
            }
            let on = self.template(join.on, row, None);
            joins.push(" LEFT JOIN ").push(join.table).push(" ").alias(row).push("_").push(join.name);
            joins.push(" ON ").sql(&on);
        }
        (joins, policy)
    }

    /// A row that a relation leads to.
    fn below(&mut self, relation: &'static Relation, above: Alias) -> Alias {
        let row = self.fresh();
        self.back.extend(relation.back.map(|join| (row, join, above)));
        row
    }

    /// Whether a join of this row is the row that it was reached from.
    pub fn is_back(&self, row: Alias, join: &str) -> bool {
        self.back.iter().any(|(below, name, _)| *below == row && *name == join)
    }

    fn join_alias(&self, sql: &mut Sql, row: Alias, join: &'static str) {
        match self.back.iter().find(|(below, name, _)| *below == row && *name == join) {
            Some((_, _, above)) => sql.alias(*above),
            None => sql.alias(row).push("_").push(join),
        };
    }

    /// Where joins of this row can be added: those that are.
    pub fn within(&mut self, row: Alias) -> Option<&mut Vec<&'static str>> {
        self.within.as_mut().filter(|(within, _)| *within == row).map(|(_, used)| used)
    }
}
