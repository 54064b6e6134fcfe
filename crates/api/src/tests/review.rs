//! Who reviews a lesson, and how it goes back and forth.

use serde_json::{Value, json};

use super::lessons::{LESSON, drafted, full, read, with};
use super::world::in_the_world;

in_the_world! {
    async fn nobody_reviews_what_they_have_a_part_in(world) {
        world.run(&format!(
            "INSERT INTO memberships (id, revision, created_at, updated_at, platform_id, platform_country_code, account_id, \
             member_sort_key, role, actor_type, status, since) VALUES ('membership_01h455vb4pex5vsknk084sn02q', 1, 1, 1, \
             '{}', 'EGY', '{}', 'focal', 'MEMBER', 'OFFICIAL', 'ACTIVE', 1)",
            world.platform("EGY"), world.id("focal")
        )).await;
        let union = world.organisation("Date Union", &["mona", "secretary"], &[]).await;
        for (change, reviewer, code) in [
            (json!({}), "focal", None),
            (json!({ "coAuthorIds": [world.id("focal")] }), "focal", Some("CONFLICT_OF_INTEREST")),
            // The country's own reviewer is barred, so the secretariat reviews; else it waits for its turn.
            (json!({ "coAuthorIds": [world.id("focal")] }), "secretary", None),
            (json!({}), "secretary", Some("NOT_A_REVIEWER")),
            (json!({ "organisationId": union, "coAuthorIds": [world.id("focal")] }), "secretary", Some("CONFLICT_OF_INTEREST")),
            (json!({}), "mona", Some("NOT_A_REVIEWER")),
            (json!({}), "farida", Some("NOT_A_REVIEWER")),
            (json!({}), "omar", Some("NOT_FOUND")),
            (json!({}), "admin", Some("NOT_FOUND")),
        ] {
            let input = with(&full(world, "Drying dates").await, change.clone());
            let draft = world.done("mona", "draftLesson", input, LESSON).await;
            let named = json!({ "lessonId": draft["lesson"]["id"] });
            assert_eq!(world.refused("mona", "startReview", named.clone()).await.0, "NOT_A_REVIEWER");
            if change.get("coAuthorIds").is_some() {
                world.done("focal", "acceptCoAuthorship", named.clone(), LESSON).await;
            }
            world.done("mona", "submitLesson", named.clone(), LESSON).await;
            match code {
                None => drop(world.done(reviewer, "startReview", named, LESSON).await),
                Some(code) => {
                    assert_eq!(world.refused(reviewer, "startReview", named).await.0, code, "{reviewer} {change}");
                }
            }
        }
    }

    async fn a_lesson_goes_back_and_forth_and_is_published(world) {
        let named = drafted(world, "mona", "Drying dates").await;
        world.done("mona", "submitLesson", named.clone(), LESSON).await;
        assert_eq!(world.refused("focal", "publishLesson", named.clone()).await.0, "WRONG_STATE");
        world.done("focal", "startReview", named.clone(), LESSON).await;
        let remark = |text: &str| with(&named, json!({ "text": text }));
        for (who, code) in [("", "SIGN_IN_NEEDED"), ("omar", "NOT_FOUND"), ("farida", "NOT_A_REVIEWER")] {
            let refused = world.refused(who, "commentOnReview", remark("hello")).await.0;
            assert!(refused == code || refused == "NOT_FOUND", "{who}: {refused}");
        }
        world.done("focal", "commentOnReview", remark("Which racks?"), "reviewEntry { text }").await;
        world.pass(60);
        world.done("mona", "commentOnReview", remark("Of reed."), "reviewEntry { text }").await;
        world.pass(60);
        let no_comment = with(&named, json!({ "comment": " " }));
        assert_eq!(world.refused("focal", "requestLessonChanges", no_comment).await, ("REQUIRED".into(), "comment".into()));
        let changes = with(&named, json!({ "comment": "Say what it cost." }));
        let back = world.done("focal", "requestLessonChanges", changes, LESSON).await;
        assert_eq!(back["lesson"]["status"], "CHANGES_REQUESTED");
        let revision = &back["lesson"]["revision"];
        let edit = with(&named, json!({ "expectedRevision": revision, "whoLost": "Nobody." }));
        world.done("mona", "updateLesson", edit, LESSON).await;
        world.done("mona", "submitLesson", named.clone(), LESSON).await;
        world.done("focal", "startReview", named.clone(), LESSON).await;
        assert_eq!(read(world, "", &named, "title").await, Value::Null);
        let done = world.done("focal", "publishLesson", named.clone(), LESSON).await;
        assert_eq!(done["lesson"]["status"], "PUBLISHED");
        let thread = read(world, "mona", &named, "reviewThread { nodes { kind text } }").await;
        let kinds: Vec<&Value> = thread["reviewThread"]["nodes"].as_array().unwrap().iter().map(|n| &n["kind"]).collect();
        assert!(kinds.starts_with(&[&json!("COMMENT"), &json!("COMMENT"), &json!("CHANGES_REQUESTED")]), "{thread}");
        let public = read(world, "", &named, "title status reviewThread { totalCount } authorName").await;
        assert_eq!(public["title"], "Drying dates");
        assert_eq!(public["reviewThread"]["totalCount"], 0, "the conversation is theirs alone");
        assert_eq!(world.refused("focal", "publishLesson", named.clone()).await.0, "WRONG_STATE");
        let revision = read(world, "mona", &named, "revision").await["revision"].clone();
        let edit = with(&named, json!({ "expectedRevision": revision, "title": "Changed" }));
        assert_eq!(world.refused("omar", "updateLesson", edit.clone()).await.0, "NOT_YOURS", "whatever its state");
        assert_eq!(world.refused("mona", "updateLesson", edit).await.0, "WRONG_STATE", "a published version never changes");
    }

    async fn the_region_reviews_before_the_secretariat_does(world) {
        world.run(&format!(
            "UPDATE platforms SET region = (SELECT c.region FROM countries c WHERE c.code = platforms.country_code); \
             INSERT INTO appointments (id, revision, created_at, updated_at, account_id, kind, region, starts_at, sort_at) \
             SELECT 'appointment_01h455vb4pex5vsknk084sn02q', 1, 1, 1, '{}', 'REGIONAL_FOCAL_POINT', c.region, 1, 1 \
             FROM countries c WHERE c.code = 'EGY'",
            world.id("nobody")
        )).await;
        for (co_authors, reviewer, turns_away) in [
            (&[][..], "focal", &["nobody", "secretary"][..]),
            (&["focal"], "nobody", &["secretary"]),
            (&["focal", "nobody"], "secretary", &[]),
        ] {
            let ids: Vec<&str> = co_authors.iter().map(|who| world.id(who)).collect();
            let input = with(&full(world, "Drying dates").await, json!({ "coAuthorIds": ids }));
            let draft = world.done("mona", "draftLesson", input, LESSON).await;
            let named = json!({ "lessonId": draft["lesson"]["id"] });
            for who in co_authors {
                world.done(who, "acceptCoAuthorship", named.clone(), LESSON).await;
            }
            world.done("mona", "submitLesson", named.clone(), LESSON).await;
            for mutation in ["startReview", "publishLesson"] {
                for who in turns_away {
                    assert_eq!(world.refused(who, mutation, named.clone()).await.0, "NOT_A_REVIEWER", "{who}");
                }
                for who in co_authors {
                    assert_eq!(world.refused(who, mutation, named.clone()).await.0, "CONFLICT_OF_INTEREST", "{who}");
                }
                world.done(reviewer, mutation, named.clone(), LESSON).await;
            }
        }
    }

    async fn who_had_a_part_in_what_was_handed_in_keeps_it(world) {
        let named = drafted(world, "mona", "Drying dates").await;
        let people = |ids: &[&str], revision: i64| {
            let ids: Vec<&str> = ids.iter().map(|who| world.id(who)).collect();
            with(&named, json!({ "expectedRevision": revision, "coAuthorIds": ids }))
        };
        world.done("mona", "updateLesson", people(&["omar", "grace"], 1), LESSON).await;
        for who in ["omar", "grace"] {
            world.done(who, "acceptCoAuthorship", named.clone(), LESSON).await;
        }
        world.done("omar", "updateLesson", people(&["grace"], 2), LESSON).await;
        assert_eq!(world.refused("omar", "updateLesson", people(&["omar"], 3)).await.0, "NOT_FOUND");
        // A co-author from elsewhere reads along; to write one has to be a member here.
        assert_eq!(world.refused("grace", "submitLesson", named.clone()).await.0, "MEMBERSHIP_NEEDED");
        world.done("mona", "submitLesson", named.clone(), LESSON).await;
        world.done("focal", "startReview", named.clone(), LESSON).await;
        let back = world.done("focal", "requestLessonChanges", with(&named, json!({ "comment": "More." })), LESSON).await;
        let revision = back["lesson"]["revision"].as_i64().unwrap();
        assert_eq!(world.refused("mona", "updateLesson", people(&[], revision)).await, ("INVALID".into(), "coAuthorIds".into()));
        // Else an author could rid a lesson of the reviewer who asked for changes.
        let barred = people(&["grace", "focal"], revision);
        assert_eq!(world.refused("mona", "updateLesson", barred).await, ("CONFLICT_OF_INTEREST".into(), "coAuthorIds".into()));
        world.done("mona", "updateLesson", people(&["grace", "omar"], revision), LESSON).await;
        // Omar was only asked again, and so can be left out.
        world.done("mona", "updateLesson", people(&["grace"], revision + 1), LESSON).await;
    }

    async fn an_office_that_ends_leaves_no_review_behind(world) {
        let office = json!({ "accountId": world.id("omar"), "kind": "TECHNICAL_OFFICER", "country": "EGY" });
        let made = world.done("focal", "appoint", office, "appointment { id }").await;
        let mine = drafted(world, "mona", "Drying dates").await;
        let other = drafted(world, "mona", "Storing dates").await;
        for (named, reviewer) in [(&mine, "omar"), (&other, "focal")] {
            world.done("mona", "submitLesson", named.clone(), LESSON).await;
            world.done(reviewer, "startReview", named.clone(), LESSON).await;
        }
        let end = json!({ "appointmentId": made["appointment"]["id"] });
        world.done("focal", "endAppointment", end, "appointment { status }").await;
        let selection = "status openVersion { reviewer { id } }";
        let released = read(world, "focal", &mine, selection).await;
        assert_eq!(released, json!({ "status": "SUBMITTED", "openVersion": { "reviewer": null } }));
        assert_eq!(read(world, "focal", &other, "status").await["status"], "IN_REVIEW");
        world.done("focal", "startReview", mine, LESSON).await;
    }
}
