//! Ids of one's own making that a hidden record has.

use serde_json::{Value, json};

use super::world::{World, in_the_world};

/// The ids of the tests' own making differ in their last letters.
fn own(prefix: &str, end: &str) -> String {
    format!("{prefix}_01h455vb4pex5vsknk084s{end}")
}

/// A mutation that makes a record, with who may do it and who may not.
struct Making {
    mutation: &'static str,
    may: &'static str,
    may_not: &'static str,
    prefix: &'static str,
    /// The field for the id.
    field: &'static str,
    input: Value,
}

impl Making {
    /// What is refused where the record is to have this id.
    async fn answer(&self, world: &World, who: &str, id: &str) -> Value {
        let mut input = self.input.clone();
        input[self.field] = json!(id);
        world.payload(who, self.mutation, input, "__typename").await["userErrors"].clone()
    }
}

fn making(
    mutation: &'static str,
    (may, may_not): (&'static str, &'static str),
    (prefix, field): (&'static str, &'static str),
    input: Value,
) -> Making {
    Making { mutation, may, may_not, prefix, field, input }
}

async fn lesson(world: &World, title: &str) -> Value {
    let concepts = world.data("", "{ concepts(first: 1) { nodes { id } } }", Value::Null).await;
    let input = json!({
        "platformId": world.platform("EGY"), "title": title, "language": "en", "visibility": "PUBLIC",
        "abstract": "Less was lost.", "context": "An oasis.", "problem": "Mould.", "whatWasDone": "Racks.",
        "result": "A third less.", "outcome": "WORKED", "enablingConditions": ["Dry wind"],
        "conceptIds": [concepts["concepts"]["nodes"][0]["id"]], "actorTypes": ["FARMER"],
    });
    let draft = world.done("mona", "draftLesson", input, "lesson { id }").await;
    let named = json!({ "lessonId": draft["lesson"]["id"] });
    world.done("mona", "submitLesson", named.clone(), "__typename").await;
    named["lessonId"].clone()
}

/// Every mutation whose record may get an id of the client's.
async fn makings(world: &World) -> Vec<Making> {
    let product = own("product", "n02q");
    world
        .run(&format!(
            "INSERT INTO products (id, country_id, concept_id, name, sort_key) SELECT '{product}', c.id, \
             (SELECT MIN(id) FROM concepts), 'Date', 'date' FROM countries c WHERE c.code = 'EGY'"
        ))
        .await;
    let (egypt, malawi) = (world.platform("EGY"), world.platform("MWI"));
    let union = world.organisation("Date Union", &["mona"], &["LESSONS_READ"]).await;
    let card = world.card("farida").await;
    let (discussed, published) = (lesson(world, "Racks").await, lesson(world, "Boxes").await);
    for step in ["startReview", "publishLesson"] {
        world.done("focal", step, json!({ "lessonId": published }), "__typename").await;
    }
    let query = "query ($id: ID!) { lesson(id: $id) { publishedVersion { id } } }";
    let version =
        world.data("", query, json!({ "id": published })).await["lesson"]["publishedVersion"]["id"].clone();
    let draft = json!({ "platformId": egypt, "title": "Sieves", "language": "en" });
    let draft = world.done("mona", "draftLesson", draft, "lesson { id }").await["lesson"]["id"].clone();
    let consent =
        json!({ "cardId": card, "to": { "group": "MEMBERS" }, "fields": ["PHONE"], "purpose": "Dates" });
    let somebody = json!({
        "platformId": egypt, "displayName": "Hoda", "loginKind": "PHONE", "login": "+201234567890", "language": "ar",
        "actorType": "FARMER", "consent": "said so",
    });
    let helps = json!({ "headline": "Drying", "canHelpWith": "Drying dates", "language": "en" });
    vec![
        making(
            "createPlatform",
            ("focal", "mona"),
            ("platform", "id"),
            json!({ "country": "EGY", "name": "Dates of Siwa", "language": "en", "productIds": [product] }),
        ),
        making(
            "inviteMember",
            ("farida", "mona"),
            ("membership", "id"),
            json!({ "platformId": egypt, "invitee": { "accountId": world.id("grace") }, "actorType": "FARMER" }),
        ),
        making(
            "requestMembership",
            ("nobody", "mona"),
            ("membership", "id"),
            json!({ "platformId": egypt, "actorType": "FARMER" }),
        ),
        making("registerMember", ("farida", "mona"), ("membership", "id"), somebody.clone()),
        making("registerMember", ("farida", "mona"), ("account", "accountId"), somebody),
        making(
            "appoint",
            ("secretary", "mona"),
            ("appointment", "id"),
            json!({ "accountId": world.id("omar"), "kind": "TECHNICAL_OFFICER", "country": "EGY" }),
        ),
        making(
            "createOrganisation",
            ("mona", "nobody"),
            ("organisation", "id"),
            json!({ "name": "Siwa Dates", "kind": "NGO" }),
        ),
        making(
            "createApiToken",
            ("mona", "omar"),
            ("token", "id"),
            json!({ "organisationId": union, "name": "Nightly", "scopes": ["LESSONS_READ"] }),
        ),
        making(
            "draftLesson",
            ("mona", "lwazi"),
            ("lesson", "id"),
            json!({ "platformId": egypt, "title": "Drying dates", "language": "en" }),
        ),
        making(
            "planReplication",
            ("grace", "lwazi"),
            ("replication", "id"),
            json!({ "lessonId": published, "platformId": malawi }),
        ),
        making(
            "addTranslation",
            ("grace", "lwazi"),
            ("translation", "id"),
            json!({ "versionId": version, "language": "fr", "origin": "HUMAN", "title": "Des caisses" }),
        ),
        making(
            "requestTranslation",
            ("grace", "nobody"),
            ("translationrequest", "id"),
            json!({ "lessonId": published, "language": "ar" }),
        ),
        making(
            "commentOnReview",
            ("mona", "grace"),
            ("review", "id"),
            json!({ "lessonId": discussed, "text": "Of reed." }),
        ),
        making(
            "reviseLesson",
            ("mona", "omar"),
            ("lessonversion", "versionId"),
            json!({ "lessonId": published }),
        ),
        making(
            "requestAttachmentUpload",
            ("mona", "omar"),
            ("attachment", "id"),
            json!({ "lessonId": draft, "mediaType": "image/jpeg", "sizeBytes": 1000 }),
        ),
        making("publishContactCard", ("mona", "nobody"), ("contact", "id"), helps),
        making("grantContactConsent", ("farida", "omar"), ("consent", "id"), consent),
        making(
            "requestIntroduction",
            ("omar", "lwazi"),
            ("introduction", "id"),
            json!({ "cardId": card, "message": "How do you dry?" }),
        ),
    ]
}

