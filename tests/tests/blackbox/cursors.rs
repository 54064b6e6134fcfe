//! The cursors of events: what they say to whoever looks at them, which is nothing, and what is taken for one.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use maip_tests::{Backend, Events, Server, Socket, on_both};
use serde_json::{Value, json};

use crate::subscriptions::{PUBLISHED, connect, malawi, publish};

/// By GET, as a browser's `EventSource` asks.
const BY_GET: &str = "query=subscription%7BlessonPublished%7Bcursor%20lesson%7Btitle%7D%7D%7D";

/// A key of another installation.
const OTHER_KEYS: &str = "k1 616e6f7468657220696e7374616c6c6174696f6e20686173206f746865722e2e";

fn bytes(cursor: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(cursor).unwrap_or_else(|error| panic!("{cursor}: {error}"))
}

/// The cursor of the next event, with the title of its lesson.
async fn told(socket: &mut Socket) -> (String, Value) {
    let told = socket.data("1").await["lessonPublished"].clone();
    (told["cursor"].as_str().expect("a cursor").to_owned(), told["lesson"]["title"].clone())
}

/// The code with which a cursor is refused: of the field's argument, and of `Last-Event-ID`.
async fn refused(server: &Server, cursor: &str) -> [Option<Value>; 3] {
    let after = json!({ "after": cursor });
    let mut socket = Socket::connect(server.address(), None).await;
    let payload = json!({ "query": PUBLISHED, "variables": after });
    socket.send(&json!({ "type": "subscribe", "id": "1", "payload": payload })).await;
    let by_socket = match socket.next().await {
        message if message["type"] == "error" => Some(message["payload"][0]["extensions"]["code"].clone()),
        _ => None,
    };
    let code = async |mut events: Events| {
        let (_, answer) = events.next().await?;
        Some(answer["errors"][0]["extensions"]["code"].clone())
    };
    let by_argument = code(Events::post(server.address(), PUBLISHED, &after, None).await).await;
    let by_header = code(Events::get_after(server.address(), BY_GET, Some(cursor)).await).await;
    [by_socket, by_argument, by_header]
}

fn is_invalid(codes: &[Option<Value>; 3]) -> bool {
    codes.iter().all(|code| code.as_ref().is_some_and(|code| code == "BAD_USER_INPUT"))
}

on_both! {
    async fn cursors_say_nothing_of_how_much_happened_between_two_events(backend: Backend) {
        let mut town = malawi(backend, &[]).await;
        let mut stranger = connect(&town, "").await;
        stranger.subscribe("1", PUBLISHED, json!({})).await;
        publish(&mut town, "One", "PUBLIC").await;
        publish(&mut town, "Two", "PUBLIC").await;
        for title in ["Hidden", "Hidden too", "And this"] {
            publish(&mut town, title, "PLATFORM").await;
        }
        publish(&mut town, "Three", "PUBLIC").await;
        let mut cursors = Vec::new();
        for title in ["One", "Two", "Three"] {
            let (cursor, told) = told(&mut stranger).await;
            assert_eq!(told, title);
            cursors.push(cursor);
        }
        let positions = "SELECT CAST(o.position AS TEXT) FROM outbox o JOIN lessons l ON l.id = o.subject_id \
                         WHERE o.kind = 'lesson.published' AND l.visibility = 'PUBLIC' ORDER BY o.position";
        let positions: Vec<u64> =
            town.column(positions).await.iter().map(|position| position.parse().expect("a number")).collect();
        assert_eq!(positions.len(), cursors.len());
        for (cursor, position) in cursors.iter().zip(&positions) {
            assert!(cursor.len() <= 64 && cursor.len() == cursors[0].len(), "{cursor}");
            let bytes = bytes(cursor);
            assert!(!bytes.is_ascii(), "{cursor} is a text");
            // Nor is it there as a number.
            for part in [position.to_be_bytes(), position.to_le_bytes()] {
                assert!(!bytes.windows(8).any(|window| window == part), "{position} is in {cursor}");
            }
        }
        for (one, other) in [(0, 1), (1, 2), (0, 2)] {
            let pairs = bytes(&cursors[one]).into_iter().zip(bytes(&cursors[other]));
            let differing: u32 = pairs.map(|(one, other)| (one ^ other).count_ones()).sum();
            let all = u32::try_from(8 * bytes(&cursors[one]).len()).expect("few");
            // As of any two random texts: about half, whatever is between the two.
            assert!((all / 3..all * 2 / 3).contains(&differing), "{differing} of {all} bits differ");
        }
        // It is the same event to whoever hears of it, whenever: a client that hears of it twice knows it by that.
        let mut ada = connect(&town, "ada").await;
        ada.subscribe("1", PUBLISHED, json!({ "after": cursors[0] })).await;
        assert_eq!(told(&mut ada).await, (cursors[1].clone(), json!("Two")));
    }

    async fn a_cursor_is_good_after_a_restart_and_nothing_else_is_taken_for_one(backend: Backend) {
        let mut town = malawi(backend, &[]).await;
        let mut stranger = connect(&town, "").await;
        stranger.subscribe("1", PUBLISHED, json!({})).await;
        publish(&mut town, "One", "PUBLIC").await;
        publish(&mut town, "Two", "PUBLIC").await;
        let ((first, _), (second, _)) = (told(&mut stranger).await, told(&mut stranger).await);
        town.server_mut().kill();
        town.server_mut().start_again().await;
        let mut again = connect(&town, "").await;
        again.subscribe("1", PUBLISHED, json!({ "after": first })).await;
        assert_eq!(told(&mut again).await, (second.clone(), json!("Two")));
        let mut events = Events::get_after(town.server().address(), BY_GET, Some(&first)).await;
        assert_eq!(events.data().await["lessonPublished"]["cursor"], second);
        assert_eq!(events.last_id.as_ref(), Some(&second), "an event's id is its cursor");

        // One letter changed, wherever; cut short, longer, put together of two; of a list; and what cursors once were.
        let changed = |at: usize| {
            let other = if first[at..].starts_with('A') { 'B' } else { 'A' };
            format!("{}{other}{}", &first[..at], &first[at + 1..])
        };
        let position = "SELECT CAST(MIN(position) AS TEXT) FROM outbox WHERE kind = 'lesson.published'";
        let position = town.text(position).await.expect("an event");
        let lessons = town.data("", "{ lessons(first: 1) { pageInfo { endCursor } } }", Value::Null).await;
        let half = first.len() / 2;
        let mut others: Vec<String> = [0, 1, half, first.len() - 1].map(changed).into();
        others.extend([
            first[..first.len() - 1].to_owned(),
            first[..half].to_owned(),
            format!("{first}A"),
            format!("{first}{second}"),
            format!("{}{}", &first[..half], &second[half..]),
            "A".repeat(first.len()),
            URL_SAFE_NO_PAD.encode(format!("event {position}")),
            position,
            lessons["lessons"]["pageInfo"]["endCursor"].as_str().expect("a cursor").to_owned(),
        ]);
        for other in others {
            let codes = refused(town.server(), &other).await;
            assert!(is_invalid(&codes), "{other}: {codes:?}");
        }
        let codes = refused(town.server(), &first).await;
        assert_eq!(codes, [None, Some(Value::Null), Some(Value::Null)]);
        // The same events under another key.
        town.server_mut().kill();
        town.execute("DELETE FROM settings WHERE name = 'key_fingerprint'").await;
        let other = Server::on(town.server().database().clone(), &[("MAIP_KEYS", OTHER_KEYS)]).await;
        let codes = refused(&other, &first).await;
        assert!(is_invalid(&codes), "{codes:?}");
    }
}
