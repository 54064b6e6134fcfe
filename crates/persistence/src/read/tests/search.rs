//! The search: the same hits in the same order on both databases, by indexes alone.

use maip_domain::closed_set::ClosedSet as _;
use maip_domain::search::{Asked, SearchKind, typed_so_far};
use sea_orm::{ConnectionTrait as _, Statement};

use super::{Plain, opening};
use crate::database::Database;
use crate::read::plan::{Page, PagePick, ReadPlan, Root, RootRead};
use crate::read::run::run;
use crate::read::search::{
    BucketPick, Facet, HitPick, SearchPick, SearchPlan, SuggestPick, SuggestPlan, TermPick, WhyPick,
    latest_numbers, statements,
};
use crate::read::sql::Dialect;
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

/// Tables that grow with use or with the vocabulary.
const GROWING: &[&str] =
    &["search_documents", "search_words", "search_beginnings", "lessons", "concept_label_keys", "concepts"];

/// Many more lessons, of which one in ten has a word that others don't.
const MANY: &str = "
    INSERT INTO lessons (id, revision, created_at, updated_at, created_by, author_id, platform_id, country_id,
        country_code, visibility, status, attribution, current_version_id, published_version_id, latest_version_id,
        language, title_sort_key, sort_at)
    SELECT 'lesson_' || lpad(n::text, 26, '0'), 1, 0, 0, l.created_by, l.author_id, l.platform_id, l.country_id,
        l.country_code, 'PUBLIC', 'PUBLISHED', 'NAME', v.id, v.id, v.id, 'en', 'a', n
    FROM generate_series(1, 30000) n, (SELECT * FROM lessons ORDER BY id LIMIT 1) l,
        (SELECT id FROM lesson_versions ORDER BY id LIMIT 1) v;
    INSERT INTO search_documents (kind, record_id, tokens, beginnings)
    SELECT 'LESSON', 'lesson_' || lpad(n::text, 26, '0'),
        CAST('aeverywhere ' || CASE WHEN n % 10 = 0 THEN 'asometimes' ELSE 'aword' || n END AS tsvector), 1
    FROM generate_series(1, 30000) n;
    INSERT INTO search_beginnings (record_id, place, kind, key, title, language)
    SELECT 'lesson_' || lpad(n::text, 26, '0'), 0, 'LESSON', 'everywhere ' || n, 'Everywhere ' || n, 'en'
    FROM generate_series(1, 30000) n;
    INSERT INTO search_words (key, word, origin)
    SELECT '1' || lpad((n % 7 + 4)::text, 2, '0') || n % 2 || md5(n::text), md5(n::text), 'T'
    FROM generate_series(1, 30000) n;
    INSERT INTO concepts (id, uri, deprecated, label, sort_key, created_at, updated_at)
    SELECT 'concept_' || lpad(n::text, 26, '0'), 'x:' || n, FALSE, 'x', 'x', 0, 0 FROM generate_series(1, 30000) n;
    INSERT INTO concept_label_keys (key, concept_id, language, label)
    SELECT md5(n::text), 'concept_' || lpad(n::text, 26, '0'), 'en', 'x' FROM generate_series(1, 30000) n;
    ANALYZE;
";

#[tokio::test]
async fn no_search_and_no_suggestion_reads_a_whole_table_that_grows() {
    on_postgres(async |database| {
        let data = Data::new(4);
        data.insert(database).await;
        let transaction = database.begin().await.unwrap();
        // What is made only fits together as far as it is read.
        transaction.execute_unprepared("SET LOCAL session_replication_role = replica").await.unwrap();
        transaction.execute_unprepared(MANY).await.unwrap();
        for token in ["aeverywhere", "asometimes", "aword77", "anowhere"] {
            let all = format!(
                "SELECT COALESCE(string_agg(CAST(f.number AS text), ',' ORDER BY f.number), '') FROM \
                 (SELECT number FROM search_documents WHERE tokens @@ '{token}' ORDER BY number DESC LIMIT 1000) f"
            );
            let mut numbers = Vec::new();
            for sql in [all, latest_numbers(token)] {
                let row = transaction
                    .query_one_raw(Statement::from_string(transaction.get_database_backend(), sql))
                    .await
                    .unwrap();
                numbers.push(row.unwrap().try_get_by_index::<String>(0).unwrap());
            }
            assert_eq!(numbers[0], numbers[1], "the latest that have {token}");
        }
        for viewer in &data.viewers {
            for search in ["everywhere", "sometimes everywhere word77", "evrywhere", "drying figs", "zxqv"] {
                let RootRead::Search(plan) = searched(search, 20, false) else { panic!("a search") };
                let mut asked = statements(&plan, viewer, data.now, Dialect::Postgres);
                let RootRead::Suggest(plan) = suggested(search) else { panic!("suggestions") };
                asked.push(plan.statement(viewer, data.now, Dialect::Postgres));
                for (sql, values) in asked {
                    let backend = transaction.get_database_backend();
                    let explain = format!("EXPLAIN {sql}");
                    let statement = Statement::from_sql_and_values(backend, explain, values);
                    let lines = transaction.query_all_raw(statement).await.unwrap();
                    let lines: Vec<String> =
                        lines.iter().map(|row| row.try_get_by_index(0).unwrap()).collect();
                    let whole = lines.iter().find(|line| {
                        GROWING.iter().any(|table| line.contains(&format!("Seq Scan on {table} ")))
                    });
                    assert_eq!(whole, None, "{search} by {viewer:?}\n{}", lines.join("\n"));
                }
            }
        }
        transaction.rollback().await.unwrap();
    })
    .await;
}
