//! Documents by their names: those that were sent before, and those that were approved.

use maip_persistence::trusted_documents::{ImportError, Imported, NewDocument, import, remove};

use super::library::request;
use super::world::in_the_world;
use crate::operations::Checker;
use crate::request::{DocumentName, Execute as _, Request, Response};
use crate::{Api, ApiSettings, ResponseStatus};

const SENT: &str = "{ countries(first: 1) { nodes { code } } }";
const APPROVED: &str = "query A { a: __typename } query B { b: __typename }";

fn checked(id: &str, body: &str) -> NewDocument {
    Checker::new().unwrap().check(id, body).unwrap()
}

fn digest(body: &str) -> String {
    checked("x", body).digest
}

fn named(document: DocumentName) -> Request {
    Request { query: None, document: Some(document), ..request("") }
}

async fn send(api: &Api, request: Request) -> Response {
    api.execute(request).await
}

#[track_caller]
fn refused(response: &Response, code: &str) {
    assert_eq!(response.status, ResponseStatus::Invalid, "{}", response.body);
    assert!(response.body.contains(&format!("\"{code}\"")), "{}", response.body);
}

in_the_world! {
    async fn a_document_that_was_sent_with_its_digest_is_known_by_it(world) {
        let api = world.api(ApiSettings::default());
        let name = || DocumentName::Digest(digest(SENT));
        let unknown = send(&api, named(name())).await;
        refused(&unknown, "PERSISTED_QUERY_NOT_FOUND");
        assert!(unknown.body.contains("\"PersistedQueryNotFound\""), "{}", unknown.body);
        let other = Request { document: Some(name()), ..request("{ __typename }") };
        let other = send(&api, other).await;
        refused(&other, "BAD_USER_INPUT");
        assert!(other.body.contains("provided sha does not match query"), "{}", other.body);
        refused(&send(&api, named(name())).await, "PERSISTED_QUERY_NOT_FOUND");
        let sent = send(&api, Request { document: Some(name()), ..request(SENT) }).await;
        assert!(sent.body.contains("AFG"), "{}", sent.body);
        assert_eq!(send(&api, named(name())).await.body, sent.body);
        // It is no name of an approved one.
        refused(&send(&api, named(DocumentName::Id(digest(SENT)))).await, "PERSISTED_QUERY_NOT_FOUND");
        // What isn't valid isn't kept, and each node keeps its own.
        let wrong = "{ nowhere }";
        let wrong = Request { document: Some(DocumentName::Digest(sha(wrong))), ..request(wrong) };
        let by_digest = Request { query: None, ..wrong.clone() };
        refused(&send(&api, wrong).await, "BAD_USER_INPUT");
        refused(&send(&api, by_digest).await, "PERSISTED_QUERY_NOT_FOUND");
        let another = world.api(ApiSettings::default());
        refused(&send(&another, named(name())).await, "PERSISTED_QUERY_NOT_FOUND");
    }

    async fn no_more_is_kept_than_there_is_room_for(world) {
        let settings = ApiSettings { cached_documents: 2, ..ApiSettings::default() };
        let api = world.api(settings);
        let texts: Vec<_> = (0..3).map(|number| format!("{{ a{number}: __typename }}")).collect();
        for text in &texts {
            let sent = Request { document: Some(DocumentName::Digest(sha(text))), ..request(text) };
            assert_eq!(send(&api, sent).await.status, ResponseStatus::Executed);
        }
        refused(&send(&api, named(DocumentName::Digest(sha(&texts[0])))).await, "PERSISTED_QUERY_NOT_FOUND");
        let kept = send(&api, named(DocumentName::Digest(sha(&texts[2])))).await;
        assert_eq!(kept.status, ResponseStatus::Executed, "{}", kept.body);
    }

    async fn an_approved_document_is_known_by_its_id_and_its_digest(world) {
        let (services, api) = (world.services(), world.api(ApiSettings::default()));
        let now = services.now();
        let document = checked("first-screen", APPROVED);
        assert_eq!(document.name, "A, B");
        let documents = [document.clone(), checked(&format!("sha256:{}", digest(SENT)), SENT)];
        let imported = import(&services.database, &documents, now).await.unwrap();
        assert_eq!(imported, Imported { added: 2, known: 0 });
        let again = import(&services.database, &documents, now).await.unwrap();
        assert_eq!(again, Imported { added: 0, known: 2 });
        for name in [DocumentName::Id("first-screen".to_owned()), DocumentName::Digest(digest(APPROVED))] {
            let asked = Request { operation_name: Some("B".to_owned()), ..named(name) };
            assert_eq!(send(&api, asked).await.body, r#"{"data":{"b":"Query"}}"#);
        }
        // An id goes on naming what it named; all of a file is refused, or nothing.
        let other = [checked("new", "{ __typename }"), checked("first-screen", SENT)];
        let taken = import(&services.database, &other, now).await.unwrap_err();
        assert!(matches!(&taken, ImportError::Taken(ids) if ids == &["first-screen"]), "{taken}");
        refused(&send(&api, named(DocumentName::Id("new".to_owned()))).await, "PERSISTED_QUERY_NOT_FOUND");
        // Ids that can't be any are not looked up, as the database would refuse some.
        for id in ["", "a b", "a\u{0}b", "é", &"x".repeat(300)] {
            refused(&send(&api, named(DocumentName::Id(id.to_owned()))).await, "PERSISTED_QUERY_NOT_FOUND");
        }
        let both = Request { document: Some(DocumentName::Id("first-screen".to_owned())), ..request(APPROVED) };
        refused(&send(&api, both).await, "BAD_USER_INPUT");
    }

    async fn only_approved_documents_are_executed_where_it_is_set_so(world) {
        let (services, api) =
            (world.services(), world.api(ApiSettings { trusted_only: true, ..ApiSettings::default() }));
        refused(&send(&api, request(SENT)).await, "OPERATION_NOT_ALLOWED");
        // Sending it with its digest doesn't get it in.
        let with_digest = Request { document: Some(DocumentName::Digest(digest(SENT))), ..request(SENT) };
        refused(&send(&api, with_digest).await, "OPERATION_NOT_ALLOWED");
        refused(&send(&api, named(DocumentName::Digest(digest(SENT)))).await, "PERSISTED_QUERY_NOT_FOUND");
        import(&services.database, &[checked("countries", SENT)], services.now()).await.unwrap();
        let digest = DocumentName::Digest(digest(SENT));
        for asked in [
            request(SENT),
            named(DocumentName::Id("countries".to_owned())),
            named(digest.clone()),
            Request { document: Some(digest), ..request(SENT) },
        ] {
            let answer = send(&api, asked).await;
            assert!(answer.body.contains("AFG"), "{}", answer.body);
        }
        refused(&send(&api, request(&format!("{SENT} "))).await, "OPERATION_NOT_ALLOWED");
        // One that is removed is believed for a minute at most.
        assert!(remove(&services.database, "countries").await.unwrap());
        assert!(!remove(&services.database, "countries").await.unwrap());
        world.pass(61);
        refused(&send(&api, request(SENT)).await, "OPERATION_NOT_ALLOWED");
        refused(&send(&api, named(DocumentName::Id("countries".to_owned()))).await, "PERSISTED_QUERY_NOT_FOUND");
    }
}

fn sha(text: &str) -> String {
    crate::document::digest::digest(text)
}

#[test]
fn what_is_wrong_with_a_document_is_said() {
    let checker = Checker::new().unwrap();
    for (id, body, problem) in [
        ("", "{ __typename }", "1 to 256"),
        ("a b", "{ __typename }", "1 to 256"),
        (&"0".repeat(64), "{ __typename }", "SHA-256"),
        (&format!("sha256:{}", "0".repeat(64)), "{ __typename }", "SHA-256"),
        ("a", "{", "line 1"),
        ("a", "{ nowhere }", "line 1, column 3"),
        ("a", "fragment F on Query { __typename }", "F"),
    ] {
        let problems = checker.check(id, body).unwrap_err().join("; ");
        assert!(problems.contains(problem), "{id} {body}: {problems}");
    }
}
