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

/// Rahima and her reviewer in Bangladesh; its platform, and that of Malawi.
async fn two_countries(backend: Backend) -> (Town, String, String) {
    let mut town = Town::start(backend).await;
    town.member("rahima", "BGD", "MEMBER").await;
    town.officer("focal", "BGD", "NATIONAL_FOCAL_POINT").await;
    let (bangladesh, malawi) = (town.platform("BGD").await, town.platform("MWI").await);
    (town, bangladesh, malawi)
}

/// Rahima's lesson, as a draft.
async fn drafted(town: &Town, platform: &str) -> Value {
    let concepts = town.data("", "{ concepts(first: 1) { nodes { id } } }", Value::Null).await;
    let draft = json!({
        "platformId": platform, "language": "en", "visibility": "PUBLIC", "title": "Vacuum-fried jackfruit chips",
        "abstract": "Chips keep for six months.", "context": "Gazipur.", "problem": "Fruit rots under the trees.",
        "whatWasDone": "Frying under vacuum.", "result": "Six months of shelf life.", "outcome": "WORKED",
        "enablingConditions": ["Fruit picked firm"], "conceptIds": [concepts["concepts"]["nodes"][0]["id"]],
    });
    town.done("rahima", "draftLesson", draft, LESSON).await["lesson"]["id"].clone()
}

/// The same, published.
async fn published(town: &Town, platform: &str) -> Value {
    let lesson = drafted(town, platform).await;
    publish(town, &lesson).await;
    lesson
}

