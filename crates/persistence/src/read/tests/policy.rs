//! The policy in SQL says what the policy in Rust says: every rule of every type, and random
//! expressions, for every record and every kind of viewer.

use std::collections::BTreeMap;

use maip_domain::identity::scope::Scope;
use maip_domain::policy::{Attribute, Expr, FactSet, Flag, Record, Related, ViewerFacts, holds};
use sea_orm::{ConnectionTrait as _, Statement};

use super::{Plain, opening};
use crate::database::Database;
use crate::read::declare::{Entity, RootKind};
use crate::read::facts::{Writer, load_viewer};
use crate::read::inquiry::Inquiry;
use crate::read::plan::{Item, NodeGroup, Pick, ReadPlan, Root, RootRead, Selection};
use crate::read::render::Renderer;
use crate::read::run::run;
use crate::read::sql::Sql;
use crate::read::viewer::{Viewer, expressions};
use crate::schema;
use crate::tests::data::{Data, Random};
use crate::tests::{Counting, Hand, on_both};

/// Every expression by which the type is decided about, with what it is for.
fn rules_of(entity: &'static Entity) -> Vec<(String, &'static Expr)> {
    let mut rules = vec![("read".to_owned(), &entity.policy.read)];
    for rule in entity.policy.rules {
        for (number, clause) in rule.clauses.iter().enumerate() {
            rules.push((format!("{:?} clause {number}", rule.action), &clause.holds));
        }
    }
    for field in entity.fields {
        rules.extend(field.shown_to.map(|expr| (format!("shows {}", field.name), expr)));
    }
    for relation in entity.relations {
        rules.extend(relation.shown_to.map(|expr| (format!("shows {}", relation.name), expr)));
    }
    for filter in entity.filters {
        rules.extend(filter.among.map(|expr| (format!("filters {}", filter.name), expr)));
    }
    for root in schema::root_fields().filter(|root| std::ptr::eq(root.entity, entity)) {
        if let RootKind::Connection { among: Some(expr), .. } = root.kind {
            rules.push((format!("root {}", root.name), expr));
        }
    }
    rules
}

