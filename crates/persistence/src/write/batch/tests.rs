use sea_orm::ConnectionTrait as _;

use super::*;
use crate::database::Database;
use crate::lessons::entity::lesson_version_concepts::Model as Concept;
use crate::tests::database::rows;
use crate::tests::on_both;

fn concept(version: &str, concept: &str) -> Concept {
    Concept { version_id: version.to_owned(), concept_id: concept.to_owned() }
}

fn setting(name: &str, value: &str) -> Change {
    Change::row(
        "settings",
        ("INSERT INTO settings (name, value) ", "($1, $2)", ""),
        [name.into(), value.into()],
    )
}

fn texts(batch: Batch, backend: DbBackend) -> Vec<(String, usize)> {
    let statements = batch.into_statements(backend);
    statements.map(|statement| (statement.sql, statement.values.map_or(0, |values| values.0.len()))).collect()
}

#[test]
fn changes_of_several_tables_are_one_statement_with_one_row_of_place_holders() {
    let batch = || {
        let mut batch = Batch::default();
        batch.push(Change::insert(&concept("v", "a")));
        batch.push(setting("one", "1"));
        batch.push(Change::insert(&concept("v", "b")));
        batch
    };
    let postgres = "WITH change_0 AS (INSERT INTO lesson_version_concepts (version_id, concept_id) VALUES ($1, $2), \
                    ($3, $4)), change_1 AS (INSERT INTO settings (name, value) VALUES ($5, $6)) SELECT 1";
    let sqlite = "INSERT INTO lesson_version_concepts (version_id, concept_id) VALUES ($1, $2), ($3, $4); \
                  INSERT INTO settings (name, value) VALUES ($5, $6)";
    assert_eq!(texts(batch(), DbBackend::Postgres), [(postgres.to_owned(), 6)]);
    assert_eq!(texts(batch(), DbBackend::Sqlite), [(sqlite.to_owned(), 6)]);
}

#[test]
fn a_second_change_of_a_table_waits_for_the_first() {
    let mut batch = Batch::default();
    batch.push(Change::delete(&concept("v", "a")));
    batch.push(setting("one", "1"));
    batch.push(Change::insert(&concept("v", "b")));
    batch.push(setting("two", "2"));
    let texts = texts(batch, DbBackend::Postgres);
    let [(first, 4), (second, 4)] = texts.as_slice() else { panic!("{texts:?}") };
    assert!(
        first.contains(
            "DELETE FROM lesson_version_concepts WHERE (version_id, concept_id) IN (VALUES ($1, $2))"
        )
    );
    assert!(first.contains("VALUES ($3, $4)"), "{first}");
    assert!(second.contains("(version_id, concept_id) VALUES ($1, $2)"), "{second}");
}

on_both! {
    async fn a_batch_is_done_as_a_whole(database: &Database) {
        let mut batch = Batch::default();
        batch.push(setting("one", "1"));
        batch.push(Change::of(
            "leases",
            "INSERT INTO leases (name, holder, expires_at) VALUES ($1, $3, $2)",
            ["batch".into(), 7_i64.into(), "me".into()],
        ));
        batch.push(setting("two", "2"));
        batch.push(Change::of(
            "settings",
            "UPDATE settings SET value = $1 WHERE name = $2",
            ["3".into(), "two".into()],
        ));
        let transaction = database.begin().await.unwrap();
        let mut statements = 0;
        for statement in batch.into_statements(transaction.get_database_backend()) {
            transaction.execute_raw(statement).await.unwrap();
            statements += 1;
        }
        transaction.commit().await.unwrap();
        assert_eq!(statements, 2);
        let written = "SELECT name || ' ' || value FROM settings WHERE name IN ('one', 'two') ORDER BY name";
        assert_eq!(rows(database, written).await, ["one 1", "two 3"]);
        let lease = "SELECT holder || ' ' || expires_at FROM leases WHERE name = 'batch'";
        assert_eq!(rows(database, lease).await, ["me 7"]);
    }
}
