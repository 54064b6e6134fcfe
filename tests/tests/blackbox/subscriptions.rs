//! Subscriptions over WebSocket and as server-sent events, asked of the real server.

use maip_tests::{Backend, Events, Server, Socket, Town, on_both};
use serde_json::{Value, json};

pub const PUBLISHED: &str = "subscription ($after: String) { lessonPublished(after: $after) { cursor kind occurredAt lesson { id title } } }";
const INTRODUCED: &str = "subscription ($after: String) { introductionChanged(after: $after) { cursor kind \
                          introduction { id status message } } }";
const MEMBERS: &str = "subscription ($after: String) { membershipChanged(after: $after) { cursor kind \
                       membership { id status account { displayName } } } }";

/// A platform with one who writes and one who reviews.
pub async fn malawi(backend: Backend, settings: &[(&str, &str)]) -> Town {
    let mut town = Town::start_with(backend, settings).await;
    town.member("ada", "MWI", "MEMBER").await;
    town.officer("focal", "MWI", "NATIONAL_FOCAL_POINT").await;
    town
}

/// Writes a lesson, has it reviewed and publishes it; gives its id.
pub async fn publish(town: &mut Town, title: &str, visibility: &str) -> Value {
    publish_with(town, title, visibility, "Thyolo.").await
}

/// The same, with this text of its context.
pub async fn publish_with(town: &mut Town, title: &str, visibility: &str, context: &str) -> Value {
    publish_as(town, "ada", (title, visibility, context)).await
}

/// The same, written by someone.
pub async fn publish_as(town: &mut Town, author: &str, lesson: (&str, &str, &str)) -> Value {
    publish_in(town, "MWI", (author, "focal"), lesson).await
}

/// The same in a country, with its focal point.
pub async fn publish_in(
    town: &mut Town,
    country: &str,
    (author, focal): (&str, &str),
    (title, visibility, context): (&str, &str, &str),
) -> Value {
    let concepts = town.data("", "{ concepts(first: 1) { nodes { id } } }", Value::Null).await;
    let input = json!({
        "id": town.fresh("lesson"), "platformId": town.platform(country).await, "language": "en",
        "visibility": visibility, "title": title, "abstract": "They keep.", "context": context,
        "problem": "They rot.", "whatWasDone": "Racks.", "result": "Less was lost.", "outcome": "WORKED",
        "hinderingConditions": ["Rain"], "conceptIds": [concepts["concepts"]["nodes"][0]["id"]],
    });
    let named = json!({ "lessonId": input["id"] });
    town.done(author, "draftLesson", input, "lesson { id }").await;
    town.done(author, "submitLesson", named.clone(), "lesson { id }").await;
    town.done(focal, "startReview", named.clone(), "lesson { id }").await;
    town.done(focal, "publishLesson", named.clone(), "lesson { id }").await;
    named["lessonId"].clone()
}

/// A contact card, and a request for an introduction to it; gives the introduction's id.
async fn request(town: &Town, who: &str, whom: &str) -> Value {
    let card = json!({ "headline": "Figs", "canHelpWith": "Drying", "language": "en",
        "details": { "phone": "+905300000001" } });
    let card = town.done(whom, "publishContactCard", card, "card { id }").await["card"]["id"].clone();
    let input = json!({ "cardId": card, "message": "How do you dry figs?", "fields": [] });
    town.done(who, "requestIntroduction", input, "introduction { id }").await["introduction"]["id"].clone()
}

pub async fn connect(town: &Town, who: &str) -> Socket {
    Socket::connect(town.server().address(), town.bearer(who)).await
}

