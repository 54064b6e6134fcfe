//! Story 8. Bangladesh → Malawi: a replication FAILED, and the lesson shows the condition that was missing; version 2 of
//! the lesson leaves the trial on version 1.

use maip_tests::{Backend, Town, on_both};
use serde_json::{Value, json};

const LESSON: &str = "lesson { id status revision }";
const NEEDED: &str = "Electricity for six hours a day in the season";

async fn publish(town: &Town, lesson: &Value) {
    let named = json!({ "lessonId": lesson });
    town.done("rahima", "submitLesson", named.clone(), LESSON).await;
    town.done("focal", "startReview", named.clone(), LESSON).await;
    town.done("focal", "publishLesson", named, LESSON).await;
}

on_both! {
    async fn a_failure_elsewhere_is_seen_on_the_lesson_and_stays_with_its_version(backend: Backend) {
        let mut town = Town::start(backend).await;
        town.member("rahima", "BGD", "MEMBER").await;
        town.officer("focal", "BGD", "NATIONAL_FOCAL_POINT").await;
        town.member("lameck", "MWI", "MEMBER").await;
        town.member("onlooker", "MWI", "OBSERVER").await;
        let (bangladesh, malawi) = (town.platform("BGD").await, town.platform("MWI").await);
        let concepts = town.data("", "{ concepts(first: 1) { nodes { id } } }", Value::Null).await;
        let draft = json!({
            "platformId": bangladesh, "language": "en", "visibility": "PUBLIC", "title": "Vacuum-fried jackfruit chips",
            "abstract": "Chips keep for six months.", "context": "Gazipur.", "problem": "Fruit rots under the trees.",
            "whatWasDone": "Frying under vacuum.", "result": "Six months of shelf life.", "outcome": "WORKED",
            "enablingConditions": ["Fruit picked firm"], "conceptIds": [concepts["concepts"]["nodes"][0]["id"]],
        });
        let lesson = town.done("rahima", "draftLesson", draft, LESSON).await["lesson"]["id"].clone();
        let plan = json!({ "lessonId": lesson, "platformId": malawi, "note": "With green bananas." });
        assert_eq!(town.refused("lameck", "planReplication", plan.clone()).await, "NOT_FOUND", "nobody tries a draft");
        publish(&town, &lesson).await;

        assert_eq!(town.refused("onlooker", "planReplication", plan.clone()).await, "MEMBERSHIP_NEEDED");
        let planned = town.done("lameck", "planReplication", plan, "replication { id status outcome }").await;
        assert_eq!(planned["replication"]["outcome"], Value::Null);
        let trial = planned["replication"]["id"].clone();
        let end = json!({
            "replicationId": trial, "conclusion": "ABANDONED", "outcome": "FAILED",
            "conditionsHeld": ["Fruit picked firm"], "conditionsMissing": [NEEDED],
            "note": "Power failed on 23 of 40 days.",
        });
        assert_eq!(town.refused("rahima", "concludeReplication", end.clone()).await, "FORBIDDEN");
        town.done("lameck", "concludeReplication", end, "replication { status }").await;

        let query = "query ($id: ID!) { lesson(id: $id) { outcome missingConditions replicationOutcomes { total failed } \
                     currentVersion { number } replications { nodes { id status outcome conditionsMissing note \
                     country { code } version { number } } } } }";
        let seen = async || town.data("", query, json!({ "id": lesson })).await["lesson"].clone();
        let trial_seen = json!({
            "id": trial, "status": "ABANDONED", "outcome": "FAILED", "conditionsMissing": [NEEDED],
            "note": "Power failed on 23 of 40 days.", "country": { "code": "MWI" }, "version": { "number": 1 },
        });
        let before = seen().await;
        assert_eq!(before["missingConditions"], json!([NEEDED]));
        assert_eq!(before["replicationOutcomes"], json!({ "total": 1, "failed": 1 }));
        assert_eq!(before["replications"]["nodes"], json!([trial_seen]));

        let revised = town.done("rahima", "reviseLesson", json!({ "lessonId": lesson }), LESSON).await;
        let edit = json!({
            "lessonId": lesson, "expectedRevision": revised["lesson"]["revision"],
            "enablingConditions": ["Fruit picked firm", NEEDED],
        });
        town.done("rahima", "updateLesson", edit, LESSON).await;
        publish(&town, &lesson).await;
        let after = seen().await;
        assert_eq!(after["currentVersion"]["number"], 2);
        assert_eq!(after["outcome"], "WORKED", "what came of it elsewhere doesn't change what came of it there");
        assert_eq!(after["replications"]["nodes"], json!([trial_seen]), "the trial stays with version 1");
        let failed = "{ replications(filter: { outcome: [FAILED], country: [\"MWI\"] }) { nodes { id } } }";
        assert_eq!(town.data("", failed, Value::Null).await["replications"]["nodes"], json!([{ "id": trial }]));
    }
}