on_both! {
    async fn a_failure_elsewhere_is_seen_on_the_lesson_and_stays_with_its_version(backend: Backend) {
        let (mut town, bangladesh, malawi) = two_countries(backend).await;
        town.member("lameck", "MWI", "MEMBER").await;
        town.member("onlooker", "MWI", "OBSERVER").await;
        let lesson = drafted(&town, &bangladesh).await;
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

    async fn what_is_said_of_a_try_is_verified_by_someone_without_a_part_in_it(backend: Backend) {
        let (mut town, bangladesh, malawi) = two_countries(backend).await;
        town.member("lameck", "MWI", "MEMBER").await;
        town.member("gloria", "MWI", "FACILITATOR").await;
        let lesson = published(&town, &bangladesh).await;
        let plan = json!({ "lessonId": lesson, "platformId": malawi, "note": "With green bananas." });
        let planned = town.done("lameck", "planReplication", plan, "replication { id }").await;
        let trial = planned["replication"]["id"].clone();

        // What is seen is said as it goes, and said anew.
        let said = "replication { status revision conclusion note conditionsHeld conditionsMissing }";
        let seen = json!({ "replicationId": trial, "conditionsHeld": ["Fruit picked firm"], "note": "Two weeks." });
        assert_eq!(town.refused("rahima", "recordTrial", seen.clone()).await, "FORBIDDEN");
        let first = town.done("gloria", "recordTrial", seen.clone(), said).await;
        assert_eq!(first["replication"]["status"], "TRIAL");
        let later = json!({ "replicationId": trial, "expectedRevision": first["replication"]["revision"],
            "conditionsMissing": [NEEDED] });
        let second = town.done("lameck", "recordTrial", later.clone(), said).await["replication"].clone();
        assert_eq!(second, json!({
            "status": "TRIAL", "revision": 3, "conclusion": null, "note": "Two weeks.",
            "conditionsHeld": ["Fruit picked firm"], "conditionsMissing": [NEEDED],
        }));
        assert_eq!(town.refused("lameck", "recordTrial", later).await, "STALE_REVISION");
        for missing in [json!([]), json!([NEEDED])] {
            let anew = json!({ "replicationId": trial, "conditionsHeld": [], "conditionsMissing": missing });
            let third = town.done("gloria", "recordTrial", anew, said).await["replication"].clone();
            assert_eq!((&third["conditionsHeld"], &third["conditionsMissing"]), (&json!([]), &missing));
        }
        let check = json!({ "replicationId": trial, "note": "I counted the days." });
        town.officer("ruth", "MWI", "NATIONAL_FOCAL_POINT").await;
        assert_eq!(town.refused("ruth", "verifyReplication", check.clone()).await, "WRONG_STATE", "it isn't concluded");
        let end = json!({ "replicationId": trial, "conclusion": "ABANDONED", "outcome": "FAILED" });
        let ended = town.done("lameck", "concludeReplication", end, said).await["replication"].clone();
        assert_eq!(ended["conditionsMissing"], json!([NEEDED]), "what the trial said of them stays");
        assert_eq!(town.refused("lameck", "recordTrial", seen).await, "WRONG_STATE");

        // Those who tried it, those who record for its platform and its author don't verify it, whatever their office.
        for who in ["lameck", "gloria", "rahima"] {
            assert_eq!(town.refused(who, "verifyReplication", check.clone()).await, "NOT_A_REVIEWER", "{who}");
            town.office(who, "MWI", "TECHNICAL_OFFICER").await;
            assert_eq!(town.refused(who, "verifyReplication", check.clone()).await, "CONFLICT_OF_INTEREST", "{who}");
        }
        town.officer("desk", "BGD", "EXECUTIVE_SECRETARY").await;
        assert_eq!(town.refused("desk", "verifyReplication", check.clone()).await, "NOT_A_REVIEWER", "the country first");
        let can = "query ($id: ID!) { replication(id: $id) { viewerCan { action allowed reason } } }";
        let asked = town.data("desk", can, json!({ "id": trial })).await["replication"]["viewerCan"].clone();
        assert_eq!(asked, json!([
            { "action": "RECORD_TRIAL", "allowed": false, "reason": "NOT_ALLOWED" },
            { "action": "UPDATE", "allowed": false, "reason": "NOT_ALLOWED" },
            { "action": "VERIFY", "allowed": false, "reason": "COUNTRY_REVIEWS_FIRST" },
        ]));
        let verified = "replication { status conclusion outcome verificationNote verifiedBy { displayName } }";
        let done = town.done("ruth", "verifyReplication", check.clone(), verified).await;
        assert_eq!(done["replication"], json!({
            "status": "VERIFIED", "conclusion": "ABANDONED", "outcome": "FAILED",
            "verificationNote": "I counted the days.", "verifiedBy": { "displayName": "ruth" },
        }));
        assert_eq!(town.refused("ruth", "verifyReplication", check).await, "WRONG_STATE");
        let audit = "SELECT action FROM audit_entries WHERE subject_type = 'Replication' ORDER BY line";
        let told = "SELECT kind FROM outbox WHERE subject_type = 'Replication' ORDER BY line";
        let trials = ["trial_recorded"; 4];
        let steps = [&["planned"], &trials[..], &["concluded", "verified"]].concat();
        let steps: Vec<String> = steps.iter().map(|step| format!("replication.{step}")).collect();
        assert_eq!((town.column(audit).await, town.column(told).await), (steps.clone(), steps));
    }

    async fn a_country_whose_officers_all_had_a_part_leaves_verifying_to_the_secretariat(backend: Backend) {
        let (mut town, bangladesh, malawi) = two_countries(backend).await;
        town.member("gloria", "MWI", "FACILITATOR").await;
        town.office("gloria", "MWI", "NATIONAL_FOCAL_POINT").await;
        town.officer("desk", "BGD", "EXECUTIVE_SECRETARY").await;
        let plan = json!({ "lessonId": published(&town, &bangladesh).await, "platformId": malawi });
        let planned = town.done("gloria", "planReplication", plan, "replication { id }").await;
        let trial = planned["replication"]["id"].clone();
        let end = json!({ "replicationId": trial, "conclusion": "ADOPTED", "outcome": "WORKED" });
        town.done("gloria", "concludeReplication", end, "replication { id }").await;
        let check = json!({ "replicationId": trial, "note": "Seen in the books." });
        assert_eq!(town.refused("gloria", "verifyReplication", check.clone()).await, "CONFLICT_OF_INTEREST");
        town.done("desk", "verifyReplication", check, "replication { id }").await;
    }
}
