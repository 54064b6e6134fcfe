//! Each field, relation, filter and order of each type alone, for each kind of viewer: the statement
//! is valid and its answer fits the plan.

use maip_domain::id::{AccountId, SessionId};
use maip_domain::search::query;
use maip_domain::time::Timestamp;
use serde_json::{Value, json};

use super::plans::preferred;
use super::{Plain, opening};
use crate::database::Database;
use crate::read::declare::{Cardinality, Entity, FilterType, Scalar, Source};
use crate::read::plan::{
    ConnectionPart, ConnectionPick, ConnectionPlan, FilterValue, Item, Lookup, Page, PagePick,
    PermissionPart, Pick, ReadPlan, Root, RootRead, Selection,
};
use crate::read::run::run;
use crate::read::viewer::Viewer;
use crate::schema;
use crate::tests::data::Data;
use crate::tests::{Counting, Hand, on_both};

fn viewers() -> [Viewer; 3] {
    let id = "01h455vb4pex5vsknk084sn02q";
    let account: AccountId = format!("account_{id}").parse().unwrap();
    let session: SessionId = format!("session_{id}").parse().unwrap();
    [
        Viewer::Anonymous,
        Viewer::Session { account, session },
        Viewer::Token { secret_hash: "none".to_owned() },
    ]
}

fn item(pick: Pick) -> Item {
    Item { key: "x".into(), pick }
}

fn typename(entity: &'static Entity) -> Selection {
    Selection { entity, items: vec![item(Pick::TypeName)] }
}

pub(super) fn connection_of(entity: &'static Entity) -> ConnectionPlan {
    ConnectionPlan {
        entity,
        only: None,
        among: None,
        filters: Vec::new(),
        sort: &entity.sorts[0],
        descending: entity.sorts[0].descending,
        page: Page { size: 20, backward: false, after: None, before: None },
        parts: vec![
            ConnectionPart { key: "n".into(), pick: ConnectionPick::Nodes(typename(entity)) },
            ConnectionPart { key: "c".into(), pick: ConnectionPick::TotalCount },
            ConnectionPart {
                key: "p".into(),
                pick: ConnectionPick::PageInfo(vec![("h".into(), PagePick::HasNext)]),
            },
        ],
    }
}

fn sample(takes: FilterType) -> FilterValue {
    match takes {
        FilterType::One(Scalar::Bool) => FilterValue::Bool(true),
        FilterType::One(Scalar::Int | Scalar::Instant) => FilterValue::Int(1),
        FilterType::One(_) => FilterValue::Text("x".to_owned()),
        FilterType::AnyOf(_) | FilterType::Ids(_) => {
            FilterValue::Texts(vec!["x".to_owned(), "y'\"".to_owned()])
        }
        FilterType::Search => FilterValue::Search(query("abc def")),
        FilterType::SortKey => FilterValue::Text("fig".to_owned()),
    }
}

/// Each thing that can be picked of a type, by name.
pub(super) fn picks(entity: &'static Entity) -> Vec<(&'static str, Pick)> {
    let parts = vec![("action".into(), PermissionPart::Action), ("reason".into(), PermissionPart::Reason)];
    let mut picks = vec![("viewerCan", Pick::Permissions(parts))];
    for field in entity.fields {
        let given = matches!(field.source, Source::Given | Source::GivenList);
        picks.push((field.name, if given { Pick::Given("1".into()) } else { Pick::Field(field) }));
    }
    for relation in entity.relations {
        let pick = match relation.cardinality {
            Cardinality::One { .. } if relation.in_languages => {
                Pick::Preferred(relation, preferred(), typename(relation.target))
            }
            Cardinality::One { .. } => Pick::One(relation, typename(relation.target)),
            Cardinality::Many { max, .. } => Pick::Many(relation, max, typename(relation.target)),
            Cardinality::Connection => Pick::Connection(relation, connection_of(relation.target)),
        };
        picks.push((relation.name, pick));
    }
    picks
}

fn every_read() -> Vec<(String, RootRead)> {
    let mut reads = Vec::new();
    for &entity in schema::ENTITIES {
        for (name, pick) in picks(entity) {
            let selection = Selection { entity, items: vec![item(pick)] };
            reads
                .push((format!("{}.{name}", entity.name), RootRead::One { lookup: Lookup::Only, selection }));
        }
        if entity.sorts.is_empty() {
            continue;
        }
        for filter in entity.filters {
            let plan =
                ConnectionPlan { filters: vec![(filter, sample(filter.takes))], ..connection_of(entity) };
            reads.push((format!("{} by {}", entity.name, filter.name), RootRead::Connection(plan)));
        }
        for sort in entity.sorts {
            for descending in [false, true] {
                let plan = ConnectionPlan { sort, descending, ..connection_of(entity) };
                reads.push((format!("{} in order {}", entity.name, sort.code), RootRead::Connection(plan)));
            }
        }
    }
    reads
}

