//! The demonstration: everything there at the first start, and everything kept at the next.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use maip_tests::{Backend, Database, Server, on_both};
use sea_orm::{ConnectionTrait as _, Statement};
use serde_json::{Value, json};

async fn sign_in(server: &Server, account: &Value) -> String {
    let input = json!({ "input": { "login": account["login"], "password": account["password"] } });
    let document = "mutation($input: SignInInput!) { signIn(input: $input) { session { accessToken } userErrors { code message } } }";
    let answer = server.post(document, input, None).await;
    let token = &answer.data()["signIn"]["session"]["accessToken"];
    token.as_str().unwrap_or_else(|| panic!("{account}: {answer}")).to_owned()
}

on_both! {
    async fn a_demonstration_shows_what_it_says_and_keeps_what_was_written(backend: Backend) {
        let mut server = Server::demo(backend).await;
        let file = server.demo_accounts();
        let all = file["accounts"].as_array().unwrap();
        assert!(all.len() >= 60, "{}", all.len());
        for role in [
            "SYSTEM_ADMINISTRATOR", "NATIONAL_FOCAL_POINT", "NATIONAL_TASK_FORCE", "TECHNICAL_OFFICER",
            "REGIONAL_FOCAL_POINT", "EXECUTIVE_SECRETARY", "DEPUTY_EXECUTIVE_SECRETARY", "GLOBAL_COORDINATOR",
            "LEAD_TECHNICAL_OFFICER", "PROJECT_COORDINATOR", "PROJECT_OFFICER", "FACILITATOR", "BROKER",
            "SECRETARY", "MEMBER", "OBSERVER",
        ] {
            let account = all.iter().find(|account| account["role"] == role);
            let token = sign_in(&server, account.unwrap_or_else(|| panic!("nobody is {role}"))).await;
            let viewer = server.post("{ viewer { account { displayName } } }", json!({}), Some(&token)).await;
            assert_eq!(viewer.data()["viewer"]["account"]["displayName"], account.unwrap()["name"]);
        }

        let public = server.post("{ lessons(first: 3) { totalCount nodes { title } } }", json!({}), None).await;
        assert_eq!(public.data()["lessons"]["nodes"].as_array().unwrap().len(), 3);
        let token = file["partnerToken"].as_str().unwrap();
        let document = "{ contacts(first: 50) { nodes { detailsStatus details { phone } } } }";
        let contacts = server.post(document, json!({}), Some(token)).await;
        let nodes = contacts.data()["contacts"]["nodes"].as_array().unwrap();
        for status in ["VISIBLE", "NO_CONSENT"] {
            assert!(nodes.iter().any(|card| card["detailsStatus"] == status), "{contacts}");
        }

        // No kind of actor is without a member.
        let secretary = all.iter().find(|account| account["role"] == "EXECUTIVE_SECRETARY").unwrap();
        let token = sign_in(&server, secretary).await;
        let kinds = "{ __type(name: \"ActorType\") { enumValues { name } } }";
        let kinds = server.post(kinds, json!({}), None).await.data()["__type"]["enumValues"].clone();
        for kind in kinds.as_array().unwrap() {
            let document = "query ($kind: ActorType!) { memberships(filter: { actorType: [$kind] }) { totalCount } }";
            let found = server.post(document, json!({ "kind": kind["name"] }), Some(&token)).await;
            assert!(found.data()["memberships"]["totalCount"].as_i64().unwrap() > 0, "{kind}: {found}");
        }

        // The printed queries work as they are.
        let printed = server.logs();
        let port = server.address().port();
        assert_eq!(printed.matches(&format!("curl -s http://127.0.0.1:{port}/graphql")).count(), 2, "{printed}");

        let member = all.iter().find(|account| account["role"] == "MEMBER").unwrap();
        let session = sign_in(&server, member).await;
        let status = server.stop().await;
        assert!(status.success(), "{status}\n{}", server.logs());
        server.start_again().await;
        assert_eq!(server.demo_accounts(), file);
        let kept = server.post("{ viewer { account { displayName } } }", json!({}), Some(&session)).await;
        assert_eq!(kept.data()["viewer"]["account"]["displayName"], member["name"]);
    }

    async fn an_edit_of_its_lessons_that_comes_late_is_told_all_three_sides(backend: Backend) {
        let server = Server::demo(backend).await;
        let file = server.demo_accounts();
        let connection = sea_orm::Database::connect(server.database().url()).await.unwrap();
        let found = "SELECT a.display_name, l.id FROM lessons l JOIN accounts a ON a.id = l.author_id \
                     WHERE l.status = 'DRAFT' ORDER BY l.id";
        let found = Statement::from_string(connection.get_database_backend(), found);
        let drafts = connection.query_all_raw(found).await.unwrap();
        let author_of = |row: &sea_orm::QueryResult| {
            let name: String = row.try_get_by_index(0).unwrap();
            let all = file["accounts"].as_array().unwrap();
            Some((all.iter().find(|account| account["name"] == name.as_str())?.clone(), row.try_get_by_index::<String>(1).unwrap()))
        };
        let (author, lesson) = drafts.iter().find_map(author_of).expect("someone who signs in writes a draft");
        let token = sign_in(&server, &author).await;
        let document = "query ($id: ID!) { lesson(id: $id) { revision title currentVersion { problem } } }";
        let now = server.post(document, json!({ "id": lesson }), Some(&token)).await.data()["lesson"].clone();
        let expected = now["revision"].as_i64().unwrap() - 1;
        assert!(expected > 0, "{now}");
        let document = "mutation ($input: UpdateLessonInput!) { updateLesson(input: $input) { userErrors { code } \
                        conflict { current { title } base mine } } }";
        let input = json!({ "lessonId": lesson, "expectedRevision": expected, "title": "Mine" });
        let late = server.post(document, json!({ "input": input }), Some(&token)).await.data()["updateLesson"].clone();
        assert_eq!(late["userErrors"], json!([{ "code": "STALE_REVISION" }]));
        let conflict = &late["conflict"];
        assert_eq!((&conflict["current"]["title"], &conflict["mine"]["title"]), (&now["title"], &json!("Mine")));
        assert_eq!(conflict["base"]["problem"], now["currentVersion"]["problem"], "{conflict}");
        assert!(conflict["base"]["coAuthorIds"].is_array() && conflict["base"]["costs"].is_array(), "{conflict}");
    }

    async fn a_demonstration_that_is_served_is_not_reset(backend: Backend) {
        let mut server = Server::demo(backend).await;
        let file = server.demo_accounts();
        let member = file["accounts"].as_array().unwrap().iter().find(|account| account["role"] == "MEMBER").unwrap().clone();
        let reset = ["demo", "--reset", "--port", "0"];
        let refused = server.database().run(&reset);
        let said = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert_eq!(refused.status.code(), Some(11), "{said}");
        assert!(said.contains("is in use"), "{said}");
        assert_eq!(server.demo_accounts(), file);
        sign_in(&server, &member).await;
        // Once it has stopped, or was killed, nothing stands in the way.
        server.kill();
        server.start_again_as(&["demo", "--reset"]).await;
        assert_ne!(server.demo_accounts()["partnerToken"], file["partnerToken"]);
    }

    async fn a_demonstration_has_files_that_open_and_go_with_it(backend: Backend) {
        let mut server = Server::demo(backend).await;
        let library: Value = serde_json::from_str(&server.get("/assets/queries.json").await.text()).unwrap();
        let query = library["queries"].as_array().unwrap().iter().find(|query| query["id"] == "files").unwrap();
        let shown = server.post(query["query"].as_str().unwrap(), json!({}), None).await;
        let mut kinds = std::collections::BTreeSet::new();
        for country in ["algeria", "bangladesh", "peru", "tajikistan"] {
            let files = shown.data()[country]["nodes"][0]["currentVersion"]["attachments"].clone();
            assert!(!files.as_array().unwrap().is_empty(), "{country}: {shown}");
            for file in files.as_array().unwrap() {
                kinds.insert((file["kind"].to_string(), file["peopleShown"].to_string()));
                let opened = server.get(file["url"].as_str().unwrap()).await;
                assert_eq!((opened.status, opened.header("content-type")), (200, file["mediaType"].as_str()), "{file}");
                assert_eq!(json!(opened.bytes.len()), file["sizeBytes"]);
                if let Some(thumbnail) = file["thumbnailUrl"].as_str() {
                    assert_eq!(server.get(thumbnail).await.status, 200);
                }
            }
        }
        let expected = [("AUDIO", "CONSENTED"), ("DOCUMENT", "NOBODY"), ("PHOTO", "CONSENTED"), ("PHOTO", "NOBODY")];
        let expected = expected.map(|(kind, people)| (format!("\"{kind}\""), format!("\"{people}\"")));
        assert_eq!(kinds.into_iter().collect::<Vec<_>>(), expected);
        let stored = |server: &Server| {
            let folder = server.database().data_dir().join("files/attachments");
            let mut keys: Vec<_> = std::fs::read_dir(folder).unwrap().map(|key| key.unwrap().file_name()).collect();
            keys.sort();
            keys
        };
        let before = stored(&server);
        assert_eq!(before.len(), 6);
        server.stop().await;
        server.start_again_as(&["demo", "--reset"]).await;
        let after = stored(&server);
        assert!(after.len() == 6 && after.iter().all(|key| !before.contains(key)), "{before:?} {after:?}");
    }

    async fn a_database_with_other_data_is_never_made_a_demonstration(backend: Backend) {
        let database = Database::create(backend).await;
        let create = ["admin", "create", "--login", "root@example.org", "--name", "Root"];
        assert!(database.run(&create).status.success());
        for command in [&["demo", "--port", "0"][..], &["demo", "--reset", "--port", "0"]] {
            let output = database.run(command);
            assert_eq!(output.status.code(), Some(11), "{}", String::from_utf8_lossy(&output.stderr));
        }
        assert_eq!(database.run(&create).status.code(), Some(11), "the account is still there");
    }
}