/// What the database says: for each key one yes or no for each expression. Keys that aren't unique
/// are left out.
async fn in_sql(
    database: &Database,
    data: &Data,
    viewer: &Viewer,
    entity: &'static Entity,
    rules: &[(String, &'static Expr)],
) -> BTreeMap<String, Vec<bool>> {
    let dialect = database.dialect();
    let mut renderer = Renderer::new(viewer.kind(), data.now, dialect);
    let with = expressions(viewer, &renderer.now(), dialect, &mut renderer.bindings);
    let row = renderer.fresh();
    let mut key = Sql::default();
    key.alias(row).push(".").push(entity.key);
    let mut parts = Vec::new();
    for (_, expr) in rules {
        let condition = renderer.policy(expr, entity, row);
        let mut sql = Sql::new("CASE WHEN ");
        sql.sql(&condition).push(" THEN 1 ELSE 0 END");
        parts.push(sql);
    }
    let list = renderer.array(&parts);
    let (viewer, from) = renderer.viewer_row();
    let mut sql = Sql::default();
    if !with.is_empty() {
        sql.push("WITH ").sql(&with).sql(&viewer).push(" ");
    }
    sql.push("SELECT CAST(").sql(&key).push(" AS text), CAST(").sql(&list).push(" AS text) FROM ");
    sql.push(entity.table).push(" ").alias(row);
    if !from.is_empty() {
        sql.push(" CROSS JOIN (SELECT viewer.*").sql(&from).push(") viewer");
    }
    let reader = database.reader();
    let values = std::mem::take(&mut renderer.bindings.values);
    let statement = Statement::from_sql_and_values(reader.get_database_backend(), sql.into_text(), values);
    let mut found: BTreeMap<String, Vec<Vec<bool>>> = BTreeMap::new();
    for row in reader.query_all_raw(statement).await.unwrap() {
        let key: String = row.try_get_by_index(0).unwrap();
        let list: String = row.try_get_by_index(1).unwrap();
        let list: Vec<u8> = serde_json::from_str(&list).unwrap();
        found.entry(key).or_default().push(list.into_iter().map(|yes| yes == 1).collect());
    }
    found
        .into_iter()
        .filter(|(_, rows)| rows.len() == 1)
        .map(|(key, mut rows)| (key, rows.remove(0)))
        .collect()
}

fn in_rust(rules: &[(String, &'static Expr)], record: &Record, viewer: &ViewerFacts) -> Vec<bool> {
    rules.iter().map(|(_, expr)| holds(expr, record, viewer)).collect()
}

/// Compares both for all records of a type; gives how often each expression held, of how many times.
async fn compare(
    database: &Database,
    data: &Data,
    entity: &'static Entity,
    rules: &[(String, &'static Expr)],
) -> Vec<(usize, usize)> {
    let mut counts = vec![(0, 0); rules.len()];
    for viewer in &data.viewers {
        // Credentials that don't hold give no statement any data.
        let Some(Writer { facts, .. }) = load_viewer(database.reader(), viewer, data.now).await.unwrap()
        else {
            continue;
        };
        for (key, sql) in in_sql(database, data, viewer, entity, rules).await {
            let mut inquiry = Inquiry::new(facts.account.as_deref(), data.now, database.dialect());
            let record = inquiry.record(entity, &key);
            let answers = inquiry.answers(database.reader()).await.unwrap();
            let record = answers.record(record).unwrap().unwrap();
            for (related, values) in record.related.iter().filter(|(related, _)| related.names_accounts()) {
                assert!(
                    values.iter().all(|value| Some(value) == facts.account.as_ref()),
                    "{related:?} {values:?}"
                );
            }
            let rust = in_rust(rules, &record, &facts);
            for (place, (name, expr)) in rules.iter().enumerate() {
                assert_eq!(
                    sql[place], rust[place],
                    "{} {key}, {name}: SQL left, Rust right\n{expr:?}\n{record:?}\n{facts:?}",
                    entity.name
                );
                counts[place].0 += usize::from(rust[place]);
                counts[place].1 += 1;
            }
        }
    }
    counts
}

fn ruled() -> impl Iterator<Item = &'static Entity> {
    // The viewer's own row isn't a table, and a part has nothing to decide.
    schema::ENTITIES.iter().chain(schema::INNER).copied().filter(|entity| {
        entity.table != "me" && rules_of(entity).iter().any(|(_, expr)| **expr != Expr::Always)
    })
}

on_both! {
    async fn every_rule_says_the_same_in_sql_and_in_rust(database: &Database) {
        let data = Data::new(1);
        data.insert(database).await;
        for entity in ruled() {
            let rules = rules_of(entity);
            let counts = compare(database, &data, entity, &rules).await;
            for ((name, expr), (yes, all)) in rules.iter().zip(counts) {
                assert!(all > 0, "no {} to ask about", entity.name);
                // Data that never meets a branch would show nothing.
                assert!(**expr == Expr::Always || (yes > 0 && yes < all), "{} {name}: {yes} of {all}", entity.name);
            }
        }
    }

    async fn random_expressions_say_the_same_in_sql_and_in_rust(database: &Database) {
        let data = Data::new(2);
        data.insert(database).await;
        let mut random = Random::new(3);
        for entity in ruled() {
            let rules: Vec<(String, &'static Expr)> =
                (0..60).map(|n| (format!("random {n}"), leak(expression(&mut random, entity, 4)))).collect();
            compare(database, &data, entity, &rules).await;
        }
    }
}

/// For each type, what it hangs on: never seen without it.
const PARENTS: &[(&str, &str)] = &[
    ("LessonVersion", "lesson"),
    ("LessonAttachment", "lesson"),
    ("LessonAttachment", "version"),
    ("ReviewEntry", "lesson"),
    ("Endorsement", "lesson"),
    ("Endorsement", "version"),
    ("ApiToken", "organisation"),
];

on_both! {
    async fn what_hangs_on_a_record_is_seen_with_it(database: &Database) {
        let data = Data::new(14);
        data.insert(database).await;
        let (clock, entropy) = (Hand::new(), Counting::new(1));
        for (name, relation) in PARENTS {
            let entity = schema::entity(name).unwrap();
            let relation = entity.relation(relation).unwrap();
            let parent = Selection {
                entity: relation.target,
                items: vec![Item { key: "id".into(), pick: Pick::TypeName }],
            };
            let item = Item { key: "parent".into(), pick: Pick::One(relation, parent) };
            let ids: Vec<Box<str>> =
                data.ids(entity.prefix.unwrap()).into_iter().map(Box::from).collect();
            let selection = Selection { entity, items: vec![item] };
            let wanted = ids.iter().cloned().map(|id| Some((0, id))).collect();
            let group = NodeGroup { selection, column: None, keys: ids };
            let nodes = RootRead::Nodes { ids: wanted, groups: vec![group] };
            let mut roots = vec![Root { key: "nodes".into(), scope: None, read: nodes }];
            let mut seen = 0;
            for viewer in &data.viewers {
                let plan = ReadPlan::new(viewer.clone(), data.now, roots);
                let answer = run(database, &plan, &opening(&Plain, &clock, &entropy)).await.unwrap();
                assert!(!answer.data.contains("{\"parent\":null}"), "{name} for {viewer:?}: {}", answer.data);
                seen += answer.data.matches("parent").count();
                roots = plan.roots;
            }
            assert!(seen > 0, "nobody saw any {name}");
        }
    }
}

fn leak<T>(value: T) -> &'static T {
    Box::leak(Box::new(value))
}

const VALUES: &[&str] =
    &["PUBLISHED", "DRAFT", "ACTIVE", "PUBLIC", "MEMBERS", "MWI", "AFRICA", "FACILITATOR", "NAME"];

/// A random expression; it may ask for what the type has and for what it lacks.
fn expression(random: &mut Random, entity: &'static Entity, depth: usize) -> Expr {
    let attribute = |random: &mut Random| {
        if entity.attributes.is_empty() || random.chance(5) {
            Attribute::ReviewLevel
        } else {
            entity.attributes[random.below(entity.attributes.len())].0
        }
    };
    let related = |random: &mut Random| {
        if entity.related.is_empty() || random.chance(5) {
            Related::ConsentedAudiences
        } else {
            entity.related[random.below(entity.related.len())].0
        }
    };
    // Of accounts, nothing else is asked than whether the viewer is one of them.
    let others = |random: &mut Random| {
        Some(related(random))
            .filter(|related| !related.names_accounts())
            .unwrap_or(Related::ConsentedAudiences)
    };
    let set = |random: &mut Random| FactSet::ALL[random.below(FactSet::ALL.len())];
    let deep = depth > 0 && random.chance(60);
    if deep {
        let parts: Vec<Expr> = (0..=random.below(3)).map(|_| expression(random, entity, depth - 1)).collect();
        return match random.below(3) {
            0 => Expr::All(leak(parts)),
            1 => Expr::Any(leak(parts)),
            _ => Expr::Not(leak(parts[0])),
        };
    }
    match random.below(14) {
        0 => Expr::Always,
        1 => Expr::Never,
        2 => Expr::Is(attribute(random), random.pick(VALUES)),
        3 => Expr::OneOf(attribute(random), &VALUES[..4]),
        4 => Expr::Empty(attribute(random)),
        5 => Expr::Viewer(Flag::ALL[random.below(Flag::ALL.len())]),
        6 => Expr::Scope(Scope::LessonsRead),
        7 => Expr::ViewerIs(attribute(random)),
        8 => Expr::ViewerAmong(related(random)),
        9 => Expr::In(attribute(random), set(random)),
        10 => Expr::Holds(set(random)),
        11 => Expr::Meets(others(random), set(random)),
        12 => Expr::Beyond(set(random), others(random)),
        _ => Expr::Has(others(random), random.pick(VALUES)),
    }
}
