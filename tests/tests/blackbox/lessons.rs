//! Writing lessons from outside, by several at a time.

use maip_tests::{Backend, Town, on_both};
use serde_json::{Value, json};

const LESSON: &str = "lesson { id status revision title }";

/// A platform of Malawi with two who write and two who review.
async fn malawi(backend: Backend) -> Town {
    let mut town = Town::start(backend).await;
    for name in ["ada", "ben"] {
        town.member(name, "MWI", "MEMBER").await;
    }
    town.officer("focal", "MWI", "NATIONAL_FOCAL_POINT").await;
    town.officer("officer", "MWI", "TECHNICAL_OFFICER").await;
    town
}

async fn draft(town: &mut Town) -> Value {
    let concepts = town.data("", "{ concepts(first: 1) { nodes { id } } }", Value::Null).await;
    json!({
        "id": town.fresh("lesson"), "platformId": town.platform("MWI").await, "language": "en", "visibility": "PUBLIC",
        "title": "Dried bananas", "abstract": "They keep.", "context": "Thyolo.", "problem": "They rot.",
        "whatWasDone": "Racks.", "result": "Less was lost.", "outcome": "WORKED", "coAuthorIds": [town.id("ben")],
        "hinderingConditions": ["Rain"], "conceptIds": [concepts["concepts"]["nodes"][0]["id"]],
    })
}