on_both! {
    async fn a_published_lesson_is_told_to_whoever_may_see_it(backend: Backend) {
        let mut town = malawi(backend, &[]).await;
        town.member("ben", "MWI", "MEMBER").await;
        let mut stranger = connect(&town, "").await;
        stranger.subscribe("1", PUBLISHED, json!({})).await;
        let mut ben = connect(&town, "ben").await;
        ben.subscribe("a", PUBLISHED, json!({})).await;
        let hidden = publish(&mut town, "For the platform", "PLATFORM").await;
        let open = publish(&mut town, "For everybody", "PUBLIC").await;
        let told = ben.data("a").await["lessonPublished"].clone();
        assert_eq!(told["lesson"], json!({ "id": hidden, "title": "For the platform" }));
        assert_eq!(told["kind"], "lesson.published");
        assert_eq!(ben.data("a").await["lessonPublished"]["lesson"]["id"], open);
        // The first that a stranger is told of is the second.
        assert_eq!(stranger.data("1").await["lessonPublished"]["lesson"]["id"], open);
    }

    async fn nothing_is_lost_by_who_comes_again_with_a_cursor(backend: Backend) {
        let mut town = malawi(backend, &[]).await;
        let mut socket = connect(&town, "ada").await;
        socket.subscribe("1", PUBLISHED, json!({})).await;
        publish(&mut town, "One", "PUBLIC").await;
        let cursor = socket.data("1").await["lessonPublished"]["cursor"].clone();
        drop(socket);
        for title in ["Two", "Three"] {
            publish(&mut town, title, "PUBLIC").await;
        }
        let mut again = connect(&town, "ada").await;
        again.subscribe("1", PUBLISHED, json!({ "after": cursor })).await;
        publish(&mut town, "Four", "PUBLIC").await;
        for title in ["Two", "Three", "Four"] {
            assert_eq!(again.data("1").await["lessonPublished"]["lesson"]["title"], title);
        }
        // What is no cursor, and one whose events are gone.
        let refused = async |after: Value| {
            let mut socket = connect(&town, "ada").await;
            let payload = json!({ "query": PUBLISHED, "variables": { "after": after } });
            socket.send(&json!({ "type": "subscribe", "id": "1", "payload": payload })).await;
            let message = socket.next().await;
            assert_eq!(message["type"], "error", "{message}");
            message["payload"][0]["extensions"]["code"].clone()
        };
        assert_eq!(refused(json!("nonsense")).await, "BAD_USER_INPUT");
        town.execute("DELETE FROM outbox").await;
        assert_eq!(refused(cursor.clone()).await, "CURSOR_EXPIRED");
    }

    async fn an_introduction_is_told_to_the_two_and_to_nobody_else(backend: Backend) {
        let mut town = Town::start(backend).await;
        for (name, country) in [("amine", "DZA"), ("zeynep", "TUR"), ("omar", "TUR"), ("mona", "TUR")] {
            town.member(name, country, "MEMBER").await;
        }
        let mut sockets = Vec::new();
        for who in ["amine", "zeynep", "omar"] {
            let mut socket = connect(&town, who).await;
            socket.subscribe("1", INTRODUCED, json!({})).await;
            sockets.push(socket);
        }
        let id = request(&town, "amine", "zeynep").await;
        let accept = json!({ "introductionId": id, "fields": ["PHONE"] });
        town.done("zeynep", "acceptIntroduction", accept, "introduction { id }").await;
        let others = request(&town, "mona", "omar").await;
        for socket in &mut sockets[..2] {
            let told = socket.data("1").await["introductionChanged"].clone();
            assert_eq!((&told["kind"], &told["introduction"]["id"]), (&json!("introduction.requested"), &id));
            let told = socket.data("1").await["introductionChanged"].clone();
            assert_eq!(told["kind"], "introduction.connected");
            assert_eq!(told["introduction"]["status"], "CONNECTED");
        }
        // The first that omar is told of is his own.
        assert_eq!(sockets[2].data("1").await["introductionChanged"]["introduction"]["id"], others);
    }

    async fn a_membership_is_told_of_and_a_suspended_account_hears_no_more(backend: Backend) {
        let mut town = malawi(backend, &[]).await;
        town.member("fay", "MWI", "FACILITATOR").await;
        town.person("newcomer").await;
        let mut fay = connect(&town, "fay").await;
        fay.subscribe("1", MEMBERS, json!({})).await;
        let mut newcomer = connect(&town, "newcomer").await;
        newcomer.subscribe("1", MEMBERS, json!({})).await;
        let wish = json!({ "platformId": town.platform("MWI").await, "actorType": "FARMER" });
        let made = town.done("newcomer", "requestMembership", wish, "membership { id }").await["membership"]["id"].clone();
        for socket in [&mut fay, &mut newcomer] {
            let told = socket.data("1").await["membershipChanged"].clone();
            assert_eq!((&told["kind"], &told["membership"]["id"]), (&json!("membership.requested"), &made));
        }
        let account = town.id("newcomer").to_owned();
        town.execute(&format!("UPDATE accounts SET status = 'SUSPENDED' WHERE id = '{account}'")).await;
        town.done("fay", "approveMembership", json!({ "membershipId": made }), "membership { id }").await;
        assert_eq!(fay.data("1").await["membershipChanged"]["membership"]["status"], "ACTIVE");
        assert_eq!(newcomer.closed().await, (4403, "Forbidden".to_owned()));
    }

    async fn events_are_sent_by_the_server_over_plain_http(backend: Backend) {
        let mut town = malawi(backend, &[]).await;
        let address = town.server().address();
        let mut events = Events::post(address, PUBLISHED, &json!({}), town.bearer("ada")).await;
        assert_eq!(events.status, 200);
        for (name, value) in [("content-type", "text/event-stream"), ("cache-control", "no-store")] {
            assert_eq!(events.headers[name], value);
        }
        assert!(!events.headers.contains_key("content-encoding"));
        let id = publish(&mut town, "One", "PUBLIC").await;
        let told = events.data().await["lessonPublished"].clone();
        assert_eq!(told["lesson"]["id"], id);
        drop(events);
        publish(&mut town, "Two", "PUBLIC").await;
        // By GET, as a page does, from where the other left off.
        let after = told["cursor"].as_str().expect("a cursor");
        let query = format!("query=subscription%7BlessonPublished(after:%22{after}%22)%7Blesson%7Btitle%7D%7D%7D");
        let mut events = Events::get(address, &query).await;
        assert_eq!(events.data().await, json!({ "lessonPublished": { "lesson": { "title": "Two" } } }));
        // What comes once, comes as one event.
        let mut query = Events::post(address, "{ viewer { account { displayName } } }", &Value::Null, town.bearer("ada")).await;
        assert_eq!(query.data().await, json!({ "viewer": { "account": { "displayName": "ada" } } }));
        assert_eq!(query.next().await, Some(("complete".to_owned(), Value::Null)));
        assert_eq!(query.next().await, None);
        let mut invalid = Events::post(address, "{ nowhere }", &Value::Null, None).await;
        let (name, answer) = invalid.next().await.expect("an event");
        assert_eq!((name.as_str(), &answer["errors"][0]["extensions"]["code"]), ("next", &json!("BAD_USER_INPUT")));
        assert_eq!(Events::get(address, "query=mutation%7BsignOut(input:%7B%7D)%7B__typename%7D%7D").await.status, 405);
        // Who is suspended is told so, as the last event.
        let mut events = Events::post(address, PUBLISHED, &json!({}), town.bearer("focal")).await;
        let account = town.id("ada").to_owned();
        let mut own = Events::post(address, PUBLISHED, &json!({}), town.bearer("ada")).await;
        publish(&mut town, "Three", "PUBLIC").await;
        own.data().await;
        events.data().await;
        town.execute(&format!("UPDATE accounts SET status = 'SUSPENDED' WHERE id = '{account}'")).await;
        let (name, answer) = own.next().await.expect("an event");
        assert_eq!((name.as_str(), &answer["errors"][0]["extensions"]["code"]), ("next", &json!("UNAUTHENTICATED")));
        assert_eq!(own.next().await, Some(("complete".to_owned(), Value::Null)));
    }

    async fn queries_and_mutations_go_over_a_socket_too(backend: Backend) {
        let mut town = malawi(backend, &[]).await;
        let mut socket = connect(&town, "ada").await;
        let subscribe = |id: &str, query: &str| json!({ "type": "subscribe", "id": id, "payload": { "query": query } });
        socket.send(&subscribe("q", "{ viewer { account { displayName } } }")).await;
        assert_eq!(socket.data("q").await["viewer"]["account"]["displayName"], "ada");
        assert_eq!(socket.next().await, json!({ "type": "complete", "id": "q" }));
        let platform = town.platform("MWI").await;
        let draft = format!(
            "mutation {{ draftLesson(input: {{ platformId: \"{platform}\", title: \"Dried bananas\", language: \"en\" }}) \
             {{ lesson {{ title }} userErrors {{ code }} }} }}"
        );
        socket.send(&subscribe("m", &draft)).await;
        assert_eq!(socket.data("m").await["draftLesson"]["lesson"]["title"], "Dried bananas");
        assert_eq!(socket.next().await, json!({ "type": "complete", "id": "m" }));
        for (query, code) in [
            ("{ nowhere }", "BAD_USER_INPUT"),
            ("{", "BAD_USER_INPUT"),
            ("subscription { a: lessonPublished { cursor } b: lessonPublished { cursor } }", "BAD_USER_INPUT"),
            ("subscription { lessonPublished @skip(if: true) { cursor } }", "BAD_USER_INPUT"),
            ("subscription { lessonPublished { lesson { versions(first: 100) { nodes { lesson { versions(first: 100) \
              { nodes { id } } } } } } } }", "QUERY_TOO_COMPLEX"),
        ] {
            socket.send(&subscribe("x", query)).await;
            let message = socket.next().await;
            assert_eq!((&message["type"], &message["id"]), (&json!("error"), &json!("x")), "{message}");
            assert_eq!(message["payload"][0]["extensions"]["code"], code, "{query}: {message}");
        }
        // By plain HTTP there is one answer, so a subscription has none.
        assert_eq!(town.send("ada", PUBLISHED, json!({})).await.code(), Some("OPERATION_NOT_ALLOWED"));
    }
}

