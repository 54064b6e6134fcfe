//! Story 2. Malawi: a lesson in Chichewa. Its author can't review it; the national focal point asks for changes, then
//! publishes. A machine translation is labelled, and stale after a new version. (Minutes come with other parts.)

use maip_tests::{Backend, Request, Town, on_both};
use serde_json::{Value, json};

const LESSON: &str = "lesson { id status revision missingForSubmission }";

async fn read(town: &Town, who: &str, lesson: &Value) -> Value {
    let query = "query ($id: ID!) { lesson(id: $id) { title language status authorName country { code } \
                 currentVersion { id number origin whatWasDone costs { item amount currency } } \
                 reviewThread { nodes { kind text author { displayName } } } } }";
    town.data(who, query, json!({ "id": lesson })).await["lesson"].clone()
}

async fn found(town: &Town, who: &str, words: &str) -> Value {
    let query =
        "query ($text: String!) { lessons(filter: { text: $text, language: [\"ny\"] }) { nodes { id } } }";
    town.data(who, query, json!({ "text": words })).await["lessons"]["nodes"].clone()
}

async fn found_by(town: &Town, words: &str) -> Value {
    let query = "query ($text: String!) { lessons(filter: { text: $text }) { nodes { id } } }";
    town.data("", query, json!({ "text": words })).await["lessons"]["nodes"].clone()
}

async fn text_in_english(town: &Town, lesson: &Value) -> Value {
    let query = "query ($id: ID!) { lesson(id: $id) { text(languages: [\"en\"]) { title language origin stale reviewed problem \
                 untranslated } } }";
    town.data("", query, json!({ "id": lesson })).await["lesson"]["text"].clone()
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

        // A machine translates it for readers of English; the page for print says so too.
        let version = public["currentVersion"]["id"].clone();
        let machine = json!({
            "versionId": version, "language": "en", "origin": "MACHINE", "title": "Drying bananas on shelves",
            "texts": { "abstract": "Dried bananas keep.", "whatWasDone": "We built bamboo shelves." },
        });
        town.done("farida", "addTranslation", machine, "translation { id }").await;
        let text = text_in_english(&town, &id).await;
        assert_eq!(
            text,
            json!({ "title": "Drying bananas on shelves", "language": "en", "origin": "MACHINE", "stale": false, "reviewed": false,
                    "problem": "Nthochi zimaola.", "untranslated": ["CONTEXT", "PROBLEM", "RESULT", "ENABLING_CONDITIONS"] })
        );
        assert_eq!(read(&town, "", &id).await["title"], "Kuumitsa nthochi pa mashelufu", "the original stays");
        let page = Request::new("GET", format!("/lessons/{}", id.as_str().expect("an id"))).header("accept", "text/html");
        let page = town.server().send(page.header("accept-language", "en-GB, fr;q=0.5")).await;
        let text = page.text();
        assert!(text.contains("<h1 lang=\"en\" dir=\"ltr\">Drying bananas on shelves</h1>"), "{text}");
        assert!(text.contains("<p lang=\"ny\" dir=\"ltr\">Nthochi zimaola.</p>"), "what is left out is the original's: {text}");
        for note in ["Translated by a machine", "Nobody has checked the translation"] {
            assert!(text.contains(note), "{note}: {text}");
        }
        assert!(page.header("vary").is_some_and(|names| names.contains("accept-language")), "{page}");
        // It is found in its language, and the search says by which.
        let search = "{ search(query: \"bamboo shelves\", in: [LESSON]) { edges { node { __typename } whyMatched { language \
                      translationLanguages terms { word } } } } }";
        let found = town.data("", search, Value::Null).await["search"]["edges"].clone();
        assert_eq!(
            found,
            json!([{ "node": { "__typename": "Lesson" }, "whyMatched": { "language": "ny", "translationLanguages": ["en"],
                     "terms": [{ "word": "bamboo" }, { "word": "shelves" }] } }])
        );
        assert_eq!(found_by(&town, "bamboo").await, json!([{ "id": id }]));
        // A new version says more than the translation does, and the translation is said to be stale.
        let named = json!({ "lessonId": id });
        let revised = town.done("thandiwe", "reviseLesson", named.clone(), LESSON).await;
        let edit = json!({ "lessonId": id, "expectedRevision": revised["lesson"]["revision"], "result": "Zotayika zinachepa ndi theka." });
        town.done("thandiwe", "updateLesson", edit, LESSON).await;
        assert_eq!(text_in_english(&town, &id).await["stale"], false, "a draft changes nothing");
        town.done("thandiwe", "submitLesson", named.clone(), LESSON).await;
        town.done("focal", "startReview", named.clone(), LESSON).await;
        town.done("focal", "publishLesson", named, LESSON).await;
        let text = text_in_english(&town, &id).await;
        assert_eq!((&text["stale"], &text["origin"]), (&json!(true), &json!("MACHINE")));
        assert_eq!(text["title"], "Drying bananas on shelves", "shown still, as there is nothing newer");
        assert_eq!(found_by(&town, "bamboo").await, json!([{ "id": id }]), "and found");
    }
}
