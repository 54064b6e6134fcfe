//! API tokens of partner organisations.

use maip_tests::{Backend, Town, on_both};
use serde_json::{Value, json};

async fn town(backend: Backend) -> (Town, String) {
    let mut town = Town::start(backend).await;
    town.member("omar", "EGY", "MEMBER").await;
    town.member("grace", "MWI", "MEMBER").await;
    town.officer("secretariat", "ITA", "EXECUTIVE_SECRETARY").await;
    let made = town
        .done("omar", "createOrganisation", json!({ "name": "Dates", "kind": "NGO" }), "organisation { id }")
        .await;
    let organisation = made["organisation"]["id"].as_str().expect("an id").to_owned();
    let clear = json!({ "organisationId": organisation, "scopes": ["LESSONS_READ", "CONTACTS_READ"] });
    town.done("secretariat", "clearOrganisation", clear, "organisation { id }").await;
    (town, organisation)
}

async fn works(town: &Town, secret: &str) -> bool {
    let answer = town.send(secret, "{ viewer { scopes } }", Value::Null).await;
    if answer.status == 401 {
        assert_eq!(answer.code(), Some("UNAUTHENTICATED"));
        assert!(answer.header("www-authenticate").is_some(), "{answer}");
        return false;
    }
    assert_eq!(answer.data()["viewer"]["scopes"], json!(["LESSONS_READ"]));
    true
}

on_both! {
    async fn a_token_reads_within_its_scopes_and_countries(backend: Backend) {
        let (town, organisation) = town(backend).await;
        let token = |scopes: Value| json!({ "organisationId": organisation, "name": "t", "scopes": scopes, "countries": ["EGY"] });
        assert_eq!(town.refused("omar", "createApiToken", token(json!(["CONTACTS_DETAILS"]))).await, "MISSING_SCOPE");
        assert_eq!(town.refused("grace", "createApiToken", token(json!(["LESSONS_READ"]))).await, "FORBIDDEN");
        let made = town.done("omar", "createApiToken", token(json!(["LESSONS_READ"])), "secret apiToken { id }").await;
        let secret = made["secret"].as_str().expect("a secret");
        assert!(secret.starts_with("maip_pat_"));
        let viewer = "{ viewer { account { id } organisation { name } scopes countries allCountries tokenExpiresAt \
                      limits { maxDepth maxPageSize } } }";
        let viewer = town.data(secret, viewer, Value::Null).await["viewer"].clone();
        assert_eq!(viewer["account"], Value::Null);
        assert_eq!(
            (&viewer["organisation"]["name"], &viewer["scopes"], &viewer["countries"], &viewer["allCountries"]),
            (&json!("Dates"), &json!(["LESSONS_READ"]), &json!(["EGY"]), &json!(false))
        );
        assert!(viewer["tokenExpiresAt"].is_string() && viewer["limits"]["maxPageSize"].is_number(), "{viewer}");
        let answer = town.send(secret, "{ lessons { totalCount } contacts { totalCount } }", Value::Null).await;
        assert_eq!(answer.body["data"]["contacts"], Value::Null, "{answer}");
        assert_eq!(answer.code(), Some("FORBIDDEN"), "a wrong scope");
        assert_eq!(answer.body["data"]["lessons"]["totalCount"], 0);
        let write = json!({ "headline": "A card", "canHelpWith": "x", "language": "en" });
        assert_eq!(town.refused(secret, "publishContactCard", write).await, "SIGN_IN_NEEDED");
        // One letter changed, and it is no token; the answer doesn't say which part was wrong.
        let mut forged = secret.to_owned();
        let last = forged.pop().expect("a letter");
        forged.push(if last == 'x' { 'y' } else { 'x' });
        assert!(!works(&town, &forged).await);
        // What nobody but the holder has isn't in the database.
        assert_eq!(town.text(&format!("SELECT token_id FROM api_token_secrets WHERE secret_hash = '{secret}'")).await, None);
    }

    async fn a_rotated_token_has_two_secrets_for_a_while(backend: Backend) {
        let (town, organisation) = town(backend).await;
        let token = json!({ "organisationId": organisation, "name": "t", "scopes": ["LESSONS_READ"] });
        let made = town.done("omar", "createApiToken", token, "secret apiToken { id }").await;
        let (first, id) = (made["secret"].as_str().expect("a secret"), made["apiToken"]["id"].as_str().expect("an id"));
        let rotate = json!({ "tokenId": id, "overlapHours": 1, "mutationId": "rotation" });
        let made = town.done("omar", "rotateApiToken", rotate.clone(), "secret apiToken { overlapsUntil }").await;
        let again = town.done("omar", "rotateApiToken", rotate, "secret apiToken { overlapsUntil }").await;
        assert_eq!(made, again, "a lost answer is given again, and the token isn't rotated twice");
        assert!(made["apiToken"]["overlapsUntil"].is_string(), "{made}");
        let second = made["secret"].as_str().expect("a secret");
        assert!(first != second && works(&town, first).await && works(&town, second).await);
        // The hour goes by.
        town.execute(&format!(
            "UPDATE api_token_secrets SET expires_at = expires_at - 3600000000 WHERE token_id = '{id}' \
             AND expires_at < (SELECT MAX(s.expires_at) FROM api_token_secrets s WHERE s.token_id = '{id}')"
        ))
        .await;
        assert!(!works(&town, first).await && works(&town, second).await);
        assert_eq!(town.refused("grace", "revokeApiToken", json!({ "tokenId": id })).await, "NOT_FOUND");
        town.done("omar", "revokeApiToken", json!({ "tokenId": id }), "apiToken { revokedAt }").await;
        assert!(!works(&town, second).await, "at once");
        let logs = town.server().logs();
        assert!(!logs.contains(first) && !logs.contains(second), "{logs}");
    }
}