in_the_world! {
    async fn an_id_that_a_hidden_record_has_is_answered_like_a_malformed_one(world) {
        for (place, making) in makings(world).await.iter().enumerate() {
            let (prefix, mutation) = (making.prefix, making.mutation);
            let (taken, free) = (own(prefix, &format!("t{place:02}q")), own(prefix, &format!("f{place:02}q")));
            world.run(&format!("INSERT INTO created_inputs VALUES ('{taken}', 'of somebody else')")).await;
            // Whoever may not make such a record learns nothing of the id.
            let to_outsider = making.answer(world, making.may_not, &taken).await;
            assert_eq!(to_outsider, making.answer(world, making.may_not, &free).await, "{mutation}");
            assert_ne!(to_outsider, json!([]), "{mutation}");
            assert_ne!(to_outsider[0]["code"], "INVALID_ID", "{mutation}");

            let refused = making.answer(world, making.may, &taken).await;
            assert_eq!(refused, making.answer(world, making.may, &format!("{prefix}_x")).await, "{mutation}");
            assert_eq!(refused[0]["code"], "INVALID_ID", "{mutation}");
            assert_eq!(refused[0]["field"], making.field, "{mutation}");
            assert_eq!(making.answer(world, making.may, &free).await, json!([]), "{mutation}");
        }
    }

    async fn a_refusal_names_the_field_that_it_is_about_in_words_for_people(world) {
        let union = world.organisation("Date Union", &["mona"], &[]).await;
        let card = json!({ "headline": "Drying", "canHelpWith": "Dates", "language": "en" });
        let with = |more: Value| {
            let mut input = card.clone();
            input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            input
        };
        let platform = json!(world.platform("EGY"));
        let membership = json!({ "platformId": platform, "actorType": "FARMER" });
        for (who, mutation, input, code, field) in [
            ("nobody", "createOrganisation", json!({ "name": "Dates", "kind": "NGO" }), "MEMBERSHIP_NEEDED", Value::Null),
            ("nobody", "publishContactCard", card.clone(), "MEMBERSHIP_NEEDED", Value::Null),
            ("grace", "publishContactCard", with(json!({ "platformId": platform })), "MEMBERSHIP_NEEDED", json!("platformId")),
            ("omar", "publishContactCard", with(json!({ "organisationId": union, "country": "EGY" })), "NOT_YOURS", json!("organisationId")),
            (
                "omar", "publishContactCard",
                with(json!({ "organisationId": union, "platformId": platform, "country": "EGY" })), "NOT_YOURS",
                json!("organisationId"),
            ),
            ("", "createPlatform", json!({ "country": "EGY", "name": "Figs", "language": "en", "productIds": [] }), "SIGN_IN_NEEDED", Value::Null),
            ("mona", "requestMembership", membership, "WRONG_STATE", json!("platformId")),
        ] {
            let refused = world.payload(who, mutation, input, "__typename").await["userErrors"][0].clone();
            assert_eq!(refused["code"], code, "{mutation}: {refused}");
            assert_eq!(refused["field"], field, "{mutation}: {refused}");
        }
        let suspended = json!({ "platformId": world.platform("EGY"), "invitee": { "accountId": world.id("omar") }, "actorType": "FARMER" });
        let refused = world.payload("farida", "inviteMember", suspended, "__typename").await["userErrors"][0].clone();
        assert_eq!(refused["message"], "it is in state ACTIVE, which doesn't allow this");
    }

    async fn every_mutation_that_takes_an_id_of_ones_own_is_asked_here(world) {
        let mut here: Vec<String> = makings(world).await.iter().map(|making| making.mutation.to_owned()).collect();
        here.dedup();
        here.sort_unstable();
        let query = "{ __schema { mutationType { fields { name args { type { ofType { inputFields { name } } } } } } } }";
        let schema = world.data("", query, Value::Null).await;
        let mut there: Vec<String> = Vec::new();
        for field in schema["__schema"]["mutationType"]["fields"].as_array().unwrap() {
            let name = field["name"].as_str().unwrap();
            let inputs = field["args"][0]["type"]["ofType"]["inputFields"].as_array().unwrap();
            // A file needs a request of several parts; what it shares with its announcement is asked.
            if name == "attachLessonFile" {
                continue;
            }
            if inputs.iter().any(|input| input["name"] == "id") || name == "reviseLesson" {
                there.push(name.to_owned());
            }
        }
        there.sort_unstable();
        assert_eq!(here, there);
    }
}
