//! Lessons from tables: what is written, and what is said of a table in which something is wrong.

use maip_tests::{Backend, File, Request, Response, Town, on_both};
use serde_json::{Value, json};

use crate::subscriptions::{malawi, publish};

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const HEAD: &str = "title,language,abstract,context,problem,what_was_done,result,outcome,enabling_conditions,\
                    hindering_conditions,who_gained,who_lost,costs,actor_types,concept_uris,country,visibility,attribution";

fn csv(bytes: impl Into<Vec<u8>>) -> File {
    File { name: "lessons.csv", media_type: "text/csv", bytes: bytes.into() }
}

async fn send(town: &mut Town, bearer: &str, file: &File, more: Value) -> Response {
    let mut input = json!({ "platformId": town.platform("MWI").await, "file": null });
    for (name, value) in more.as_object().into_iter().flatten() {
        input[name] = value.clone();
    }
    let query = "mutation ($input: ImportLessonsInput!) { importLessons(input: $input) { rows lessonIds \
                 userErrors { field code message } } }";
    town.server().send(Request::with_file(query, &input, file).bearer(bearer)).await
}

/// What Ada is told of a table.
async fn import(town: &mut Town, file: &File, more: Value) -> Value {
    let bearer = town.bearer("ada").expect("a token").to_owned();
    send(town, &bearer, file, more).await.data()["importLessons"].clone()
}

/// Where something is wrong, and what kind of thing.
fn problems(payload: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let errors = payload["userErrors"].as_array().expect("userErrors");
    errors.iter().map(|error| (text(&error["field"]), text(&error["code"]))).collect()
}

async fn drafts(town: &Town) -> String {
    town.text("SELECT CAST(count(*) AS text) FROM lessons").await.unwrap_or_default()
}

