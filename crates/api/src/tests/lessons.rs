//! Lessons from the draft to publication, and what others make of them.

use serde_json::{Value, json};

use super::world::{World, in_the_world};

pub(super) const LESSON: &str = "lesson { id status revision title }";

async fn concept(world: &World) -> String {
    let found = world.data("", "{ concepts(first: 1) { nodes { id } } }", Value::Null).await;
    found["concepts"]["nodes"][0]["id"].as_str().unwrap().to_owned()
}

/// Everything that is needed before it can be handed in.
pub(super) async fn full(world: &World, title: &str) -> Value {
    json!({
        "platformId": world.platform("EGY"), "title": title, "language": "en", "visibility": "PUBLIC",
        "abstract": "Less was lost.", "context": "An oasis.", "problem": "Mould.", "whatWasDone": "Racks.",
        "result": "A third less was lost.", "outcome": "WORKED", "enablingConditions": ["Dry wind"],
        "conceptIds": [concept(world).await], "actorTypes": ["FARMER"],
        "costs": [{ "item": "Racks", "amount": "1250.5", "currency": "EGP" }],
    })
}

pub(super) async fn drafted(world: &World, who: &str, title: &str) -> Value {
    let draft = world.done(who, "draftLesson", full(world, title).await, LESSON).await;
    json!({ "lessonId": draft["lesson"]["id"] })
}

/// A lesson by mona, published by the focal point.
pub(super) async fn published(world: &World, title: &str) -> Value {
    let named = drafted(world, "mona", title).await;
    world.done("mona", "submitLesson", named.clone(), LESSON).await;
    world.done("focal", "startReview", named.clone(), LESSON).await;
    world.done("focal", "publishLesson", named.clone(), LESSON).await;
    named
}

pub(super) async fn read(world: &World, who: &str, named: &Value, selection: &str) -> Value {
    let query = format!("query ($id: ID!) {{ lesson(id: $id) {{ {selection} }} }}");
    world.data(who, &query, json!({ "id": named["lessonId"] })).await["lesson"].clone()
}

pub(super) fn with(named: &Value, more: Value) -> Value {
    let mut input = named.clone();
    let Value::Object(more) = more else { panic!("an object: {more}") };
    input.as_object_mut().unwrap().extend(more);
    input
}

async fn hits(world: &World, words: &str) -> Value {
    let query = "query ($text: String!) { lessons(filter: { text: $text }) { nodes { title } } }";
    world.data("mona", query, json!({ "text": words })).await["lessons"]["nodes"].clone()
}

