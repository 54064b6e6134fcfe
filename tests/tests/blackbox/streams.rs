//! How subscriptions end and go on: for clients that are slow, credentials that end, events that are
//! pruned, and callers who want too many.

use maip_tests::{Backend, Events, Socket, Town, on_both, until};
use serde_json::{Value, json};

use crate::subscriptions::{PUBLISHED, connect, malawi, publish, publish_as, publish_with};

/// Far above what any of it takes.
const PATIENCE: std::time::Duration = std::time::Duration::from_mins(2);

/// As `PUBLISHED`, with the lesson's text many times over: an answer of some hundred kilobytes.
fn bulky() -> String {
    let texts: Vec<String> = (0..95).map(|number| format!("t{number}: context")).collect();
    format!(
        "subscription ($after: String) {{ lessonPublished(after: $after) {{ cursor lesson {{ title currentVersion {{ {} }} }} }} }}",
        texts.join(" ")
    )
}

async fn logged(town: &Town, text: &str) {
    until(&format!("`{text}` is logged"), async || town.server().logs().contains(text)).await;
}

/// An API token that may read lessons: its id and its secret.
async fn api_token(town: &mut Town) -> (String, String) {
    town.officer("secretariat", "ITA", "EXECUTIVE_SECRETARY").await;
    let made = town
        .done("ada", "createOrganisation", json!({ "name": "Fruit", "kind": "NGO" }), "organisation { id }")
        .await;
    let organisation = made["organisation"]["id"].clone();
    let clear = json!({ "organisationId": organisation, "scopes": ["LESSONS_READ"] });
    town.done("secretariat", "clearOrganisation", clear, "organisation { id }").await;
    let token = json!({ "organisationId": organisation, "name": "t", "scopes": ["LESSONS_READ"] });
    let made = town.done("ada", "createApiToken", token, "secret apiToken { id }").await;
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    (text(&made["apiToken"]["id"]), text(&made["secret"]))
}

async fn ends_unauthenticated(events: &mut Events) {
    let (name, answer) = events.next().await.expect("an event");
    assert_eq!(
        (name.as_str(), &answer["errors"][0]["extensions"]["code"]),
        ("next", &json!("UNAUTHENTICATED"))
    );
    assert_eq!(events.next().await, Some(("complete".to_owned(), Value::Null)));
    assert_eq!(events.next().await, None);
}

/// Publishes a lesson, and gives the cursor of the event.
async fn cursor_of_one(town: &mut Town) -> Value {
    let mut socket = connect(town, "ada").await;
    socket.subscribe("1", PUBLISHED, json!({})).await;
    publish(town, "Zero", "PUBLIC").await;
    socket.data("1").await["lessonPublished"]["cursor"].clone()
}

fn cursor_and_title(data: &Value) -> (Value, Value) {
    let told = &data["lessonPublished"];
    (told["cursor"].clone(), told["lesson"]["title"].clone())
}

/// Settings under which a client is slow after few seconds, and the log says what became of it.
const IMPATIENT: &[(&str, &str)] =
    &[("MAIP_SEND_TIMEOUT_SECONDS", "16"), ("MAIP_LOG", "info,maip_http=debug")];

const TITLES: [&str; 3] = ["One", "Two", "Three"];