#[tokio::test]
async fn each_way_to_break_the_protocol_has_its_code() {
    let mut town =
        malawi(Backend::Sqlite, &[("MAIP_HEADER_TIMEOUT_SECONDS", "1"), ("MAIP_MAX_BODY_BYTES", "4096")])
            .await;
    let address = town.server().address();
    let init = json!({ "type": "connection_init" });
    let subscribe = json!({ "type": "subscribe", "id": "1", "payload": { "query": PUBLISHED } });
    for (messages, code) in [
        (vec![json!("nonsense")], 4400),
        (vec![json!({ "type": "start" })], 4400),
        (vec![subscribe.clone()], 4401),
        (vec![json!({ "type": "connection_init", "payload": { "Authorization": "Bearer nonsense" } })], 4403),
        (vec![json!({ "type": "connection_init", "payload": { "authorization": "Basic eDp5" } })], 4403),
        (vec![init.clone(), init.clone()], 4429),
        (vec![init.clone(), subscribe.clone(), subscribe], 4409),
        (
            vec![
                init.clone(),
                json!({ "type": "subscribe", "id": "1", "payload": { "query": "x".repeat(5000) } }),
            ],
            1009,
        ),
        // It says nothing.
        (vec![], 4408),
    ] {
        let mut socket = Socket::open(address).await;
        for message in &messages {
            socket.send(message).await;
        }
        assert_eq!(socket.closed().await.0, code, "{messages:?}");
    }
    let mut other = Socket::open_with(address, &[]).await.expect("it opens, to say why not");
    assert_eq!(other.closed().await, (4406, "Subprotocol not acceptable".to_owned()));
    let evil = [("sec-websocket-protocol", "graphql-transport-ws"), ("origin", "https://evil.example.org")];
    assert_eq!(Socket::open_with(address, &evil).await.err(), Some(403));
    let own = format!("http://{address}");
    let own = [("sec-websocket-protocol", "graphql-transport-ws"), ("origin", own.as_str())];
    assert!(Socket::open_with(address, &own).await.is_ok());
    // An id of any length is told in a reason that a frame has room for.
    let mut socket = connect(&town, "ada").await;
    let long = json!({ "type": "subscribe", "id": "é".repeat(200), "payload": { "query": PUBLISHED } });
    for _ in 0..2 {
        socket.send(&long).await;
    }
    let (code, reason) = socket.closed().await;
    assert!(code == 4409 && reason.ends_with("already exists"), "{code} {reason}");
    publish(&mut town, "Still there", "PUBLIC").await;
}

