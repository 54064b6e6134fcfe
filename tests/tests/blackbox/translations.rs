//! Translations of lessons: who adds, changes, reviews and takes them back; who is shown which; and the wish for one.

use maip_tests::{Backend, Request, Town, on_both};
use serde_json::{Value, json};

const TRANSLATION: &str = "translation { id revision status stale origin language direction title abstract translator { displayName } }";
const REQUEST: &str = "translationRequest { id status language takenBy { displayName } translation { id } }";

/// A town with a lesson in English that is published: the ids of the lesson and its version.
pub async fn with_lesson(town: &mut Town) -> (Value, Value) {
    town.member("author", "MWI", "MEMBER").await;
    town.officer("focal", "MWI", "NATIONAL_FOCAL_POINT").await;
    let platform = town.platform("MWI").await;
    let concepts = town.data("", "{ concepts(first: 1) { nodes { id } } }", Value::Null).await;
    let draft = json!({
        "platformId": platform, "language": "en", "visibility": "PUBLIC", "title": "Drying bananas on shelves",
        "abstract": "Dried bananas keep for months.", "context": "A village in Thyolo.", "problem": "Bananas rot.",
        "whatWasDone": "Shelves of bamboo were built.", "result": "Less was lost.", "outcome": "WORKED",
        "enablingConditions": ["A dry wind"], "conceptIds": [concepts["concepts"]["nodes"][0]["id"]],
        "attribution": "ANONYMOUS",
    });
    let drafted = town.done("author", "draftLesson", draft, "lesson { id }").await;
    let lesson = drafted["lesson"]["id"].clone();
    let version = publish(town, &lesson).await;
    (lesson, version)
}

/// Hands a lesson in, reviews and publishes it: the id of its published version.
async fn publish(town: &Town, lesson: &Value) -> Value {
    let named = json!({ "lessonId": lesson });
    town.done("author", "submitLesson", named.clone(), "lesson { id }").await;
    town.done("focal", "startReview", named.clone(), "lesson { id }").await;
    let selection = "lesson { publishedVersion { id } }";
    let published = town.done("focal", "publishLesson", named, selection).await;
    published["lesson"]["publishedVersion"]["id"].clone()
}

async fn revise(town: &Town, lesson: &Value) -> Value {
    let named = json!({ "lessonId": lesson });
    let revised = town.done("author", "reviseLesson", named, "lesson { revision }").await;
    let edit = json!({ "lessonId": lesson, "expectedRevision": revised["lesson"]["revision"], "result": "Half of what was lost before is kept." });
    town.done("author", "updateLesson", edit, "lesson { id }").await;
    publish(town, lesson).await
}

/// What a reader is shown of a lesson, with these languages as the argument and as the header.
async fn shown(town: &Town, lesson: &Value, argument: Option<&[&str]>, header: &str) -> Value {
    let query = "query ($id: ID!, $in: [LanguageCode!]) { lesson(id: $id) { text(languages: $in) { language direction origin \
                 stale reviewed title result untranslated enablingConditions originalLanguage translation { id } } } }";
    let without = query.replace("(languages: $in)", "").replace(", $in: [LanguageCode!]", "");
    let (query, variables) = match argument {
        Some(tags) => (query, json!({ "id": lesson, "in": tags })),
        None => (without.as_str(), json!({ "id": lesson })),
    };
    let mut request = Request::graphql(query, &variables);
    if !header.is_empty() {
        request = request.header("accept-language", header);
    }
    town.server().send(request).await.data()["lesson"]["text"].clone()
}

fn russian(version: &Value) -> Value {
    json!({
        "versionId": version, "language": "ru", "origin": "HUMAN", "title": "Сушка бананов на полках",
        "texts": { "abstract": "Сушёные бананы хранятся месяцами.", "result": "Потери уменьшились." },
    })
}

