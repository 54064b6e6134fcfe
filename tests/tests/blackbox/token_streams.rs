//! What API tokens hear of subscriptions: with the scope, within their countries and their organisation's memberships,
//! and no longer than each of these holds.

use maip_tests::{Backend, Events, Socket, Town, on_both};
use serde_json::{Value, json};

use crate::subscriptions::{PUBLISHED, malawi, publish, publish_in};

const INTRODUCED: &str = "subscription ($after: String) { introductionChanged(after: $after) { cursor kind \
                          introduction { id message } } }";
const MEMBERS: &str =
    "subscription ($after: String) { membershipChanged(after: $after) { cursor kind membership { id } } }";

/// Each subscription with the scope that it needs.
const ALL: [(&str, &str); 3] =
    [(PUBLISHED, "LESSONS_READ"), (INTRODUCED, "INTRODUCTIONS_READ"), (MEMBERS, "MEMBERS_READ")];
const SCOPES: [&str; 6] = [
    "LESSONS_READ",
    "PLATFORMS_READ",
    "MEMBERS_READ",
    "CONTACTS_READ",
    "INTRODUCTIONS_READ",
    "VOCABULARY_READ",
];

/// Malawi, with an organisation for each of these managers.
async fn with_organisations(backend: Backend, managers: &[&str]) -> (Town, Vec<Value>) {
    let mut town = malawi(backend, &[]).await;
    town.officer("secretariat", "ITA", "EXECUTIVE_SECRETARY").await;
    let mut organisations = Vec::new();
    for manager in managers {
        town.member(manager, "MWI", "MEMBER").await;
        let input = json!({ "name": format!("Fruit of {manager}"), "kind": "NGO" });
        let made = town.done(manager, "createOrganisation", input, "organisation { id }").await;
        organisations.push(made["organisation"]["id"].clone());
        clear(&town, &organisations[organisations.len() - 1], &SCOPES).await;
    }
    (town, organisations)
}

async fn clear(town: &Town, organisation: &Value, scopes: &[&str]) {
    let input = json!({ "organisationId": organisation, "scopes": scopes });
    town.done("secretariat", "clearOrganisation", input, "organisation { id }").await;
}

/// The secret of a token with these scopes, in these countries.
async fn token(
    town: &Town,
    manager: &str,
    organisation: &Value,
    scopes: &[&str],
    countries: &[&str],
) -> String {
    let countries = Some(countries).filter(|countries| !countries.is_empty());
    let input =
        json!({ "organisationId": organisation, "name": "t", "scopes": scopes, "countries": countries });
    let made = town.done(manager, "createApiToken", input, "secret apiToken { id }").await;
    made["secret"].as_str().expect("a secret").to_owned()
}

/// The next message says that the operation ended for want of a scope, and tells nothing else.
async fn assert_forbidden(socket: &mut Socket, scope: &str) -> Value {
    let message = socket.next().await;
    assert_eq!(message["type"], "error", "{message}");
    let [error] = message["payload"].as_array().expect("errors").as_slice() else { panic!("{message}") };
    assert_eq!(error["extensions"]["code"], "FORBIDDEN", "{message}");
    assert!(error["message"].as_str().is_some_and(|text| text.contains(scope)), "{message}");
    message["id"].clone()
}

/// The same of server-sent events, which are over then.
async fn assert_ends_forbidden(events: &mut Events) {
    let (name, answer) = events.next().await.expect("an event");
    assert_eq!(name, "next");
    assert_eq!(answer["errors"][0]["extensions"]["code"], "FORBIDDEN", "{answer}");
    assert!(answer["data"].is_null(), "{answer}");
    assert_eq!(events.next().await, Some(("complete".to_owned(), Value::Null)));
    assert_eq!(events.next().await, None);
}

/// The platform's request for an introduction to a card of an organisation; gives the introduction's id.
async fn introduce(town: &Town, who: &str, manager: &str, organisation: &Value) -> Value {
    let card = json!({ "organisationId": organisation, "country": "MWI", "headline": "Figs", "canHelpWith": "Drying", "language": "en",
        "details": { "phone": "+905300000001" } });
    let card = town.done(manager, "publishContactCard", card, "card { id }").await["card"]["id"].clone();
    let input = json!({ "cardId": card, "message": "How do you dry figs?", "fields": [] });
    town.done(who, "requestIntroduction", input, "introduction { id }").await["introduction"]["id"].clone()
}

