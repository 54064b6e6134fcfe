//! Renders the policy's expressions to SQL: the same expressions that [`maip_domain::policy`]
//! interprets for writes.

use maip_domain::policy::{Attribute, Expr, Related};

use super::declare::{Condition, Entity, Filter};
use super::render::{Renderer, mentions};
use super::sql::{Alias, Sql};
use super::viewer::{ViewerKind, flag_condition, has_set, set_select};

/// What the expression is for every record, where the kind of viewer alone decides.
pub(super) fn constant(expr: &Expr, kind: ViewerKind) -> Option<bool> {
    match *expr {
        Expr::Always => Some(true),
        Expr::Never => Some(false),
        Expr::All(parts) => {
            let known: Vec<_> = parts.iter().map(|part| constant(part, kind)).collect();
            if known.contains(&Some(false)) {
                Some(false)
            } else {
                known.iter().all(|part| *part == Some(true)).then_some(true)
            }
        }
        Expr::Any(parts) => {
            let known: Vec<_> = parts.iter().map(|part| constant(part, kind)).collect();
            if known.contains(&Some(true)) {
                Some(true)
            } else {
                known.iter().all(|part| *part == Some(false)).then_some(false)
            }
        }
        Expr::Not(part) => constant(part, kind).map(|known| !known),
        Expr::Viewer(flag) => flag_condition(kind, flag).ok(),
        Expr::Scope(_) => (kind != ViewerKind::Token).then_some(true),
        Expr::ViewerIs(_) | Expr::ViewerAmong(_) => (kind != ViewerKind::Session).then_some(false),
        Expr::In(_, set) | Expr::Meets(_, set) | Expr::Beyond(set, _) | Expr::Holds(set) => {
            (!has_set(kind, set)).then_some(false)
        }
        Expr::Is(..) | Expr::OneOf(..) | Expr::Empty(_) | Expr::Has(..) => None,
    }
}

/// Whether more than the row and the viewer's facts is read for it.
fn looks_elsewhere(expr: &Expr, entity: &Entity) -> bool {
    match *expr {
        Expr::All(parts) | Expr::Any(parts) => parts.iter().any(|part| looks_elsewhere(part, entity)),
        Expr::Not(part) => looks_elsewhere(part, entity),
        Expr::Is(attribute, _)
        | Expr::OneOf(attribute, _)
        | Expr::Empty(attribute)
        | Expr::ViewerIs(attribute)
        | Expr::In(attribute, _) => {
            let template = entity.attributes.iter().find(|(name, _)| *name == attribute);
            template.is_some_and(|(_, template)| {
                template.contains("SELECT") || entity.joins.iter().any(|join| mentions(template, join.name))
            })
        }
        Expr::ViewerAmong(_) | Expr::Meets(..) | Expr::Beyond(..) | Expr::Has(..) => true,
        Expr::Always | Expr::Never | Expr::Viewer(_) | Expr::Scope(_) | Expr::Holds(_) => false,
    }
}

/// Whether the viewer's kind alone hides every record of the type.
pub(super) fn denied(entity: &Entity, kind: ViewerKind) -> bool {
    constant(&entity.policy.read, kind) == Some(false)
}

/// Whether the viewer's kind alone hides every record that the filter goes by. Its value isn't in
/// the statement then.
pub(super) fn finds_nothing(filter: &Filter, kind: ViewerKind) -> bool {
    matches!(filter.condition, Condition::Visible { of, .. } if denied(of, kind))
}