on_both! {
    async fn of_many_who_write_at_a_time_one_wins_and_nothing_is_lost(backend: Backend) {
        let mut town = malawi(backend).await;
        let input = draft(&mut town).await;
        // The same sent by an impatient client, all at once.
        let send = async || town.payload("ada", "draftLesson", input.clone(), LESSON).await;
        let (a, b, c) = tokio::join!(send(), send(), send());
        for answer in [&a, &b, &c] {
            assert_eq!((&answer["userErrors"], &answer["lesson"]["id"]), (&json!([]), &input["id"]));
        }
        assert_eq!(town.text("SELECT CAST(COUNT(*) AS text) FROM lessons").await.as_deref(), Some("1"));

        let query = "mutation ($input: UpdateLessonInput!) { updateLesson(input: $input) { lesson { title } userErrors { code } \
                     conflict { base mine current { title } } } }";
        let edit = async |who: &'static str, title: &'static str| {
            let input = json!({ "lessonId": input["id"], "expectedRevision": 1, "title": title });
            town.data(who, query, json!({ "input": input })).await["updateLesson"].clone()
        };
        town.done("ben", "acceptCoAuthorship", json!({ "lessonId": input["id"] }), LESSON).await;
        let (ada, ben) = tokio::join!(edit("ada", "Ada's bananas"), edit("ben", "Ben's bananas"));
        let (won, lost) = if ada["lesson"].is_null() { (ben, ada) } else { (ada, ben) };
        assert_eq!(lost["userErrors"][0]["code"], "STALE_REVISION", "{lost}");
        assert_eq!(lost["conflict"]["base"]["title"], "Dried bananas");
        assert_eq!(lost["conflict"]["current"]["title"], won["lesson"]["title"]);
        assert_ne!(lost["conflict"]["mine"]["title"], won["lesson"]["title"]);

        let named = json!({ "lessonId": input["id"] });
        town.done("ada", "submitLesson", named.clone(), LESSON).await;
        town.done("focal", "startReview", named.clone(), LESSON).await;
        let publish = async |who: &'static str| town.payload(who, "publishLesson", named.clone(), LESSON).await;
        let (one, other) = tokio::join!(publish("focal"), publish("officer"));
        let codes = [&one["userErrors"][0]["code"], &other["userErrors"][0]["code"]];
        assert!(codes.contains(&&Value::Null) && codes.contains(&&json!("WRONG_STATE")), "{codes:?}");
    }

    async fn the_author_chooses_how_they_are_named(backend: Backend) {
        let mut town = malawi(backend).await;
        let input = draft(&mut town).await;
        let lesson = town.done("ada", "draftLesson", input, LESSON).await["lesson"]["id"].clone();
        let named = json!({ "lessonId": lesson });
        town.done("ben", "acceptCoAuthorship", named.clone(), LESSON).await;
        let anonymous = json!({ "lessonId": lesson, "expectedRevision": 1, "attribution": "ANONYMOUS" });
        town.done("ada", "updateLesson", anonymous, LESSON).await;
        town.done("ada", "submitLesson", named.clone(), LESSON).await;
        assert_eq!(town.refused("ben", "startReview", named.clone()).await, "NOT_A_REVIEWER");
        town.done("officer", "startReview", named.clone(), LESSON).await;
        town.done("officer", "publishLesson", named, LESSON).await;
        let query = "query ($id: ID!) { lesson(id: $id) { title authorName author { id } coAuthors { id } } }";
        let public = town.data("", query, json!({ "id": lesson })).await["lesson"].clone();
        assert_eq!(public, json!({ "title": "Dried bananas", "authorName": null, "author": null, "coAuthors": [] }));
        let own = town.data("ben", query, json!({ "id": lesson })).await["lesson"].clone();
        assert_eq!(own["authorName"], "ada");
    }

    async fn a_revision_that_strangers_do_not_see_changes_nothing_for_them(backend: Backend) {
        let mut town = malawi(backend).await;
        town.member("stranger", "MWI", "MEMBER").await;
        let input = draft(&mut town).await;
        let named = json!({ "lessonId": input["id"] });
        let published = async |named: &Value, mut input: Value| {
            input["coAuthorIds"] = json!([]);
            input["id"] = named["lessonId"].clone();
            town.done("ada", "draftLesson", input, LESSON).await;
            town.done("ada", "submitLesson", named.clone(), LESSON).await;
            town.done("focal", "startReview", named.clone(), LESSON).await;
            town.done("focal", "publishLesson", named.clone(), LESSON).await;
        };
        published(&named, input.clone()).await;
        let mut other = input.clone();
        other["title"] = json!("Dried mangoes");
        published(&json!({ "lessonId": town.fresh("lesson") }), other).await;
        let all = "query ($id: ID!) { lesson(id: $id) { revision updatedAt title versions { totalCount } openVersion { id } } \
                   lessons(sort: UPDATED_AT) { edges { cursor node { id revision updatedAt title } } } }";
        let seen = async |who: &'static str| town.data(who, all, json!({ "id": input["id"] })).await;
        let (nobody, stranger, reviewer) = (seen("").await, seen("stranger").await, seen("focal").await);
        town.done("ada", "reviseLesson", named.clone(), LESSON).await;
        let own = town.data("ada", all, json!({ "id": input["id"] })).await["lesson"]["revision"].clone();
        assert_ne!(own, nobody["lesson"]["revision"]);
        let edit = json!({ "lessonId": input["id"], "expectedRevision": own, "title": "Anew" });
        town.done("ada", "updateLesson", edit.clone(), LESSON).await;
        assert_eq!(town.refused("ada", "updateLesson", edit).await, "STALE_REVISION");
        assert_eq!((seen("").await, seen("stranger").await, seen("focal").await), (nobody.clone(), stranger, reviewer.clone()));
        // Handed in, it is there for who reviews it, and for nobody else.
        town.done("ada", "submitLesson", named.clone(), LESSON).await;
        assert_eq!(seen("").await, nobody);
        assert_ne!(seen("focal").await["lesson"]["revision"], reviewer["lesson"]["revision"]);
        town.done("focal", "startReview", named.clone(), LESSON).await;
        town.done("focal", "publishLesson", named, LESSON).await;
        let after = seen("").await;
        assert_eq!((&after["lesson"]["title"], &after["lessons"]["edges"][0]["node"]["title"]), (&json!("Anew"), &json!("Anew")));
    }
}