on_both! {
    async fn a_filled_in_template_becomes_drafts_once_nothing_is_wrong_with_it(backend: Backend) {
        let mut town = malawi(backend, &[]).await;
        let template = town.server().get("/export/lessons-template.csv").await;
        assert_eq!((template.status, template.text().trim_end()), (200, HEAD), "{template}");
        assert_eq!(template.header("content-disposition"), Some("attachment; filename=\"lessons-template.csv\""));
        let uri = town.text("SELECT uri FROM concepts ORDER BY id LIMIT 1").await.expect("a concept");
        let head = template.text().trim_end().to_owned();
        let filled = |outcome: &str, currency: &str| format!(
            "{head}\r\nDried bananas,en,They keep.,Thyolo.,They rot.,Racks.,Less was lost.,{outcome},\"Sun\nWind\",Rain,\
             Sellers,,\"120.50 {currency} Racks\n3 USD Nails\",farmer; processor,{uri},MWI,MEMBERS,NAME\r\n\
             Nthochi zouma,ny,,,,,,,,,,,,,,,,\r\n"
        );
        // What is wrong is told whether or not it is a dry run, and nothing is written.
        for dry in [true, false] {
            let wrong = import(&mut town, &csv(filled("GOOD", "Kwacha")), json!({ "dryRun": dry })).await;
            let expected = [("rows.2.outcome", "INVALID"), ("rows.2.costs", "INVALID")];
            assert_eq!(problems(&wrong), expected.map(|(field, code)| (field.to_owned(), code.to_owned())), "{wrong}");
            assert!(wrong["userErrors"][0]["message"].as_str().expect("a text").starts_with("row 2, column outcome: "), "{wrong}");
            assert_eq!(wrong["lessonIds"], Value::Null);
        }
        let dry = import(&mut town, &csv(filled("worked", "MWK")), json!({ "dryRun": true })).await;
        assert_eq!(dry, json!({ "rows": 2, "lessonIds": [], "userErrors": [] }));
        assert_eq!(drafts(&town).await, "0");
        let named = json!({ "mutationId": "import-1" });
        let done = import(&mut town, &csv(filled("worked", "MWK")), named.clone()).await;
        assert_eq!((&done["rows"], &done["userErrors"]), (&json!(2), &json!([])), "{done}");
        assert_eq!(import(&mut town, &csv(filled("worked", "MWK")), named).await, done, "sent again it is done once");
        assert_eq!(drafts(&town).await, "2");
        let query = "query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Lesson { title language status visibility \
                     outcome concepts { uri } currentVersion { abstract enablingConditions hinderingConditions whoGained \
                     costs { item amount currency } actorTypes } } } }";
        let read = town.data("ada", query, json!({ "ids": done["lessonIds"] })).await;
        assert_eq!(read["nodes"][0], json!({
            "title": "Dried bananas", "language": "en", "status": "DRAFT", "visibility": "MEMBERS", "outcome": "WORKED",
            "concepts": [{ "uri": uri }],
            "currentVersion": {
                "abstract": "They keep.", "enablingConditions": ["Sun", "Wind"], "hinderingConditions": ["Rain"], "whoGained": "Sellers",
                "costs": [{ "item": "Racks", "amount": "120.50", "currency": "MWK" }, { "item": "Nails", "amount": "3.00", "currency": "USD" }],
                "actorTypes": ["FARMER", "PROCESSOR"],
            },
        }));
        assert_eq!((&read["nodes"][1]["title"], &read["nodes"][1]["language"]), (&json!("Nthochi zouma"), &json!("ny")));
    }

    async fn an_export_is_imported_as_it_is(backend: Backend) {
        let mut town = malawi(backend, &[]).await;
        publish(&mut town, "=HYPERLINK(\"http://evil.example\",\"figs\")", "PUBLIC").await;
        let csv = csv(town.server().get("/export/lessons.csv").await.bytes);
        let xlsx = town.server().get("/export/lessons.xlsx").await.bytes;
        let xlsx = File { name: "lessons.xlsx", media_type: XLSX, bytes: xlsx };
        let empty = File { name: "t.xlsx", media_type: XLSX, bytes: town.server().get("/export/lessons-template.xlsx").await.bytes };
        assert_eq!(problems(&import(&mut town, &empty, json!({})).await), [("file".to_owned(), "REQUIRED".to_owned())]);
        for file in [csv, xlsx] {
            let done = import(&mut town, &file, json!({ "visibility": "PLATFORM" })).await;
            assert_eq!((&done["rows"], &done["userErrors"]), (&json!(1), &json!([])), "{}: {done}", file.name);
            let query = "query ($id: ID!) { lesson(id: $id) { title currentVersion { problem hinderingConditions } concepts { id } } }";
            let read = town.data("ada", query, json!({ "id": done["lessonIds"][0] })).await;
            let lesson = &read["lesson"];
            assert_eq!(lesson["title"], "=HYPERLINK(\"http://evil.example\",\"figs\")", "{}", file.name);
            assert_eq!(lesson["currentVersion"], json!({ "problem": "They rot.", "hinderingConditions": ["Rain"] }));
            assert_eq!(lesson["concepts"].as_array().map(Vec::len), Some(1), "{lesson}");
        }
    }

    async fn a_table_with_mistakes_is_refused_by_row_and_column_and_nothing_is_written(backend: Backend) {
        let mut town = malawi(backend, &[]).await;
        let rows = |count: usize| (0..count).fold("title,language\n".to_owned(), |rows, row| rows + &format!("Row {row},en\n"));
        for (table, expected) in [
            ("".into(), vec![("file", "REQUIRED")]),
            ("title,language\n".into(), vec![("file", "REQUIRED")]),
            ("title,lang\nA lesson,en\n".into(), vec![("columns.1", "INVALID"), ("columns", "REQUIRED")]),
            ("title,language,title\nA lesson,en,x\n".into(), vec![("columns.2", "CONFLICT")]),
            ("title,language\nA lesson,\n,en\nab,en\n".into(), vec![("rows.2.language", "REQUIRED"), ("rows.3.title", "REQUIRED"), ("rows.4.title", "TOO_SHORT")]),
            ("title,language\nA lesson,english!\n".into(), vec![("rows.2.language", "INVALID")]),
            ("title,language\nA lesson,en\n\na LESSON,en\n".into(), vec![("rows.4.title", "CONFLICT")]),
            ("title,language\n=1+1,en\n".into(), vec![("rows.2.title", "INVALID")]),
            ("title;language;concept_uris\nA lesson;en;http://example.org/nothing\n".into(), vec![("rows.2.concept_uris", "NOT_FOUND")]),
            ("title\tlanguage\tcountry\tactor_types\nA lesson\ten\tEGY\tSHEPHERD\n".into(), vec![("rows.2.actor_types", "INVALID"), ("rows.2.country", "INVALID")]),
            (b"title,language\nCaf\xe9 lesson,fr\n".to_vec(), vec![("rows.2.title", "INVALID")]),
            ("title,language\nA \u{202e}lesson,en\n".into(), vec![("rows.2.title", "DIRECTION_OVERRIDE")]),
            (b"\xff\xfet\0i\0t\0l\0e\0".to_vec(), vec![("file", "FILE_UNREADABLE")]),
            (b"\x89PNG\r\n\x1a\n\0\0".to_vec(), vec![("file", "FILE_TYPE")]),
            (b"PK\x03\x04 no workbook".to_vec(), vec![("file", "FILE_UNREADABLE")]),
            (rows(201).into_bytes(), vec![("file", "TOO_MANY")]),
        ] {
            let shown = String::from_utf8_lossy(&table[..table.len().min(60)]).into_owned();
            let refused = import(&mut town, &csv(table), json!({})).await;
            let expected: Vec<_> = expected.into_iter().map(|(field, code): (&str, &str)| (field.to_owned(), code.to_owned())).collect();
            assert_eq!(problems(&refused), expected, "{shown:?}: {refused}");
        }
        assert_eq!(drafts(&town).await, "0", "no row of them was written");
        let done = import(&mut town, &csv(rows(200)), json!({})).await;
        assert_eq!((&done["rows"], &done["userErrors"]), (&json!(200), &json!([])), "{done}");
        assert_eq!(drafts(&town).await, "200");
    }

    async fn only_those_import_who_may_draft_and_a_platform_that_is_hidden_is_not_there(backend: Backend) {
        let mut town = malawi(backend, &[]).await;
        town.member("omar", "EGY", "MEMBER").await;
        town.person("nina").await;
        let table = csv("title,language,country\nA lesson,en,BGD\n");
        let hidden = town.platform("EGY").await;
        town.execute("UPDATE platforms SET visibility = 'PRIVATE' WHERE country_code = 'EGY'").await;
        for (who, more, expected) in [
            ("nina", json!({}), ("platformId", "MEMBERSHIP_NEEDED")),
            ("ada", json!({ "platformId": hidden }), ("platformId", "NOT_FOUND")),
            ("ada", json!({ "authorId": town.id("nina") }), ("authorId", "FORBIDDEN")),
        ] {
            let bearer = town.bearer(who).expect("a token").to_owned();
            let refused = send(&mut town, &bearer, &table, more).await.data()["importLessons"].clone();
            assert_eq!(problems(&refused), [(expected.0.to_owned(), expected.1.to_owned())], "{who}: {refused}");
        }
        assert_eq!(drafts(&town).await, "0");
    }
}