on_both! {
    async fn a_slow_socket_is_closed_with_a_code_and_loses_nothing(backend: Backend) {
        let mut town = malawi(backend, IMPATIENT).await;
        let begin = cursor_of_one(&mut town).await;
        let mut slow = Socket::connect_narrow(town.server().address(), town.bearer("ada")).await;
        for number in 0..30 {
            slow.subscribe(&number.to_string(), &bulky(), json!({ "after": begin })).await;
        }
        let mut quick = connect(&town, "focal").await;
        quick.subscribe("1", PUBLISHED, json!({})).await;
        for title in TITLES {
            publish_with(&mut town, title, "PUBLIC", &"x".repeat(5000)).await;
            // Nobody else waits for it.
            assert_eq!(quick.data("1").await["lessonPublished"]["lesson"]["title"], title);
        }
        logged(&town, "\"code\":4008").await;
        let mut seen = vec![(begin, json!("Zero"))];
        let closed = loop {
            match slow.receive().await {
                Ok(message) if message["id"] == "7" => seen.push(cursor_and_title(&message["payload"]["data"])),
                Ok(_) => {}
                Err(closed) => break closed,
            }
        };
        assert_eq!(closed, (4008, "Too slow: come again, and go on after the last cursor".to_owned()));
        assert!(seen.len() <= TITLES.len(), "it wasn't slow: {seen:?}");
        let mut again = connect(&town, "ada").await;
        again.subscribe("7", PUBLISHED, json!({ "after": seen[seen.len() - 1].0 })).await;
        while seen.len() <= TITLES.len() {
            seen.push(cursor_and_title(&again.data("7").await));
        }
        let titles: Vec<Value> = seen.into_iter().map(|(_, title)| title).collect();
        assert_eq!(json!(titles), json!(["Zero", "One", "Two", "Three"]));
    }

    async fn a_slow_stream_is_cut_off_and_goes_on_after_its_last_id(backend: Backend) {
        let mut town = malawi(backend, IMPATIENT).await;
        let begin = cursor_of_one(&mut town).await;
        let variables = json!({ "after": begin });
        let mut slow = Events::post_narrow(town.server().address(), &bulky(), &variables, town.bearer("ada")).await;
        let mut written = Vec::new();
        for number in 0..30 {
            let title = format!("Lesson {number}");
            publish_with(&mut town, &title, "PUBLIC", &"x".repeat(5000)).await;
            written.push(json!(title));
        }
        logged(&town, "a connection broke").await;
        let mut seen = Vec::new();
        // Cut off, not completed: else a client wouldn't come again.
        while let Some((name, answer)) = slow.next().await {
            assert_eq!(name, "next");
            let (cursor, title) = cursor_and_title(&answer["data"]);
            assert_eq!(slow.last_id.as_deref(), cursor.as_str(), "an event's id is its cursor");
            seen.push(title);
        }
        assert!(seen.len() < written.len(), "it wasn't slow");
        // As a browser's `EventSource` comes again: the same address, and the last id.
        let last = slow.last_id.clone().unwrap_or_else(|| begin.as_str().expect("a cursor").to_owned());
        let query = "query=subscription%7BlessonPublished%7Bcursor%20lesson%7Btitle%7D%7D%7D";
        let mut again = Events::get_after(town.server().address(), query, Some(&last)).await;
        while seen.len() < written.len() {
            seen.push(cursor_and_title(&again.data().await).1);
        }
        assert_eq!(seen, written);
        // What the field says counts more; and what is no cursor is refused.
        let after = begin.as_str().expect("a cursor");
        let explicit = format!("query=subscription%7BlessonPublished(after:%22{after}%22)%7Bcursor%20lesson%7Btitle%7D%7D%7D");
        let mut explicit = Events::get_after(town.server().address(), &explicit, Some(&last)).await;
        assert_eq!(cursor_and_title(&explicit.data().await).1, written[0]);
        let mut nonsense = Events::get_after(town.server().address(), query, Some("nonsense")).await;
        let (_, answer) = nonsense.next().await.expect("an event");
        assert_eq!(answer["errors"][0]["extensions"]["code"], "BAD_USER_INPUT");
    }

    async fn streams_end_with_the_credentials_that_they_began_with(backend: Backend) {
        let mut town = malawi(backend, &[]).await;
        let address = town.server().address();
        let (token, secret) = api_token(&mut town).await;
        // Each once over a socket, and once as events; nothing happens that would be told.
        let begin = async |bearer: &str| {
            let mut socket = Socket::connect(address, Some(bearer)).await;
            socket.subscribe("1", PUBLISHED, json!({})).await;
            (socket, Events::post(address, PUBLISHED, &json!({}), Some(bearer)).await)
        };
        let ada = town.bearer("ada").expect("she is there").to_owned();
        let (revoked, expired) = (begin(&secret).await, begin(&ada).await);
        let (mut others, mut others_events) = begin(town.bearer("focal").expect("the officer is there")).await;
        town.done("ada", "revokeApiToken", json!({ "tokenId": token }), "apiToken { id }").await;
        // The session ends by its date.
        town.execute(&format!("UPDATE sessions SET expires_at = 1 WHERE account_id = '{}'", town.id("ada"))).await;
        for (mut socket, mut events) in [revoked, expired] {
            assert_eq!(socket.closed().await, (4403, "Forbidden".to_owned()));
            ends_unauthenticated(&mut events).await;
        }
        for bearer in [&secret, &ada] {
            assert_eq!(Events::post(address, PUBLISHED, &json!({}), Some(bearer)).await.status, 401);
        }
        town.member("eve", "MWI", "MEMBER").await;
        publish_as(&mut town, "eve", ("For the others", "PUBLIC", "Thyolo.")).await;
        for told in [others.data("1").await, others_events.data().await] {
            assert_eq!(told["lessonPublished"]["lesson"]["title"], "For the others");
        }
        // A token that runs out, and one who is suspended.
        let account = town.id("eve").to_owned();
        let (mut socket, mut events) = begin(town.bearer("eve").expect("she is there")).await;
        town.execute(&format!("UPDATE accounts SET status = 'SUSPENDED' WHERE id = '{account}'")).await;
        assert_eq!(socket.closed().await, (4403, "Forbidden".to_owned()));
        ends_unauthenticated(&mut events).await;
    }

    async fn a_cursor_from_before_what_was_pruned_has_expired(backend: Backend) {
        let mut town = malawi(backend, &[("MAIP_EVENT_RETENTION_DAYS", "2")]).await;
        let old = cursor_of_one(&mut town).await;
        publish(&mut town, "Two", "PUBLIC").await;
        let mut socket = connect(&town, "ada").await;
        socket.subscribe("1", PUBLISHED, json!({ "after": old })).await;
        let recent = socket.data("1").await["lessonPublished"]["cursor"].clone();
        // All of it happened three days ago, and pruning is due.
        let day = 86_400_i64 * 1_000_000;
        town.execute(&format!("UPDATE outbox SET created_at = created_at - {}", 3 * day)).await;
        town.execute("DELETE FROM periodic_jobs WHERE name = 'prune events'").await;
        until("they are pruned", async || town.text("SELECT MIN(id) FROM outbox").await.is_none()).await;
        let payload = json!({ "query": PUBLISHED, "variables": { "after": old } });
        socket.send(&json!({ "type": "subscribe", "id": "2", "payload": payload })).await;
        let message = socket.next().await;
        assert_eq!((&message["type"], &message["id"]), (&json!("error"), &json!("2")), "{message}");
        assert_eq!(message["payload"][0]["extensions"]["code"], "CURSOR_EXPIRED");
        let mut events = Events::post(town.server().address(), PUBLISHED, &json!({ "after": old }), None).await;
        let (_, answer) = events.next().await.expect("an event");
        assert_eq!(answer["errors"][0]["extensions"]["code"], "CURSOR_EXPIRED");
        // Who knows the last one has missed nothing, and who is there hears on.
        socket.subscribe("3", PUBLISHED, json!({ "after": recent })).await;
        publish(&mut town, "Three", "PUBLIC").await;
        let mut told = [socket.next().await, socket.next().await];
        told.sort_by_key(|message| message["id"].to_string());
        for (message, id) in told.iter().zip(["1", "3"]) {
            assert_eq!(message["id"], id, "{message}");
            assert_eq!(message["payload"]["data"]["lessonPublished"]["lesson"]["title"], "Three");
        }
    }

    async fn one_caller_takes_no_more_places_than_theirs(backend: Backend) {
        let town = malawi(backend, &[("MAIP_MAX_STREAMS_PER_CALLER", "2")]).await;
        let address = town.server().address();
        let first = connect(&town, "ada").await;
        let _events = Events::post(address, PUBLISHED, &json!({}), town.bearer("ada")).await;
        let mut third = Socket::open(address).await;
        let payload = json!({ "Authorization": format!("Bearer {}", town.bearer("ada").expect("she is there")) });
        third.send(&json!({ "type": "connection_init", "payload": payload })).await;
        assert_eq!(third.closed().await, (1013, "Too many connections of yours; try again later".to_owned()));
        let refused = Events::post(address, PUBLISHED, &json!({}), town.bearer("ada")).await;
        assert_eq!(refused.status, 429);
        assert!(refused.headers.contains_key("retry-after"));
        // Others have their own, whoever shows nothing among them.
        for who in ["focal", "focal", "", ""] {
            std::mem::forget(connect(&town, who).await);
        }
        // Queries need no place.
        assert!(town.data("ada", "{ viewer { account { displayName } } }", Value::Null).await.is_object());
        drop(first);
        let free = async {
            loop {
                let events = Events::post(address, PUBLISHED, &json!({}), town.bearer("ada")).await;
                if events.status == 200 {
                    break;
                }
            }
        };
        tokio::time::timeout(PATIENCE, free).await.expect("the place is free again in time");
    }
}