on_both! {
    async fn a_translation_is_added_reviewed_by_another_and_taken_back(backend: Backend) {
        let mut town = Town::start(backend).await;
        let (lesson, version) = with_lesson(&mut town).await;
        town.member("dilnoza", "UZB", "MEMBER").await;
        town.member("rustam", "UZB", "MEMBER").await;
        town.member("guest", "UZB", "OBSERVER").await;
        town.person("stranger").await;

        for (who, code) in [("guest", "MEMBERSHIP_NEEDED"), ("stranger", "MEMBERSHIP_NEEDED"), ("", "SIGN_IN_NEEDED")] {
            assert_eq!(town.refused(who, "addTranslation", russian(&version)).await, code, "{who}");
        }
        let mut input = russian(&version);
        input["id"] = town.fresh("translation").into();
        let added = town.done("dilnoza", "addTranslation", input.clone(), TRANSLATION).await;
        assert_eq!(town.done("dilnoza", "addTranslation", input, TRANSLATION).await, added, "asked for again");
        let translation = &added["translation"];
        assert_eq!((&translation["status"], &translation["stale"]), (&json!("UNREVIEWED"), &json!(false)));
        assert_eq!(translation["translator"]["displayName"], "dilnoza");
        let id = translation["id"].clone();
        assert_eq!(town.refused("dilnoza", "addTranslation", russian(&version)).await, "CONFLICT", "one of each");

        // What is wrong is said, and nothing is kept of it.
        let wrong = [
            (json!({ "language": "en-GB" }), "INVALID"),
            (json!({ "language": "fr" }), "INVALID"),
            (json!({ "title": "" }), "REQUIRED"),
            (json!({ "language": "kk", "texts": { "abstract": "я".repeat(1_501) } }), "TOO_LONG"),
            (json!({ "versionId": town.fresh("lessonversion") }), "NOT_FOUND"),
            (json!({ "versionId": lesson }), "INVALID_ID"),
        ];
        for (change, code) in wrong {
            let mut input = russian(&version);
            for (field, value) in change.as_object().into_iter().flatten() {
                input[field] = value.clone();
            }
            assert_eq!(town.refused("rustam", "addTranslation", input).await, code, "{change}");
        }

        // Its translator changes it; another doesn't, and nobody reviews their own.
        let edit = json!({ "translationId": id, "expectedRevision": 1, "texts": { "problem": "Бананы гниют." } });
        assert_eq!(town.refused("rustam", "reviseTranslation", edit.clone()).await, "NOT_YOURS");
        town.done("dilnoza", "reviseTranslation", edit.clone(), TRANSLATION).await;
        let late = town.payload("dilnoza", "reviseTranslation", edit, "conflict { currentRevision base }").await;
        assert_eq!(late["userErrors"][0]["code"], "STALE_REVISION");
        assert_eq!(late["conflict"]["base"]["title"], "Сушка бананов на полках");
        let review = json!({ "translationId": id, "expectedRevision": 2 });
        assert_eq!(town.refused("dilnoza", "reviewTranslation", review.clone()).await, "CONFLICT_OF_INTEREST");
        assert_eq!(town.refused("guest", "reviewTranslation", review.clone()).await, "MEMBERSHIP_NEEDED");
        let stale = json!({ "translationId": id, "expectedRevision": 1 });
        assert_eq!(town.refused("rustam", "reviewTranslation", stale).await, "STALE_REVISION");
        let reviewed = town.done("rustam", "reviewTranslation", review.clone(), TRANSLATION).await;
        assert_eq!(reviewed["translation"]["status"], "REVIEWED");
        assert_eq!(town.refused("author", "reviewTranslation", review).await, "WRONG_STATE");
        assert_eq!(shown(&town, &lesson, Some(&["ru"]), "").await["reviewed"], true);
        let changed = json!({ "translationId": id, "title": "Как сушить бананы на полках" });
        let changed = town.done("dilnoza", "reviseTranslation", changed, TRANSLATION).await;
        assert_eq!(changed["translation"]["status"], "UNREVIEWED", "what was changed was read by nobody");

        let back = json!({ "translationId": id });
        assert_eq!(town.refused("rustam", "withdrawTranslation", back.clone()).await, "FORBIDDEN");
        town.done("author", "withdrawTranslation", back.clone(), TRANSLATION).await;
        assert_eq!(shown(&town, &lesson, Some(&["ru"]), "").await["language"], "en");
        let seen = "query ($id: ID!) { node(id: $id) { id } lesson: lessons(first: 1) { nodes { translations { totalCount } } } }";
        let nothing = town.data("rustam", seen, json!({ "id": id })).await;
        assert_eq!(nothing["node"], Value::Null);
        assert_eq!(nothing["lesson"]["nodes"][0]["translations"]["totalCount"], 0);
        assert_eq!(town.data("dilnoza", seen, json!({ "id": id })).await["node"]["id"], id);
        assert_eq!(town.refused("author", "withdrawTranslation", back).await, "WRONG_STATE");
        town.done("dilnoza", "addTranslation", russian(&version), TRANSLATION).await;

        // Each write is in the audit once, whoever did it.
        let deeds = town.column("SELECT action FROM audit_entries WHERE subject_type = 'LessonTranslation' ORDER BY line").await;
        let expected = ["added", "revised", "reviewed", "revised", "withdrawn", "added"];
        assert_eq!(deeds, expected.map(|deed| format!("translation.{deed}")));
        // The author isn't named, and so isn't as a translator either.
        let mut own = russian(&version);
        own["language"] = "uk".into();
        let own = town.done("author", "addTranslation", own, TRANSLATION).await;
        let who = "query ($id: ID!) { node(id: $id) { ... on LessonTranslation { language translator { id } } } }";
        let named = json!({ "id": own["translation"]["id"] });
        assert_eq!(town.data("rustam", who, named.clone()).await["node"], json!({ "language": "uk", "translator": null }));
        assert_eq!(town.data("author", who, named).await["node"]["translator"]["id"], town.id("author"));
    }

    async fn readers_are_shown_the_best_text_in_their_languages(backend: Backend) {
        let mut town = Town::start(backend).await;
        let (lesson, version) = with_lesson(&mut town).await;
        town.member("wei", "MWI", "MEMBER").await;
        town.member("samira", "EGY", "MEMBER").await;
        let add = |language: &str, origin: &str, title: &str| {
            json!({ "versionId": version, "language": language, "origin": origin, "title": title })
        };
        for (who, input) in [
            ("wei", add("zh-TW", "HUMAN", "在架子上曬乾香蕉")),
            ("wei", add("ar", "MACHINE", "تجفيف الموز على الرفوف")),
            ("samira", add("ar-EG", "HUMAN", "تجفيف الموز فوق الرفوف")),
            ("wei", add("sr-Latn", "HUMAN", "Sušenje banana na policama")),
            ("wei", add("pt-BR", "HUMAN", "Secagem de bananas em prateleiras")),
        ] {
            town.done(who, "addTranslation", input, TRANSLATION).await;
        }
        let original = "en";
        for (argument, header, language) in [
            (None, "", original),
            (None, "fr", original),
            (None, "fr;q=0.9, pt-PT;q=0.5", "pt-BR"),
            (None, "en, ar", original),
            (None, "ar;q=0.5, zh-Hant", "zh-TW"),
            (None, "zh-CN, zh;q=0.9, sr", original),
            (None, "sr-Latn-RS, en;q=0.1", "sr-Latn"),
            (None, "*", original),
            (None, "ar, en;q=0.8", "ar-EG"),
            (Some(&["ar"][..]), "pt", "ar-EG"),
            (Some(&["en-GB", "ar"][..]), "ar", original),
            (Some(&[][..]), "ar", original),
            (Some(&["ny", "zh-HK"][..]), "", "zh-TW"),
        ] {
            let text = shown(&town, &lesson, argument, header).await;
            assert_eq!(text["language"], language, "{argument:?} {header}");
            assert_eq!(text["origin"] == "ORIGINAL", language == original);
            assert_eq!(text["originalLanguage"], "en");
        }
        let arabic = shown(&town, &lesson, None, "ar").await;
        assert_eq!((&arabic["direction"], &arabic["reviewed"]), (&json!("RTL"), &json!(false)));
        assert_eq!((&arabic["title"], &arabic["result"]), (&json!("تجفيف الموز فوق الرفوف"), &json!("Less was lost.")));
        let left_out = json!(["ABSTRACT", "CONTEXT", "PROBLEM", "WHAT_WAS_DONE", "RESULT", "ENABLING_CONDITIONS"]);
        assert_eq!(arabic["untranslated"], left_out);
        assert_eq!(arabic["enablingConditions"], json!(["A dry wind"]));
        let plain = shown(&town, &lesson, None, "").await;
        assert_eq!((&plain["direction"], &plain["reviewed"], &plain["stale"]), (&json!("LTR"), &json!(true), &json!(false)));
        assert_eq!((&plain["untranslated"], &plain["translation"]), (&json!([]), &Value::Null));

        // What was reviewed comes before what wasn't.
        let query = "query ($id: ID!) { lesson(id: $id) { translations(filter: { language: [\"ar\"] }) { nodes { id revision } } } }";
        let machine = town.data("", query, json!({ "id": lesson })).await["lesson"]["translations"]["nodes"][0].clone();
        let review = json!({ "translationId": machine["id"], "expectedRevision": machine["revision"] });
        town.done("samira", "reviewTranslation", review, TRANSLATION).await;
        let best = shown(&town, &lesson, None, "ar-EG").await;
        assert_eq!((&best["language"], &best["origin"], &best["reviewed"]), (&json!("ar"), &json!("MACHINE"), &json!(true)));

        // A new version leaves the translations behind: shown still, and said to be stale.
        let second = revise(&town, &lesson).await;
        let stale = shown(&town, &lesson, None, "pt").await;
        assert_eq!((&stale["language"], &stale["stale"]), (&json!("pt-BR"), &json!(true)));
        let mut anew = add("pt", "MACHINE", "Bananas secas em prateleiras");
        anew["versionId"] = second.clone();
        town.done("samira", "addTranslation", anew, TRANSLATION).await;
        let fresh = shown(&town, &lesson, None, "pt-BR").await;
        assert_eq!((&fresh["language"], &fresh["stale"]), (&json!("pt"), &json!(false)), "of what is published now");
        let query = "query ($id: ID!) { node(id: $id) { ... on LessonVersion { text(languages: [\"pt\"]) { language stale } \
                     translations { nodes { language stale } } } } }";
        let first = town.data("", query, json!({ "id": version })).await["node"].clone();
        assert_eq!(first["text"], json!({ "language": "pt-BR", "stale": false }), "a version is read as it was");
        assert_eq!(first["translations"]["nodes"].as_array().map(Vec::len), Some(5));
        assert_eq!(first["translations"]["nodes"][0]["stale"], true);
        let many: Vec<&str> = "ar bn de es fr hi it ja ko ny ru".split(' ').collect();
        let refused = town.send("", "query ($id: ID!, $in: [LanguageCode!]) { lesson(id: $id) { text(languages: $in) { title } } }",
            json!({ "id": lesson, "in": many })).await;
        assert!(refused.text().contains("10 at most"), "{refused}");
    }

    async fn a_translation_service_works_by_a_token_with_the_scope_for_it(backend: Backend) {
        let mut town = Town::start(backend).await;
        let (lesson, version) = with_lesson(&mut town).await;
        town.member("omar", "EGY", "MEMBER").await;
        town.officer("secretariat", "ITA", "EXECUTIVE_SECRETARY").await;
        let made = json!({ "name": "Words", "kind": "NGO" });
        let made = town.done("omar", "createOrganisation", made, "organisation { id }").await;
        let organisation = made["organisation"]["id"].clone();
        let scopes = json!(["LESSONS_READ", "TRANSLATIONS_WRITE"]);
        let clear = json!({ "organisationId": organisation, "scopes": scopes });
        town.done("secretariat", "clearOrganisation", clear, "organisation { id }").await;
        let mut tokens = Vec::new();
        for (scopes, countries) in [(scopes.clone(), Value::Null), (json!(["LESSONS_READ"]), Value::Null), (scopes, json!(["UZB"]))] {
            let token = json!({ "organisationId": organisation, "name": "t", "scopes": scopes, "countries": countries });
            let made = town.done("omar", "createApiToken", token, "secret").await;
            tokens.push(made["secret"].as_str().expect("a secret").to_owned());
        }
        let [service, reader, elsewhere] = tokens.as_slice() else { panic!("three tokens") };
        let wish = json!({ "lessonId": lesson, "language": "ar" });
        town.done("omar", "requestTranslation", wish, REQUEST).await;
        let list = "{ translationRequests(filter: { status: [OPEN] }) { nodes { id language originalLanguage lesson { publishedVersion { id title } } } } }";
        let open = town.data(service, list, Value::Null).await["translationRequests"]["nodes"].clone();
        assert_eq!(open[0]["lesson"]["publishedVersion"]["id"], version);
        assert_eq!(town.send(reader, list, Value::Null).await.code(), Some("FORBIDDEN"));
        assert_eq!(town.data(elsewhere, list, Value::Null).await["translationRequests"]["nodes"], json!([]));
        let named = json!({ "requestId": open[0]["id"] });
        let taken = town.done(service, "takeTranslationRequest", named, "translationRequest { status takenByOrganisation { name } takenUntil }").await;
        assert_eq!(taken["translationRequest"]["takenByOrganisation"]["name"], "Words");
        assert!(taken["translationRequest"]["takenUntil"].is_string());
        let arabic = json!({
            "id": town.fresh("translation"), "mutationId": "a", "versionId": version, "language": "ar", "origin": "MACHINE",
            "title": "تجفيف الموز على الرفوف",
        });
        assert_eq!(town.refused(reader, "addTranslation", arabic.clone()).await, "MISSING_SCOPE");
        assert_eq!(town.refused(elsewhere, "addTranslation", arabic.clone()).await, "NOT_FOUND");
        let selection = "translation { id origin translator { id } organisation { name } }";
        let added = town.done(service, "addTranslation", arabic.clone(), selection).await;
        assert_eq!(town.done(service, "addTranslation", arabic, selection).await, added);
        assert_eq!(added["translation"]["organisation"]["name"], "Words");
        assert_eq!(added["translation"]["translator"], Value::Null);
        assert_eq!(town.data(service, list, Value::Null).await["translationRequests"]["nodes"], json!([]), "it is done");
        let id = added["translation"]["id"].clone();
        let review = json!({ "translationId": id, "expectedRevision": 1 });
        assert_eq!(town.refused(service, "reviewTranslation", review.clone()).await, "SIGN_IN_NEEDED");
        assert_eq!(town.refused("omar", "reviewTranslation", review.clone()).await, "CONFLICT_OF_INTEREST", "its organisation's");
        town.done("author", "reviewTranslation", review, "translation { id }").await;
        let revised = json!({ "translationId": id, "title": "كيف يجفف الموز على الرفوف" });
        town.done(service, "reviseTranslation", revised, "translation { id }").await;
        assert_eq!(shown(&town, &lesson, None, "ar").await["title"], "كيف يجفف الموز على الرفوف");
        town.done(service, "withdrawTranslation", json!({ "translationId": id }), "__typename").await;
    }

    async fn an_answer_says_that_it_depends_on_the_language(backend: Backend) {
        let mut town = Town::start(backend).await;
        let (lesson, version) = with_lesson(&mut town).await;
        town.member("dilnoza", "UZB", "MEMBER").await;
        town.done("dilnoza", "addTranslation", russian(&version), TRANSLATION).await;
        let id = lesson.as_str().expect("an id");
        let query = format!("%7Blesson(id:%22{id}%22)%7Btext%7Blanguage%20title%7D%7D%7D");
        let get = |language: &str| Request::new("GET", format!("/graphql?query={query}")).header("accept-language", language);
        let russian = town.server().send(get("ru")).await;
        let english = town.server().send(get("en")).await;
        assert_eq!(russian.data()["lesson"]["text"]["language"], "ru");
        assert_eq!(english.data()["lesson"]["text"]["language"], "en");
        for answer in [&russian, &english] {
            assert!(answer.header("vary").is_some_and(|names| names.contains("accept-language")), "{answer}");
            assert_eq!(answer.header("cache-control"), Some("public, no-cache"));
        }
        let tag = russian.header("etag").expect("a tag").to_owned();
        assert_ne!(english.header("etag"), Some(tag.as_str()));
        assert_eq!(town.server().send(get("ru").header("if-none-match", &tag)).await.status, 304);
        assert_eq!(town.server().send(get("en").header("if-none-match", &tag)).await.status, 200);
    }

    async fn a_translation_that_is_wished_for_is_taken_and_done(backend: Backend) {
        let mut town = Town::start(backend).await;
        let (lesson, version) = with_lesson(&mut town).await;
        town.member("rustam", "UZB", "OBSERVER").await;
        town.member("dilnoza", "UZB", "MEMBER").await;
        town.member("aziz", "UZB", "MEMBER").await;
        town.person("stranger").await;
        let wish = json!({ "id": town.fresh("translationrequest"), "lessonId": lesson, "language": "ru", "note": "For our farmers" });
        assert_eq!(town.refused("stranger", "requestTranslation", wish.clone()).await, "FORBIDDEN");
        let asked = town.done("rustam", "requestTranslation", wish.clone(), REQUEST).await;
        assert_eq!(town.done("rustam", "requestTranslation", wish.clone(), REQUEST).await, asked);
        let again = json!({ "lessonId": lesson, "language": "ru-KZ" });
        assert_eq!(town.refused("aziz", "requestTranslation", again).await, "CONFLICT");
        let english = json!({ "lessonId": lesson, "language": "en-US" });
        assert_eq!(town.refused("aziz", "requestTranslation", english).await, "INVALID");
        let id = asked["translationRequest"]["id"].clone();
        let named = json!({ "requestId": id });
        let list = "{ translationRequests(filter: { status: [OPEN], language: [\"ru\"] }) { nodes { id lesson { title } requestedBy { displayName } } } }";
        let open = town.data("dilnoza", list, Value::Null).await["translationRequests"]["nodes"].clone();
        assert_eq!(open, json!([{ "id": id, "lesson": { "title": "Drying bananas on shelves" }, "requestedBy": { "displayName": "rustam" } }]));
        for who in ["", "stranger"] {
            assert_eq!(town.data(who, list, Value::Null).await["translationRequests"]["nodes"], json!([]), "{who}");
        }
        assert_eq!(town.refused("rustam", "takeTranslationRequest", named.clone()).await, "MEMBERSHIP_NEEDED");
        let taken = town.done("dilnoza", "takeTranslationRequest", named.clone(), REQUEST).await;
        assert_eq!(taken["translationRequest"]["status"], "TAKEN");
        assert_eq!(taken["translationRequest"]["takenBy"]["displayName"], "dilnoza");
        assert_eq!(town.refused("aziz", "takeTranslationRequest", named.clone()).await, "WRONG_STATE");
        assert_eq!(town.refused("aziz", "releaseTranslationRequest", named.clone()).await, "NOT_YOURS");
        town.done("dilnoza", "releaseTranslationRequest", named.clone(), REQUEST).await;
        town.done("aziz", "takeTranslationRequest", named.clone(), REQUEST).await;
        // Nothing comes of it in time: it is open for others, and lapses in the end.
        town.execute("UPDATE translation_requests SET taken_until = 1").await;
        assert_eq!(town.data("dilnoza", list, Value::Null).await["translationRequests"]["nodes"].as_array().map(Vec::len), Some(1));
        assert_eq!(town.refused("aziz", "releaseTranslationRequest", named.clone()).await, "WRONG_STATE");
        town.done("dilnoza", "takeTranslationRequest", named.clone(), REQUEST).await;
        let done = town.done("dilnoza", "addTranslation", russian(&version), TRANSLATION).await;
        let read = "query ($id: ID!) { translationRequest(id: $id) { status translation { id } } }";
        let after = town.data("rustam", read, named_id(&id)).await["translationRequest"].clone();
        assert_eq!(after, json!({ "status": "DONE", "translation": { "id": done["translation"]["id"] } }));
        let again = json!({ "lessonId": lesson, "language": "ru" });
        assert_eq!(town.refused("rustam", "requestTranslation", again).await, "CONFLICT", "it is translated");
        let other = json!({ "lessonId": lesson, "language": "fr" });
        let other = town.done("rustam", "requestTranslation", other, REQUEST).await["translationRequest"]["id"].clone();
        assert_eq!(town.refused("dilnoza", "withdrawTranslationRequest", json!({ "requestId": other })).await, "NOT_YOURS");
        town.done("rustam", "withdrawTranslationRequest", json!({ "requestId": other }), REQUEST).await;
        let third = json!({ "lessonId": lesson, "language": "fr" });
        let third = town.done("rustam", "requestTranslation", third, REQUEST).await["translationRequest"]["id"].clone();
        town.execute("UPDATE translation_requests SET lapses_at = 1 WHERE language = 'fr'").await;
        assert_eq!(town.data("rustam", read, named_id(&third)).await["translationRequest"]["status"], "LAPSED");
        assert_eq!(town.refused("dilnoza", "takeTranslationRequest", json!({ "requestId": third })).await, "WRONG_STATE");
    }
}

fn named_id(id: &Value) -> Value {
    json!({ "id": id })
}
