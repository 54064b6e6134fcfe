//! Organisations and their API tokens.

use serde_json::{Value, json};

use super::lessons::{full, with};
use super::world::{World, in_the_world, phone};
use crate::ResponseStatus;

const VIEWER: &str = "{ viewer { account { id } organisation { name } scopes countries allCountries tokenExpiresAt limits { maxPageSize } } }";

async fn created(world: &World, name: &str) -> String {
    let input = json!({ "name": name, "kind": "NGO", "country": "EGY", "website": "https://example.org" });
    let payload =
        world.done("mona", "createOrganisation", input, "organisation { id managers { id } }").await;
    assert_eq!(payload["organisation"]["managers"], json!([{ "id": world.id("mona") }]));
    payload["organisation"]["id"].as_str().unwrap().to_owned()
}

async fn works(world: &World, secret: &str) -> bool {
    let response = world.send(secret, "{ viewer { scopes } }", Value::Null).await;
    match response.status {
        ResponseStatus::Executed => true,
        ResponseStatus::Unauthenticated => false,
        other => panic!("{other:?} {}", response.body),
    }
}

in_the_world! {
    async fn an_organisation_is_entered_verified_cleared_and_managed(world) {
        for (who, code) in [("", "SIGN_IN_NEEDED"), ("nobody", "MEMBERSHIP_NEEDED")] {
            let input = json!({ "name": "X", "kind": "NGO" });
            assert_eq!(world.refused(who, "createOrganisation", input).await.0, code, "{who}");
        }
        let id = created(world, "Date Cooperative").await;
        let named = json!({ "organisationId": id });
        for who in ["mona", "omar", "farida", "admin"] {
            assert_eq!(world.refused(who, "verifyOrganisation", named.clone()).await.0, "FORBIDDEN", "{who}");
        }
        let selection = "organisation { verifiedAt revision }";
        let verified = world.done("focal", "verifyOrganisation", named.clone(), selection).await;
        assert!(verified["organisation"]["verifiedAt"].is_string());
        assert_eq!(world.refused("focal", "verifyOrganisation", named).await.0, "WRONG_STATE");
        // Who verified a name didn't verify another.
        let rename = json!({ "organisationId": id, "expectedRevision": 2, "name": "Ministry", "website": null });
        assert_eq!(world.refused("omar", "updateOrganisation", rename.clone()).await.0, "FORBIDDEN");
        let renamed = world
            .done("mona", "updateOrganisation", rename.clone(), "organisation { name website verifiedAt }")
            .await;
        assert_eq!(renamed["organisation"], json!({ "name": "Ministry", "website": null, "verifiedAt": null }));
        let stale = world.payload("mona", "updateOrganisation", rename, "__typename").await;
        assert_eq!(stale["userErrors"][0]["code"], "STALE_REVISION");

        let manager = |who: &str| json!({ "organisationId": id, "accountId": world.id(who) });
        assert_eq!(world.refused("mona", "removeOrganisationManager", manager("mona")).await.0, "LAST_MANAGER");
        assert_eq!(world.refused("omar", "addOrganisationManager", manager("omar")).await.0, "FORBIDDEN");
        world.done("mona", "addOrganisationManager", manager("omar"), "organisation { id }").await;
        world.done("omar", "acceptOrganisationManagement", json!({ "organisationId": id }), "organisation { id }").await;
        assert_eq!(world.refused("omar", "addOrganisationManager", manager("omar")).await.0, "CONFLICT");
        assert_eq!(world.refused("omar", "removeOrganisationManager", manager("grace")).await.0, "NOT_FOUND");
        // Two who remove each other leave one.
        let remove = "mutation ($o: ID!, $a: ID!) { r: removeOrganisationManager(input: { organisationId: $o, accountId: $a }) \
                      { userErrors { code } } }";
        let (one, two) = futures::join!(
            world.data("mona", remove, json!({ "o": id, "a": world.id("omar") })),
            world.data("omar", remove, json!({ "o": id, "a": world.id("mona") }))
        );
        let done = [&one, &two].iter().filter(|answer| answer["r"]["userErrors"] == json!([])).count();
        assert_eq!(done, 1, "{one} {two}");
        assert_eq!(world.count(&format!("organisation_people WHERE organisation_id = '{id}'")).await, 1);
    }

    async fn a_manager_counts_as_one_once_they_accept(world) {
        let id = created(world, "Date Cooperative").await;
        let named = json!({ "organisationId": id });
        let manager = |who: &str| json!({ "organisationId": id, "accountId": world.id(who) });
        let people = "organisation { revision updatedAt managers { displayName } people { totalCount } askedManagers { displayName } }";
        let asked = world.done("mona", "addOrganisationManager", manager("focal"), people).await["organisation"].clone();
        assert_eq!(asked["askedManagers"], json!([{ "displayName": "focal" }]));
        assert_eq!((&asked["managers"], &asked["people"]["totalCount"]), (&json!([{ "displayName": "mona" }]), &json!(1)));
        assert_eq!(asked["revision"], 1, "nobody else sees that somebody is asked");
        assert_eq!(world.refused("mona", "addOrganisationManager", manager("focal")).await.0, "CONFLICT");
        // Who is asked has no part in it, and nobody else sees that they are asked.
        let seen = "query ($id: ID!) { organisation(id: $id) { managers { displayName } askedManagers { displayName } \
                    viewerCan { action allowed reason } } viewer { managerRequests { nodes { name } } organisations { name } } }";
        for (who, requests) in [("omar", json!([])), ("focal", json!([{ "name": "Date Cooperative" }]))] {
            let answer = world.data(who, seen, json!({ "id": id })).await;
            assert_eq!(answer["organisation"]["askedManagers"], json!([]), "{who}");
            assert_eq!(answer["organisation"]["managers"], json!([{ "displayName": "mona" }]), "{who}");
            assert_eq!(answer["viewer"], json!({ "managerRequests": { "nodes": requests }, "organisations": [] }), "{who}");
        }
        assert_eq!(world.refused("focal", "addOrganisationManager", manager("omar")).await.0, "FORBIDDEN");
        for (who, code) in [("omar", "NOT_YOURS"), ("mona", "NOT_YOURS"), ("", "SIGN_IN_NEEDED")] {
            for step in ["acceptOrganisationManagement", "declineOrganisationManagement"] {
                assert_eq!(world.refused(who, step, named.clone()).await.0, code, "{who} {step}");
            }
        }
        // Being named bars nobody from reviewing what is written on its behalf.
        let input = with(&full(world, "Drying dates").await, json!({ "organisationId": id }));
        let draft = world.done("mona", "draftLesson", input, "lesson { id }").await;
        let lesson = json!({ "lessonId": draft["lesson"]["id"] });
        world.done("mona", "submitLesson", lesson.clone(), "lesson { id }").await;
        world.done("focal", "startReview", lesson.clone(), "lesson { id }").await;
        // Having accepted does.
        let accepted = world.done("focal", "acceptOrganisationManagement", named.clone(), people).await["organisation"].clone();
        assert_eq!(accepted["managers"], json!([{ "displayName": "focal" }, { "displayName": "mona" }]));
        assert_eq!((&accepted["askedManagers"], &accepted["revision"]), (&json!([]), &json!(2)));
        assert_eq!(world.refused("focal", "publishLesson", lesson).await.0, "CONFLICT_OF_INTEREST");
        assert_eq!(world.refused("focal", "acceptOrganisationManagement", named.clone()).await.0, "NOT_YOURS");
    }

    async fn a_request_to_manage_ends_by_either_side(world) {
        let id = created(world, "Date Cooperative").await;
        let named = json!({ "organisationId": id });
        let manager = |who: &str| json!({ "organisationId": id, "accountId": world.id(who) });
        for who in ["omar", "grace"] {
            world.done("mona", "addOrganisationManager", manager(who), "organisation { id }").await;
        }
        world.done("omar", "declineOrganisationManagement", named.clone(), "organisation { id }").await;
        world.done("mona", "removeOrganisationManager", manager("grace"), "organisation { id }").await;
        for who in ["omar", "grace"] {
            assert_eq!(world.refused(who, "acceptOrganisationManagement", named.clone()).await.0, "NOT_YOURS", "{who}");
        }
        assert_eq!(world.count("organisation_manager_requests").await, 0);
        assert_eq!(world.count(&format!("organisation_people WHERE organisation_id = '{id}'")).await, 1);
        // The secretariat, which may name managers of any, is one at once where it names itself.
        let managers = "organisation { managers { displayName } }";
        let own = world.done("secretary", "addOrganisationManager", manager("secretary"), managers).await;
        assert_eq!(own["organisation"]["managers"], json!([{ "displayName": "mona" }, { "displayName": "secretary" }]));
    }

    async fn a_token_is_never_wider_than_the_clearance(world) {
        let id = created(world, "Partner").await;
        let clear = |scopes: Value| json!({ "organisationId": id, "scopes": scopes });
        for who in ["mona", "focal", "admin"] {
            assert_eq!(world.refused(who, "clearOrganisation", clear(json!(["LESSONS_READ"]))).await.0, "FORBIDDEN");
        }
        let make = |scopes: Value, more: Value| {
            let mut input = json!({ "organisationId": id, "name": "reader", "scopes": scopes });
            for (key, value) in more.as_object().unwrap() {
                input[key] = value.clone();
            }
            input
        };
        let read = json!(["CONTACTS_READ", "LESSONS_READ"]);
        assert_eq!(world.refused("mona", "createApiToken", make(read.clone(), json!({}))).await.0, "MISSING_SCOPE");
        let cleared = world
            .done("secretary", "clearOrganisation", clear(read.clone()), "organisation { clearedScopes }")
            .await;
        assert_eq!(cleared["organisation"]["clearedScopes"], read);
        for (scopes, more, code, field) in [
            (json!(["CONTACTS_DETAILS"]), json!({}), "MISSING_SCOPE", "scopes"),
            (json!([]), json!({}), "REQUIRED", "scopes"),
            (read.clone(), json!({ "countries": [] }), "REQUIRED", "countries"),
            (read.clone(), json!({ "countries": ["ZZZ"] }), "NOT_FOUND", "countries"),
            (read.clone(), json!({ "expiresAt": world.in_days(366) }), "INVALID", "expiresAt"),
            (read.clone(), json!({ "expiresAt": world.in_days(0) }), "INVALID", "expiresAt"),
            (read.clone(), json!({ "name": "" }), "REQUIRED", "name"),
        ] {
            let refused = world.refused("mona", "createApiToken", make(scopes, more.clone())).await;
            assert_eq!(refused, (code.to_owned(), field.to_owned()), "{more}");
        }
        for (who, code) in [("omar", "FORBIDDEN"), ("secretary", "FORBIDDEN"), ("", "SIGN_IN_NEEDED")] {
            assert_eq!(world.refused(who, "createApiToken", make(read.clone(), json!({}))).await.0, code, "{who}");
        }
        let more = json!({ "countries": ["MWI", "EGY"], "expiresAt": world.in_days(90), "mutationId": "m1" });
        let input = make(read.clone(), more);
        let token = world.done("mona", "createApiToken", input.clone(), "secret apiToken { id hint }").await;
        let again = world.done("mona", "createApiToken", input, "secret apiToken { id hint }").await;
        assert_eq!(token, again, "a lost answer is answered again");
        let secret = token["secret"].as_str().unwrap();
        let viewer = world.data(secret, VIEWER, Value::Null).await["viewer"].clone();
        assert_eq!(
            viewer,
            json!({ "account": null, "organisation": { "name": "Partner" }, "scopes": read, "countries": ["EGY", "MWI"],
                "allCountries": false, "tokenExpiresAt": world.in_days(90), "limits": { "maxPageSize": 100 } })
        );
        // Only digests are kept, and nothing a token does is done as a person.
        assert_eq!(world.count(&format!("api_token_secrets WHERE secret_hash LIKE '%{secret}%'")).await, 0);
        assert_eq!(world.refused(secret, "createApiToken", make(read.clone(), json!({}))).await.0, "SIGN_IN_NEEDED");
        world.done("secretary", "clearOrganisation", clear(json!(["LESSONS_READ"])), "organisation { id }").await;
        let viewer = world.data(secret, VIEWER, Value::Null).await["viewer"].clone();
        assert_eq!(viewer["scopes"], json!(["LESSONS_READ"]), "clearance that is taken back counts at once");
    }

    async fn two_secrets_overlap_for_as_long_as_was_said(world) {
        let id = world.organisation("Partner", &["mona"], &["LESSONS_READ"]).await;
        let input = json!({ "organisationId": id, "name": "reader", "scopes": ["LESSONS_READ"] });
        let token = world.done("mona", "createApiToken", input, "secret apiToken { id }").await;
        let (first, token) = (token["secret"].as_str().unwrap(), token["apiToken"]["id"].clone());
        let rotate = |hours: i64| json!({ "tokenId": token, "overlapHours": hours });
        assert_eq!(world.refused("mona", "rotateApiToken", rotate(169)).await.0, "INVALID");
        assert_eq!(world.refused("omar", "rotateApiToken", rotate(1)).await.0, "NOT_FOUND");
        let second = world.done("mona", "rotateApiToken", rotate(2), "secret apiToken { hint overlapsUntil }").await;
        assert!(second["apiToken"]["overlapsUntil"].is_string(), "{second}");
        let second = second["secret"].as_str().unwrap();
        assert!(works(world, first).await && works(world, second).await);
        world.pass(2 * 3600 - 1);
        assert!(works(world, first).await);
        world.pass(1);
        assert!(!works(world, first).await && works(world, second).await);
        let third = world.done("mona", "rotateApiToken", rotate(0), "secret apiToken { id }").await;
        let third = third["secret"].as_str().unwrap();
        assert!(!works(world, second).await && works(world, third).await);

        let revoke = json!({ "tokenId": token });
        assert_eq!(world.refused("omar", "revokeApiToken", revoke.clone()).await.0, "NOT_FOUND");
        let ended = world.done("admin", "revokeApiToken", revoke.clone(), "apiToken { revokedAt }").await;
        assert!(ended["apiToken"]["revokedAt"].is_string());
        assert!(!works(world, third).await, "revoked at once");
        assert_eq!(world.refused("mona", "revokeApiToken", revoke).await.0, "WRONG_STATE");
        assert_eq!(world.refused("mona", "rotateApiToken", rotate(1)).await.0, "WRONG_STATE");
    }

    async fn a_token_ends_with_its_time(world) {
        let id = world.organisation("Partner", &["mona"], &["LESSONS_READ"]).await;
        let input = json!({ "organisationId": id, "name": "reader", "scopes": ["LESSONS_READ"],
            "expiresAt": world.in_days(1) });
        let token = world.done("mona", "createApiToken", input, "secret apiToken { id }").await;
        let secret = token["secret"].as_str().unwrap();
        world.pass(86_400 - 1);
        assert!(works(world, secret).await);
        world.pass(1);
        assert!(!works(world, secret).await);
    }

    async fn consent_to_one_partner_reaches_no_other(world) {
        let scopes = &["CONTACTS_READ", "CONTACTS_DETAILS"];
        let named = world.organisation("Named", &["omar"], scopes).await;
        let other = world.organisation("Other", &["farida"], scopes).await;
        let card = world.card("mona").await;
        let token = async |manager: &str, organisation: &str, scopes: Value, countries: Value| {
            let mut input = json!({ "organisationId": organisation, "name": "t", "scopes": scopes });
            if !countries.is_null() {
                input["countries"] = countries;
            }
            let payload = world.done(manager, "createApiToken", input, "secret apiToken { id }").await;
            (payload["secret"].as_str().unwrap().to_owned(), payload["apiToken"]["id"].clone())
        };
        let (reader, token_id) = token("omar", &named, json!(scopes), Value::Null).await;
        let (stranger, _) = token("farida", &other, json!(scopes), Value::Null).await;
        let (narrow, _) = token("omar", &named, json!(["CONTACTS_READ"]), Value::Null).await;
        let (elsewhere, _) = token("omar", &named, json!(scopes), json!(["MWI"])).await;
        for group in ["MEMBERS", "EVERYONE"] {
            let input = json!({ "cardId": card, "to": { "group": group }, "fields": ["EMAIL"], "purpose": "All" });
            world.done("mona", "grantContactConsent", input, "consent { id }").await;
        }
        let closed = json!([null, null, "NO_CONSENT"]);
        for secret in [&reader, &stranger, &narrow] {
            assert_eq!(world.details(secret, &card).await, closed, "not by grants to members or everyone");
        }
        let input = json!({ "cardId": card, "to": { "organisationId": named }, "fields": ["PHONE"],
            "purpose": "Buying dates" });
        let consent = world.done("mona", "grantContactConsent", input, "consent { id }").await;
        assert_eq!(world.details(&reader, &card).await, json!([null, phone("mona"), "VISIBLE"]));
        assert_eq!(world.details(&stranger, &card).await, closed);
        assert_eq!(world.details(&narrow, &card).await, closed);
        assert_eq!(world.details(&elsewhere, &card).await, Value::Null);
        let withdraw = json!({ "consentId": consent["consent"]["id"] });
        world.done("mona", "withdrawContactConsent", withdraw, "consent { status }").await;
        assert_eq!(world.details(&reader, &card).await, closed);
        let log = "{ viewer { disclosures { totalCount nodes { field byToken readerName readerOrganisation { name } } } } }";
        assert_eq!(
            world.data("mona", log, Value::Null).await["viewer"]["disclosures"],
            json!({ "totalCount": 1, "nodes": [{ "field": "PHONE", "byToken": true, "readerName": "Named",
                "readerOrganisation": { "name": "Named" } }] })
        );
        world.done("omar", "revokeApiToken", json!({ "tokenId": token_id }), "apiToken { id }").await;
        assert!(!works(world, &reader).await);
    }
}