impl Renderer {
    /// The expression as a condition on the row `alias` of the entity. Never null where it stands
    /// under a `NOT`; elsewhere null counts as false.
    pub(super) fn policy(&mut self, expr: &Expr, entity: &'static Entity, alias: Alias) -> Sql {
        match constant(expr, self.kind) {
            Some(true) => return Sql::new("TRUE"),
            Some(false) => return Sql::new("FALSE"),
            None => {}
        }
        let mut sql = Sql::default();
        match *expr {
            Expr::Always => {
                sql.push("TRUE");
            }
            Expr::Never => {
                sql.push("FALSE");
            }
            Expr::All(parts) => {
                let parts = self.undecided(parts, entity, alias);
                sql.push("(").join(&parts, " AND ").push(")");
            }
            Expr::Any(parts) => {
                let parts = self.undecided(parts, entity, alias);
                sql.push("(").join(&parts, " OR ").push(")");
            }
            Expr::Not(part) => {
                let part = self.policy(part, entity, alias);
                sql.push("((").sql(&part).push(") IS NOT TRUE)");
            }
            Expr::Is(attribute, value) => match self.attribute(entity, attribute, alias) {
                Some(column) => {
                    sql.sql(&column).push(" = ").literal(value);
                }
                None => {
                    sql.push("FALSE");
                }
            },
            Expr::OneOf(attribute, values) => match self.attribute(entity, attribute, alias) {
                Some(column) => {
                    sql.sql(&column).push(" IN (");
                    for (index, value) in values.iter().enumerate() {
                        sql.push(if index > 0 { ", " } else { "" }).literal(value);
                    }
                    sql.push(")");
                }
                None => {
                    sql.push("FALSE");
                }
            },
            Expr::Empty(attribute) => match self.attribute(entity, attribute, alias) {
                Some(column) => {
                    sql.sql(&column).push(" IS NULL");
                }
                None => {
                    sql.push("TRUE");
                }
            },
            Expr::Viewer(flag) => return self.is(flag),
            Expr::Scope(scope) => return self.has_scope(scope),
            Expr::Holds(set) => return self.holds(set),
            Expr::ViewerIs(attribute) => match self.attribute(entity, attribute, alias) {
                Some(column) => {
                    sql.sql(&column).push(" = ").sql(&self.account());
                }
                None => {
                    sql.push("FALSE");
                }
            },
            Expr::ViewerAmong(related) => match self.related(entity, related, alias) {
                Some(select) => {
                    sql.sql(&self.account()).push(" IN (").sql(&select).push(")");
                }
                None => {
                    sql.push("FALSE");
                }
            },
            Expr::In(attribute, set) => match self.attribute(entity, attribute, alias) {
                Some(column) => return self.is_in(&column, set),
                None => {
                    sql.push("FALSE");
                }
            },
            Expr::Meets(related, set) => match self.related(entity, related, alias) {
                Some(select) => {
                    sql.push("EXISTS (").push(set_select(set)).push(" INTERSECT ").sql(&select).push(")");
                }
                None => {
                    sql.push("FALSE");
                }
            },
            Expr::Beyond(set, related) => match self.related(entity, related, alias) {
                Some(select) => {
                    sql.push("EXISTS (").push(set_select(set)).push(" EXCEPT ").sql(&select).push(")");
                }
                None => {
                    sql.push("EXISTS (").push(set_select(set)).push(")");
                }
            },
            Expr::Has(related, value) => match self.related(entity, related, alias) {
                Some(select) => {
                    sql.literal(value).push(" IN (").sql(&select).push(")");
                }
                None => {
                    sql.push("FALSE");
                }
            },
        }
        sql
    }

    /// The parts that the kind of viewer doesn't decide; the others are neutral where this is asked.
    fn undecided(&mut self, parts: &'static [Expr], entity: &'static Entity, alias: Alias) -> Vec<Sql> {
        let kind = self.kind;
        let mut parts: Vec<_> = parts.iter().filter(|part| constant(part, kind).is_none()).collect();
        // Databases go from left to right: what the row itself answers may spare the look elsewhere.
        parts.sort_by_key(|part| looks_elsewhere(part, entity));
        parts.into_iter().map(|part| self.policy(part, entity, alias)).collect()
    }

    /// The SQL of an attribute; `None` where this kind of record lacks it.
    pub(super) fn attribute(
        &mut self,
        entity: &'static Entity,
        attribute: Attribute,
        alias: Alias,
    ) -> Option<Sql> {
        let template = entity.attributes.iter().find(|(name, _)| *name == attribute)?.1;
        let column = self.template(template, alias, None);
        let Some(join) = entity.joins.iter().find(|join| mentions(template, join.name)) else {
            return Some(column);
        };
        if self.is_back(alias, join.name) {
            return Some(column);
        }
        if let Some(used) = self.within(alias) {
            if !used.contains(&join.name) {
                used.push(join.name);
            }
            return Some(column);
        }
        let on = self.template(join.on, alias, None);
        let mut sql = Sql::new("(SELECT ");
        // One row, whether or not there is one to join.
        sql.sql(&column).push(" FROM (SELECT 1 AS one) one LEFT JOIN ").push(join.table).push(" ");
        sql.alias(alias).push("_").push(join.name).push(" ON ").sql(&on).push(")");
        Some(sql)
    }

    /// The select of a many-valued attribute.
    pub(super) fn related(&mut self, entity: &'static Entity, related: Related, alias: Alias) -> Option<Sql> {
        let template = entity.related.iter().find(|(name, _)| *name == related)?.1;
        Some(self.template(template, alias, None))
    }
}
