//! The search: the same hits in the same order on both databases, by indexes alone.

use maip_domain::closed_set::ClosedSet as _;
use maip_domain::search::{Asked, SearchKind, typed_so_far};

use super::{Plain, opening};
use crate::database::Database;
use crate::read::plan::{Page, PagePick, ReadPlan, Root, RootRead};
use crate::read::run::run;
use crate::read::search::{
    BucketPick, Facet, HitPick, SearchPick, SearchPlan, SuggestPick, SuggestPlan, TermPick, WhyPick,
    statements,
};
use crate::read::viewer::Viewer;
use crate::tests::data::Data;
use crate::tests::database::{on_postgres, on_sqlite};
use crate::tests::{Counting, Hand};

/// What is searched for: in the texts of the data, mistyped, in several scripts, and not there.
const SEARCHES: &[&str] = &[
    "drying figs",
    "dried fig lesson",
    "dyring",
    "lesosn 7",
    "backslahs quoted",
    "波罗蜜",
    "কাঁঠাল",
    "تجفيف",
    "التينن",
    "lines and tabs in a text",
    "concept",
    "nothing of this zxqv",
];
const TYPED: &[&str] = &["l", "le", "lesson 1", "dry", "fig", "波", "ت", "q", "zxqv", "c"];

fn searched(text: &str, size: u32, backward: bool) -> RootRead {
    let key = |name: &str| Box::<str>::from(name);
    let terms =
        [("word", TermPick::Word), ("inTitle", TermPick::InTitle), ("correctedTo", TermPick::CorrectedTo)];
    let terms = terms.map(|(name, pick)| (key(name), pick)).into();
    let why = vec![(key("language"), WhyPick::Language), (key("terms"), WhyPick::Terms(terms))];
    let facet = |facet: Facet| {
        (
            key(facet.type_name()),
            Some((facet, vec![(key("value"), BucketPick::Value), (key("count"), BucketPick::Count)])),
        )
    };
    let facets =
        [Facet::Kind, Facet::Country, Facet::Product, Facet::Concept, Facet::Outcome, Facet::Language];
    let parts = vec![
        (
            key("edges"),
            SearchPick::Edges(vec![(key("cursor"), HitPick::Cursor), (key("why"), HitPick::Why(why))]),
        ),
        (
            key("pageInfo"),
            SearchPick::PageInfo(vec![
                (key("next"), PagePick::HasNext),
                (key("previous"), PagePick::HasPrevious),
            ]),
        ),
        (key("totalCount"), SearchPick::TotalCount),
        (key("exact"), SearchPick::TotalCountIsExact),
        (key("facets"), SearchPick::Facets(facets.map(facet).into())),
    ];
    RootRead::Search(Box::new(SearchPlan {
        asked: Asked::of(text),
        kinds: SearchKind::MEMBERS.iter().map(|member| member.value).collect(),
        filters: Vec::new(),
        page: Page { size, backward, after: None, before: None },
        parts,
        groups: Vec::new(),
        found: None,
    }))
}

fn suggested(text: &str) -> RootRead {
    let parts = [
        ("text", SuggestPick::Text),
        ("kind", SuggestPick::Kind),
        ("language", SuggestPick::Language),
        ("nodeId", SuggestPick::NodeId),
    ];
    RootRead::Suggest(Box::new(SuggestPlan {
        typed: typed_so_far(text),
        languages: None,
        first: 20,
        parts: parts.map(|(name, pick)| (name.into(), pick)).into(),
        found: Vec::new(),
    }))
}

async fn answer(database: &Database, data: &Data, viewer: &Viewer, read: RootRead) -> String {
    let root = Root { key: "found".into(), scope: None, read };
    let mut plan = ReadPlan::new(viewer.clone(), data.now, vec![root]);
    plan.find(database).await.unwrap();
    let (clock, entropy) = (Hand::new(), Counting::new(9));
    run(database, &plan, &opening(&Plain, &clock, &entropy)).await.unwrap().data
}

#[tokio::test]
async fn both_databases_find_and_suggest_the_same_in_the_same_order() {
    let data = Data::new(4);
    on_sqlite(async |sqlite| {
        data.insert(sqlite).await;
        crate::search::index_all(sqlite).await.unwrap();
        on_postgres(async |postgres| {
            data.insert(postgres).await;
            crate::search::index_all(postgres).await.unwrap();
            let (mut found, mut corrected, mut completed) = (0, 0, 0);
            for viewer in &data.viewers {
                let same = async |read: &dyn Fn() -> RootRead, what: &str| {
                    let left = answer(sqlite, &data, viewer, read()).await;
                    let right = answer(postgres, &data, viewer, read()).await;
                    assert_eq!(left, right, "SQLite left, PostgreSQL right, {what} by {viewer:?}");
                    left
                };
                for search in SEARCHES {
                    for (size, backward) in [(5, false), (50, false), (3, true)] {
                        let text = same(&|| searched(search, size, backward), search).await;
                        found += usize::from(text.contains("\"cursor\""));
                        corrected += usize::from(text.contains("\"correctedTo\":\""));
                    }
                }
                for typed in TYPED {
                    completed += usize::from(same(&|| suggested(typed), typed).await.contains("\"text\""));
                }
            }
            // Else this would compare nothing with nothing.
            assert!(found > 100 && corrected > 20 && completed > 50, "{found}, {corrected}, {completed}");
        })
        .await;
    })
    .await;
}
