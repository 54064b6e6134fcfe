//! What a search finds is what was written.

use sea_orm::{ConnectionTrait as _, DbBackend, Statement};
use serde_json::json;

use super::lessons::{LESSON, published, read};
use super::world::{World, in_the_world};

/// What the index has: on PostgreSQL each record with its tokens, on SQLite, which keeps no more, how many records have
/// each token.
async fn index(world: &World) -> Vec<String> {
    let writer = world.services().database.writer();
    let backend = writer.get_database_backend();
    let sql = if backend == DbBackend::Postgres {
        "SELECT record_id || ' ' || CAST(tokens AS text) AS said FROM search_documents ORDER BY record_id"
    } else {
        world.run("CREATE VIRTUAL TABLE IF NOT EXISTS vocabulary USING fts5vocab(search_tokens, row)").await;
        "SELECT term || ' ' || doc AS said FROM vocabulary ORDER BY term"
    };
    let rows = writer.query_all_raw(Statement::from_string(backend, sql)).await.unwrap();
    rows.iter().map(|row| row.try_get("", "said").unwrap()).collect()
}

async fn index_anew(world: &World) {
    let transaction = world.services().database.begin().await.unwrap();
    maip_persistence::search::index_every(&transaction).await.unwrap();
    transaction.commit().await.unwrap();
}

in_the_world! {
    async fn a_record_is_indexed_by_its_write_as_it_is_when_all_are_indexed_anew(world) {
        index_anew(world).await;
        let before = index(world).await;
        published(world, "Drying figs on racks").await;
        world.card("mona").await;
        let draft = json!({ "platformId": world.platform("EGY"), "title": "Сушка вишни", "language": "ru" });
        world.done("mona", "draftLesson", draft, LESSON).await;
        let written = index(world).await;
        assert_ne!(written, before);
        index_anew(world).await;
        assert_eq!(index(world).await, written);
    }

    async fn a_lesson_is_indexed_with_its_translations_also_once_another_version_is_published(world) {
        index_anew(world).await;
        let named = published(world, "Drying figs on racks").await;
        let version = read(world, "mona", &named, "publishedVersion { id }").await["publishedVersion"]["id"].clone();
        let translation = json!({ "versionId": version, "language": "ru", "origin": "HUMAN", "title": "Сушка инжира" });
        let untranslated = index(world).await;
        world.done("omar", "addTranslation", translation, "translation { id }").await;
        let translated = index(world).await;
        assert_ne!(translated, untranslated);
        index_anew(world).await;
        assert_eq!(index(world).await, translated);
        world.done("mona", "reviseLesson", named.clone(), LESSON).await;
        assert_eq!(index(world).await, translated, "nobody finds what isn't published");
        world.done("mona", "submitLesson", named.clone(), LESSON).await;
        world.done("focal", "startReview", named.clone(), LESSON).await;
        world.done("focal", "publishLesson", named.clone(), LESSON).await;
        assert_eq!(index(world).await, translated, "it says the same, and is translated still");
        index_anew(world).await;
        assert_eq!(index(world).await, translated);
    }
}
