//! The state machine, message by message.

use super::*;

const QUERY: &str = r#"{"type":"subscribe","id":"1","payload":{"query":"{a}"}}"#;

fn acknowledged() -> Protocol {
    let mut protocol = Protocol::new(2);
    assert_eq!(protocol.receive(r#"{"type":"connection_init"}"#), Step::Initialise(None));
    assert_eq!(protocol.acknowledge(), r#"{"type":"connection_ack"}"#);
    protocol
}

#[track_caller]
fn closes(protocol: &mut Protocol, message: &str, code: u16) {
    match protocol.receive(message) {
        Step::Close(close) => assert_eq!(close.code, code, "{message}: {}", close.reason),
        step => panic!("{message}: {step:?}"),
    }
}

#[test]
fn an_operation_runs_from_subscribe_to_complete() {
    let mut protocol = acknowledged();
    assert!(
        matches!(protocol.receive(QUERY), Step::Begin(id, read) if id == "1" && read.query.as_deref() == Some("{a}"))
    );
    let complete = r#"{"type":"complete","id":"1"}"#;
    assert_eq!(protocol.receive(complete), Step::End("1".to_owned()));
    assert_eq!(protocol.receive(complete), Step::Nothing);
    assert!(matches!(protocol.receive(QUERY), Step::Begin(..)), "the id is free again");
    protocol.finish("1");
    assert!(matches!(protocol.receive(QUERY), Step::Begin(..)));
    closes(&mut protocol, QUERY, 4409);
}

#[test]
fn credentials_come_with_the_initialisation() {
    let bearer = Some(Credentials::Bearer("abc".to_owned()));
    for (payload, expected) in [
        ("null", None),
        ("{}", None),
        (r#"{"Authorization":null}"#, None),
        (r#"{"Authorization":"Bearer abc"}"#, bearer.clone()),
        (r#"{"authorization":"bearer abc"}"#, bearer),
    ] {
        let message = format!(r#"{{"type":"connection_init","payload":{payload}}}"#);
        assert_eq!(Protocol::new(1).receive(&message), Step::Initialise(expected), "{payload}");
    }
    for payload in
        [r#"{"Authorization":"Basic abc"}"#, r#"{"Authorization":"abc"}"#, r#"{"Authorization":7}"#]
    {
        let message = format!(r#"{{"type":"connection_init","payload":{payload}}}"#);
        closes(&mut Protocol::new(1), &message, 4403);
    }
}

#[test]
fn what_comes_too_early_or_twice_closes_the_socket() {
    closes(&mut Protocol::new(1), QUERY, 4401);
    let mut initialising = Protocol::new(1);
    assert!(!initialising.has_begun());
    initialising.receive(r#"{"type":"connection_init"}"#);
    assert!(initialising.has_begun());
    closes(&mut initialising, QUERY, 4401);
    closes(&mut initialising, r#"{"type":"connection_init"}"#, 4429);
    closes(&mut acknowledged(), r#"{"type":"connection_init"}"#, 4429);
}

#[test]
fn what_is_no_message_closes_the_socket() {
    for message in [
        "",
        "nonsense",
        "[]",
        "{}",
        r#"{"type":7}"#,
        r#"{"type":"start"}"#,
        r#"{"type":"connection_ack"}"#,
        r#"{"type":"ping","payload":7}"#,
        r#"{"type":"complete"}"#,
        r#"{"type":"subscribe","payload":{"query":"{a}"}}"#,
        r#"{"type":"subscribe","id":"","payload":{"query":"{a}"}}"#,
        r#"{"type":"subscribe","id":7,"payload":{"query":"{a}"}}"#,
        r#"{"type":"subscribe","id":"1"}"#,
        r#"{"type":"subscribe","id":"1","payload":"{a}"}"#,
        r#"{"type":"subscribe","id":"1","payload":{}}"#,
        r#"{"type":"subscribe","id":"1","payload":{"query":7}}"#,
        r#"{"type":"subscribe","id":"1","payload":{"query":"{a}","variables":[]}}"#,
    ] {
        closes(&mut acknowledged(), message, 4400);
    }
}

#[test]
fn a_ping_is_answered_at_any_time() {
    let mut protocol = Protocol::new(1);
    assert_eq!(protocol.receive(r#"{"type":"ping"}"#), Step::Send(r#"{"type":"pong"}"#.to_owned()));
    let echoed = protocol.receive(r#"{"type":"ping","payload":{"a":1}}"#);
    assert_eq!(echoed, Step::Send(r#"{"payload":{"a":1},"type":"pong"}"#.to_owned()));
    assert_eq!(protocol.receive(r#"{"type":"pong"}"#), Step::Nothing);
}

#[test]
fn too_many_operations_are_refused_one_by_one() {
    let mut protocol = acknowledged();
    let subscribe = |id: u8| format!(r#"{{"type":"subscribe","id":"{id}","payload":{{"query":"{{a}}"}}}}"#);
    assert!(matches!(protocol.receive(&subscribe(1)), Step::Begin(..)));
    assert!(matches!(protocol.receive(&subscribe(2)), Step::Begin(..)));
    assert_eq!(
        protocol.receive(&subscribe(3)),
        Step::Refuse("3".to_owned(), RequestError::TooManyOperations)
    );
    protocol.finish("1");
    assert!(matches!(protocol.receive(&subscribe(3)), Step::Begin(..)));
}

#[test]
fn answers_are_messages_with_the_operations_id() {
    let body = r#"{"errors":[{"message":"x"}]}"#;
    assert_eq!(next("a\"b", body), format!(r#"{{"id":"a\"b","type":"next","payload":{body}}}"#));
    assert_eq!(error("1", body), r#"{"id":"1","type":"error","payload":[{"message":"x"}]}"#);
    assert_eq!(complete("1"), r#"{"id":"1","type":"complete"}"#);
}
