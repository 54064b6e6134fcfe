//! The two renderers: the same data, the same plan, the same text.

use serde_json::Value;

use super::plans::Plans;
use super::{Plain, opening};
use crate::database::Database;
use crate::read::cursor::Cursor;
use crate::read::facts::load_viewer;
use crate::read::plan::{ConnectionPick, PagePick, ReadPlan, Root, RootRead};
use crate::read::run::{Answer, run};
use crate::read::viewer::Viewer;
use crate::tests::data::Data;
use crate::tests::database::{on_postgres, on_sqlite};
use crate::tests::{Counting, Hand};

const PLANS: usize = 520;

/// A database with its own sources of time and ids, so that what reads log is the same too.
struct Side<'a> {
    database: &'a Database,
    clock: Hand,
    entropy: Counting,
}

impl<'a> Side<'a> {
    fn new(database: &'a Database) -> Self {
        Self { database, clock: Hand::new(), entropy: Counting::new(9) }
    }

    async fn run(&self, plan: &ReadPlan) -> Answer {
        run(self.database, plan, &opening(&Plain, &self.clock, &self.entropy))
            .await
            .unwrap_or_else(|error| panic!("{error} in {plan:?}"))
    }
}

async fn compare(sqlite: &Side<'_>, postgres: &Side<'_>, plan: &ReadPlan) -> String {
    let (left, right) = (sqlite.run(plan).await, postgres.run(plan).await);
    assert_eq!(left.data, right.data, "SQLite left, PostgreSQL right, for {plan:?}");
    assert_eq!(left.standing, right.standing);
    assert_eq!(left.missing_scopes, right.missing_scopes);
    left.data
}

/// Goes on from the page that was read, where it was one of a root connection.
fn next_page(data: &str, roots: &mut [Root]) -> bool {
    let answer: Value = serde_json::from_str(data).unwrap_or_else(|error| panic!("{error} in {data}"));
    let mut moved = false;
    for root in roots {
        let RootRead::Connection(plan) = &mut root.read else { continue };
        // One bound, and then the other too, wherever the page is cut.
        let beginning =
            if plan.page.after.is_some() { plan.page.before.is_none() } else { plan.page.backward };
        let wanted = if beginning { PagePick::Start } else { PagePick::End };
        let cursor = plan.parts.iter().find_map(|part| {
            let ConnectionPick::PageInfo(fields) = &part.pick else { return None };
            let (key, _) = fields.iter().find(|(_, pick)| *pick == wanted)?;
            answer[root.key.as_ref()][part.key.as_ref()][key.as_ref()].as_str()
        });
        if let Some(cursor) = cursor {
            let cursor = Some(Cursor::parse(cursor, plan.sort, plan.descending).unwrap());
            *(if beginning { &mut plan.page.before } else { &mut plan.page.after }) = cursor;
            moved = true;
        }
    }
    moved
}

async fn known_viewers(data: &Data, database: &Database) -> Vec<Viewer> {
    let mut known = Vec::new();
    for viewer in &data.viewers {
        if load_viewer(database.reader(), viewer, data.now).await.unwrap().is_some() {
            known.push(viewer.clone());
        }
    }
    known
}

#[tokio::test]
async fn both_databases_give_the_same_text_for_random_plans() {
    let data = Data::new(4);
    on_sqlite(async |sqlite| {
        data.insert(sqlite).await;
        on_postgres(async |postgres| {
            data.insert(postgres).await;
            let (sqlite, postgres) = (Side::new(sqlite), Side::new(postgres));
            let mut plans = Plans::new(5, &data);
            let (mut empty, mut pages) = (0, 0);
            let known = known_viewers(&data, sqlite.database).await;
            for _ in 0..PLANS {
                // Most with credentials that hold: the others see nothing of any plan.
                let from = if plans.random.chance(95) { &known } else { &data.viewers };
                let viewer = from[plans.random.below(from.len())].clone();
                let mut roots = plans.roots();
                for _ in 0..3 {
                    let plan = ReadPlan::new(viewer.clone(), data.now, roots);
                    let text = compare(&sqlite, &postgres, &plan).await;
                    empty += usize::from(text == "null");
                    roots = plan.roots;
                    if text == "null" || !next_page(&text, &mut roots) {
                        break;
                    }
                    pages += 1;
                }
            }
            // Else this would compare nothing with nothing.
            assert!(empty < PLANS / 20 && pages > PLANS / 10, "{empty} refused, {pages} further pages");
        })
        .await;
    })
    .await;
}
