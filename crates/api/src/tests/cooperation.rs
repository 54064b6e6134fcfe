//! Contact cards, introductions and consents, from the request to the log of disclosures.

use serde_json::{Value, json};

use super::world::{World, in_the_world, phone};

const SCOPES: &[&str] = &["CONTACTS_READ", "CONTACTS_DETAILS"];

async fn request_of(world: &World, who: &str, card: &str, fields: Value) -> String {
    let input = json!({ "cardId": card, "message": "Show me how", "fields": fields });
    let payload = world.done(who, "requestIntroduction", input, "introduction { id status }").await;
    assert_eq!(payload["introduction"]["status"], "REQUESTED");
    payload["introduction"]["id"].as_str().unwrap().to_owned()
}

async fn token(world: &World, manager: &str, organisation: &str, scopes: &[&str]) -> String {
    let input = json!({ "organisationId": organisation, "name": "reader", "scopes": scopes });
    let payload = world.done(manager, "createApiToken", input, "secret apiToken { hint }").await;
    let secret = payload["secret"].as_str().unwrap();
    assert!(secret.starts_with(payload["apiToken"]["hint"].as_str().unwrap()));
    secret.to_owned()
}

in_the_world! {
    async fn details_open_to_nobody_without_consent(world) {
        let card = world.card("mona").await;
        let own = json!(["mona@example.org", phone("mona"), "VISIBLE"]);
        assert_eq!(world.details("mona", &card).await, own);
        let partner = world.organisation("Partner", &["omar"], SCOPES).await;
        let secret = token(world, "omar", &partner, SCOPES).await;
        // Offices see what members see, and bypass no consent.
        for who in ["omar", "farida", "grace", "lwazi", "secretary", "focal", &secret] {
            assert_eq!(world.details(who, &card).await, json!([null, null, "NO_CONSENT"]), "{who}");
        }
        for who in ["nobody", "admin", ""] {
            assert_eq!(world.details(who, &card).await, Value::Null, "{who} is no member");
        }
        let revision = json!({ "cardId": card, "expectedRevision": 1, "visibility": "PUBLIC" });
        world.done("mona", "updateContactCard", revision, "card { revision }").await;
        for who in ["nobody", "secretary", "admin", "focal", ""] {
            assert_eq!(world.details(who, &card).await, json!([null, null, "NO_CONSENT"]), "{who}");
        }
        assert_eq!(world.count("disclosures").await, 0, "one's own card isn't logged");
    }

    async fn two_members_of_different_countries_are_introduced(world) {
        let card = world.card("mona").await;
        let own = world.card("grace").await;
        let introduction = request_of(world, "grace", &card, json!(["PHONE"])).await;
        assert_eq!(world.details("mona", &own).await, json!([null, null, "NO_CONSENT"]));
        assert_eq!(world.details("grace", &card).await, json!([null, null, "NO_CONSENT"]));
        // Only the other side answers.
        let accept = json!({ "introductionId": introduction, "fields": ["EMAIL"], "reply": "Gladly" });
        assert_eq!(world.refused("grace", "acceptIntroduction", accept.clone()).await.0, "NOT_YOURS");
        for stranger in ["omar", "secretary", "admin"] {
            assert_eq!(world.refused(stranger, "acceptIntroduction", accept.clone()).await.0, "NOT_FOUND");
        }
        let selection = "introduction { status shownFields offeredFields reply consents { audience fields status } }";
        let payload = world.done("mona", "acceptIntroduction", accept.clone(), selection).await;
        let made = &payload["introduction"];
        assert_eq!(made["status"], "CONNECTED");
        assert_eq!((&made["shownFields"], &made["offeredFields"]), (&json!(["EMAIL"]), &json!(["PHONE"])));
        assert_eq!(made["consents"].as_array().unwrap().len(), 2, "{made}");
        // Each sees what the other ticked; nobody else sees anything.
        assert_eq!(world.details("grace", &card).await, json!(["mona@example.org", null, "VISIBLE"]));
        assert_eq!(world.details("mona", &own).await, json!([null, phone("grace"), "VISIBLE"]));
        for who in ["omar", "farida", "lwazi"] {
            assert_eq!(world.details(who, &card).await[2], "NO_CONSENT", "{who}");
        }
        assert_eq!((world.disclosures("mona").await, world.disclosures("grace").await), (1, 1));
        assert_eq!(world.refused("mona", "acceptIntroduction", accept).await.0, "WRONG_STATE");
        // Either side withdraws its own consent, which is an ordinary one.
        let query = "query ($id: ID!) { contact(id: $id) { consents { nodes { id status } } } }";
        let consents = world.data("mona", query, json!({ "id": card })).await;
        let consent = consents["contact"]["consents"]["nodes"][0]["id"].clone();
        assert_eq!(
            world.refused("grace", "withdrawContactConsent", json!({ "consentId": consent })).await.0,
            "NOT_YOURS"
        );
        world.done("mona", "withdrawContactConsent", json!({ "consentId": consent }), "consent { status }").await;
        assert_eq!(world.details("grace", &card).await, json!([null, null, "NO_CONSENT"]));
        assert_eq!(world.details("mona", &own).await[2], "VISIBLE");
        assert_eq!(
            world.refused("mona", "withdrawContactConsent", json!({ "consentId": consent })).await.0,
            "WRONG_STATE"
        );
    }

    async fn who_has_no_card_asks_without_details(world) {
        let card = world.card("mona").await;
        let input = json!({ "cardId": card, "message": "Hello", "fields": ["PHONE"] });
        let refused = world.refused("omar", "requestIntroduction", input).await;
        assert_eq!(refused, ("REQUIRED".to_owned(), "fields".to_owned()));
        let introduction = request_of(world, "omar", &card, json!([])).await;
        let accept = json!({ "introductionId": introduction, "fields": ["EMAIL", "PHONE"] });
        world.done("mona", "acceptIntroduction", accept, "introduction { id }").await;
        assert_eq!(world.details("omar", &card).await[2], "VISIBLE");
        assert_eq!(world.count("consents").await, 1);
        // A card of one's own can't be asked, nor details offered that it doesn't have.
        let own = json!({ "cardId": card, "message": "Me" });
        assert_eq!(world.refused("mona", "requestIntroduction", own).await.0, "FORBIDDEN");
        world.card("omar").await;
        let grace = world.card("grace").await;
        let input = json!({ "cardId": grace, "message": "Hello", "fields": ["ADDRESS"] });
        assert_eq!(world.refused("omar", "requestIntroduction", input).await.0, "INVALID");
        let foreign = json!({ "cardId": grace, "message": "Hello", "fields": ["PHONE"], "ownCardId": card });
        assert_eq!(world.refused("omar", "requestIntroduction", foreign).await.0, "NOT_YOURS");
        for (who, code) in [("lwazi", "MEMBERSHIP_NEEDED"), ("nobody", "NOT_FOUND"), ("", "SIGN_IN_NEEDED")] {
            let input = json!({ "cardId": grace, "message": "Hello" });
            assert_eq!(world.refused(who, "requestIntroduction", input).await.0, code, "{who}");
        }
    }

    async fn asking_is_bounded_against_harvesting(world) {
        let card = world.card("mona").await;
        let introduction = request_of(world, "grace", &card, json!([])).await;
        let again = json!({ "cardId": card, "message": "Please" });
        assert_eq!(world.refused("grace", "requestIntroduction", again.clone()).await.0, "CONFLICT");
        let decline = json!({ "introductionId": introduction, "reply": "Not now" });
        let payload =
            world.done("mona", "declineIntroduction", decline, "introduction { status reply }").await;
        assert_eq!(payload["introduction"], json!({ "status": "DECLINED", "reply": "Not now" }));
        assert_eq!(world.details("grace", &card).await[2], "NO_CONSENT");
        assert_eq!(world.refused("grace", "requestIntroduction", again.clone()).await.0, "TRY_LATER");
        world.pass(30 * 86_400);
        // Two at a time are one.
        let query = "mutation ($input: RequestIntroductionInput!) { requestIntroduction(input: $input) \
                     { introduction { id } userErrors { code } } }";
        let input = json!({ "input": again });
        let (one, two) = futures::join!(
            world.data("grace", query, input.clone()),
            world.data("grace", query, input)
        );
        let made = [&one, &two].iter().filter(|a| a["requestIntroduction"]["userErrors"] == json!([])).count();
        assert_eq!(made, 1, "{one} {two}");
        // A request whose time is over counts as expired, and another can be made.
        world.pass(30 * 86_400);
        let status = "{ introductions(filter: { status: [EXPIRED] }) { totalCount } }";
        assert_eq!(world.data("grace", status, Value::Null).await["introductions"]["totalCount"], 1);
        request_of(world, "grace", &card, json!([])).await;
        // A day has an end.
        for number in 0..9 {
            let input = json!({ "headline": format!("Card {number}"), "canHelpWith": "x", "language": "en" });
            let payload = world.done("omar", "publishContactCard", input, "card { id }").await;
            request_of(world, "grace", payload["card"]["id"].as_str().unwrap(), json!([])).await;
        }
        let input = json!({ "headline": "The tenth", "canHelpWith": "x", "language": "en" });
        let payload = world.done("omar", "publishContactCard", input.clone(), "card { id }").await;
        let more = json!({ "cardId": payload["card"]["id"], "message": "And you?" });
        assert_eq!(world.refused("grace", "requestIntroduction", more.clone()).await.0, "TRY_LATER");
        assert_eq!(world.refused("omar", "publishContactCard", input).await.0, "TOO_MANY");
        world.pass(86_400);
        world.done("grace", "requestIntroduction", more, "introduction { id }").await;
    }

    async fn of_two_answers_at_a_time_one_counts(world) {
        let card = world.card("mona").await;
        world.card("grace").await;
        let partner = world.organisation("Partner", &["omar", "farida"], SCOPES).await;
        let input = json!({ "organisationId": partner, "headline": "Press", "canHelpWith": "Oil", "language": "en",
            "country": "EGY", "details": { "phone": "+20100000001" } });
        let theirs = world.done("omar", "publishContactCard", input, "card { id organisation { name } }").await;
        let theirs = theirs["card"]["id"].as_str().unwrap().to_owned();
        for (asked, first, second) in [(&card, "mona", "mona"), (&theirs, "omar", "farida")] {
            let id = request_of(world, "grace", asked, json!(["EMAIL"])).await;
            let accept = "mutation ($id: ID!) { a: acceptIntroduction(input: { introductionId: $id, fields: [PHONE] }) \
                          { userErrors { code } } }";
            let decline = "mutation ($id: ID!) { a: declineIntroduction(input: { introductionId: $id }) \
                           { userErrors { code } } }";
            let (one, two) = futures::join!(
                world.data(first, accept, json!({ "id": id })),
                world.data(second, decline, json!({ "id": id }))
            );
            let won = |answer: &Value| answer["a"]["userErrors"] == json!([]);
            assert!(won(&one) != won(&two), "{one} {two}");
            let loser = if won(&one) { &two } else { &one };
            assert_eq!(loser["a"]["userErrors"][0]["code"], "WRONG_STATE");
            let consents = world.count(&format!("consents WHERE introduction_id = '{id}'")).await;
            assert_eq!(consents, if won(&one) { 2 } else { 0 });
            let status = if won(&one) { "CONNECTED" } else { "DECLINED" };
            assert_eq!(
                world.count(&format!("introductions WHERE id = '{id}' AND status = '{status}'")).await,
                1
            );
        }
    }

    async fn a_retired_card_leaves_no_consent_and_no_request(world) {
        let card = world.card("mona").await;
        let own = world.card("grace").await;
        let other = world.card("omar").await;
        let grant = json!({ "cardId": card, "to": { "group": "MEMBERS" }, "fields": ["EMAIL"], "purpose": "Ask me" });
        world.done("mona", "grantContactConsent", grant.clone(), "consent { id }").await;
        assert_eq!(world.details("lwazi", &card).await, json!(["mona@example.org", null, "VISIBLE"]));
        request_of(world, "grace", &card, json!(["EMAIL"])).await;
        request_of(world, "grace", &other, json!(["EMAIL"])).await;
        let offered = format!("introductions WHERE requester_card_id = '{own}' AND status = 'REQUESTED'");
        assert_eq!(world.count(&offered).await, 2);
        assert_eq!(world.refused("grace", "retireContactCard", json!({ "cardId": card })).await.0, "NOT_YOURS");
        let retired = world.done("mona", "retireContactCard", json!({ "cardId": card }), "card { status }").await;
        assert_eq!(retired["card"]["status"], "RETIRED");
        assert_eq!(world.details("lwazi", &card).await, Value::Null);
        assert_eq!(world.count(&format!("consents WHERE card_id = '{card}' AND withdrawn_at IS NULL")).await, 0);
        assert_eq!(world.count(&format!("contact_details WHERE card_id = '{card}'")).await, 0);
        assert_eq!(world.count(&offered).await, 1);
        world.done("grace", "retireContactCard", json!({ "cardId": own }), "card { status }").await;
        assert_eq!(world.count(&offered).await, 0, "what it offered can't be kept");
        assert_eq!(world.refused("mona", "grantContactConsent", grant).await.0, "WRONG_STATE");
        assert_eq!(world.refused("mona", "retireContactCard", json!({ "cardId": card })).await.0, "WRONG_STATE");
    }

    async fn consent_names_whom_it_opens_what_to_and_until_when(world) {
        let card = world.card("mona").await;
        let partner = world.organisation("Partner", &["omar"], SCOPES).await;
        let grant = |to: Value, more: Value| {
            let mut input = json!({ "cardId": card, "to": to, "fields": ["PHONE"], "purpose": "Visit" });
            for (key, value) in more.as_object().unwrap() {
                input[key] = value.clone();
            }
            input
        };
        let person = |who: &str| json!({ "accountId": world.id(who) });
        let everyone = json!({ "group": "EVERYONE" });
        for (to, more, code, field) in [
            (person("mona"), json!({}), "INVALID", "to.accountId"),
            (json!({ "accountId": partner }), json!({}), "INVALID_ID", "to.accountId"),
            (json!({ "organisationId": partner.replace('0', "1") }), json!({}), "NOT_FOUND", "to.organisationId"),
            (everyone.clone(), json!({ "fields": ["ADDRESS"] }), "INVALID", "fields"),
            (everyone.clone(), json!({ "fields": [] }), "REQUIRED", "fields"),
            (everyone.clone(), json!({ "purpose": " " }), "REQUIRED", "purpose"),
            (everyone.clone(), json!({ "until": world.in_days(0) }), "INVALID", "until"),
            (everyone.clone(), json!({ "until": world.in_days(5 * 365 + 1) }), "INVALID", "until"),
        ] {
            let refused = world.refused("mona", "grantContactConsent", grant(to.clone(), more.clone())).await;
            assert_eq!(refused, (code.to_owned(), field.to_owned()), "{to} {more}");
        }
        let theirs = grant(everyone.clone(), json!({}));
        assert_eq!(world.refused("omar", "grantContactConsent", theirs).await.0, "NOT_YOURS");

        let selection = "consent { id status expiresAt fields }";
        let input = grant(person("grace"), json!({}));
        // Strangers are introduced first, whichever of the two asks.
        let refused = world.refused("mona", "grantContactConsent", input.clone()).await;
        assert_eq!(refused, ("WRONG_STATE".to_owned(), "to.accountId".to_owned()));
        let introduction = request_of(world, "grace", &card, json!([])).await;
        assert_eq!(world.refused("mona", "grantContactConsent", input.clone()).await.0, "WRONG_STATE");
        let accept = json!({ "introductionId": introduction, "fields": [] });
        world.done("mona", "acceptIntroduction", accept, "introduction { id }").await;
        let first = world.done("mona", "grantContactConsent", input, selection).await;
        assert_eq!(first["consent"]["expiresAt"], world.in_days(365));
        assert_eq!(world.details("grace", &card).await, json!([null, phone("mona"), "VISIBLE"]));
        // Another for the same person takes its place, so that one withdrawal is enough.
        let more = json!({ "fields": ["EMAIL"], "until": world.in_days(2) });
        let second = world.done("mona", "grantContactConsent", grant(person("grace"), more), selection).await;
        assert_eq!(world.details("grace", &card).await, json!(["mona@example.org", null, "VISIBLE"]));
        world.pass(2 * 86_400);
        assert_eq!(world.details("grace", &card).await, json!([null, null, "NO_CONSENT"]));
        assert_eq!(
            world.refused("mona", "withdrawContactConsent", json!({ "consentId": second["consent"]["id"] })).await.0,
            "WRONG_STATE"
        );
        let input = grant(json!({ "organisationId": partner }), json!({}));
        world.done("mona", "grantContactConsent", input, selection).await;
        assert_eq!(world.details("omar", &card).await[2], "VISIBLE");
        assert_eq!(world.details("farida", &card).await[2], "NO_CONSENT");
        world.done("mona", "grantContactConsent", grant(everyone, json!({})), selection).await;
        assert_eq!(world.details("farida", &card).await[2], "VISIBLE");
        assert_eq!(world.details("", &card).await, Value::Null, "a card for members stays one");
    }

    async fn what_cannot_be_logged_is_not_shown(world) {
        let card = world.card("mona").await;
        let grant = json!({ "cardId": card, "to": { "group": "MEMBERS" }, "fields": ["EMAIL", "PHONE"], "purpose": "Ask" });
        world.done("mona", "grantContactConsent", grant, "consent { id }").await;
        assert_eq!(world.details("grace", &card).await[2], "VISIBLE");
        world.run("ALTER TABLE disclosures RENAME TO disclosures_away").await;
        assert_eq!(world.details("grace", &card).await, json!([null, null, "UNAVAILABLE"]));
        world.run("ALTER TABLE disclosures_away RENAME TO disclosures").await;
        assert_eq!(world.details("grace", &card).await[2], "VISIBLE");
        assert_eq!(world.disclosures("mona").await, 4);
    }

    async fn readings_of_an_organisations_card_are_shown_to_its_managers(world) {
        let partner = world.organisation("Press", &["omar", "farida"], SCOPES).await;
        let input = json!({ "organisationId": partner, "headline": "Press", "canHelpWith": "Oil", "language": "en",
            "country": "EGY", "details": { "email": "press@example.org", "phone": "+20100000001" } });
        for (who, code) in [("grace", "NOT_YOURS"), ("nobody", "NOT_FOUND")] {
            assert_eq!(world.refused(who, "publishContactCard", input.clone()).await.0, code, "{who}");
        }
        let card = world.done("omar", "publishContactCard", input, "card { id }").await;
        let card = card["card"]["id"].as_str().unwrap().to_owned();
        assert_eq!(world.details("omar", &card).await[2], "VISIBLE");
        assert_eq!(world.count("disclosures").await, 0, "managers read their own");
        let grant = json!({ "cardId": card, "to": { "group": "MEMBERS" }, "fields": ["PHONE"], "purpose": "Orders" });
        world.done("farida", "grantContactConsent", grant, "consent { id }").await;
        assert_eq!(world.details("grace", &card).await, json!([null, "+20100000001", "VISIBLE"]));
        for (who, seen) in [("omar", 1), ("farida", 1), ("grace", 0), ("mona", 0), ("admin", 0)] {
            assert_eq!(world.disclosures(who).await, seen, "{who}");
        }
        // An introduction to an organisation opens the requester's details to its people.
        let own = world.card("grace").await;
        let id = request_of(world, "grace", &card, json!(["EMAIL"])).await;
        let accept = json!({ "introductionId": id, "fields": ["EMAIL"] });
        world.done("farida", "acceptIntroduction", accept, "introduction { status }").await;
        assert_eq!(world.details("omar", &own).await, json!(["grace@example.org", null, "VISIBLE"]));
        assert_eq!(world.details("mona", &own).await[2], "NO_CONSENT");
    }

    async fn a_card_changes_under_its_revision(world) {
        let card = world.card("mona").await;
        let input = json!({ "cardId": card, "expectedRevision": 1, "headline": "Drying, and pitting",
            "countries": ["MWI", "EGY"], "languages": ["ar", "en"], "details": { "phone": null, "address": "Siwa 1" } });
        let selection = "card { revision headline countries { code } languages details { email phone address } }";
        let payload = world.done("mona", "updateContactCard", input.clone(), selection).await;
        assert_eq!(payload["card"]["details"], json!({ "email": "mona@example.org", "phone": null, "address": "Siwa 1" }));
        assert_eq!(payload["card"]["countries"].as_array().unwrap().len(), 2);
        let stale = world.payload("mona", "updateContactCard", input.clone(), "__typename").await;
        assert_eq!(stale["userErrors"][0]["code"], "STALE_REVISION");
        assert!(stale["conflict"].is_object());
        assert_eq!(world.refused("grace", "updateContactCard", input).await.0, "NOT_YOURS");
        let bad = json!({ "cardId": card, "expectedRevision": 2, "headline": "ab", "details": { "phone": "0100", "email": "x" } });
        let errors = world.payload("mona", "updateContactCard", bad, "__typename").await["userErrors"].clone();
        let fields: Vec<_> = errors.as_array().unwrap().iter().map(|error| error["field"].clone()).collect();
        assert_eq!(fields, ["headline", "details.email", "details.phone"]);
        assert!(!errors.to_string().contains("0100"));
        let platform = json!({ "cardId": card, "expectedRevision": 2, "visibility": "PLATFORM" });
        assert_eq!(world.refused("mona", "updateContactCard", platform).await.0, "INVALID");
        let input = json!({ "platformId": world.platform("MWI"), "headline": "Elsewhere", "canHelpWith": "x", "language": "en" });
        assert_eq!(world.refused("mona", "publishContactCard", input.clone()).await.0, "MEMBERSHIP_NEEDED");
        assert_eq!(world.refused("lwazi", "publishContactCard", input).await.0, "MEMBERSHIP_NEEDED");
    }
}