in_the_world! {
    async fn a_title_is_enough_and_what_is_missing_is_said(world) {
        let start = json!({ "platformId": world.platform("MWI"), "title": "Nthochi zouma", "language": "ny" });
        for (who, code) in [("", "SIGN_IN_NEEDED"), ("lwazi", "MEMBERSHIP_NEEDED"), ("mona", "MEMBERSHIP_NEEDED")] {
            assert_eq!(world.refused(who, "draftLesson", start.clone()).await.0, code, "{who}");
        }
        let selection = "lesson { id revision missingForSubmission }";
        let draft = world.done("grace", "draftLesson", start, selection).await;
        let all = json!(["ABSTRACT", "CONTEXT", "PROBLEM", "WHAT_WAS_DONE", "RESULT", "OUTCOME", "CONCEPTS", "CONDITIONS"]);
        assert_eq!(draft["lesson"]["missingForSubmission"], all);
        let named = json!({ "lessonId": draft["lesson"]["id"] });
        let payload = world.payload("grace", "submitLesson", named.clone(), LESSON).await;
        let errors = payload["userErrors"].as_array().unwrap();
        assert_eq!(errors.len(), 8);
        assert!(errors.iter().all(|error| error["code"] == "MISSING_FIELDS"), "{payload}");
        assert_eq!(errors[5]["field"], "outcome");
        for who in ["lwazi", "mona", "focal", "secretary", "admin", ""] {
            assert_eq!(read(world, who, &named, "title").await, Value::Null, "{who} sees no draft");
        }
    }

    async fn what_is_wrong_with_a_draft_is_said_at_its_fields(world) {
        let mut input = full(world, "A").await;
        input["costs"] = json!([
            { "item": "Racks", "amount": "1.005", "currency": "USD" },
            { "item": "", "amount": "1", "currency": "usd" },
        ]);
        input["enablingConditions"] = json!(["fine", "x".repeat(201)]);
        input["abstract"] = json!("a\u{301}");
        let payload = world.payload("mona", "draftLesson", input, LESSON).await;
        let mut found: Vec<String> = payload["userErrors"]
            .as_array()
            .unwrap()
            .iter()
            .map(|error| format!("{} {}", error["field"].as_str().unwrap(), error["code"].as_str().unwrap()))
            .collect();
        found.sort_unstable();
        assert_eq!(found, [
            "abstract NOT_NFC", "costs.0.amount INVALID", "costs.1.currency INVALID", "costs.1.item REQUIRED",
            "enablingConditions.1 TOO_LONG", "title TOO_SHORT",
        ]);
        let mut unknown = full(world, "Drying dates").await;
        unknown["conceptIds"] = json!(["concept_01h455vb4pex5vsknk084sn02q"]);
        assert_eq!(world.refused("mona", "draftLesson", unknown).await.0, "NOT_FOUND");
    }

    async fn all_that_is_wrong_with_an_input_is_said_at_once(world) {
        let draft = json!({
            "id": "lesson_1", "platformId": "account_01h455vb4pex5vsknk084sn02q", "authorId": "", "coAuthorIds": ["x"],
            "title": "a\u{0}b", "language": "en", "abstract": "x".repeat(1_501), "context": "a\u{301}",
            "problem": "a\u{202E}b", "conceptIds": ["bad", concept(world).await, "worse"],
            "costs": [{ "item": "Racks", "amount": "1", "currency": "XXX" }],
        });
        let found = |payload: Value| -> Vec<String> {
            let errors = payload["userErrors"].as_array().unwrap().iter();
            let mut found: Vec<String> =
                errors.map(|e| format!("{} {}", e["field"].as_str().unwrap(), e["code"].as_str().unwrap())).collect();
            found.sort_unstable();
            found
        };
        let mut all = vec![
            "abstract TOO_LONG", "authorId INVALID_ID", "coAuthorIds.0 INVALID_ID", "conceptIds.0 INVALID_ID",
            "conceptIds.2 INVALID_ID", "context NOT_NFC", "costs.0.currency INVALID", "id INVALID_ID",
            "platformId INVALID_ID", "problem DIRECTION_OVERRIDE", "title CONTROL_CHARACTER",
        ];
        assert_eq!(found(world.payload("mona", "draftLesson", draft.clone(), LESSON).await), all);
        let mut update = draft;
        for made_once in ["id", "platformId", "authorId"] {
            update.as_object_mut().unwrap().remove(made_once);
            all.retain(|error| !error.starts_with(&format!("{made_once} ")));
        }
        update["lessonId"] = json!("lesson_1");
        update["organisationId"] = json!("?");
        update["expectedRevision"] = json!(1);
        all.extend(["lessonId INVALID_ID", "organisationId INVALID_ID"]);
        all.sort_unstable();
        assert_eq!(found(world.payload("mona", "updateLesson", update, LESSON).await), all);
        for (mutation, input, all) in [
            ("planReplication", json!({ "id": "1", "lessonId": "2", "versionId": "3", "platformId": "4", "note": "\u{0}" }),
                &["id", "lessonId", "note", "platformId", "versionId"][..]),
            ("publishLesson", json!({ "lessonId": "2", "comment": "\u{0}" }), &["comment", "lessonId"]),
            ("requestLessonChanges", json!({ "lessonId": "2", "comment": "" }), &["comment", "lessonId"]),
            ("commentOnReview", json!({ "id": "1", "lessonId": "2", "text": "" }), &["id", "lessonId", "text"]),
            ("inviteMember", json!({
                "id": "1", "platformId": "2", "invitee": { "accountId": "3" }, "actorType": "FARMER", "message": "\u{0}",
            }), &["id", "invitee.accountId", "message", "platformId"]),
            ("publishContactCard", json!({
                "id": "1", "organisationId": "2", "platformId": "3", "conceptIds": ["4"], "headline": "", "language": "en",
                "canHelpWith": "", "details": { "email": "nowhere" },
            }), &["canHelpWith", "conceptIds.0", "details.email", "headline", "id", "organisationId", "platformId"]),
            ("grantContactConsent", json!({
                "id": "1", "cardId": "2", "to": { "accountId": "3" }, "fields": ["EMAIL"], "purpose": "",
            }), &["cardId", "id", "purpose", "to.accountId"]),
            ("requestIntroduction", json!({ "cardId": "1", "ownCardId": "2", "lessonId": "3", "message": "" }),
                &["cardId", "lessonId", "message", "ownCardId"]),
            ("addOrganisationManager", json!({ "organisationId": "1", "accountId": "2" }), &["accountId", "organisationId"]),
            ("registerMember", json!({
                "id": "1", "accountId": "2", "platformId": "3", "displayName": "", "loginKind": "EMAIL", "login": "x",
                "language": "en", "actorType": "FARMER", "consent": "",
            }), &["accountId", "consent", "displayName", "id", "login", "platformId"]),
        ] {
            let said = found(world.payload("mona", mutation, input, "__typename").await);
            let fields: Vec<&str> = said.iter().map(|error| error.split(' ').next().unwrap()).collect();
            assert_eq!(fields, all, "{mutation}");
        }
    }

    async fn the_same_draft_sent_twice_is_one(world) {
        let mut input = full(world, "Drying dates").await;
        input["id"] = json!("lesson_01h455vb4pex5vsknk084sn02q");
        world.done("mona", "draftLesson", input.clone(), LESSON).await;
        let edit = json!({ "lessonId": input["id"], "expectedRevision": 1, "title": "Drying dates well" });
        world.done("mona", "updateLesson", edit, LESSON).await;
        let again = world.done("mona", "draftLesson", input.clone(), LESSON).await;
        assert_eq!(again["lesson"]["title"], "Drying dates well", "even after later edits");
        // As it is understood, whatever it looks like on the way.
        let mut same = input.clone();
        for field in ["authorId", "coAuthorIds", "organisationId", "attribution", "whoGained"] {
            same[field] = Value::Null;
        }
        same["whoLost"] = json!("");
        same["title"] = json!(" Drying dates \n");
        same["language"] = json!("EN");
        world.done("mona", "draftLesson", same, LESSON).await;
        input["title"] = json!("Something else");
        assert_eq!(world.refused("mona", "draftLesson", input.clone()).await, ("CONFLICT".into(), "id".into()));
        // To someone who doesn't see it, the id can't be used, and that is all.
        input["platformId"] = json!(world.platform("MWI"));
        assert_eq!(world.refused("grace", "draftLesson", input).await, ("INVALID_ID".into(), "id".into()));
        assert_eq!(world.count("lessons").await, 1);
    }

    async fn a_late_edit_comes_back_with_all_three_sides(world) {
        let named = drafted(world, "mona", "Drying dates").await;
        let edit = |title: &str, revision: i64| with(&named, json!({ "expectedRevision": revision, "title": title }));
        world.done("mona", "updateLesson", edit("Hers", 1), LESSON).await;
        let query = "mutation ($input: UpdateLessonInput!) { updateLesson(input: $input) { lesson { id } \
                     userErrors { code field } conflict { base mine current { title } expectedRevision currentRevision } } }";
        let late = world.data("mona", query, json!({ "input": edit("Mine", 1) })).await;
        let payload = &late["updateLesson"];
        assert_eq!(payload["userErrors"], json!([{ "code": "STALE_REVISION", "field": "expectedRevision" }]));
        let conflict = &payload["conflict"];
        assert_eq!(conflict["base"]["title"], "Drying dates");
        assert_eq!(conflict["base"]["costs"], json!([{ "item": "Racks", "amount": "1250.50", "currency": "EGP" }]));
        assert_eq!(conflict["mine"]["title"], "Mine");
        assert_eq!(conflict["current"]["title"], "Hers");
        assert_eq!((&conflict["expectedRevision"], &conflict["currentRevision"]), (&json!(1), &json!(2)));
        // Handed in meanwhile: still a conflict to those who wrote it, with what it was based on.
        world.done("mona", "submitLesson", named.clone(), LESSON).await;
        let late = world.data("mona", query, json!({ "input": edit("Mine", 2) })).await;
        assert_eq!(late["updateLesson"]["conflict"]["base"]["title"], "Hers");
        // A reviewer learns that it changed, and nothing of what it said before it was handed in.
        let query = "mutation ($input: StartReviewInput!) { startReview(input: $input) { conflict { base } userErrors { code } } }";
        let stale = world.data("focal", query, json!({ "input": with(&named, json!({ "expectedRevision": 1 })) })).await;
        assert_eq!(stale["startReview"], json!({ "conflict": { "base": null }, "userErrors": [{ "code": "STALE_REVISION" }] }));
    }

    async fn null_takes_away_and_what_is_left_out_stays(world) {
        let named = drafted(world, "mona", "Drying dates").await;
        let edit = with(&named, json!({
            "expectedRevision": 1, "outcome": null, "context": null, "costs": null, "problem": "Rain.",
        }));
        world.done("mona", "updateLesson", edit, LESSON).await;
        let selection = "outcome missingForSubmission openVersion { context problem abstract costs { item } }";
        let lesson = read(world, "mona", &named, selection).await;
        assert_eq!(lesson["missingForSubmission"], json!(["CONTEXT", "OUTCOME"]));
        let version = json!({ "context": "", "problem": "Rain.", "abstract": "Less was lost.", "costs": [] });
        assert_eq!(lesson["openVersion"], version);
        let no_title = with(&named, json!({ "expectedRevision": 2, "title": null }));
        assert_eq!(world.refused("mona", "updateLesson", no_title).await, ("REQUIRED".into(), "title".into()));
        let other = with(&named, json!({ "expectedRevision": 2, "title": "Omar's" }));
        assert_eq!(world.refused("omar", "updateLesson", other).await.0, "NOT_FOUND");
    }

    async fn a_revision_replaces_the_published_version_only_when_it_is_published(world) {
        let named = published(world, "Drying dates").await;
        assert_eq!(hits(world, "racks").await, json!([{ "title": "Drying dates" }]));
        let revised = world.done("mona", "reviseLesson", named.clone(), LESSON).await;
        assert_eq!(revised["lesson"]["status"], "PUBLISHED");
        assert_eq!(world.refused("mona", "reviseLesson", named.clone()).await.0, "WRONG_STATE");
        let edit = with(&named, json!({
            "expectedRevision": revised["lesson"]["revision"], "title": "Drying dates under glass",
            "whatWasDone": "Greenhouses.", "outcome": "PARTLY", "language": "fr",
        }));
        world.done("mona", "updateLesson", edit, LESSON).await;
        let selection = "title outcome language publishedAt versions { nodes { number state title concepts { id } costs { amount } } }";
        let before = read(world, "mona", &named, selection).await;
        assert_eq!(before["title"], "Drying dates", "what readers see is still the published one");
        assert_eq!(before["versions"]["nodes"][0]["title"], "Drying dates under glass");
        assert_eq!(before["versions"]["nodes"][0]["costs"], json!([{ "amount": "1250.50" }]), "it began as a copy");
        assert_eq!(before["versions"]["nodes"][0]["concepts"], before["versions"]["nodes"][1]["concepts"]);
        assert_eq!(hits(world, "greenhouses").await, json!([]));
        world.pass(86_400);
        world.done("mona", "submitLesson", named.clone(), LESSON).await;
        world.done("focal", "startReview", named.clone(), LESSON).await;
        world.done("focal", "publishLesson", named.clone(), LESSON).await;
        let after = read(world, "", &named, selection).await;
        assert_eq!(after["title"], "Drying dates under glass");
        assert_eq!((&after["outcome"], &after["language"]), (&json!("PARTLY"), &json!("fr")));
        assert_eq!(after["publishedAt"], before["publishedAt"], "when it was first published");
        let states: Vec<&Value> = after["versions"]["nodes"].as_array().unwrap().iter().map(|v| &v["state"]).collect();
        assert_eq!(states, ["PUBLISHED", "SUPERSEDED"]);
        assert_eq!(hits(world, "greenhouses").await, json!([{ "title": "Drying dates under glass" }]));
        assert_eq!(hits(world, "racks").await, json!([]));
    }

    async fn a_refusal_because_of_the_state_names_it_as_far_as_it_is_seen(world) {
        let named = published(world, "Drying dates").await;
        world.done("mona", "reviseLesson", named.clone(), LESSON).await;
        let refused = async |who: &str, mutation: &str, more: Value, state: &str| {
            let input = with(&named, more);
            let error = world.payload(who, mutation, input, "e: userErrors { code state message }").await["e"][0].clone();
            assert_eq!((&error["code"], &error["state"]), (&json!("WRONG_STATE"), &json!(state)), "{mutation} by {who}");
            assert!(error["message"].as_str().unwrap().contains(state), "{error}");
        };
        refused("mona", "reviseLesson", json!({}), "DRAFT").await;
        // A reviewer doesn't see that a revision is being written: the lesson is published.
        refused("focal", "startReview", json!({}), "PUBLISHED").await;
        world.pass(86_400);
        world.done("mona", "submitLesson", named.clone(), LESSON).await;
        let started = world.done("focal", "startReview", named.clone(), LESSON).await;
        refused("focal", "startReview", json!({}), "IN_REVIEW").await;
        let edit = json!({ "expectedRevision": started["lesson"]["revision"], "title": "Later" });
        refused("mona", "updateLesson", edit, "IN_REVIEW").await;
    }

    async fn nobody_in_particular_is_told_to_sign_in_wherever_that_may_help(world) {
        let named = published(world, "Drying dates").await;
        let can = "viewerCan { action allowed reason }";
        let lesson = read(world, "", &named, can).await;
        let query = format!("query ($id: ID!) {{ platform(id: $id) {{ {can} }} }}");
        let platform = world.data("", &query, json!({ "id": world.platform("EGY") })).await["platform"].clone();
        for (record, least) in [(lesson, 5), (platform, 5)] {
            let permissions = record["viewerCan"].as_array().unwrap();
            assert!(permissions.len() >= least, "{record}");
            for permission in permissions {
                assert_eq!(permission["allowed"], false, "{permission}");
                assert_eq!(permission["reason"], "SIGN_IN_NEEDED", "{permission}");
            }
        }
    }

    async fn a_lesson_is_taken_back_whole_or_in_part(world) {
        let named = published(world, "Drying dates").await;
        world.done("mona", "reviseLesson", named.clone(), LESSON).await;
        assert_eq!(world.refused("omar", "withdrawLesson", named.clone()).await.0, "FORBIDDEN");
        let part = with(&named, json!({ "openVersionOnly": true }));
        let still = world.done("mona", "withdrawLesson", part.clone(), LESSON).await;
        assert_eq!(still["lesson"]["status"], "PUBLISHED");
        assert_eq!(world.refused("mona", "withdrawLesson", part).await.0, "WRONG_STATE");
        world.done("mona", "reviseLesson", named.clone(), LESSON).await;
        let gone = world.done("focal", "withdrawLesson", named.clone(), LESSON).await;
        assert_eq!(gone["lesson"]["status"], "WITHDRAWN");
        assert_eq!(read(world, "", &named, "title").await, Value::Null);
        assert_eq!(world.refused("mona", "withdrawLesson", named).await.0, "WRONG_STATE");
        assert_eq!(world.count("lesson_versions WHERE state = 'WITHDRAWN'").await, 3);
    }

    async fn what_its_authors_drop_before_they_hand_it_in_nobody_else_reads(world) {
        let selection = "title abstract author { displayName } versions { nodes { number title } } \
                         reviewThread { nodes { text } }";
        let readers = ["focal", "secretary", "omar", "admin", ""];
        let dropped = drafted(world, "mona", "Secret dates").await;
        let why = |reason: &str| json!({ "reason": reason });
        world.done("mona", "withdrawLesson", with(&dropped, why("Never mind.")), LESSON).await;
        for who in readers {
            assert_eq!(read(world, who, &dropped, selection).await, Value::Null, "{who}");
        }
        assert_eq!(read(world, "mona", &dropped, "title").await["title"], "Secret dates");

        // The same holds for what was dropped of a lesson that had been published, before or with it.
        for apart in [true, false] {
            let named = published(world, "Drying dates").await;
            let revised = world.done("mona", "reviseLesson", named.clone(), LESSON).await;
            let secret = json!({ "expectedRevision": revised["lesson"]["revision"], "title": "Secret racks", "abstract": "Hush." });
            world.done("mona", "updateLesson", with(&named, secret), LESSON).await;
            if apart {
                let part = json!({ "openVersionOnly": true, "reason": "Secret it stays." });
                world.done("mona", "withdrawLesson", with(&named, part), LESSON).await;
            }
            world.done("mona", "withdrawLesson", with(&named, why("It was wrong.")), LESSON).await;
            for who in ["focal", "secretary"] {
                let seen = read(world, who, &named, selection).await;
                assert_eq!(seen, json!({
                    "title": "Drying dates", "abstract": "Less was lost.", "author": { "displayName": "mona" },
                    "versions": { "nodes": [{ "number": 1, "title": "Drying dates" }] },
                    "reviewThread": { "nodes": [{ "text": "It was wrong." }] },
                }), "{who}");
                let found = world.data(who, "{ lessons(filter: { text: \"secret\" }) { totalCount } }", Value::Null).await;
                assert_eq!(found["lessons"]["totalCount"], 0, "{who}");
            }
            let own = read(world, "mona", &named, "versions { nodes { title } }").await;
            assert_eq!(own["versions"]["nodes"][0]["title"], "Secret racks");
        }
    }

    async fn what_shows_more_of_a_lesson_waits_for_its_review_and_what_shows_less_does_not(world) {
        let mut input = full(world, "Drying dates").await;
        input["visibility"] = json!("PLATFORM");
        input["attribution"] = json!("ORGANISATION");
        let draft = world.done("mona", "draftLesson", input, LESSON).await;
        let named = json!({ "lessonId": draft["lesson"]["id"] });
        let publish = async || {
            world.done("mona", "submitLesson", named.clone(), LESSON).await;
            world.done("focal", "startReview", named.clone(), LESSON).await;
            world.done("focal", "publishLesson", named.clone(), LESSON).await
        };
        let revise = async |change: Value| {
            let revised = world.done("mona", "reviseLesson", named.clone(), LESSON).await;
            let edit = with(&with(&named, change), json!({ "expectedRevision": revised["lesson"]["revision"] }));
            world.done("mona", "updateLesson", edit, LESSON).await;
        };
        let shown = async |who: &str| read(world, who, &named, "visibility attribution authorName").await;
        let seen = |visibility: &str, attribution: &str, author: Option<&str>| {
            json!({ "visibility": visibility, "attribution": attribution, "authorName": author })
        };
        publish().await;
        revise(json!({ "visibility": "PUBLIC", "attribution": "NAME" })).await;
        assert_eq!(shown("").await, Value::Null, "nobody has reviewed it yet");
        assert_eq!(shown("omar").await, seen("PLATFORM", "ORGANISATION", None));
        let open = read(world, "mona", &named, "openVersion { visibility attribution }").await;
        assert_eq!(open["openVersion"], json!({ "visibility": "PUBLIC", "attribution": "NAME" }));
        // Dropped, it never counts.
        world.done("mona", "withdrawLesson", with(&named, json!({ "openVersionOnly": true })), LESSON).await;
        assert_eq!(shown("omar").await, seen("PLATFORM", "ORGANISATION", None));
        revise(json!({ "visibility": "PUBLIC", "attribution": "NAME" })).await;
        publish().await;
        assert_eq!(shown("").await, seen("PUBLIC", "NAME", Some("mona")));
        // To show less, nobody has to be asked.
        revise(json!({ "visibility": "MEMBERS" })).await;
        assert_eq!(shown("").await, Value::Null);
        assert_eq!(shown("omar").await, seen("MEMBERS", "NAME", Some("mona")));
        world.done("mona", "withdrawLesson", with(&named, json!({ "openVersionOnly": true })), LESSON).await;
        revise(json!({ "visibility": "PUBLIC", "attribution": "ANONYMOUS" })).await;
        assert_eq!(shown("omar").await, seen("MEMBERS", "ANONYMOUS", None));
        let base = read(world, "mona", &named, "versions { nodes { number visibility attribution } }").await;
        assert_eq!(base["versions"]["nodes"][0], json!({ "number": 5, "visibility": "PUBLIC", "attribution": "ANONYMOUS" }));
    }

    async fn someone_writes_it_down_for_another(world) {
        let selection = "lesson { id recordedOnBehalf author { id } recordedBy { id } organisation { id } }";
        let mut input = full(world, "Drying dates").await;
        input["authorId"] = json!(world.id("mona"));
        assert_eq!(world.refused("omar", "draftLesson", input.clone()).await, ("FORBIDDEN".into(), "authorId".into()));
        input["authorId"] = json!(world.id("grace"));
        assert_eq!(
            world.refused("farida", "draftLesson", input.clone()).await,
            ("MEMBERSHIP_NEEDED".into(), "authorId".into())
        );
        input["authorId"] = json!(world.id("mona"));
        let draft = world.done("farida", "draftLesson", input.clone(), selection).await;
        assert_eq!(draft["lesson"]["recordedOnBehalf"], true);
        assert_eq!(draft["lesson"]["author"]["id"], world.id("mona"));
        assert_eq!(draft["lesson"]["recordedBy"]["id"], world.id("farida"));
        let audited = format!(
            "audit_entries WHERE action = 'lesson.drafted' AND on_behalf_of_id = '{}' AND actor_account_id = '{}'",
            world.id("mona"), world.id("farida")
        );
        assert_eq!(world.count(&audited).await, 1);
        // For an organisation: one of its people, or whoever records for the platform of which it is a member.
        let union = world.organisation("Date Union", &["omar"], &[]).await;
        input.as_object_mut().unwrap().remove("authorId");
        input["organisationId"] = json!(union);
        let own = world.done("omar", "draftLesson", input.clone(), selection).await;
        assert_eq!((&own["lesson"]["recordedOnBehalf"], &own["lesson"]["organisation"]["id"]), (&json!(false), &json!(union)));
        assert_eq!(world.refused("mona", "draftLesson", input.clone()).await, ("FORBIDDEN".into(), "organisationId".into()));
        let recorded = world.done("farida", "draftLesson", input, selection).await;
        assert_eq!(recorded["lesson"]["recordedOnBehalf"], true);
    }

    async fn a_focal_point_endorses_for_the_own_country(world) {
        let named = published(world, "Drying dates").await;
        for who in ["mona", "secretary", "admin"] {
            assert_eq!(world.refused(who, "endorseLesson", named.clone()).await.0, "FORBIDDEN", "{who}");
        }
        let abroad = with(&named, json!({ "country": "MWI" }));
        assert_eq!(world.refused("focal", "endorseLesson", abroad).await, ("FORBIDDEN".into(), "country".into()));
        let note = with(&named, json!({ "note": "Seen in Siwa." }));
        world.done("focal", "endorseLesson", note, LESSON).await;
        assert_eq!(world.refused("focal", "endorseLesson", named.clone()).await.0, "CONFLICT");
        let seen = read(world, "", &named, "endorsements { nodes { note country { code } } }").await;
        assert_eq!(seen["endorsements"]["nodes"], json!([{ "note": "Seen in Siwa.", "country": { "code": "EGY" } }]));
    }

    async fn a_failure_elsewhere_shows_the_condition_that_was_missing(world) {
        let named = published(world, "Drying dates").await;
        let selection = "replication { id status revision version { number } }";
        let plan = with(&named, json!({ "platformId": world.platform("MWI"), "note": "Two racks." }));
        for (who, code, field) in [
            ("lwazi", "MEMBERSHIP_NEEDED", "lessonId"),
            // From where it comes, it isn't tried elsewhere.
            ("mona", "MEMBERSHIP_NEEDED", "lessonId"),
            ("", "SIGN_IN_NEEDED", ""),
        ] {
            let refused = world.refused(who, "planReplication", plan.clone()).await;
            assert_eq!(refused, (code.to_owned(), field.to_owned()), "{who}");
        }
        let abroad = with(&plan, json!({ "platformId": world.platform("EGY") }));
        assert_eq!(world.refused("grace", "planReplication", abroad.clone()).await.1, "platformId");
        let refused = world.refused("mona", "planReplication", abroad.clone()).await;
        assert_eq!(refused, ("INVALID".to_owned(), "platformId".to_owned()), "of the lesson's platform alone");
        world.run(&format!(
            "INSERT INTO memberships (id, revision, created_at, updated_at, platform_id, platform_country_code, account_id, \
             member_sort_key, role, actor_type, status, since) VALUES ('membership_01h455vb4pex5vsknk084sn02q', 1, 1, 1, \
             '{}', 'EGY', '{}', 'grace', 'MEMBER', 'FARMER', 'ACTIVE', 1)",
            world.platform("EGY"), world.id("grace")
        )).await;
        let refused = world.refused("grace", "planReplication", abroad).await;
        assert_eq!(refused, ("INVALID".to_owned(), "platformId".to_owned()), "it comes from there");
        let planned = world.done("grace", "planReplication", plan.clone(), selection).await;
        assert_eq!(planned["replication"]["status"], "PLANNED");
        // A second version leaves the trial on the first.
        world.done("mona", "reviseLesson", named.clone(), LESSON).await;
        let versions = read(world, "mona", &named, "versions { nodes { id number } }").await;
        let [second, first] = [0, 1].map(|place| versions["versions"]["nodes"][place]["id"].clone());
        let of = |version: &Value| with(&plan, json!({ "versionId": version }));
        assert_eq!(world.refused("grace", "planReplication", of(&second)).await, ("NOT_FOUND".into(), "versionId".into()));
        world.done("mona", "submitLesson", named.clone(), LESSON).await;
        world.done("focal", "startReview", named.clone(), LESSON).await;
        world.done("focal", "publishLesson", named.clone(), LESSON).await;
        world.done("grace", "planReplication", of(&first), selection).await;
        let newest = world.done("grace", "planReplication", plan, selection).await;
        assert_eq!(newest["replication"]["version"]["number"], 2);

        let end = json!({
            "replicationId": planned["replication"]["id"], "expectedRevision": 1, "conclusion": "ABANDONED",
            "outcome": "FAILED", "conditionsHeld": ["Racks"], "conditionsMissing": ["Dry wind", "Nets"],
        });
        for (who, code) in [("lwazi", "FORBIDDEN"), ("mona", "FORBIDDEN"), ("", "SIGN_IN_NEEDED")] {
            assert_eq!(world.refused(who, "concludeReplication", end.clone()).await.0, code, "{who}");
        }
        let selection = "replication { status outcome note conditionsHeld conditionsMissing version { number } }";
        let ended = world.done("grace", "concludeReplication", end.clone(), selection).await;
        assert_eq!(ended["replication"], json!({
            "status": "ABANDONED", "outcome": "FAILED", "note": "Two racks.", "conditionsHeld": ["Racks"],
            "conditionsMissing": ["Dry wind", "Nets"], "version": { "number": 1 },
        }));
        assert_eq!(world.refused("grace", "concludeReplication", end.clone()).await.0, "STALE_REVISION");
        let again = with(&end, json!({ "expectedRevision": 2 }));
        assert_eq!(world.refused("grace", "concludeReplication", again).await.0, "WRONG_STATE");
        let lesson = read(world, "", &named, "missingConditions replicationOutcomes { total underway failed }").await;
        assert_eq!(lesson["missingConditions"], json!(["Dry wind", "Nets"]));
        assert_eq!(lesson["replicationOutcomes"], json!({ "total": 3, "underway": 2, "failed": 1 }));
    }
}
