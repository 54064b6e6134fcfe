//! What a version lacks, in SQL and in Rust.

use maip_domain::closed_set::ClosedSet as _;
use maip_domain::lessons::{MissingField, Outcome, VersionContent, missing_for_submission};
use sea_orm::{ConnectionTrait as _, Statement};

use super::LESSON_VERSION;
use crate::database::Database;
use crate::read::declare::Source;
use crate::tests::data::Data;
use crate::tests::on_both;

/// The lines of a stored list, as the domain takes conditions.
fn lines(stored: &str) -> String {
    serde_json::from_str::<Vec<String>>(stored).unwrap().join("\n")
}

on_both! {
    async fn what_a_version_lacks_is_the_same_in_sql_and_in_rust(database: &Database) {
        let data = Data::new(13);
        data.insert(database).await;
        let reader = database.reader();
        let Source::List(missing) = LESSON_VERSION.field("missingForSubmission").unwrap().source else {
            panic!("a list")
        };
        let sql = "SELECT x.id, x.title, x.abstract, x.context, x.problem, x.what_was_done, x.result, x.outcome, \
             x.enabling_conditions, x.hindering_conditions, \
             (SELECT COUNT(*) FROM lesson_version_concepts c WHERE c.version_id = x.id), \
             (SELECT COUNT(*) FROM lesson_attachments c WHERE c.version_id = x.id AND c.state <> 'READY'), \
             (SELECT COUNT(*) FROM lesson_attachments c WHERE c.version_id = x.id AND c.people_shown = 'NOT_ASKED') \
             FROM lesson_versions x";
        let rows = reader
            .query_all_raw(Statement::from_string(reader.get_database_backend(), sql))
            .await
            .unwrap();
        let mut complete = 0;
        for row in &rows {
            let text = |place: usize| row.try_get_by_index::<String>(place).unwrap();
            let count = |place: usize| usize::try_from(row.try_get_by_index::<i64>(place).unwrap()).unwrap();
            let statement = Statement::from_sql_and_values(
                reader.get_database_backend(),
                "SELECT transcript, transcript_language FROM lesson_attachments WHERE version_id = $1 AND kind = 'AUDIO'",
                [text(0).into()],
            );
            let silent = |row: &sea_orm::QueryResult| {
                row.try_get_by_index::<String>(0).unwrap().trim().is_empty()
                    || row.try_get_by_index::<Option<String>>(1).unwrap().is_none()
            };
            let silent_recordings =
                reader.query_all_raw(statement).await.unwrap().iter().filter(|row| silent(row)).count();
            let outcome = row.try_get_by_index::<Option<String>>(7).unwrap();
            let expected = missing_for_submission(&VersionContent {
                title: &text(1),
                abstract_text: &text(2),
                context: &text(3),
                problem: &text(4),
                what_was_done: &text(5),
                result: &text(6),
                outcome: outcome.and_then(|code| Outcome::from_code(&code)),
                concepts: count(10),
                enabling_conditions: &lines(&text(8)),
                hindering_conditions: &lines(&text(9)),
                unready_files: count(11),
                silent_recordings,
                unasked_files: count(12),
            });
            let sql = format!(
                "SELECT y.v FROM lesson_versions x, LATERAL ({}) y WHERE x.id = $1",
                missing.replace("{t}", "x")
            );
            // SQLite has no LATERAL; there the version is found inside.
            let sql = if database.dialect() == crate::read::Dialect::Postgres {
                sql
            } else {
                format!(
                    "SELECT j.value FROM lesson_versions x, json_each((SELECT json_group_array(v) FROM ({}))) j \
                     WHERE x.id = $1",
                    missing.replace("{t}", "x")
                )
            };
            let statement =
                Statement::from_sql_and_values(reader.get_database_backend(), sql, [text(0).into()]);
            let found: Vec<MissingField> = reader
                .query_all_raw(statement)
                .await
                .unwrap()
                .iter()
                .map(|row| MissingField::from_code(&row.try_get_by_index::<String>(0).unwrap()).unwrap())
                .collect();
            assert_eq!(found, expected, "{}", text(0));
            complete += usize::from(found.is_empty());
        }
        assert!(rows.len() > 60 && complete < rows.len(), "{complete} of {}", rows.len());
    }
}
