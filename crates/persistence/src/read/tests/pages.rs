//! Pages: every order, forward and backward, over ties; filters; counts.

use maip_domain::closed_set::ClosedSet as _;
use maip_domain::lessons::LessonStatus;
use sea_orm::ConnectionTrait as _;
use serde_json::Value;

use super::walk::connection_of;
use super::{Plain, opening};
use crate::database::Database;
use crate::read::cursor::Cursor;
use crate::read::declare::{Entity, FilterType, RootField, RootKind, Scalar};
use crate::read::plan::{
    ConnectionPart, ConnectionPick, ConnectionPlan, EdgePick, FilterValue, Item, Page, PagePick, Pick,
    ReadPlan, Root, RootRead, Selection,
};
use crate::read::run::run;
use crate::read::viewer::Viewer;
use crate::schema;
use crate::tests::data::Data;
use crate::tests::{Counting, Hand, on_both};

struct Reader<'a> {
    database: &'a Database,
    data: &'a Data,
    viewer: Viewer,
}

impl Reader<'_> {
    async fn read(&self, plan: ConnectionPlan) -> Value {
        let (clock, entropy) = (Hand::new(), Counting::new(1));
        let root = Root { key: "r".into(), scope: None, read: RootRead::Connection(plan) };
        let plan = ReadPlan::new(self.viewer.clone(), self.data.now, vec![root]);
        let answer = run(self.database, &plan, &opening(&Plain, &clock, &entropy)).await.unwrap();
        serde_json::from_str::<Value>(&answer.data).unwrap()["r"].take()
    }

    /// The keys of all pages of this size, in the order in which they come.
    async fn walk(&self, plan: impl Fn() -> ConnectionPlan, size: u32, backward: bool) -> Vec<String> {
        let mut from = None;
        let mut found: Vec<String> = Vec::new();
        loop {
            let anchored = from.is_some();
            let mut plan = plan();
            let (sort, descending) = (plan.sort, plan.descending);
            let (after, before) = if backward { (None, from) } else { (from, None) };
            plan.page = Page { size, backward, after, before };
            plan.parts = parts(plan.entity);
            let page = self.read(plan).await;
            let edges = page["e"].as_array().unwrap();
            let keys = edges.iter().map(|edge| edge["n"]["k"].as_str().unwrap().to_owned());
            if backward {
                found.splice(0..0, keys);
            } else {
                found.extend(keys);
            }
            let info = &page["p"];
            let (more, behind) = if backward { ("previous", "next") } else { ("next", "previous") };
            assert_eq!(info[behind], anchored);
            assert_eq!(info["start"], edges.first().map_or(Value::Null, |edge| edge["c"].clone()));
            assert_eq!(info["end"], edges.last().map_or(Value::Null, |edge| edge["c"].clone()));
            assert!(edges.len() <= usize::try_from(size).unwrap());
            if info[more] == false {
                return found;
            }
            let cursor = info[if backward { "start" } else { "end" }].as_str().unwrap();
            from = Some(Cursor::parse(cursor, sort, descending).unwrap());
        }
    }

    async fn count(&self, mut plan: ConnectionPlan) -> (u64, bool) {
        plan.parts = vec![
            ConnectionPart { key: "c".into(), pick: ConnectionPick::TotalCount },
            ConnectionPart { key: "x".into(), pick: ConnectionPick::TotalCountIsExact },
        ];
        let answer = self.read(plan).await;
        (answer["c"].as_u64().unwrap(), answer["x"].as_bool().unwrap())
    }
}

fn parts(entity: &'static Entity) -> Vec<ConnectionPart> {
    let key =
        Selection { entity, items: vec![Item { key: "k".into(), pick: Pick::Field(&entity.fields[0]) }] };
    let info = vec![
        ("next".into(), PagePick::HasNext),
        ("previous".into(), PagePick::HasPrevious),
        ("start".into(), PagePick::Start),
        ("end".into(), PagePick::End),
    ];
    vec![
        ConnectionPart {
            key: "e".into(),
            pick: ConnectionPick::Edges(vec![
                ("c".into(), EdgePick::Cursor),
                ("n".into(), EdgePick::Node(key)),
            ]),
        },
        ConnectionPart { key: "p".into(), pick: ConnectionPick::PageInfo(info) },
    ]
}

