//! Each field, relation, filter and order of each type alone, for each kind of viewer: the statement
//! is valid and its answer fits the plan.

use maip_domain::id::{AccountId, SessionId};
use maip_domain::time::Timestamp;

use crate::database::Database;
use crate::read::declare::{Cardinality, Entity, FilterType, Scalar, Source};
use crate::read::plan::{
    ConnectionPart, ConnectionPick, ConnectionPlan, FilterValue, Item, Lookup, Page, PagePick,
    PermissionPart, Pick, ReadPlan, Root, RootRead, Selection,
};
use crate::read::run::{Opening, Unsealer, run};
use crate::read::viewer::Viewer;
use crate::schema;
use crate::tests::{Counting, Hand, on_both};

struct Shut;

impl Unsealer for Shut {
    fn unseal(&self, _: &str, _: &str, _: &str) -> Option<String> {
        None
    }
}

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
        page: Page { size: 20, backward: false, from: None },
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
        FilterType::AnyOf(_) => FilterValue::Texts(vec!["x".to_owned(), "y'\"".to_owned()]),
        FilterType::Search => FilterValue::Tokens(vec!["abc".to_owned(), "def".to_owned()]),
        FilterType::SortKey => FilterValue::Text("fig".to_owned()),
    }
}

fn every_read() -> Vec<(String, RootRead)> {
    let mut reads = Vec::new();
    for &entity in schema::ENTITIES {
        let mut picks =
            vec![("viewerCan".to_owned(), Pick::Permissions(vec![("a".into(), PermissionPart::Action)]))];
        for field in entity.fields {
            let pick = if matches!(field.source, Source::Given) {
                Pick::Given("1".into())
            } else {
                Pick::Field(field)
            };
            picks.push((field.name.to_owned(), pick));
        }
        for relation in entity.relations {
            let pick = match relation.cardinality {
                Cardinality::One { .. } => Pick::One(relation, typename(relation.target)),
                Cardinality::Many { max, .. } => Pick::Many(relation, max, typename(relation.target)),
                Cardinality::Connection => Pick::Connection(relation, connection_of(relation.target)),
            };
            picks.push((relation.name.to_owned(), pick));
        }
        for (name, pick) in picks {
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
    let opening = Opening { unsealer: &Shut, clock: &clock, entropy: &entropy };
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

on_both! {
    async fn everything_can_be_read_alone(database: &Database) {
        walk(database).await;
    }
}
