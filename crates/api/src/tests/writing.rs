//! Mutations: order, payloads, errors.

use std::sync::atomic::{AtomicUsize, Ordering};

use async_graphql::InputObject;
use maip_domain::error_code::ErrorCode;
use maip_domain::id::LessonId;
use maip_persistence::read::declare::Scalar;
use maip_persistence::write::{Stale, UserError, WriteError, WriteResult, Written};
use serde_json::{Value, json};

use super::library::{ADA, AUTHOR, BookKind, Reader, request};
use crate::ResponseStatus;
use crate::mutation::{Extra, ExtraType, Mutation, MutationContext, Payload, Typed, ValueField, ValueObject};
use crate::request::{Credentials, Method, Request};
use crate::schema::Closed;
use crate::schema::scalars::Id;

/// What to call whom.
#[derive(InputObject)]
pub struct RenameAuthorInput {
    /// The author.
    id: async_graphql::ID,
    /// The new name.
    name: String,
    /// The revision that was read.
    expected_revision: Option<i64>,
    /// A kind that is liked.
    likes: Option<Closed<BookKind>>,
    /// A lesson.
    lesson: Option<Id<LessonId>>,
}

static RECEIPT: ValueObject = ValueObject {
    name: "Receipt",
    description: "That it was done.",
    fields: &[
        ValueField { name: "at", description: "When.", scalar: Scalar::Instant, nullable: false },
        ValueField { name: "note", description: "What was noted.", scalar: Scalar::Text, nullable: true },
    ],
};

static RENAME: Typed<RenameAuthorInput> = Typed {
    name: "renameAuthor",
    description: "Gives an author another name.",
    payload: Payload::of("author", &AUTHOR, "The author.").with(&[
        Extra { name: "receipt", description: "That it was done.", of: ExtraType::Object(&RECEIPT) },
        Extra { name: "codes", description: "Some codes.", of: ExtraType::List(Scalar::Text) },
    ]),
    run: |cx, input| Box::pin(rename(cx, input)),
};

pub const MUTATIONS: &[&dyn Mutation] = &[&RENAME];

static OVERTAKEN: AtomicUsize = AtomicUsize::new(0);

async fn rename(cx: &MutationContext<'_>, input: RenameAuthorInput) -> WriteResult<Written> {
    let unit = cx.begin().await?;
    if input.name.is_empty() {
        let other = UserError::new(ErrorCode::Forbidden, "no");
        return Err(WriteError::Refused(vec![
            UserError::at("name", ErrorCode::Required, "a name, please"),
            other,
        ]));
    }
    if let Some(expected) = input.expected_revision.filter(|revision| *revision != 3) {
        let base = Some(json!({ "name": "Adah" }));
        return Err(WriteError::Stale(Stale { record: input.id.to_string(), expected, actual: 3, base }));
    }
    match input.name.as_str() {
        "busy" => return Err(WriteError::Busy),
        "broken" => return Err(WriteError::Broken("a cog fell out")),
        "always overtaken" => return Err(WriteError::Overtaken),
        "overtaken twice" if OVERTAKEN.fetch_add(1, Ordering::Relaxed) < 2 => {
            return Err(WriteError::Overtaken);
        }
        _ => {}
    }
    let lesson = input.lesson.map(|lesson| lesson.at("lesson")).transpose()?;
    let note = input.likes.map(|kind| format!("{:?}", kind.0)).or(lesson.map(|lesson| lesson.to_string()));
    unit.execute("UPDATE authors SET name = $1 WHERE id = $2", [input.name.into(), input.id.as_str().into()])
        .await?;
    let receipt = json!({ "at": 1_000_000, "note": note });
    unit.commit(
        Written::record(input.id.to_string()).with("receipt", receipt).with("codes", json!(["a", "b"])),
    )
    .await
}

