//! The same hits on both databases.

use maip_domain::search::query;
use sea_orm::{ConnectionTrait as _, Statement};

use maip_domain::search::{Document, SearchKind};

use super::{index_all, is_current};
use crate::database::Database;
use crate::lessons::read::LESSON;
use crate::read::Dialect;
use crate::read::declare::Condition;
use crate::tests::on_both;

/// Lessons by their ids, each of which ends in its language.
const TEXTS: &[(&str, &[&str])] = &[
    ("lesson_en", &["Drying figs on raised racks", "Less mould in wet autumns."]),
    ("lesson_es", &["El plátano de Malawi", "Secado al sol"]),
    ("lesson_ru", &["Сушка инжира на стеллажах", "Ёлка не нужна."]),
    ("lesson_ar", &["تَجْفِيفُ التين على رفوف"]),
    ("lesson_zh", &["用真空油炸波罗蜜片", "怎样做芒果干"]),
    ("lesson_th", &["การทำทุเรียนอบแห้งในฤดูฝน"]),
    ("lesson_km", &["ការសម្ងួតស្វាយនៅកំពត"]),
    ("mixed_lesson_en", &["Drying 芒果 in Kampot", "ស្វាយ"]),
];

const SEARCHES: &[(&str, &[&str])] = &[
    ("drying", &["lesson_en", "mixed_lesson_en"]),
    ("DRYING figs", &["lesson_en"]),
    ("dried fig", &["lesson_en"]),
    ("autumn", &["lesson_en"]),
    ("plátanos", &["lesson_es"]),
    ("инжиры сушкой", &["lesson_ru"]),
    ("platano", &["lesson_es"]),
    ("инжира", &["lesson_ru"]),
    ("елка", &["lesson_ru"]),
    ("التين", &["lesson_ar"]),
    ("波罗蜜", &["lesson_zh"]),
    ("芒果", &["lesson_zh", "mixed_lesson_en"]),
    ("干", &["lesson_zh"]),
    ("ทุเรียน", &["lesson_th"]),
    ("ស្វាយ", &["lesson_km", "mixed_lesson_en"]),
    ("芒果 drying", &["mixed_lesson_en"]),
    ("nothing of this", &[]),
    ("!!!", &[]),
    ("", &[]),
    ("figs OR NOT \"racks\" ' -", &[]),
];

/// Indexes a lesson under these texts of a language.
async fn index<'a>(
    connection: &impl sea_orm::ConnectionTrait,
    id: &str,
    language: &str,
    texts: impl IntoIterator<Item = &'a str>,
) -> Result<(), sea_orm::DbErr> {
    let texts = texts.into_iter().map(|text| (text, language)).collect();
    let document = Document {
        kind: SearchKind::Lesson,
        id,
        titles: Vec::new(),
        texts,
        concepts: Vec::new(),
        public: false,
    };
    super::index(connection, &document).await
}

async fn hits(database: &Database, search: &str) -> Vec<String> {
    let reader = database.reader();
    let filter = LESSON.filter("text").unwrap();
    let Condition::Each { sqlite, postgres } = filter.condition else { panic!("one condition for each") };
    let condition = if database.dialect() == Dialect::Postgres { postgres } else { sqlite };
    let sql = format!("SELECT l.id FROM lessons l WHERE {} ORDER BY l.id", condition.replace("{t}", "l"));
    let bound = crate::read::run::search_query(&query(search), database.dialect());
    let sql = sql.replace("{?}", "$1");
    let statement = Statement::from_sql_and_values(reader.get_database_backend(), sql, [bound.into()]);
    let rows = reader.query_all_raw(statement).await.unwrap();
    rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
}

