//! What every declaration has to keep to, so that no renderer or planner finds a surprise.

use std::collections::BTreeSet;

use maip_domain::id::PREFIXES;
use maip_domain::policy::{Attribute, Expr, Policy, Related, rules};

use crate::read::declare::{Cardinality, Condition, Entity, FilterType, RootKind, Scalar, Source};
use crate::schema;

fn all() -> impl Iterator<Item = &'static Entity> {
    schema::ENTITIES.iter().chain(schema::INNER).copied()
}

#[derive(Default)]
struct Used {
    attributes: BTreeSet<Attribute>,
    related: BTreeSet<Related>,
}

impl Used {
    fn expr(&mut self, expr: &Expr) {
        match *expr {
            Expr::All(parts) | Expr::Any(parts) => parts.iter().for_each(|part| self.expr(part)),
            Expr::Not(part) => self.expr(part),
            Expr::Is(attribute, _)
            | Expr::OneOf(attribute, _)
            | Expr::Empty(attribute)
            | Expr::ViewerIs(attribute)
            | Expr::In(attribute, _) => {
                self.attributes.insert(attribute);
            }
            Expr::ViewerAmong(related)
            | Expr::Meets(related, _)
            | Expr::Beyond(_, related)
            | Expr::Has(related, _) => {
                self.related.insert(related);
            }
            Expr::Always | Expr::Never | Expr::Viewer(_) | Expr::Scope(_) | Expr::Holds(_) => {}
        }
    }

    fn policy(&mut self, policy: &Policy) {
        self.expr(&policy.read);
        policy.rules.iter().flat_map(|rule| rule.clauses).for_each(|clause| self.expr(&clause.holds));
    }
}

fn used_by(entity: &'static Entity) -> Used {
    let mut used = Used::default();
    used.policy(entity.policy);
    entity.fields.iter().filter_map(|field| field.shown_to).for_each(|expr| used.expr(expr));
    entity.relations.iter().filter_map(|relation| relation.shown_to).for_each(|expr| used.expr(expr));
    entity.filters.iter().filter_map(|filter| filter.among).for_each(|expr| used.expr(expr));
    for root in schema::root_fields().filter(|root| std::ptr::eq(root.entity, entity)) {
        if let RootKind::Connection { among: Some(expr), .. } = root.kind {
            used.expr(expr);
        }
    }
    used
}

#[test]
fn every_attribute_that_a_policy_asks_about_is_declared() {
    for entity in all() {
        let used = used_by(entity);
        let attributes: BTreeSet<_> = entity.attributes.iter().map(|(name, _)| *name).collect();
        let related: BTreeSet<_> = entity.related.iter().map(|(name, _)| *name).collect();
        let lacking: Vec<_> = used.attributes.difference(&attributes).collect();
        assert!(lacking.is_empty(), "{} lacks {lacking:?}", entity.name);
        let lacking: Vec<_> = used.related.difference(&related).collect();
        assert!(lacking.is_empty(), "{} lacks {lacking:?}", entity.name);
        assert_eq!(attributes.len(), entity.attributes.len(), "{} declares one twice", entity.name);
    }
}

#[test]
fn every_policy_belongs_to_a_type_and_every_type_to_a_policy() {
    let of_types: BTreeSet<_> = all().map(|entity| entity.policy.subject).collect();
    let of_rules: BTreeSet<_> = rules::ALL.iter().map(|policy| policy.subject).collect();
    assert_eq!(of_types, of_rules);
}

#[test]
fn parts_are_reached_through_their_record_alone() {
    for entity in all().filter(|entity| entity.policy.subject == "Part") {
        assert_eq!(entity.prefix, None, "{} could be read by id", entity.name);
        assert!(
            schema::root_fields().all(|root| !std::ptr::eq(root.entity, entity)),
            "{} is a root field",
            entity.name
        );
    }
}

#[test]
fn names_are_given_once_and_described() {
    let names: BTreeSet<_> = all().map(|entity| entity.name).collect();
    assert_eq!(names.len(), all().count());
    let roots: Vec<_> = schema::root_fields().map(|root| root.name).collect();
    assert_eq!(roots.iter().collect::<BTreeSet<_>>().len(), roots.len());
    for entity in all() {
        let fields = entity.fields.iter().map(|field| (field.name, field.description));
        let relations = entity.relations.iter().map(|relation| (relation.name, relation.description));
        let both: Vec<_> = fields.chain(relations).collect();
        let distinct: BTreeSet<_> = both.iter().map(|(name, _)| name).collect();
        assert_eq!(distinct.len(), both.len(), "{} has a name twice", entity.name);
        let filters = entity.filters.iter().map(|filter| (filter.name, filter.description));
        let sorts = entity.sorts.iter().map(|sort| (sort.code, sort.description));
        for (name, description) in both.into_iter().chain(filters).chain(sorts) {
            assert!(
                description.ends_with('.') && !description.contains("  "),
                "{}.{name} is described as {description:?}",
                entity.name
            );
        }
    }
}

#[test]
fn a_filter_by_ids_says_of_which_type() {
    for entity in all() {
        for filter in entity.filters {
            match filter.takes {
                FilterType::Ids(prefix) => {
                    assert!(PREFIXES.contains(&prefix), "{}.{}: {prefix}", entity.name, filter.name);
                }
                // What an entry of the audit is about can be of any type.
                FilterType::One(Scalar::Id) | FilterType::AnyOf(Scalar::Id) => {
                    assert_eq!((entity.name, filter.name), ("AuditEntry", "subject"));
                }
                _ => {}
            }
        }
    }
}