#[tokio::test]
async fn a_write_answers_with_the_record_as_it_is_now() {
    let reader = Reader::new().await;
    let query = r#"mutation ($id: ID!, $likes: BookKind) { __typename done: renameAuthor(input: { id: $id, name: "Eda", likes: $likes }) {
        __typename author { id name } again: author { books(first: 1) { totalCount } } codes
        receipt { __typename at why: note } userErrors { code } conflict { mine } } }"#;
    let answer = reader.ask_with(query, json!({ "id": ADA, "likes": "NOVEL" })).await;
    assert_eq!(
        answer,
        json!({ "data": { "__typename": "Mutation", "done": {
            "__typename": "RenameAuthorPayload",
            "author": { "id": ADA, "name": "Eda" },
            "again": { "books": { "totalCount": 2 } },
            "codes": ["a", "b"],
            "receipt": { "__typename": "Receipt", "at": "1970-01-01T00:00:01.000000Z", "why": "Novel" },
            "userErrors": [],
            "conflict": null,
        } } })
    );
}

#[tokio::test]
async fn writes_are_done_one_after_the_other() {
    let reader = Reader::new().await;
    let one = |alias: &str, name: &str| {
        format!("{alias}: renameAuthor(input: {{ id: \"{ADA}\", name: \"{name}\" }}) {{ author {{ name }} }}")
    };
    let query = format!("mutation {{ {} {} {} }}", one("c", "C"), one("a", "A"), one("b", "B"));
    let body = reader.send(request(&query)).await.body;
    assert_eq!(
        body,
        r#"{"data":{"c":{"author":{"name":"C"}},"a":{"author":{"name":"A"}},"b":{"author":{"name":"B"}}}}"#
    );
    assert_eq!(reader.data(&format!("{{ author(id: \"{ADA}\") {{ name }} }}")).await["author"]["name"], "B");
}

#[tokio::test]
async fn what_the_caller_can_mend_is_in_the_payload() {
    let reader = Reader::new().await;
    let query = r"mutation ($input: RenameAuthorInput!) { renameAuthor(input: $input) { author { id } receipt { at }
        userErrors { __typename field c: code message }
        conflict { __typename current { name } base mine expectedRevision currentRevision } } }";
    let refused = reader.ask_with(query, json!({ "input": { "id": ADA, "name": "" } })).await;
    assert_eq!(
        refused["data"]["renameAuthor"],
        json!({ "author": null, "receipt": null, "conflict": null, "userErrors": [
            { "__typename": "UserError", "field": "name", "c": "REQUIRED", "message": "a name, please" },
            { "__typename": "UserError", "field": null, "c": "FORBIDDEN", "message": "no" },
        ] })
    );
    let mine = json!({ "id": ADA, "name": "Eda", "expectedRevision": 2 });
    let stale = reader.ask_with(query, json!({ "input": mine })).await;
    assert_eq!(stale["data"]["renameAuthor"]["userErrors"][0]["c"], "STALE_REVISION");
    assert_eq!(
        stale["data"]["renameAuthor"]["conflict"],
        json!({ "__typename": "AuthorConflict", "current": { "name": "Ada" }, "base": { "name": "Adah" },
            "mine": mine, "expectedRevision": 2, "currentRevision": 3 })
    );
}

#[tokio::test]
async fn what_is_not_of_its_form_is_refused_with_its_place() {
    let reader = Reader::new().await;
    let query =
        r"mutation ($input: RenameAuthorInput!) { a: renameAuthor(input: $input) { userErrors { code } } }";
    for lesson in ["lesson_1", ADA] {
        let input = json!({ "id": ADA, "name": "x", "lesson": lesson });
        let answer = reader.ask_with(query, json!({ "input": input })).await;
        assert_eq!(answer, json!({ "data": { "a": { "userErrors": [{ "code": "INVALID_ID" }] } } }));
    }
    for input in [json!({ "id": ADA }), json!({ "id": ADA, "name": "x", "likes": "POEM" }), Value::Null] {
        let answer = reader.ask_with(query, json!({ "input": input })).await;
        assert!(answer.get("data").is_none(), "{answer}");
        assert_eq!(answer["errors"][0]["extensions"]["code"], "BAD_USER_INPUT");
    }
}

