//! Story 2. Malawi: a lesson in Chichewa. Its author can't review it; the national focal point asks for changes, then
//! publishes. (Minutes and translation come with other parts.)

use maip_tests::{Backend, Town, on_both};
use serde_json::{Value, json};

const LESSON: &str = "lesson { id status revision missingForSubmission }";

async fn read(town: &Town, who: &str, lesson: &Value) -> Value {
    let query = "query ($id: ID!) { lesson(id: $id) { title language status authorName country { code } \
                 currentVersion { number origin whatWasDone costs { item amount currency } } \
                 reviewThread { nodes { kind text author { displayName } } } } }";
    town.data(who, query, json!({ "id": lesson })).await["lesson"].clone()
}

async fn found(town: &Town, who: &str, words: &str) -> Value {
    let query =
        "query ($text: String!) { lessons(filter: { text: $text, language: [\"ny\"] }) { nodes { id } } }";
    town.data(who, query, json!({ "text": words })).await["lessons"]["nodes"].clone()
}

on_both! {
    async fn a_lesson_in_chichewa_is_reviewed_by_another_and_published(backend: Backend) {
        let mut town = Town::start(backend).await;
        // The author is an officer of the country, and might review: but not what is their own.
        town.officer("thandiwe", "MWI", "TECHNICAL_OFFICER").await;
        town.member("chisomo", "MWI", "MEMBER").await;
        town.member("farida", "EGY", "MEMBER").await;
        town.officer("focal", "MWI", "NATIONAL_FOCAL_POINT").await;
        town.officer("abroad", "EGY", "NATIONAL_FOCAL_POINT").await;
        let platform = town.platform("MWI").await;
        let request = json!({ "platformId": platform, "actorType": "EXTENSION" });
        let asked = town.done("thandiwe", "requestMembership", request, "membership { id }").await;
        let approve = json!({ "membershipId": asked["membership"]["id"] });
        town.done("focal", "approveMembership", approve, "membership { status }").await;

        // A title and a few sentences make a draft.
        let draft = json!({
            "id": town.fresh("lesson"), "platformId": platform, "language": "ny", "visibility": "PUBLIC",
            "title": "Kuumitsa nthochi pa mashelufu", "context": "Mudzi wa ku Thyolo.",
        });
        let drafted = town.done("thandiwe", "draftLesson", draft.clone(), LESSON).await;
        let id = drafted["lesson"]["id"].clone();
        let again = town.done("thandiwe", "draftLesson", draft, LESSON).await;
        assert_eq!(again, drafted, "a lost answer asked for again is the same lesson");
        let named = json!({ "lessonId": id });
        assert_eq!(drafted["lesson"]["missingForSubmission"][0], "ABSTRACT");
        assert_eq!(town.refused("thandiwe", "submitLesson", named.clone()).await, "MISSING_FIELDS");
        for who in ["chisomo", "farida", "focal", "abroad", ""] {
            assert_eq!(read(&town, who, &id).await, Value::Null, "{who} sees no draft, public or not");
        }
        let concepts = town.data("", "{ concepts(first: 1) { nodes { id } } }", Value::Null).await;
        let rest = json!({
            "lessonId": id, "expectedRevision": 1, "abstract": "Nthochi zouma zimasungika.", "problem": "Nthochi zimaola.",
            "whatWasDone": "Tinamanga mashelufu a nsungwi.", "result": "Zotayika zinachepa.", "outcome": "WORKED",
            "enablingConditions": ["Mphepo youma"], "conceptIds": [concepts["concepts"]["nodes"][0]["id"]],
            "actorTypes": ["FARMER", "PROCESSOR"], "costs": [{ "item": "Nsungwi", "amount": "45000", "currency": "MWK" }],
        });
        town.done("thandiwe", "updateLesson", rest, LESSON).await;
        town.done("thandiwe", "submitLesson", named.clone(), LESSON).await;

        assert_eq!(town.refused("thandiwe", "startReview", named.clone()).await, "CONFLICT_OF_INTEREST");
        for who in ["chisomo", "farida", "abroad"] {
            assert_eq!(town.refused(who, "startReview", named.clone()).await, "NOT_FOUND", "{who}");
        }
        town.done("focal", "startReview", named.clone(), LESSON).await;
        assert_eq!(town.refused("thandiwe", "publishLesson", named.clone()).await, "CONFLICT_OF_INTEREST");
        let changes = json!({ "lessonId": id, "comment": "Kodi mashelufu ndi aatali bwanji?" });
        let back = town.done("focal", "requestLessonChanges", changes, LESSON).await;
        assert_eq!(back["lesson"]["status"], "CHANGES_REQUESTED");
        let edit = json!({
            "lessonId": id, "expectedRevision": back["lesson"]["revision"],
            "whatWasDone": "Tinamanga mashelufu a nsungwi, mita imodzi kuchokera pansi.",
        });
        town.done("thandiwe", "updateLesson", edit, LESSON).await;
        town.done("thandiwe", "submitLesson", named.clone(), LESSON).await;
        town.done("focal", "startReview", named.clone(), LESSON).await;
        assert_eq!(found(&town, "", "nsungwi").await, json!([]), "nothing is found before it is published");
        town.done("focal", "publishLesson", named, LESSON).await;

        let public = read(&town, "", &id).await;
        assert_eq!(public["title"], "Kuumitsa nthochi pa mashelufu");
        assert_eq!((&public["language"], &public["status"]), (&json!("ny"), &json!("PUBLISHED")));
        assert_eq!(public["country"]["code"], "MWI");
        assert_eq!(public["authorName"], "thandiwe");
        assert_eq!(public["currentVersion"]["costs"], json!([{ "item": "Nsungwi", "amount": "45000.00", "currency": "MWK" }]));
        assert_eq!(public["currentVersion"]["origin"], "ORIGINAL");
        assert_eq!(public["reviewThread"]["nodes"], json!([]), "the conversation is the author's and the reviewers'");
        let thread = read(&town, "thandiwe", &id).await["reviewThread"]["nodes"].clone();
        assert_eq!(thread[0]["text"], "Kodi mashelufu ndi aatali bwanji?");
        assert_eq!(thread[0]["author"]["displayName"], "focal");
        assert_eq!(found(&town, "farida", "MASHELUFU nsungwi").await, json!([{ "id": id }]));
    }
}