#[tokio::test]
async fn a_server_that_stops_says_so() {
    let mut server = Server::start(Backend::Sqlite).await;
    let mut socket = Socket::connect(server.address(), None).await;
    socket.subscribe("1", PUBLISHED, json!({})).await;
    let mut events = Events::post(server.address(), PUBLISHED, &json!({}), None).await;
    server.terminate();
    assert_eq!(socket.closed().await.0, 1001);
    assert_eq!(events.next().await, None, "cut off without `complete`");
    assert!(server.exited().await.success());
}

#[tokio::test]
async fn what_one_process_writes_another_tells() {
    let mut town = malawi(Backend::Postgres, &[]).await;
    let other = Server::on(town.server().database().clone(), &[]).await;
    let mut here = connect(&town, "ada").await;
    here.subscribe("1", PUBLISHED, json!({})).await;
    let mut there = Socket::connect(other.address(), town.bearer("ada")).await;
    there.subscribe("1", PUBLISHED, json!({})).await;
    let id = publish(&mut town, "Told on each node", "PUBLIC").await;
    let told = here.data("1").await;
    assert_eq!(told, there.data("1").await, "the cursor is good on either");
    assert_eq!(told["lessonPublished"]["lesson"]["id"], id);
    // A client whose node dies goes on with the other.
    drop(here);
    let next = publish(&mut town, "Told on the other", "PUBLIC").await;
    let after = told["lessonPublished"]["cursor"].clone();
    let mut again = Socket::connect(other.address(), town.bearer("ada")).await;
    again.subscribe("1", PUBLISHED, json!({ "after": after })).await;
    assert_eq!(again.data("1").await["lessonPublished"]["lesson"]["id"], next);
}
