//! Who is named as a co-author is asked before they count as one.

use serde_json::{Value, json};

use super::lessons::{LESSON, full, read, with};
use super::world::in_the_world;

in_the_world! {
    async fn a_co_author_counts_as_one_once_they_accept(world) {
        let input = with(&full(world, "Drying dates").await, json!({ "coAuthorIds": [world.id("focal"), world.id("grace")] }));
        let draft = world.done("mona", "draftLesson", input, LESSON).await;
        let named = json!({ "lessonId": draft["lesson"]["id"] });
        let people = "coAuthors { displayName } askedCoAuthors { displayName }";
        let asked = json!({ "coAuthors": [], "askedCoAuthors": [{ "displayName": "focal" }, { "displayName": "grace" }] });
        assert_eq!(read(world, "mona", &named, people).await, asked);
        // Who is asked reads what would bear their name, and can do nothing else with it.
        let mine = "{ viewer { lessons { totalCount } coAuthorRequests { nodes { title authorName currentVersion { problem } } } } }";
        let waiting = world.data("grace", mine, Value::Null).await["viewer"].clone();
        assert_eq!(waiting["lessons"]["totalCount"], 0);
        let shown = json!([{ "title": "Drying dates", "authorName": "mona", "currentVersion": { "problem": "Mould." } }]);
        assert_eq!(waiting["coAuthorRequests"]["nodes"], shown);
        let edit = with(&named, json!({ "expectedRevision": 1, "title": "Hers" }));
        assert_eq!(world.refused("grace", "updateLesson", edit).await.0, "NOT_YOURS");
        for (who, code) in [("", "NOT_FOUND"), ("omar", "NOT_FOUND"), ("farida", "NOT_YOURS"), ("mona", "NOT_YOURS")] {
            let refused = world.refused(who, "acceptCoAuthorship", named.clone()).await.0;
            assert!(refused == code || (who.is_empty() && refused == "SIGN_IN_NEEDED"), "{who}: {refused}");
        }
        // Being named bars nobody from reviewing it.
        world.done("mona", "submitLesson", named.clone(), LESSON).await;
        world.done("focal", "startReview", named.clone(), LESSON).await;
        assert_eq!(world.refused("focal", "acceptCoAuthorship", named.clone()).await.0, "CONFLICT_OF_INTEREST");
        world.done("focal", "declineCoAuthorship", named.clone(), LESSON).await;
        world.done("grace", "acceptCoAuthorship", named.clone(), LESSON).await;
        assert_eq!(world.refused("grace", "declineCoAuthorship", named.clone()).await.0, "NOT_YOURS");
        world.done("focal", "publishLesson", named.clone(), LESSON).await;
        let accepted = json!({ "coAuthors": [{ "displayName": "grace" }], "askedCoAuthors": [] });
        assert_eq!(read(world, "mona", &named, people).await, accepted);
        assert_eq!(read(world, "omar", &named, "coAuthors { displayName }").await["coAuthors"], accepted["coAuthors"]);
    }

    async fn nobody_is_shown_as_a_co_author_who_was_only_asked(world) {
        let input = with(&full(world, "Drying dates").await, json!({ "coAuthorIds": [world.id("grace")] }));
        let draft = world.done("mona", "draftLesson", input, LESSON).await;
        let named = json!({ "lessonId": draft["lesson"]["id"] });
        for (who, step) in [("mona", "submitLesson"), ("focal", "startReview"), ("focal", "publishLesson")] {
            world.done(who, step, named.clone(), LESSON).await;
        }
        for who in ["omar", "focal"] {
            let seen = read(world, who, &named, "coAuthors { id } askedCoAuthors { id }").await;
            assert_eq!(seen, json!({ "coAuthors": [], "askedCoAuthors": [] }), "{who}");
        }
    }
}