on_both! {
    async fn a_token_without_the_scope_of_a_subscription_is_refused(backend: Backend) {
        let (mut town, organisations) = with_organisations(backend, &["omar"]).await;
        let address = town.server().address();
        let whole = token(&town, "omar", &organisations[0], &SCOPES, &[]).await;
        let mut hears = Socket::connect(address, Some(&whole)).await;
        hears.subscribe("1", PUBLISHED, json!({})).await;
        publish(&mut town, "One", "PUBLIC").await;
        let cursor = hears.data("1").await["lessonPublished"]["cursor"].clone();
        for (query, scope) in ALL {
            let others: Vec<&str> = SCOPES.into_iter().filter(|other| *other != scope).collect();
            let lacking = token(&town, "omar", &organisations[0], &others, &[]).await;
            let mut socket = Socket::connect(address, Some(&lacking)).await;
            // Also where it comes with a cursor, as it may have been told one before.
            for after in [Value::Null, cursor.clone()] {
                let payload = json!({ "query": query, "variables": { "after": after } });
                socket.send(&json!({ "type": "subscribe", "id": "s", "payload": payload })).await;
                assert_eq!(assert_forbidden(&mut socket, scope).await, "s");
                let mut events = Events::post(address, query, &json!({ "after": after }), Some(&lacking)).await;
                assert_ends_forbidden(&mut events).await;
            }
            // What the token may hear, it hears over the same socket.
            let (other, _) = *ALL.iter().find(|(_, other)| *other != scope).expect("another");
            socket.subscribe("o", other, json!({})).await;
            socket.send(&json!({ "type": "ping" })).await;
            assert_eq!(socket.next().await, json!({ "type": "pong" }));
        }
    }

    async fn a_scope_that_is_taken_away_ends_what_a_token_listens_to_by_it(backend: Backend) {
        let (mut town, organisations) = with_organisations(backend, &["omar", "mona"]).await;
        let address = town.server().address();
        let organisation = &organisations[0];
        let scopes = [&SCOPES[..], &["AUDIT_READ"]].concat();
        clear(&town, organisation, &scopes).await;
        // One whose organisation loses its clearance, and one that itself is given less.
        let cleared = token(&town, "omar", organisation, &scopes, &[]).await;
        clear(&town, &organisations[1], &scopes).await;
        let given = token(&town, "mona", &organisations[1], &scopes, &[]).await;
        let mut cursor = Value::Null;
        for secret in [&cleared, &given] {
            let mut socket = Socket::connect(address, Some(secret)).await;
            let mut streams = Vec::new();
            for (query, scope) in ALL {
                socket.subscribe(scope, query, json!({})).await;
                streams.push(Events::post(address, query, &json!({}), Some(secret)).await);
            }
            publish(&mut town, "Heard", "PUBLIC").await;
            cursor = socket.data("LESSONS_READ").await["lessonPublished"]["cursor"].clone();
            assert_eq!(streams[0].data().await["lessonPublished"]["cursor"], cursor);
            if secret == &cleared {
                clear(&town, organisation, &["PLATFORMS_READ"]).await;
            } else {
                town.execute(&format!(
                    "DELETE FROM api_token_scopes WHERE scope <> 'PLATFORMS_READ' AND token_id IN \
                     (SELECT id FROM api_tokens WHERE organisation_id = {})", organisations[1]
                ).replace('"', "'")).await;
            }
            publish(&mut town, "Not heard", "PUBLIC").await;
            // Those of whose events nothing happens end too.
            let mut ended = Vec::new();
            for _ in ALL {
                ended.push(assert_forbidden(&mut socket, "_READ").await.to_string());
            }
            ended.sort();
            assert_eq!(ended.len(), 3);
            ended.dedup();
            assert_eq!(ended.len(), 3, "each once: {ended:?}");
            for events in &mut streams {
                assert_ends_forbidden(events).await;
            }
            // The socket is open still, for what the token may.
            socket.send(&json!({ "type": "ping" })).await;
            assert_eq!(socket.next().await, json!({ "type": "pong" }));
            let mut again = Events::post(address, PUBLISHED, &json!({ "after": cursor }), Some(secret)).await;
            assert_ends_forbidden(&mut again).await;
        }
        // Who gets the scope back goes on with what they may see now.
        clear(&town, organisation, &scopes).await;
        let mut socket = Socket::connect(address, Some(&cleared)).await;
        socket.subscribe("1", PUBLISHED, json!({ "after": cursor })).await;
        assert_eq!(socket.data("1").await["lessonPublished"]["lesson"]["title"], "Not heard");
    }

    async fn a_token_hears_of_what_its_countries_and_its_organisation_let_it_see(backend: Backend) {
        let (mut town, organisations) = with_organisations(backend, &["omar", "mona"]).await;
        town.member("fay", "MWI", "FACILITATOR").await;
        town.join(organisations[0].as_str().expect("an id"), "MWI").await;
        let address = town.server().address();
        let member = token(&town, "omar", &organisations[0], &SCOPES, &[]).await;
        let elsewhere = token(&town, "omar", &organisations[0], &SCOPES, &["EGY"]).await;
        let stranger = token(&town, "mona", &organisations[1], &SCOPES, &[]).await;
        let mut sockets = Vec::new();
        for secret in [&member, &elsewhere, &stranger] {
            let mut socket = Socket::connect(address, Some(secret)).await;
            socket.subscribe("1", PUBLISHED, json!({})).await;
            sockets.push(socket);
        }
        publish(&mut town, "For the platform", "PLATFORM").await;
        publish(&mut town, "For everybody", "PUBLIC").await;
        let title = async |socket: &mut Socket| socket.data("1").await["lessonPublished"]["lesson"]["title"].clone();
        assert_eq!(title(&mut sockets[0]).await, "For the platform");
        assert_eq!(title(&mut sockets[0]).await, "For everybody");
        assert_eq!(title(&mut sockets[2]).await, "For everybody");
        // Those of Malawi came before: it would have heard them first.
        town.member("eve", "EGY", "MEMBER").await;
        town.officer("cairo", "EGY", "NATIONAL_FOCAL_POINT").await;
        publish_in(&mut town, "EGY", ("eve", "cairo"), ("For Egypt", "PUBLIC", "Fayoum.")).await;
        assert_eq!(title(&mut sockets[1]).await, "For Egypt");

        // Of members, what fellow members hear; and of introductions, its organisation's.
        let mut hears = Vec::new();
        for secret in [&member, &stranger] {
            let mut socket = Socket::connect(address, Some(secret)).await;
            for (id, query) in [("m", MEMBERS), ("i", INTRODUCED)] {
                socket.subscribe(id, query, json!({})).await;
            }
            hears.push(socket);
        }
        town.person("newcomer").await;
        let wish = json!({ "platformId": town.platform("MWI").await, "actorType": "FARMER" });
        let wish = town.done("newcomer", "requestMembership", wish, "membership { id }").await;
        let named = json!({ "membershipId": wish["membership"]["id"] });
        let told = async |socket: &mut Socket| {
            let told = socket.data("m").await["membershipChanged"].clone();
            assert_eq!(told["membership"]["id"], named["membershipId"]);
            told["kind"].clone()
        };
        town.done("fay", "approveMembership", named.clone(), "membership { id }").await;
        // Before it is suspended: then it would be hidden by the time the event is delivered.
        assert_eq!(told(&mut hears[0]).await, "membership.approved");
        for step in ["suspendMembership", "reinstateMembership"] {
            town.done("fay", step, named.clone(), "membership { id }").await;
        }
        let role = json!({ "membershipId": named["membershipId"], "role": "OBSERVER" });
        town.done("fay", "changeMemberRole", role, "membership { id }").await;
        assert_eq!(told(&mut hears[0]).await, "membership.role_changed");
        let theirs = introduce(&town, "ada", "omar", &organisations[0]).await;
        let others = introduce(&town, "ada", "mona", &organisations[1]).await;
        for (socket, introduction) in hears.iter_mut().zip([theirs, others]) {
            let told = socket.data("i").await["introductionChanged"].clone();
            assert_eq!(told["introduction"], json!({ "id": introduction, "message": "How do you dry figs?" }));
        }
    }
}
