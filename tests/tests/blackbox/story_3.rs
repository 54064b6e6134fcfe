//! Story 3. Uzbekistan: a search in Russian finds Bangladesh's English lesson on jackfruit by a shared concept, and says
//! so.

use maip_tests::{Backend, Town, on_both};
use serde_json::{Value, json};

const LESSON: &str = "lesson { id status revision }";
const SEARCH: &str = "query ($q: String!, $in: [SearchKind!], $filter: SearchFilter, $first: Int, $after: String, \
    $last: Int, $before: String) { \
    search(query: $q, in: $in, filter: $filter, first: $first, after: $after, last: $last, before: $before) { totalCount totalCountIsExact \
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor } facets { kinds { kind count } countries { country count } \
    regions { region count } products { product { name } count } concepts { concept { label } count } \
    outcomes { outcome count } languages { language count } } \
    edges { cursor node { __typename ... on Lesson { title } ... on ContactCard { headline } \
    ... on Platform { name } } whyMatched { language terms { word inTitle correctedTo } concepts { label labelLanguage distance \
    concept { label } path { label } } } } } }";

/// A vocabulary in which a jackfruit is a fruit, with the labels in which it is searched for.
fn vocabulary(town: &Town) {
    let labels = [
        ("c_fruit", "en", "fruits"),
        ("c_fruit", "ru", "фрукты"),
        ("c_jack", "en", "jackfruits"),
        ("c_jack", "ru", "джекфрут"),
        ("c_jack", "zh", "波罗蜜"),
        ("c_jack", "ar", "الجاك فروت"),
        ("c_jack", "th", "ขนุน"),
        ("c_jack", "km", "ខ្នុរ"),
    ];
    let types = ["c_fruit", "c_jack"].iter().map(|concept| {
        format!(
            "<https://example.org/{concept}> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> \
             <http://www.w3.org/2004/02/skos/core#Concept> .\n"
        )
    });
    let labels = labels.iter().map(|(concept, language, label)| {
        format!(
            "<https://example.org/{concept}> <http://www.w3.org/2004/02/skos/core#prefLabel> \"{label}\"@{language} .\n"
        )
    });
    let mut lines: String = types.chain(labels).collect();
    lines += "<https://example.org/c_jack> <http://www.w3.org/2004/02/skos/core#broader> <https://example.org/c_fruit> .\n";
    let database = town.server().database();
    let file = database.data_dir().join("words.nt");
    std::fs::write(&file, lines).expect("the data directory is ours");
    let output = database.run(&["import", "vocabulary", &file.display().to_string()]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

async fn published(town: &mut Town, who: &str, title: &str, language: &str, concepts: &[&str]) -> Value {
    let lesson = drafted(town, who, title, language, concepts).await;
    let named = json!({ "lessonId": lesson });
    town.done(who, "submitLesson", named.clone(), LESSON).await;
    town.done("focal", "startReview", named.clone(), LESSON).await;
    town.done("focal", "publishLesson", named, LESSON).await;
    lesson
}

async fn drafted(town: &mut Town, who: &str, title: &str, language: &str, concepts: &[&str]) -> Value {
    let platform = town.platform("BGD").await;
    let mut ids = Vec::new();
    for concept in concepts {
        let uri = format!("https://example.org/{concept}");
        let found =
            town.data("", "query ($u: String!) { concept(uri: $u) { id } }", json!({ "u": uri })).await;
        ids.push(found["concept"]["id"].clone());
    }
    if ids.is_empty() {
        let any = town.data("", "{ concepts(first: 1) { nodes { id } } }", Value::Null).await;
        ids.push(any["concepts"]["nodes"][0]["id"].clone());
    }
    let draft = json!({
        "platformId": platform, "language": language, "visibility": "PUBLIC", "title": title,
        "abstract": "Chips keep for six months.", "context": "Gazipur.", "problem": "Fruit rots under the trees.",
        "whatWasDone": "Frying under vacuum.", "result": "Six months of shelf life.", "outcome": "WORKED",
        "enablingConditions": ["Picked firm"], "conceptIds": ids,
    });
    town.done(who, "draftLesson", draft, LESSON).await["lesson"]["id"].clone()
}

async fn found(town: &Town, who: &str, variables: Value) -> Value {
    town.data(who, SEARCH, variables).await["search"].clone()
}

fn titles(found: &Value) -> Vec<String> {
    let edges = found["edges"].as_array().into_iter().flatten();
    let title = |edge: &Value| {
        let node = &edge["node"];
        ["title", "headline", "name"].iter().find_map(|key| node[key].as_str()).unwrap_or("").to_owned()
    };
    edges.map(title).collect()
}

on_both! {
    async fn a_search_in_one_language_finds_what_was_written_in_another_by_a_concept(backend: Backend) {
        let mut town = Town::start(backend).await;
        vocabulary(&town);
        town.member("rahima", "BGD", "MEMBER").await;
        town.officer("focal", "BGD", "NATIONAL_FOCAL_POINT").await;
        published(&mut town, "rahima", "Vacuum-fried chips", "en", &["c_jack"]).await;
        published(&mut town, "rahima", "Something else entirely", "en", &[]).await;

        let by_concept = found(&town, "", json!({ "q": "Как сушат джекфрут?" })).await;
        assert_eq!(titles(&by_concept), ["Vacuum-fried chips"]);
        assert_eq!(by_concept["edges"][0]["whyMatched"], json!({ "language": "en", "terms": [], "concepts": [{
            "label": "джекфрут", "labelLanguage": "ru", "distance": 0,
            "concept": { "label": "jackfruits" }, "path": [{ "label": "jackfruits" }],
        }] }));
        let broader = found(&town, "", json!({ "q": "переработка фруктов" })).await;
        assert_eq!(titles(&broader), ["Vacuum-fried chips"], "what is narrower is found too");
        assert_eq!(broader["edges"][0]["whyMatched"]["concepts"], json!([{
            "label": "фрукты", "labelLanguage": "ru", "distance": 1,
            "concept": { "label": "jackfruits" }, "path": [{ "label": "fruits" }, { "label": "jackfruits" }],
        }]));
        assert_eq!(broader["facets"]["concepts"], json!([{ "concept": { "label": "jackfruits" }, "count": 1 }]));
        assert_eq!(broader["facets"]["kinds"], json!([{ "kind": "LESSON", "count": 1 }]));
        assert_eq!(broader["facets"]["countries"], json!([{ "country": "BGD", "count": 1 }]));
        assert_eq!(broader["facets"]["outcomes"], json!([{ "outcome": "WORKED", "count": 1 }]));
        assert_eq!(broader["facets"]["languages"], json!([{ "language": "en", "count": 1 }]));
        for search in ["怎样加工波罗蜜", "تجفيف الجاك فروت", "การแปรรูปขนุน", "ការកែច្នៃខ្នុរ", "jackfruit"] {
            let hits = found(&town, "", json!({ "q": search, "in": ["LESSON"] })).await;
            assert_eq!(titles(&hits), ["Vacuum-fried chips"], "{search}");
        }
        for (kept, filter) in [
            (1, json!({ "country": ["BGD"], "language": ["en"], "outcome": ["WORKED"] })),
            (0, json!({ "country": ["UZB"] })), (0, json!({ "outcome": ["FAILED"] })),
        ] {
            let hits = found(&town, "", json!({ "q": "джекфрут", "filter": filter })).await;
            assert_eq!(hits["totalCount"], kept, "{filter}");
        }
        assert_eq!(found(&town, "", json!({ "q": "джекфрут", "in": ["CONTACT"] })).await["totalCount"], 0);
    }

    async fn what_a_viewer_may_not_see_is_neither_found_nor_counted(backend: Backend) {
        let mut town = Town::start(backend).await;
        vocabulary(&town);
        town.member("rahima", "BGD", "MEMBER").await;
        town.member("karim", "BGD", "MEMBER").await;
        town.officer("focal", "BGD", "NATIONAL_FOCAL_POINT").await;
        drafted(&mut town, "rahima", "Jackfruit in a drawer", "en", &["c_jack"]).await;
        let card = json!({
            "headline": "Jackfruit processing", "canHelpWith": "Drying jackfruit", "language": "en",
            "country": "BGD", "visibility": "MEMBERS",
        });
        let card = town.done("karim", "publishContactCard", card, "card { id revision }").await["card"].clone();
        for (who, expected) in [
            ("", &[][..]),
            ("karim", &["Jackfruit processing"]),
            ("rahima", &["Jackfruit in a drawer", "Jackfruit processing"]),
        ] {
            let hits = found(&town, who, json!({ "q": "jackfruits" })).await;
            assert_eq!(titles(&hits), expected, "{who}");
            assert_eq!(hits["totalCount"], expected.len(), "{who}");
            let counted = hits["facets"]["kinds"].as_array().into_iter().flatten().filter_map(|kind| kind["count"].as_u64());
            assert_eq!(counted.sum::<u64>(), expected.len() as u64, "{who}");
        }
        town.administrator("admin").await;
        let hits = found(&town, "admin", json!({ "q": "jackfruits", "in": ["LESSON"] })).await;
        assert_eq!(hits["totalCount"], 0, "a system administrator sees no drafts");

        town.done("karim", "retireContactCard", json!({ "cardId": card["id"] }), "card { status }").await;
        assert_eq!(found(&town, "karim", json!({ "q": "jackfruits" })).await["totalCount"], 0, "not in the directory");
    }

    async fn pages_of_a_search_follow_one_another(backend: Backend) {
        let mut town = Town::start(backend).await;
        vocabulary(&town);
        town.member("rahima", "BGD", "MEMBER").await;
        town.officer("focal", "BGD", "NATIONAL_FOCAL_POINT").await;
        for title in ["Drying once", "Jackfruit drying", "Drying twice"] {
            published(&mut town, "rahima", title, "en", &[]).await;
        }
        let all = titles(&found(&town, "", json!({ "q": "dried jackfruits" })).await);
        assert_eq!(all, ["Jackfruit drying", "Drying twice", "Drying once"]);
        let (mut after, mut paged) = (Value::Null, Vec::new());
        loop {
            let page = found(&town, "", json!({ "q": "dried jackfruits", "first": 1, "after": after })).await;
            paged.extend(titles(&page));
            after = page["pageInfo"]["endCursor"].clone();
            if page["pageInfo"]["hasNextPage"] == false {
                break;
            }
        }
        assert_eq!(paged, all);
        let (mut before, mut paged) = (Value::Null, Vec::new());
        loop {
            let page = found(&town, "", json!({ "q": "dried jackfruits", "last": 1, "before": before })).await;
            paged.splice(0..0, titles(&page));
            before = page["pageInfo"]["startCursor"].clone();
            assert_eq!(page["pageInfo"]["hasNextPage"], paged.len() > 1);
            if page["pageInfo"]["hasPreviousPage"] == false {
                break;
            }
        }
        assert_eq!(paged, all, "the same pages from the end");
    }

    async fn a_typing_error_is_forgiven_in_words_and_in_labels(backend: Backend) {
        let mut town = Town::start(backend).await;
        vocabulary(&town);
        town.member("rahima", "BGD", "MEMBER").await;
        town.officer("focal", "BGD", "NATIONAL_FOCAL_POINT").await;
        published(&mut town, "rahima", "Vacuum-fried chips", "en", &["c_jack"]).await;
        published(&mut town, "rahima", "Fermenting cocoa", "en", &[]).await;
        drafted(&mut town, "rahima", "Zorblaxite powder", "en", &["c_jack"]).await;

        let corrected = found(&town, "", json!({ "q": "vacum" })).await;
        assert!(titles(&corrected).contains(&"Vacuum-fried chips".to_owned()), "{corrected}");
        let why = &corrected["edges"][0]["whyMatched"]["terms"][0];
        assert_eq!(why, &json!({ "word": "vacum", "inTitle": true, "correctedTo": "vacuum" }));
        let two = found(&town, "", json!({ "q": "fremennting cocoa" })).await;
        assert_eq!(two["edges"][0]["whyMatched"]["terms"], json!([
            { "word": "cocoa", "inTitle": true, "correctedTo": null },
            { "word": "fremennting", "inTitle": true, "correctedTo": "fermenting" },
        ]));
        // The label of a concept, in another language than the lesson.
        let label = found(&town, "", json!({ "q": "джекфурт" })).await;
        assert_eq!(titles(&label), ["Vacuum-fried chips"]);
        assert_eq!(label["edges"][0]["whyMatched"]["concepts"][0]["label"], "джекфрут");
        // What there is as it is typed is meant so; what is too far from everything finds nothing.
        let typed = found(&town, "", json!({ "q": "cocoa" })).await;
        assert_eq!(titles(&typed), ["Fermenting cocoa"]);
        for nothing in ["coxxa", "chp", "vaxxum"] {
            assert_eq!(found(&town, "", json!({ "q": nothing })).await["totalCount"], 0, "{nothing}");
        }
        // A hidden word is neither a correction, nor does it keep one from being made.
        for who in ["", "rahima"] {
            assert_eq!(found(&town, who, json!({ "q": "zorblaxitte" })).await["totalCount"], 0, "{who}");
        }
        drafted(&mut town, "rahima", "Vacum", "en", &["c_jack"]).await;
        let still = found(&town, "", json!({ "q": "vacum" })).await;
        assert_eq!(still, corrected, "a draft changes nothing for others");
        let own = found(&town, "rahima", json!({ "q": "vacum" })).await;
        assert_eq!(titles(&own), ["Vacum"], "its author finds it as it is typed");
    }

    async fn what_is_typed_is_completed_by_labels_and_by_titles_that_the_viewer_sees(backend: Backend) {
        let mut town = Town::start(backend).await;
        vocabulary(&town);
        town.member("rahima", "BGD", "MEMBER").await;
        town.officer("focal", "BGD", "NATIONAL_FOCAL_POINT").await;
        let lesson = published(&mut town, "rahima", "Drying jackfruit on racks", "en", &["c_jack"]).await;
        drafted(&mut town, "rahima", "Jackfruit in a drawer", "en", &["c_jack"]).await;
        let suggested = async |town: &Town, who: &str, variables: Value| {
            let ask = "query ($t: String!, $first: Int, $language: [LanguageCode!]) { \
                suggest(text: $t, first: $first, language: $language) { text language kind nodeId } }";
            town.data(who, ask, variables).await["suggest"].clone()
        };
        let texts = |found: &Value| -> Vec<String> {
            let all = found.as_array().into_iter().flatten();
            all.map(|one| one["text"].as_str().unwrap_or_default().to_owned()).collect()
        };
        let found = suggested(&town, "", json!({ "t": "jackfr" })).await;
        // The starter vocabulary has a label too.
        assert_eq!(texts(&found), ["jackfruit", "jackfruits", "Drying jackfruit on racks"]);
        assert_eq!(found[2], json!({
            "text": "Drying jackfruit on racks", "language": "en", "kind": "LESSON", "nodeId": lesson,
        }));
        assert_eq!(found[0]["kind"], "CONCEPT");
        let by_author = suggested(&town, "rahima", json!({ "t": "JACKFR" })).await;
        assert_eq!(texts(&by_author), ["jackfruit", "jackfruits", "Jackfruit in a drawer", "Drying jackfruit on racks"]);
        for (typed, expected) in [
            ("джек", &["джекфрут", "джекфрут"][..]),
            ("波罗", &["波罗蜜", "波罗蜜"]),
            ("drying j", &["Drying jackfruit on racks"]),
            ("racks dr", &[]),
            ("ackfruit", &[]),
            ("", &[]),
            ("!?", &[]),
        ] {
            assert_eq!(texts(&suggested(&town, "", json!({ "t": typed })).await), expected, "{typed}");
        }
        let few = suggested(&town, "", json!({ "t": "j", "first": 1 })).await;
        assert_eq!(few.as_array().map(Vec::len), Some(1));
        let russian = suggested(&town, "", json!({ "t": "jackfr", "language": ["ru"] })).await;
        assert_eq!(russian, json!([]));
        let withdrawn = json!({ "lessonId": lesson, "reason": "Wrong." });
        town.done("rahima", "withdrawLesson", withdrawn, LESSON).await;
        let gone = suggested(&town, "", json!({ "t": "jackfr" })).await;
        assert_eq!(texts(&gone), ["jackfruit", "jackfruits"]);
        for variables in [json!({ "t": "x".repeat(401) }), json!({ "t": "x", "first": 21 }), json!({ "t": "x", "first": -1 })] {
            let answer = town.send("", "query ($t: String!, $first: Int) { suggest(text: $t, first: $first) { text } }",
                variables).await.body;
            assert_eq!(answer["errors"][0]["extensions"]["code"], "BAD_USER_INPUT", "{answer}");
            assert_eq!(answer["data"]["suggest"], Value::Null);
        }
    }

    async fn a_search_for_nothing_or_too_much_is_refused(backend: Backend) {
        let town = Town::start(backend).await;
        let ask = "query ($q: String!, $after: String) { search(query: $q, after: $after) { totalCount } }";
        for variables in [json!({ "q": "" }), json!({ "q": " \n" }), json!({ "q": "x".repeat(401) }),
            json!({ "q": "fig", "after": "nonsense" })] {
            let answer = town.send("", ask, variables).await.body;
            assert_eq!(answer["errors"][0]["extensions"]["code"], "BAD_USER_INPUT", "{answer}");
            assert_eq!(answer["data"]["search"], Value::Null);
        }
        let punctuation = town.data("", ask, json!({ "q": "!?" })).await;
        assert_eq!(punctuation["search"]["totalCount"], 0);
        let nul = town.data("", ask, json!({ "q": "a\u{0}b" })).await;
        assert_eq!(nul["search"]["totalCount"], 0);
    }
}