/// The names in braces of a template.
fn braces(template: &'static str) -> Vec<&'static str> {
    template.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name).collect()
}

fn holds_only(what: &str, template: &'static str, allowed: &[&str]) {
    for name in braces(template) {
        assert!(allowed.contains(&name), "{what} uses {{{name}}}: {template}");
    }
}

#[test]
fn templates_use_what_is_there() {
    for entity in all() {
        let joins: Vec<&str> = entity.joins.iter().map(|join| join.name).collect();
        for (attribute, template) in entity.attributes {
            let allowed = [&["t", "now"], joins.as_slice()].concat();
            holds_only(&format!("{} {attribute:?}", entity.name), template, &allowed);
            let used = joins.iter().filter(|join| braces(template).contains(join)).count();
            assert!(used < 2, "{} {attribute:?} uses two joins", entity.name);
        }
        for (related, template) in entity.related {
            holds_only(&format!("{} {related:?}", entity.name), template, &["t", "now"]);
        }
        for field in entity.fields {
            let what = format!("{}.{}", entity.name, field.name);
            match &field.source {
                Source::Sql(template)
                | Source::Address(template)
                | Source::Direction(template)
                | Source::List(template)
                | Source::StoredList(template) => {
                    holds_only(&what, template, &[&["t", "now"], joins.as_slice()].concat());
                }
                Source::Given | Source::GivenList => {}
                Source::CountOf { on, .. } | Source::Presence { on, .. } => {
                    holds_only(&what, on, &["t", "p", "now"]);
                }
                Source::Sealed { on, value, .. } => {
                    holds_only(&what, on, &["t", "p", "now"]);
                    holds_only(&what, value, &["t"]);
                }
                Source::ListOf { on, join, value, order, .. } => {
                    for template in [on, join, value, order] {
                        holds_only(&what, template, &["t", "p", "now"]);
                    }
                }
            }
        }
        for relation in entity.relations {
            let what = format!("{}.{}", entity.name, relation.name);
            let of_parent: Vec<String> = joins.iter().map(|join| format!("p_{join}")).collect();
            let of_parent: Vec<&str> = of_parent.iter().map(String::as_str).collect();
            holds_only(&what, relation.on, &[&["t", "p", "now"], of_parent.as_slice()].concat());
            match relation.cardinality {
                Cardinality::One { nullable } => {
                    assert!(nullable || relation.shown_to.is_none(), "{what} can be hidden");
                    let always = relation.target.policy.read == Expr::Always
                        || relation.target.policy.subject == entity.policy.subject;
                    assert!(nullable || always, "{what} leads to what can be hidden");
                }
                Cardinality::Many { order, .. } => holds_only(&what, order, &["t"]),
                Cardinality::Connection => assert!(!relation.target.sorts.is_empty(), "{what} has no order"),
            }
        }
        for filter in entity.filters {
            let what = format!("{} filter {}", entity.name, filter.name);
            let (templates, allowed) = match filter.condition {
                Condition::Same(template) => (vec![template], &["t", "now", "?", "in"][..]),
                Condition::Each { sqlite, postgres } => {
                    (vec![sqlite, postgres], &["t", "now", "?", "in"][..])
                }
                Condition::Visible { on, .. } => (vec![on], &["t", "p", "now", "?", "in"][..]),
            };
            for template in templates {
                holds_only(&what, template, allowed);
            }
        }
        for sort in entity.sorts {
            for column in sort.columns {
                holds_only(&format!("{} sort {}", entity.name, sort.code), column.sql, &["t"]);
            }
        }
    }
}

/// What a filter by ids goes by must be seen: else the ids of hidden records could be tried.
#[test]
fn a_filter_by_ids_asks_whether_the_viewer_sees_what_they_name() {
    // Names of the vocabulary, which everyone sees; and what each entry of the audit says of itself.
    let open = ["concept", "broader", "product", "subject"];
    for entity in all() {
        for filter in entity.filters {
            let by_ids = matches!(
                filter.takes,
                FilterType::Ids(_) | FilterType::One(Scalar::Id) | FilterType::AnyOf(Scalar::Id)
            );
            let asks = matches!(filter.condition, Condition::Visible { .. });
            assert!(!by_ids || asks || open.contains(&filter.name), "{} by {}", entity.name, filter.name);
        }
    }
}

#[test]
fn every_type_with_a_prefix_is_found_by_it() {
    let known: BTreeSet<&str> = maip_domain::id::PREFIXES.iter().copied().collect();
    for entity in schema::ENTITIES {
        if let Some(prefix) = entity.prefix {
            assert!(known.contains(prefix), "{prefix}");
            assert!(std::ptr::eq(schema::entity_of(prefix).unwrap(), *entity));
            assert_eq!(entity.field("id").map(|field| field.nullable), Some(false), "{}", entity.name);
        }
    }
}

#[test]
fn a_join_that_leads_back_finds_a_row_of_the_parents_own_table() {
    let mut found = 0;
    for entity in all() {
        for relation in entity.relations {
            let Some(name) = relation.back else { continue };
            let join = relation.target.joins.iter().find(|join| join.name == name);
            let join = join.unwrap_or_else(|| panic!("{}.{} has no join {name}", entity.name, relation.name));
            assert_eq!(join.table, entity.table, "{}.{}", entity.name, relation.name);
            found += 1;
        }
    }
    assert!(found > 0);
}