fn connections() -> impl Iterator<Item = (&'static RootField, ConnectionPlan)> {
    schema::root_fields().filter_map(|field| match &field.kind {
        RootKind::Connection { only, among } => {
            Some((field, ConnectionPlan { only: *only, among: *among, ..connection_of(field.entity) }))
        }
        _ => None,
    })
}

on_both! {
    async fn pages_of_any_size_give_each_record_once_and_in_order(database: &Database) {
        let data = Data::new(7);
        data.insert(database).await;
        // The system administrator, who sees much.
        let reader = Reader { database, data: &data, viewer: data.viewers[1].clone() };
        let mut walked = 0;
        for (field, _) in connections() {
            for sort in field.entity.sorts {
                for descending in [false, true] {
                    let plan = || {
                        let (_, plan) = connections().find(|(known, _)| known.name == field.name).unwrap();
                        ConnectionPlan { sort, descending, ..plan }
                    };
                    let whole = reader.walk(plan, 100, false).await;
                    let mut distinct = whole.clone();
                    distinct.sort();
                    distinct.dedup();
                    assert_eq!(distinct.len(), whole.len(), "{} {} twice", field.name, sort.code);
                    walked += usize::from(whole.len() > 7);
                    for (size, backward) in [(7, false), (3, true)] {
                        let pages = reader.walk(plan, size, backward).await;
                        assert_eq!(pages, whole, "{} {} {size} {backward}", field.name, sort.code);
                    }
                    assert_eq!(reader.count(plan()).await, (u64::try_from(whole.len()).unwrap(), true));
                    let back = ConnectionPlan { sort, descending: !descending, ..plan() };
                    let mut reverse = reader.walk(|| ConnectionPlan { parts: Vec::new(), ..shallow(&back) }, 100, true).await;
                    reverse.reverse();
                    assert_eq!(reverse, whole, "{} {} in reverse", field.name, sort.code);
                }
            }
        }
        assert!(walked > 20, "{walked}");
    }

    async fn both_bounds_hold_before_the_page_is_cut(database: &Database) {
        let data = Data::new(7);
        data.insert(database).await;
        let reader = Reader { database, data: &data, viewer: data.viewers[1].clone() };
        let mut tried = 0;
        for (field, _) in connections() {
            for descending in [false, true] {
                let (sort, size) = (&field.entity.sorts[0], 3);
                let read = async |size, backward, after: Option<&str>, before: Option<&str>| {
                    let (_, plan) = connections().find(|(known, _)| known.name == field.name).unwrap();
                    let cursor = |text: Option<&str>| text.map(|text| Cursor::parse(text, sort, descending).unwrap());
                    let page = Page { size, backward, after: cursor(after), before: cursor(before) };
                    let parts = parts(field.entity);
                    reader.read(ConnectionPlan { sort, descending, page, parts, ..plan }).await
                };
                let whole = read(100, false, None, None).await;
                let cursors: Vec<&str> = whole["e"].as_array().unwrap().iter().map(|edge| edge["c"].as_str().unwrap()).collect();
                if cursors.len() < 8 {
                    continue;
                }
                tried += 1;
                for (from, to) in [(1, 7), (2, 5), (3, 4), (5, 2)] {
                    for (after, before) in [(Some(from), Some(to)), (None, Some(to)), (Some(from), None)] {
                        let within = &cursors[after.map_or(0, |at| at + 1)..before.unwrap_or(cursors.len()).max(after.map_or(0, |at| at + 1))];
                        for backward in [false, true] {
                            let page = read(size, backward, after.map(|at| cursors[at]), before.map(|at| cursors[at])).await;
                            let count = within.len().min(3);
                            let shown = if backward { &within[within.len() - count..] } else { &within[..count] };
                            let found: Vec<&str> = page["e"].as_array().unwrap().iter().map(|edge| edge["c"].as_str().unwrap()).collect();
                            let told = format!("{} {descending} {backward} {after:?} {before:?}", field.name);
                            assert_eq!(found, shown, "{told}");
                            let cut = within.len() > 3;
                            let (next, previous) = if backward { (before.is_some(), cut) } else { (cut, after.is_some()) };
                            assert_eq!((&page["p"]["next"], &page["p"]["previous"]), (&Value::from(next), &Value::from(previous)), "{told}");
                        }
                    }
                }
            }
        }
        assert!(tried > 5, "{tried}");
    }

    async fn filters_by_a_field_part_the_whole(database: &Database) {
        let data = Data::new(8);
        data.insert(database).await;
        let reader = Reader { database, data: &data, viewer: data.viewers[1].clone() };
        for (field, _) in connections() {
            let entity = field.entity;
            for filter in entity.filters {
                let FilterType::AnyOf(Scalar::Enum(info)) = filter.takes else { continue };
                if entity.field(filter.name).is_none_or(|field| field.nullable) {
                    continue;
                }
                let plan = |values: Vec<String>| ConnectionPlan {
                    filters: vec![(filter, FilterValue::Texts(values))],
                    ..connections().find(|(known, _)| known.name == field.name).unwrap().1
                };
                let codes: Vec<String> = info().members.iter().map(|(code, _)| (*code).to_owned()).collect();
                let mut sum = 0;
                for code in &codes {
                    sum += reader.count(plan(vec![code.clone()])).await.0;
                }
                let whole = connections().find(|(known, _)| known.name == field.name).unwrap().1;
                let whole = reader.count(whole).await.0;
                assert_eq!(sum, whole, "{} by {}", field.name, filter.name);
                assert_eq!(reader.count(plan(codes)).await.0, whole);
                assert_eq!(reader.count(plan(Vec::new())).await.0, 0);
            }
        }
    }

    async fn a_filter_finds_no_more_than_can_be_seen(database: &Database) {
        let data = Data::new(8);
        data.insert(database).await;
        let reader = Reader { database, data: &data, viewer: Viewer::Anonymous };
        let entity = schema::entity("Lesson").unwrap();
        for status in LessonStatus::MEMBERS {
            let plan = ConnectionPlan {
                filters: vec![(entity.filter("status").unwrap(), FilterValue::Texts(vec![status.code.to_owned()]))],
                ..connection_of(entity)
            };
            let (count, _) = reader.count(plan).await;
            assert_eq!(count > 0, status.value == LessonStatus::Published, "{}", status.code);
        }
    }

    async fn counts_are_exact_to_ten_thousand(database: &Database) {
        let data = Data::new(8);
        let reader = Reader { database, data: &data, viewer: Viewer::Anonymous };
        let projects = schema::entity("Project").unwrap();
        let fill = |from: u32, to: u32| {
            format!(
                "INSERT INTO projects (id, symbol, title, fund) WITH RECURSIVE n (x) AS (SELECT {from} UNION ALL \
                 SELECT x + 1 FROM n WHERE x < {to}) SELECT 'p' || x, 's' || x, 't', 'f' FROM n"
            )
        };
        database.writer().execute_unprepared(&fill(1, 10_000)).await.unwrap();
        assert_eq!(reader.count(connection_of(projects)).await, (10_000, true));
        database.writer().execute_unprepared(&fill(10_001, 10_005)).await.unwrap();
        assert_eq!(reader.count(connection_of(projects)).await, (10_000, false));
    }
}

/// The same plan but for what is answered; a plan can't be copied.
fn shallow(plan: &ConnectionPlan) -> ConnectionPlan {
    ConnectionPlan {
        entity: plan.entity,
        only: plan.only,
        among: plan.among,
        filters: Vec::new(),
        sort: plan.sort,
        descending: plan.descending,
        page: plan.page.clone(),
        parts: Vec::new(),
    }
}