/// Lessons with nothing but their ids: what they belong to doesn't matter here.
async fn bare_lessons(database: &Database) {
    let writer = database.writer();
    for sql in [
        "INSERT INTO countries (id, code, alpha2, name, sort_key) VALUES ('c', 'MWI', 'MW', 'Malawi', 'malawi')",
        "INSERT INTO accounts (id, revision, created_at, updated_at, status, display_name, sort_key, language, \
         system_administrator) VALUES ('a', 1, 0, 0, 'ACTIVE', 'A', 'a', 'en', FALSE)",
        "INSERT INTO platforms (id, revision, created_at, updated_at, name, sort_key, language, description, \
         country_id, country_code, stage, visibility) \
         VALUES ('p', 1, 0, 0, 'P', 'p', 'en', '', 'c', 'MWI', 'PROPOSED', 'PUBLIC')",
    ] {
        writer.execute_unprepared(sql).await.unwrap();
    }
    for (id, _) in TEXTS {
        writer
            .execute_unprepared(&format!(
                "INSERT INTO lessons (id, revision, created_at, updated_at, created_by, author_id, platform_id, \
                 country_id, country_code, visibility, status, attribution, current_version_id, \
                 latest_version_id, language, title_sort_key, sort_at) VALUES ('{id}', 1, 0, 0, 'a', 'a', 'p', 'c', \
                 'MWI', 'PUBLIC', 'DRAFT', 'NAME', 'v', 'v', 'en', '', 0)"
            ))
            .await
            .unwrap();
    }
}

on_both! {
    async fn searches_hit_the_same_lessons(database: &Database) {
        bare_lessons(database).await;
        for (id, texts) in TEXTS {
            index(database.writer(), id, id.rsplit_once('_').unwrap().1, texts.iter().copied()).await.unwrap();
        }
        for (search, expected) in SEARCHES {
            assert_eq!(&hits(database, search).await, expected, "{search}");
        }
    }

    async fn an_index_of_another_analyser_is_made_anew_once(database: &Database) {
        bare_lessons(database).await;
        assert!(!is_current(database).await.unwrap());
        for (id, _) in TEXTS {
            index(database.writer(), id, "en", ["nothing of it"]).await.unwrap();
        }
        database
            .writer()
            .execute_unprepared(
                "INSERT INTO lesson_versions (id, lesson_id, number, revision, created_at, updated_at, created_by, state, \
                 language, origin, title, abstract, context, problem, what_was_done, result, enabling_conditions, \
                 hindering_conditions, who_gained, who_lost, visibility, attribution) VALUES ('v', 'lesson_ru', 1, 1, 0, \
                 0, 'a', 'DRAFT', 'ru', 'ORIGINAL', 'Сушка инжира', '', '', '', '', '', '[]', '[]', '', '', 'PUBLIC', \
                 'NAME')",
            )
            .await
            .unwrap();
        // All of them show that version here.
        // The platform is indexed too.
        assert_eq!(index_all(database).await.unwrap(), TEXTS.len() as u64 + 1);
        assert_eq!(hits(database, "сушки инжиров").await.len(), TEXTS.len());
        assert!(is_current(database).await.unwrap());
        assert_eq!(index_all(database).await.unwrap(), 0);
    }

    async fn indexing_again_replaces_what_was_indexed(database: &Database) {
        bare_lessons(database).await;
        index(database.writer(), "lesson_en", "en", ["Drying figs"]).await.unwrap();
        index(database.writer(), "lesson_en", "en", ["Pickling figs"]).await.unwrap();
        assert_eq!(hits(database, "drying").await, [""; 0]);
        assert_eq!(hits(database, "pickling figs").await, ["lesson_en"]);
        index(database.writer(), "lesson_en", "en", []).await.unwrap();
        assert_eq!(hits(database, "figs").await, [""; 0]);
    }

    async fn a_transaction_that_fails_leaves_the_index_as_it_was(database: &Database) {
        bare_lessons(database).await;
        index(database.writer(), "lesson_en", "en", ["Drying figs"]).await.unwrap();
        let transaction = database.begin().await.unwrap();
        index(&transaction, "lesson_en", "en", ["Pickling figs"]).await.unwrap();
        transaction.rollback().await.unwrap();
        assert_eq!(hits(database, "drying").await, ["lesson_en"]);
    }

    async fn a_long_text_is_indexed(database: &Database) {
        bare_lessons(database).await;
        let long: String = (0..30_000).map(|n| ["word", &n.to_string(), " "].concat()).collect();
        index(database.writer(), "lesson_en", "en", [long.as_str()]).await.unwrap();
        assert_eq!(hits(database, "word77").await, ["lesson_en"]);
    }
}