#[tokio::test]
async fn who_comes_too_often_is_sent_away_from_the_socket_until_later() {
    let town = malawi(Backend::Sqlite, &[("MAIP_RATE_LIMIT_ACCOUNT", "3")]).await;
    let bearer = town.bearer("ada").expect("she is there");
    let closed = async {
        loop {
            let mut socket = Socket::open(town.server().address()).await;
            let payload = json!({ "Authorization": format!("Bearer {bearer}") });
            socket.send(&json!({ "type": "connection_init", "payload": payload })).await;
            if let Err(closed) = socket.receive().await {
                break closed;
            }
        }
    };
    let closed = tokio::time::timeout(PATIENCE, closed).await.expect("it is refused in time");
    assert_eq!(closed, (1013, "Try again later".to_owned()));
}

on_both! {
    async fn what_an_access_token_opened_ends_with_its_time(backend: Backend) {
        let mut town = Town::start_with(backend, &[("MAIP_ACCESS_TOKEN_SECONDS", "10")]).await;
        town.person("ada").await;
        let address = town.server().address();
        let mut listening = connect(&town, "ada").await;
        listening.subscribe("1", PUBLISHED, json!({})).await;
        let mut idle = connect(&town, "ada").await;
        let mut events = Events::post(address, PUBLISHED, &json!({}), town.bearer("ada")).await;
        let mut stranger = Socket::connect(address, None).await;
        for socket in [&mut listening, &mut idle] {
            assert_eq!(socket.closed().await, (4403, "Forbidden".to_owned()));
        }
        ends_unauthenticated(&mut events).await;
        let late = town.send("ada", "{ __typename }", json!({})).await;
        assert_eq!((late.status, late.code()), (401, Some("UNAUTHENTICATED")), "{late}");
        // Who showed nothing has nothing that could end.
        stranger.send(&json!({ "type": "ping" })).await;
        assert_eq!(stranger.next().await, json!({ "type": "pong" }));
    }

    async fn what_a_session_opened_ends_with_it(backend: Backend) {
        let mut town = Town::start(backend).await;
        town.person("ada").await;
        let address = town.server().address();
        let mut listening = connect(&town, "ada").await;
        listening.subscribe("1", PUBLISHED, json!({})).await;
        let mut events = Events::post(address, PUBLISHED, &json!({}), town.bearer("ada")).await;
        town.done("ada", "signOut", json!({}), "signedOut").await;
        assert_eq!(listening.closed().await, (4403, "Forbidden".to_owned()));
        ends_unauthenticated(&mut events).await;
    }
}