#[tokio::test]
async fn a_failure_of_ours_tells_nothing_and_stops_only_its_own_field() {
    let reader = Reader::new().await;
    let named = |name: &str| {
        format!("renameAuthor(input: {{ id: \"{ADA}\", name: \"{name}\" }}) {{ author {{ name }} }}")
    };
    let broken = reader.send(request(&format!("mutation {{ {} }}", named("broken")))).await;
    assert_eq!(broken.status, ResponseStatus::Internal);
    assert!(!broken.body.contains("cog") && broken.body.contains("r1"), "{}", broken.body);
    let busy = reader.send(request(&format!("mutation {{ {} }}", named("busy")))).await;
    assert_eq!(busy.status, ResponseStatus::Unavailable { retry_after_seconds: 1 }, "{}", busy.body);
    let query = format!("mutation {{ a: {} b: {} c: {} }}", named("A"), named("broken"), named("C"));
    let answer = reader.ask(&query).await;
    assert_eq!(
        answer["data"],
        json!({ "a": { "author": { "name": "A" } }, "b": null, "c": { "author": { "name": "C" } } })
    );
    assert_eq!(answer["errors"][0]["path"], json!(["b"]));
    assert_eq!(answer["errors"][0]["extensions"]["code"], "INTERNAL");
}

#[tokio::test]
async fn a_write_that_gave_way_to_others_is_tried_again_and_not_for_ever() {
    let reader = Reader::new().await;
    let named = |name: &str| {
        format!(
            "mutation {{ renameAuthor(input: {{ id: \"{ADA}\", name: \"{name}\" }}) {{ author {{ name }} }} }}"
        )
    };
    let done = reader.data(&named("overtaken twice")).await;
    assert_eq!(done["renameAuthor"]["author"]["name"], "overtaken twice");
    assert_eq!(OVERTAKEN.load(Ordering::Relaxed), 3);
    assert_eq!(reader.code(&named("always overtaken")).await, "UNAVAILABLE");
}

#[tokio::test]
async fn a_mutation_needs_post_and_credentials_that_hold() {
    let reader = Reader::new().await;
    let query = format!(
        "mutation {{ renameAuthor(input: {{ id: \"{ADA}\", name: \"Z\" }}) {{ author {{ name }} }} }}"
    );
    let get = reader.send(Request { method: Method::Get, ..request(&query) }).await;
    assert_eq!(get.status, ResponseStatus::MutationOverGet);
    assert!(get.body.contains("\"OPERATION_NOT_ALLOWED\""));
    // One that was never given out: well made, but unknown.
    let secret = maip_domain::identity::token::TokenSecret::generate(
        maip_domain::identity::token::TokenKind::Api,
        reader.api.services().entropy.as_ref(),
    );
    let credentials = Credentials::Bearer(secret.expose().to_owned());
    let unknown = reader.send(Request { credentials: credentials.clone(), ..request(&query) }).await;
    assert_eq!(unknown.status, ResponseStatus::Unauthenticated, "{}", unknown.body);
    let read = reader.send(Request { credentials, ..request("{ __typename }") }).await;
    assert_eq!(read.status, ResponseStatus::Unauthenticated, "{}", read.body);
    assert_eq!(
        reader.data(&format!("{{ author(id: \"{ADA}\") {{ name }} }}")).await["author"]["name"],
        "Ada"
    );
    let good = reader.send(request(&query)).await;
    assert!(good.no_store);
}

#[tokio::test]
async fn limits_hold_before_anything_is_written() {
    let reader = Reader::new().await;
    let query = format!(
        "mutation {{ a: renameAuthor(input: {{ id: \"{ADA}\", name: \"Z\" }}) {{ author {{ name }} }} \
         b: renameAuthor(input: {{ id: \"{ADA}\", name: \"Y\" }}) {{ author {{ books(first: 100) {{ nodes {{ author {{ \
         books(first: 100) {{ nodes {{ id }} }} }} }} }} }} }} }}"
    );
    assert_eq!(reader.code(&query).await, "QUERY_TOO_COMPLEX");
    assert_eq!(
        reader.data(&format!("{{ author(id: \"{ADA}\") {{ name }} }}")).await["author"]["name"],
        "Ada"
    );
}
