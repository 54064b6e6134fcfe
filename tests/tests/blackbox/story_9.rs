//! Story 9. Egypt, date palm: consent to one partner organisation. Its token reads the phone number; another token with
//! the same scope gets null and a status. After withdrawal the next call gets null and the same status, and the person's
//! log shows the earlier reads. A revoked token is unauthenticated.

use maip_tests::{Backend, Town, on_both};
use serde_json::{Value, json};

const DIRECTORY: &str = "{ contacts { nodes { headline detailsStatus details { email phone } } } }";

/// A partner organisation with a token that may read contacts and their details: its id, the token's id and its secret.
async fn partner(town: &mut Town, manager: &str, name: &str) -> (String, String, String) {
    let scopes = json!(["CONTACTS_READ", "CONTACTS_DETAILS"]);
    let made = town
        .done(manager, "createOrganisation", json!({ "name": name, "kind": "NGO" }), "organisation { id }")
        .await;
    let organisation = made["organisation"]["id"].as_str().expect("an id").to_owned();
    town.join(&organisation, "EGY").await;
    let clear = json!({ "organisationId": organisation, "scopes": scopes });
    town.done("secretariat", "clearOrganisation", clear, "organisation { clearedScopes }").await;
    let token = json!({ "organisationId": organisation, "name": "directory", "scopes": scopes });
    let made = town.done(manager, "createApiToken", token, "secret apiToken { id }").await;
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    (organisation, text(&made["apiToken"]["id"]), text(&made["secret"]))
}

async fn seen(town: &Town, who: &str) -> Value {
    let card = town.data(who, DIRECTORY, Value::Null).await["contacts"]["nodes"][0].clone();
    assert_eq!(card["headline"], "Pitting and drying dates", "{who}");
    json!([card["details"]["email"], card["details"]["phone"], card["detailsStatus"]])
}

on_both! {
    async fn consent_to_one_partner_opens_a_phone_number_to_it_alone(backend: Backend) {
        let mut town = Town::start(backend).await;
        town.member("mona", "EGY", "MEMBER").await;
        town.member("omar", "EGY", "MEMBER").await;
        town.member("farida", "EGY", "FACILITATOR").await;
        town.officer("secretariat", "ITA", "EXECUTIVE_SECRETARY").await;
        town.officer("focal", "EGY", "NATIONAL_FOCAL_POINT").await;
        let card = json!({ "headline": "Pitting and drying dates", "canHelpWith": "I dry dates in Siwa.", "language": "en",
            "languages": ["ar", "en"], "details": { "email": "mona@example.org", "phone": "+20 100 000 0001" } });
        let card = town.done("mona", "publishContactCard", card, "card { id }").await["card"]["id"].clone();
        let (partner_id, token, named) = partner(&mut town, "omar", "Date Traders").await;
        let (_, _, other) = partner(&mut town, "farida", "Palm Traders").await;

        let closed = json!([null, null, "NO_CONSENT"]);
        for who in [&named, &other, "omar", "farida", "secretariat", "focal"] {
            assert_eq!(seen(&town, who).await, closed, "{who}");
        }
        let consent = json!({ "cardId": card, "to": { "organisationId": partner_id },
            "fields": ["PHONE"], "purpose": "Buying dates" });
        let consent = town.done("mona", "grantContactConsent", consent, "consent { id }").await["consent"]["id"].clone();

        assert_eq!(seen(&town, &named).await, json!([null, "+201000000001", "VISIBLE"]));
        assert_eq!(seen(&town, &named).await[2], "VISIBLE");
        assert_eq!(seen(&town, &other).await, closed);
        for who in ["farida", "secretariat", "focal"] {
            assert_eq!(seen(&town, who).await, closed, "{who}");
        }
        let answer = town.send(&named, DIRECTORY, Value::Null).await;
        assert!(answer.header("cache-control").is_some_and(|value| value.contains("no-store")), "{answer}");

        town.done("mona", "withdrawContactConsent", json!({ "consentId": consent }), "consent { status }").await;
        assert_eq!(seen(&town, &named).await, closed);

        let log = "{ viewer { disclosures { totalCount nodes { field byToken readerName card { id } } } } }";
        let log = town.data("mona", log, Value::Null).await["viewer"]["disclosures"].clone();
        assert_eq!(log["totalCount"], 3, "{log}");
        for entry in log["nodes"].as_array().expect("a list") {
            assert_eq!(
                entry,
                &json!({ "field": "PHONE", "byToken": true, "readerName": "Date Traders", "card": { "id": card } })
            );
        }
        let others = "{ viewer { disclosures { totalCount } } }";
        for who in ["omar", "farida", "secretariat", "focal"] {
            assert_eq!(town.data(who, others, Value::Null).await["viewer"]["disclosures"]["totalCount"], 0, "{who}");
        }

        town.done("omar", "revokeApiToken", json!({ "tokenId": token }), "apiToken { revokedAt }").await;
        let refused = town.send(&named, DIRECTORY, Value::Null).await;
        assert_eq!((refused.status, refused.code()), (401, Some("UNAUTHENTICATED")), "{refused}");
        assert_eq!(seen(&town, &other).await, closed, "the other token still works");
        let logs = town.server().logs();
        for secret in ["201000000001", "mona@example.org", "login@example.org", &named, &other] {
            assert!(!logs.contains(secret), "the log holds {secret}");
        }
    }
}
