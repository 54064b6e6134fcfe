//! A revision that is written beside a published version moves nothing for those who don't see it.

use serde_json::{Value, json};

use super::lessons::{LESSON, drafted, published, read, with};
use super::world::{World, in_the_world};

const SHOWN: &str = "revision updatedAt title status publishedVersion { number updatedAt revision } versions { totalCount } \
                     openVersion { number } coAuthors { displayName }";

/// The lesson as someone sees it, and the order by the time of the last change.
async fn seen(world: &World, who: &str, named: &Value) -> Value {
    let order = "{ lessons(sort: UPDATED_AT) { edges { cursor node { title } } } }";
    json!([read(world, who, named, SHOWN).await, world.data(who, order, Value::Null).await])
}

in_the_world! {
    async fn the_audit_of_ones_own_deeds_says_nothing_of_how_many_others_there_were(world) {
        published(world, "Drying dates").await;
        world.run("UPDATE audit_entries SET position = line, digest = 'sealed'").await;
        let query = "{ auditEntries { totalCount nodes { position sealed } } }";
        for (who, sees) in [("mona", false), ("focal", false), ("admin", true)] {
            let entries = world.data(who, query, Value::Null).await["auditEntries"].clone();
            assert!(entries["totalCount"].as_i64() > Some(0), "{who}: {entries}");
            for entry in entries["nodes"].as_array().into_iter().flatten() {
                assert_eq!((entry["position"].is_number(), &entry["sealed"]), (sees, &json!(true)), "{who}: {entries}");
            }
        }
    }

    async fn what_is_written_beside_a_published_version_shows_nowhere(world) {
        let named = published(world, "Drying dates").await;
        world.pass(60);
        published(world, "Racks").await;
        let strangers = ["", "omar", "lwazi"];
        let mut before = Vec::new();
        for who in strangers.into_iter().chain(["focal"]) {
            before.push(seen(world, who, &named).await);
        }
        let unchanged = async |step: &str, reviewer: bool| {
            for (who, before) in strangers.into_iter().chain(["focal"]).zip(&before) {
                if who != "focal" || !reviewer {
                    assert_eq!(&seen(world, who, &named).await, before, "{who} after {step}");
                }
            }
        };
        let revision = before[0][0]["revision"].as_i64().unwrap();
        world.pass(60);
        world.done("mona", "reviseLesson", named.clone(), LESSON).await;
        unchanged("reviseLesson", false).await;
        // Who writes it has the lock as ever.
        let own = read(world, "mona", &named, "revision openVersion { number updatedAt }").await;
        assert_eq!(own["revision"], revision + 1, "{own}");
        let edit = |expected: i64, title: &str| with(&named, json!({ "expectedRevision": expected, "title": title }));
        assert_eq!(world.refused("mona", "updateLesson", edit(revision, "Old")).await.0, "STALE_REVISION");
        world.pass(60);
        world.done("mona", "updateLesson", edit(revision + 1, "Drying dates anew"), LESSON).await;
        let later = read(world, "mona", &named, "openVersion { number updatedAt }").await;
        assert_ne!(later["openVersion"]["updatedAt"], own["openVersion"]["updatedAt"]);
        unchanged("updateLesson", false).await;
        let name_one = with(&named, json!({ "expectedRevision": revision + 2, "coAuthorIds": [world.id("grace")] }));
        world.done("mona", "updateLesson", name_one, LESSON).await;
        unchanged("naming a co-author", false).await;
        // A reviewer who names the revision that they see isn't told of one that they don't.
        let step = with(&named, json!({ "expectedRevision": revision }));
        assert_eq!(world.refused("focal", "startReview", step).await.0, "WRONG_STATE");
        world.done("mona", "submitLesson", named.clone(), LESSON).await;
        unchanged("submitLesson", true).await;
        let handed_in = read(world, "focal", &named, "revision").await;
        assert_eq!(handed_in["revision"], revision + 4);
        let step = with(&named, json!({ "expectedRevision": revision + 4 }));
        world.done("focal", "startReview", step, LESSON).await;
        unchanged("startReview", true).await;
        let changes = with(&named, json!({ "comment": "More, please." }));
        world.done("focal", "requestLessonChanges", changes, LESSON).await;
        unchanged("requestLessonChanges", true).await;
        world.done("mona", "submitLesson", named.clone(), LESSON).await;
        world.done("focal", "startReview", named.clone(), LESSON).await;
        world.pass(60);
        world.done("focal", "publishLesson", named.clone(), LESSON).await;
        for who in strangers {
            let after = seen(world, who, &named).await;
            assert_eq!(after[0]["title"], "Drying dates anew", "{who}");
            assert_eq!(after[0]["revision"], read(world, "mona", &named, "revision").await["revision"], "{who}");
            assert_eq!(after[1]["lessons"]["edges"][0]["node"]["title"], "Drying dates anew", "latest first, for {who}");
        }
    }

    async fn a_revision_that_is_given_up_was_never_there_for_others(world) {
        let named = published(world, "Drying dates").await;
        let before = seen(world, "omar", &named).await;
        world.pass(60);
        world.done("mona", "reviseLesson", named.clone(), LESSON).await;
        let own = read(world, "mona", &named, "revision").await;
        world.done("mona", "withdrawLesson", with(&named, json!({ "openVersionOnly": true })), LESSON).await;
        assert_eq!(seen(world, "omar", &named).await, before);
        assert_ne!(read(world, "mona", &named, "revision").await, own);
    }

    async fn what_shows_less_at_once_is_a_change_that_everyone_sees(world) {
        let named = published(world, "Drying dates").await;
        let before = read(world, "omar", &named, "revision updatedAt visibility").await;
        world.pass(60);
        world.done("mona", "reviseLesson", named.clone(), LESSON).await;
        let revision = read(world, "mona", &named, "revision").await["revision"].clone();
        let narrower = with(&named, json!({ "expectedRevision": revision, "visibility": "MEMBERS" }));
        world.done("mona", "updateLesson", narrower, LESSON).await;
        let after = read(world, "omar", &named, "revision updatedAt visibility").await;
        assert_eq!(after["visibility"], "MEMBERS");
        assert_ne!((&after["revision"], &after["updatedAt"]), (&before["revision"], &before["updatedAt"]));
    }

    async fn every_change_of_what_was_never_published_moves_it(world) {
        let named = drafted(world, "mona", "Drying dates").await;
        let before = read(world, "mona", &named, "revision updatedAt").await;
        world.pass(60);
        world.done("mona", "updateLesson", with(&named, json!({ "expectedRevision": 1, "title": "Dates" })), LESSON).await;
        let after = read(world, "mona", &named, "revision updatedAt").await;
        assert_eq!(after["revision"], 2);
        assert_ne!(after["updatedAt"], before["updatedAt"]);
    }
}