async fn walk(database: &Database) {
    let clock = Hand::new();
    let entropy = Counting::new(1);
    let opening = opening(&Plain, &clock, &entropy);
    for (name, read) in every_read() {
        let mut roots = vec![Root { key: "r".into(), scope: None, read }];
        for viewer in viewers() {
            let plan = ReadPlan::new(viewer.clone(), Timestamp::from_micros(1_000_000), roots);
            let answer = run(database, &plan, &opening)
                .await
                .unwrap_or_else(|error| panic!("{name} for {viewer:?}: {error}"));
            serde_json::from_str::<serde_json::Value>(&answer.data)
                .unwrap_or_else(|error| panic!("{name} for {viewer:?}: {error} in {}", answer.data));
            roots = plan.roots;
        }
    }
}

/// The type alone, or as a part of the first record that leads to it.
fn around(entity: &'static Entity, items: Vec<Item>) -> Option<(&'static Entity, Selection)> {
    let selection = Selection { entity, items };
    if entity.prefix.is_some() {
        return Some((entity, selection));
    }
    let (parent, relation) = schema::ENTITIES
        .iter()
        .filter(|parent| parent.prefix.is_some())
        .flat_map(|parent| parent.relations.iter().map(move |relation| (*parent, relation)))
        .find(|(_, relation)| std::ptr::eq(relation.target, entity))?;
    let pick = match relation.cardinality {
        Cardinality::Many { max, .. } => Pick::Many(relation, max, selection),
        _ if relation.in_languages => Pick::Preferred(relation, preferred(), selection),
        _ => Pick::One(relation, selection),
    };
    Some((parent, Selection { entity: parent, items: vec![Item { key: "part".into(), pick }] }))
}

/// The answer with this key alone, wherever it stands.
fn only(value: &Value, key: &str) -> Value {
    match value {
        Value::Array(values) => values.iter().map(|value| only(value, key)).collect(),
        Value::Object(fields) => match fields.get("part") {
            Some(part) => json!({ "part": only(part, key) }),
            None => json!({ key: fields[key] }),
        },
        other => other.clone(),
    }
}

/// Up to three of each kind who see the record, different ones for different records.
async fn who_see(database: &Database, data: &Data, entity: &'static Entity, id: &str) -> Vec<Viewer> {
    let (clock, entropy) = (Hand::new(), Counting::new(1));
    let mut found: Vec<Viewer> = Vec::new();
    for viewer in data.viewers.iter().rev() {
        let read = RootRead::One { lookup: Lookup::Key(id.into()), selection: typename(entity) };
        let roots = vec![Root { key: "x".into(), scope: None, read }];
        let plan = ReadPlan::new(viewer.clone(), data.now, roots);
        let answer = run(database, &plan, &opening(&Plain, &clock, &entropy)).await.unwrap();
        let alike = |known: &&Viewer| std::mem::discriminant(*known) == std::mem::discriminant(viewer);
        if answer.data.contains(entity.name) && found.iter().filter(alike).count() < 3 {
            found.push(viewer.clone());
        }
    }
    found
}

/// Each field alone answers what it answers among all others, for some records and viewers.
async fn alone_and_together(database: &Database) {
    let data = Data::new(6);
    data.insert(database).await;
    let (clock, entropy) = (Hand::new(), Counting::new(1));
    let opening = opening(&Plain, &clock, &entropy);
    for &entity in schema::ENTITIES {
        let mut seen = 0;
        let named = |(name, pick): (&'static str, Pick)| Item { key: name.into(), pick };
        let Some((parent, _)) = around(entity, Vec::new()) else { continue };
        for id in data.ids(parent.prefix.unwrap()).into_iter().take(3) {
            let one = |items: Vec<Item>| RootRead::One {
                lookup: Lookup::Key(id.into()),
                selection: around(entity, items).unwrap().1,
            };
            let all = picks(entity);
            let known: Vec<&str> = all.iter().map(|(name, _)| *name).collect();
            let mut roots = vec![Root {
                key: "all".into(),
                scope: None,
                read: one(all.into_iter().map(named).collect()),
            }];
            for pick in picks(entity) {
                roots.push(Root { key: pick.0.into(), scope: None, read: one(vec![named(pick)]) });
            }
            for viewer in who_see(database, &data, parent, id).await {
                let plan = ReadPlan::new(viewer.clone(), data.now, roots);
                let answer = run(database, &plan, &opening).await.unwrap();
                let answer: Value = serde_json::from_str(&answer.data).unwrap();
                for name in &known {
                    assert_eq!(answer[name], only(&answer["all"], name), "{}.{name} of {id}", entity.name);
                }
                seen += usize::from(!answer["all"].is_null());
                roots = plan.roots;
            }
        }
        assert!(seen > 0, "nobody saw any {}", entity.name);
    }
}

on_both! {
    async fn each_field_alone_answers_what_it_answers_among_others(database: &Database) {
        alone_and_together(database).await;
    }

    async fn everything_can_be_read_alone(database: &Database) {
        walk(database).await;
    }
}
