//! `/lessons/{id}`: one lesson at an address that stays, as linked data (JSON-LD of schema.org, or Turtle) or as a page to
//! print.
//!
//! It shows what who asks sees in the API. What isn't there and what isn't for them is answered alike.

pub mod graph;
pub mod json_ld;
mod media_type;
pub mod turtle;

use std::sync::Arc;

use axum::extract::{Path, Request, State};
use axum::http::header::{
    ACCEPT, ACCEPT_LANGUAGE, CACHE_CONTROL, CONTENT_LANGUAGE, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG,
    IF_NONE_MATCH, VARY,
};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use maip_api::partners::{Prepared, WholeLesson};
use serde_json::{Map, Value};

use self::media_type::Form;
use super::ask::{Asking, Refusal};
use super::{practice_abstract, preference};
use crate::graphql::error::RequestError;
use crate::graphql::{entity_tag, has_already};
use crate::installation::Installation;
use crate::router::App;

/// Answers GET and HEAD.
pub async fn lesson<I: Installation>(
    State(app): State<Arc<App<I>>>,
    Path(name): Path<String>,
    request: Request,
) -> Response {
    let (head, _) = request.into_parts();
    let (asking, allowed) = Asking::of(&app, &head);
    // An address can say the form, for who can't say it in a header.
    let (id, form) = match name.rsplit_once('.') {
        Some((id, ending)) if Form::by_ending(ending).is_some() => (id, Form::by_ending(ending)),
        _ => (name.as_str(), media_type::negotiate(head.headers.get_all(ACCEPT))),
    };
    let read = async {
        allowed?;
        let mut variables = Map::new();
        variables.insert("id".to_owned(), Value::from(id));
        match asking.read::<WholeLesson>(Prepared::WholeLesson, variables).await {
            // What can't be an id is the id of nothing.
            Err(Refusal::Refused(code)) if code == "BAD_USER_INPUT" => Ok(None),
            read => read,
        }
    };
    let response = match (read.await, form) {
        (Ok(Some(lesson)), Some(form)) => {
            let published = &app.settings.published;
            let (base, licence) = (published.base(&head), &published.licence);
            let graph = || graph::of(&lesson.record, &base, licence);
            let (text, language) = match form {
                Form::JsonLd => (json_ld::write(&graph()), None),
                Form::Turtle => (turtle::write(&graph()), None),
                Form::Html => {
                    let accepted = head.headers.get_all(ACCEPT_LANGUAGE);
                    let language = preference::language(accepted, practice_abstract::languages());
                    let text = practice_abstract::write(&lesson, &base, licence, language);
                    (text, Some(practice_abstract::spoken(&lesson, language)))
                }
            };
            let mut response = answer(text, form, asking.is_public(), head.headers.get(IF_NONE_MATCH));
            if let Some(language) = language {
                let headers = response.headers_mut();
                headers.extend(
                    HeaderValue::try_from(language).ok().map(|language| (CONTENT_LANGUAGE, language)),
                );
                if let Ok(policy) = HeaderValue::try_from(practice_abstract::POLICY.as_str()) {
                    headers.insert(CONTENT_SECURITY_POLICY, policy);
                }
            }
            response
        }
        (Ok(None), _) => {
            let text = "There is no such lesson, or it isn't for you.\n";
            (StatusCode::NOT_FOUND, [(CACHE_CONTROL, "no-store")], text).into_response()
        }
        (Ok(Some(_)), None) => Refusal::from(RequestError::NoFormOfALesson).response(),
        (Err(refusal), _) => refusal.response(),
    };
    asking.told(response)
}

/// With a tag, and to be asked for again: a lesson that is withdrawn is gone at once.
fn answer(text: String, form: Form, is_public: bool, if_none_match: Option<&HeaderValue>) -> Response {
    let tag = entity_tag(&text);
    let known = has_already(if_none_match, &tag);
    let mut response = if known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        ([(CONTENT_TYPE, HeaderValue::from_static(form.content_type()))], text).into_response()
    };
    let headers = response.headers_mut();
    headers.insert(
        CACHE_CONTROL,
        HeaderValue::from_static(if is_public { "public, no-cache" } else { "private, no-cache" }),
    );
    // What has a body gets the last one from where it is compressed.
    let varies = if known {
        "accept, accept-language, authorization, accept-encoding"
    } else {
        "accept, accept-language, authorization"
    };
    headers.insert(VARY, HeaderValue::from_static(varies));
    if let Ok(tag) = HeaderValue::try_from(tag) {
        headers.insert(ETAG, tag);
    }
    response
}
