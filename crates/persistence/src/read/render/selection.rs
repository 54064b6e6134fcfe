//! What is wanted of a row: fields, relations, permissions; and who may see which of them.

use maip_domain::policy::{Expr, Rule};

use super::super::declare::{Entity, Field, Relation, Source};
use super::super::plan::{Item, Pick, Preferred, Selection};
use super::super::policy_sql::constant;
use super::super::sql::{Alias, Sql};
use super::Renderer;

impl Renderer {
    /// The array of a selection, for a row that is there and visible; joins are added.
    pub(super) fn selection(&mut self, selection: &Selection, row: Alias, joins: &mut Sql) -> Sql {
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
            if self.joined.contains(&(row.0, join.name)) || self.is_back(row, join.name) {
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

    pub(super) fn item(
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
            Pick::One(relation, _) | Pick::Preferred(relation, _, _) if self.denied(relation.target) => {
                Some(Sql::new("NULL"))
            }
            Pick::One(relation, selection) | Pick::Preferred(relation, _, selection) => {
                note_template(entity, relation.on, used);
                let target = self.below(relation, row);
                if relation.in_languages {
                    let none = Preferred::none();
                    let preferred =
                        if let Pick::Preferred(_, preferred, _) = &item.pick { preferred } else { &none };
                    self.read_in(target, preferred);
                }
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
    pub(super) fn relation_on(
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
                    self.join_alias(&mut sql, above, join);
                    &mut sql
                }
            };
            rest = after;
        }
        sql.push(rest).push(")");
        sql
    }

    /// Whether the viewer's kind alone hides every record of the type. Its table may then not even
    /// be there, as with the viewer's own record for someone who isn't signed in.
    pub(super) fn denied(&self, entity: &'static Entity) -> bool {
        super::super::policy_sql::denied(entity, self.kind)
    }

    /// The condition of what is shown to some viewers only.
    pub(super) fn shown_to(
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

    /// For each rule 0 where all clauses hold, else the number of the first that doesn't.
    pub(super) fn permissions(&mut self, entity: &'static Entity, row: Alias) -> Sql {
        let parts: Vec<Sql> =
            entity.policy.rules.iter().map(|rule| self.permission(rule, entity, row)).collect();
        self.array(&parts)
    }

    pub(super) fn permission(&mut self, rule: &'static Rule, entity: &'static Entity, row: Alias) -> Sql {
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

fn note_joins(entity: &'static Entity, field: &'static Field, used: &mut Vec<&'static str>) {
    match &field.source {
        Source::Sql(template)
        | Source::Address(template)
        | Source::Direction(template)
        | Source::List(template)
        | Source::StoredList(template) => {
            note_template(entity, template, used);
        }
        Source::Sealed { .. }
        | Source::Presence { .. }
        | Source::CountOf { .. }
        | Source::ListOf { .. }
        | Source::Given
        | Source::GivenList => {}
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
pub(in crate::read) fn mentions(template: &'static str, join: &str) -> bool {
    template
        .split('{')
        .skip(1)
        .filter_map(|rest| rest.split_once('}'))
        .any(|(name, _)| name == join || name.strip_prefix("p_") == Some(join))
}
