//! Contacts between members of two countries, and who never sees any.

use maip_tests::{Backend, Request, Town, on_both};
use serde_json::{Value, json};

const CARD: &str = "query ($id: ID!) { contact(id: $id) { detailsStatus details { email phone } } }";

async fn card(town: &Town, who: &str, phone: &str) -> String {
    let input = json!({ "headline": format!("Ask {who}"), "canHelpWith": "Figs and dates", "language": "en",
        "details": { "email": format!("{who}@example.org"), "phone": phone } });
    let payload = town.done(who, "publishContactCard", input, "card { id }").await;
    payload["card"]["id"].as_str().expect("an id").to_owned()
}

async fn seen(town: &Town, who: &str, card: &str) -> Value {
    let card = town.data(who, CARD, json!({ "id": card })).await["contact"].clone();
    json!([card["details"]["email"], card["details"]["phone"], card["detailsStatus"]])
}

on_both! {
    async fn two_members_of_different_countries_get_in_touch(backend: Backend) {
        let mut town = Town::start(backend).await;
        town.member("amine", "DZA", "MEMBER").await;
        town.member("zeynep", "TUR", "MEMBER").await;
        town.member("omar", "EGY", "FACILITATOR").await;
        town.administrator("admin").await;
        town.officer("secretariat", "ITA", "EXECUTIVE_SECRETARY").await;
        let hers = card(&town, "zeynep", "+905300000001").await;
        let his = card(&town, "amine", "+213500000001").await;
        let closed = json!([null, null, "NO_CONSENT"]);
        assert_eq!(seen(&town, "amine", &hers).await, closed);

        let id = town.fresh("introduction");
        let request = json!({ "id": id, "cardId": hers, "message": "How do you dry figs?", "fields": ["EMAIL"] });
        for _ in 0..2 {
            // Sent twice, as by someone who lost the answer.
            let made = town.done("amine", "requestIntroduction", request.clone(), "introduction { id status }").await;
            assert_eq!(made["introduction"], json!({ "id": id, "status": "REQUESTED" }));
        }
        let waiting = "{ introductions(filter: { side: CONTACT, status: [REQUESTED] }) { nodes { id message offeredFields \
                       requester { displayName } } } }";
        assert_eq!(
            town.data("zeynep", waiting, Value::Null).await["introductions"]["nodes"],
            json!([{ "id": id, "message": "How do you dry figs?", "offeredFields": ["EMAIL"],
                "requester": { "displayName": "amine" } }])
        );
        for stranger in ["omar", "admin", "secretariat"] {
            let found = town.data(stranger, "{ introductions { totalCount } }", Value::Null).await;
            assert_eq!(found["introductions"]["totalCount"], 0, "{stranger}");
            let accept = json!({ "introductionId": id, "fields": ["PHONE"] });
            assert_eq!(town.refused(stranger, "acceptIntroduction", accept).await, "NOT_FOUND", "{stranger}");
        }
        let accept = json!({ "introductionId": id, "fields": ["PHONE"], "reply": "Come and see" });
        town.done("zeynep", "acceptIntroduction", accept, "introduction { status }").await;
        assert_eq!(seen(&town, "amine", &hers).await, json!([null, "+905300000001", "VISIBLE"]));
        assert_eq!(seen(&town, "zeynep", &his).await, json!(["amine@example.org", null, "VISIBLE"]));
        for stranger in ["omar", "secretariat"] {
            assert_eq!(seen(&town, stranger, &hers).await, closed, "{stranger}");
            assert_eq!(seen(&town, stranger, &his).await, closed, "{stranger}");
        }
        assert_eq!(seen(&town, "admin", &hers).await, json!([null, null, null]), "not even the card");
        for who in ["amine", "zeynep"] {
            let log = town.data(who, "{ viewer { disclosures { totalCount } } }", Value::Null).await;
            assert_eq!(log["viewer"]["disclosures"]["totalCount"], 1, "{who}");
        }
        // Who is suspended loses sight with the next call.
        let account = town.id("amine").to_owned();
        town.execute(&format!("UPDATE accounts SET status = 'SUSPENDED' WHERE id = '{account}'")).await;
        assert_eq!(town.send("amine", CARD, json!({ "id": hers })).await.code(), Some("UNAUTHENTICATED"));
        assert_eq!(seen(&town, "zeynep", &his).await, json!([null, null, null]));
    }

    async fn details_never_come_by_get(backend: Backend) {
        let mut town = Town::start(backend).await;
        town.member("mona", "EGY", "MEMBER").await;
        card(&town, "mona", "+201000000001").await;
        let access = town.bearer("mona").expect("signed in").to_owned();
        let query = "/graphql?query=%7Bcontacts%7Bnodes%7Bdetails%7Bphone%7D%7D%7D%7D";
        let answer = town.server().send(Request::new("GET", query).bearer(&access)).await;
        assert_eq!(answer.code(), Some("OPERATION_NOT_ALLOWED"), "{answer}");
        assert!(!answer.text().contains("201000000001"));
    }

    async fn what_cannot_be_logged_is_not_shown(backend: Backend) {
        let mut town = Town::start(backend).await;
        town.member("mona", "EGY", "MEMBER").await;
        town.member("grace", "MWI", "MEMBER").await;
        let id = card(&town, "mona", "+201000000001").await;
        let grant = json!({ "cardId": id, "to": { "group": "MEMBERS" }, "fields": ["EMAIL", "PHONE"], "purpose": "Ask me" });
        town.done("mona", "grantContactConsent", grant, "consent { id }").await;
        assert_eq!(seen(&town, "grace", &id).await, json!(["mona@example.org", "+201000000001", "VISIBLE"]));
        town.execute("ALTER TABLE disclosures RENAME TO disclosures_away").await;
        assert_eq!(seen(&town, "grace", &id).await, json!([null, null, "UNAVAILABLE"]));
        town.execute("ALTER TABLE disclosures_away RENAME TO disclosures").await;
        assert_eq!(seen(&town, "grace", &id).await[2], "VISIBLE");
    }
}
