//! `/oai`: the Open Archives Initiative's protocol for metadata harvesting, version 2.0.
//!
//! What it tells is what nobody in particular sees in the API: a harvester's credentials, where it shows some, are not
//! looked at.

mod arguments;
mod dublin_core;
mod list;
mod problem;
mod sets;
mod stamp;
#[cfg(test)]
mod tests;
mod token;
mod verbs;

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse as _, Response};
use http_body_util::{BodyExt as _, Limited};
use maip_api::Credentials;

use self::arguments::{Verb, arguments};
use self::problem::Failed;
use super::ask::{Asking, Refusal};
use super::xml::Xml;
use crate::graphql::error::RequestError;
use crate::installation::Installation;
use crate::router::App;

/// The only format of records.
const FORMAT: &str = "oai_dc";

/// Far above what the arguments of a request take.
const LONGEST_FORM: usize = 16 << 10;

/// Answers GET, HEAD and POST.
pub async fn handle<I: Installation>(State(app): State<Arc<App<I>>>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let (asking, counted) = Asking::new(&app, &head, Credentials::Anonymous);
    let base = app.settings.published.base(&head);
    let answered = async {
        counted?;
        let pairs = if head.method == Method::POST {
            pairs(&form(&head.headers, body).await?)
        } else {
            pairs(head.uri.query().unwrap_or_default().as_bytes())
        };
        answer(&asking, &base, &pairs).await
    };
    let response = match answered.await {
        Ok(text) => {
            let headers = [
                (CONTENT_TYPE, HeaderValue::from_static("text/xml; charset=utf-8")),
                // A lesson that is withdrawn is gone at once.
                (CACHE_CONTROL, HeaderValue::from_static("no-cache")),
            ];
            (StatusCode::OK, headers, text).into_response()
        }
        Err(refusal) => refusal.response(),
    };
    asking.told(response)
}

fn pairs(text: &[u8]) -> Vec<(String, String)> {
    form_urlencoded::parse(text).into_owned().collect()
}

/// What a form has in it.
async fn form(headers: &HeaderMap, body: Body) -> Result<Vec<u8>, Refusal> {
    let media_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let media_type = media_type.split(';').next().unwrap_or_default().trim();
    if !media_type.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        return Err(RequestError::NotAForm.into());
    }
    let collected = Limited::new(body, LONGEST_FORM).collect().await;
    collected.map(|body| body.to_bytes().to_vec()).map_err(|_| RequestError::PayloadTooLarge.into())
}

/// The whole answer, errors of the protocol included.
async fn answer<I: Installation>(
    asking: &Asking<I>,
    base: &str,
    pairs: &[(String, String)],
) -> Result<Vec<u8>, Refusal> {
    let now = stamp::seconds(&asking.app().installation.now().to_rfc3339());
    let read = arguments(pairs);
    let mut xml = Xml::new();
    xml.open(
        "OAI-PMH",
        &[
            ("xmlns", "http://www.openarchives.org/OAI/2.0/"),
            ("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance"),
            (
                "xsi:schemaLocation",
                "http://www.openarchives.org/OAI/2.0/ http://www.openarchives.org/OAI/2.0/OAI-PMH.xsd",
            ),
        ],
    );
    xml.text("responseDate", &[], &now);
    let own = format!("{base}/oai");
    // What isn't understood isn't repeated.
    let said: Vec<(&str, &str)> = match read {
        Ok(_) => pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect(),
        Err(_) => Vec::new(),
    };
    xml.text("request", &said, &own);
    let written = match read {
        Ok(verb) => write(asking, base, verb).await,
        Err(problem) => Err(problem.into()),
    };
    match written {
        Ok(inner) => xml.append(&inner),
        Err(Failed::Problem(problem)) => xml.text("error", &[("code", problem.code())], problem.message()),
        Err(Failed::Refusal(refusal)) => return Err(refusal),
    }
    xml.close("OAI-PMH");
    Ok(xml.into_bytes())
}

async fn write<I: Installation>(asking: &Asking<I>, base: &str, verb: Verb) -> Result<Xml, Failed> {
    let mut xml = Xml::inner();
    match verb {
        Verb::Identify => verbs::identify(&mut xml, asking, base).await?,
        Verb::ListMetadataFormats { identifier } => {
            verbs::list_metadata_formats(&mut xml, asking, base, identifier.as_deref()).await?;
        }
        Verb::ListSets { token } => sets::list_sets(&mut xml, asking, token.as_deref()).await?,
        Verb::GetRecord { identifier } => verbs::get_record(&mut xml, asking, base, &identifier).await?,
        Verb::List { what, from } => list::list(&mut xml, asking, base, what, from).await?,
    }
    Ok(xml)
}
