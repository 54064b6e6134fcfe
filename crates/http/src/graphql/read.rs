//! What a request asks: its parameters, from the address or from the body.

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::Query;
use axum::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderMap, Uri};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use maip_api::operations::plain_id;
use maip_api::{DocumentName, Method};
use serde_json::{Map, Value};

use super::error::RequestError;
use super::json;
use super::media_type::is_utf8;

/// So much of a refused body is read and thrown away.
const DISCARDED_BYTES: usize = 16 << 20;
/// For so long at most.
const DISCARD_TIME: Duration = Duration::from_secs(5);

/// The parameters of a well-formed request.
#[derive(Debug, PartialEq, Eq)]
pub struct Parameters {
    /// The document's text, where it is there.
    pub query: Option<String>,
    /// What the document is called, where it is.
    pub document: Option<DocumentName>,
    pub operation_name: Option<String>,
    pub variables: Option<Map<String, Value>>,
    pub method: Method,
}

impl Parameters {
    /// From the query part of the address.
    pub fn from_get(uri: &Uri) -> Result<Self, RequestError> {
        let Query(pairs) = Query::<Vec<(String, String)>>::try_from_uri(uri)
            .map_err(|_| RequestError::NotWellFormed("the address's parameters can't be read"))?;
        let mut fields = Map::new();
        for (name, text) in pairs {
            let value = match name.as_str() {
                // The empty string is the same as none.
                "operationName" | "variables" | "extensions" | "documentId" if text.is_empty() => Value::Null,
                "query" | "operationName" | "documentId" => Value::String(text),
                "variables" | "extensions" => json::read(text.as_bytes()).map_err(|refusal| {
                    refusal.or("`variables` and `extensions` in the address must be JSON objects")
                })?,
                _ => continue,
            };
            if fields.insert(name, value).is_some() {
                return Err(RequestError::NotWellFormed("a parameter is in the address twice"));
            }
        }
        Self::from_fields(fields, Method::Get)
    }

    /// From a JSON body.
    pub async fn from_post(headers: &HeaderMap, body: Body, max_bytes: usize) -> Result<Self, RequestError> {
        Self::from_bytes(&json_text(headers, body, max_bytes).await?)
    }

    /// From the bytes of a JSON body.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, RequestError> {
        match json::read(bytes).map_err(|refusal| refusal.or("the body is not valid JSON"))? {
            Value::Object(fields) => Self::from_fields(fields, Method::Post),
            Value::Array(_) => {
                Err(RequestError::NotWellFormed("several operations in one request are not supported"))
            }
            _ => Err(RequestError::NotWellFormed("the body must be a JSON object")),
        }
    }

    /// From the fields of a JSON object.
    pub fn from_fields(mut fields: Map<String, Value>, method: Method) -> Result<Self, RequestError> {
        let operation_name = match fields.remove("operationName") {
            None | Some(Value::Null) => None,
            Some(Value::String(name)) if name.is_empty() => None,
            Some(Value::String(name)) => Some(name),
            Some(_) => return Err(RequestError::NotWellFormed("`operationName` must be a string")),
        };
        let variables = object(fields.remove("variables"), "`variables` must be an object")?;
        let extensions = object(fields.remove("extensions"), "`extensions` must be an object")?;
        let query = match fields.remove("query") {
            Some(Value::String(query)) => Some(query),
            None | Some(Value::Null) => None,
            Some(_) => return Err(RequestError::NotWellFormed("`query` must be a string")),
        };
        let document = name(fields.remove("documentId"), extensions)?;
        if query.is_none() && document.is_none() {
            return Err(RequestError::NotWellFormed("`query` is missing"));
        }
        Ok(Self { query, document, operation_name, variables, method })
    }
}

/// The document's name: `documentId`, or the digest of the extension `persistedQuery`.
fn name(
    id: Option<Value>,
    extensions: Option<Map<String, Value>>,
) -> Result<Option<DocumentName>, RequestError> {
    match id {
        None | Some(Value::Null) => {}
        Some(Value::String(id)) => return Ok(Some(DocumentName::Id(plain_id(&id)))),
        Some(_) => return Err(RequestError::NotWellFormed("`documentId` must be a string")),
    }
    match extensions.and_then(|mut extensions| extensions.remove("persistedQuery")) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Object(persisted)) => {
            if persisted.get("version").and_then(Value::as_u64) != Some(1) {
                return Err(RequestError::NotWellFormed("Unsupported persisted query version"));
            }
            match persisted.get("sha256Hash").and_then(Value::as_str) {
                Some(digest) => Ok(Some(DocumentName::Digest(plain_id(digest)))),
                None => Err(RequestError::NotWellFormed("`sha256Hash` of `persistedQuery` is missing")),
            }
        }
        Some(_) => Err(RequestError::NotWellFormed("`persistedQuery` must be an object")),
    }
}

/// The body, where it is JSON and within the limit.
async fn json_text(headers: &HeaderMap, mut body: Body, max_bytes: usize) -> Result<Bytes, RequestError> {
    let announced = headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    let refusal = if !is_json(headers) {
        RequestError::UnsupportedMediaType
    } else if announced.is_some_and(|length| length > max_bytes as u64) {
        RequestError::PayloadTooLarge
    } else {
        match Limited::new(&mut body, max_bytes).collect().await {
            Ok(collected) => return Ok(collected.to_bytes()),
            Err(error) if error.downcast_ref::<LengthLimitError>().is_some() => RequestError::PayloadTooLarge,
            Err(_) => return Err(RequestError::NotWellFormed("the body broke off")),
        }
    };
    discard(body).await;
    Err(refusal)
}

/// Lets the client finish sending what was refused, so far as that is small and quick: many read no
/// answer before, and take a connection that is closed on them for a fault of the network.
pub(super) async fn discard(body: Body) {
    let mut body = Limited::new(body, DISCARDED_BYTES);
    let rest = async { while let Some(Ok(_)) = body.frame().await {} };
    // Whoever sends more, or slowly, has the connection closed.
    let _ = tokio::time::timeout(DISCARD_TIME, rest).await;
}

fn object(value: Option<Value>, otherwise: &'static str) -> Result<Option<Map<String, Value>>, RequestError> {
    match value {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Object(fields)) => Ok(Some(fields)),
        Some(_) => Err(RequestError::NotWellFormed(otherwise)),
    }
}

/// Whether the body is said to be compressed, by whichever of the headers that say so: nothing is unpacked.
pub(crate) fn is_encoded(headers: &HeaderMap) -> bool {
    headers
        .get_all(CONTENT_ENCODING)
        .iter()
        .any(|value| !value.as_bytes().trim_ascii().eq_ignore_ascii_case(b"identity"))
}

/// JSON in UTF-8, not compressed.
fn is_json(headers: &HeaderMap) -> bool {
    let text =
        |name| headers.get(name).map(|value| value.to_str().unwrap_or("?").trim().to_ascii_lowercase());
    if is_encoded(headers) {
        return false;
    }
    let Some(content_type) = text(CONTENT_TYPE) else { return false };
    let mut parts = content_type.split(';').map(str::trim);
    parts.next() == Some("application/json")
        && parts.filter(|part| !part.is_empty()).all(|parameter| match parameter.split_once('=') {
            Some(("charset", charset)) => is_utf8(charset.trim_matches('"')),
            Some(_) => true,
            None => false,
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(text: &str) -> String {
        text.replace('{', "%7B").replace('}', "%7D").replace('"', "%22").replace(':', "%3A")
    }

    fn get(query: &str) -> Result<Parameters, RequestError> {
        Parameters::from_get(&format!("/graphql?{query}").parse().unwrap())
    }

    #[test]
    fn the_address_carries_every_parameter() {
        let read = get(
            "query=query%20Q(%24n%3AInt){a(n%3A%24n)}&operationName=Q&variables=%7B%22n%22%3A1%7D&extensions=%7B%7D&x=1",
        );
        let read = read.unwrap();
        assert_eq!(read.query.as_deref(), Some("query Q($n:Int){a(n:$n)}"));
        assert_eq!(read.operation_name.as_deref(), Some("Q"));
        assert_eq!(read.variables.unwrap()["n"], 1);
        assert_eq!(get("query=%7Ba%7D&operationName=").unwrap().operation_name, None);
        assert_eq!(get("query=null").unwrap().query.as_deref(), Some("null"));
    }

    #[test]
    fn an_address_that_says_something_else_is_refused() {
        for query in [
            "",
            "operationName=Q",
            "query=a&query=b",
            "query=a&variables=1",
            "query=a&variables={",
            "query=a&extensions=[]",
            "extensions={}",
            "extensions={\"persistedQuery\":{}}",
            "extensions={\"persistedQuery\":{\"version\":2,\"sha256Hash\":\"00\"}}",
            "extensions={\"persistedQuery\":{\"version\":1}}",
            "documentId=",
        ] {
            assert!(matches!(get(&encoded(query)), Err(RequestError::NotWellFormed(_))), "{query}");
        }
    }

    #[test]
    fn a_document_is_named_by_its_digest_or_its_id() {
        let digest = "ab".repeat(32);
        let extensions = format!("{{\"persistedQuery\":{{\"version\":1,\"sha256Hash\":\"{digest}\"}}}}");
        let named = get(&format!("extensions={}", encoded(&extensions))).unwrap();
        assert_eq!((named.query, named.document), (None, Some(DocumentName::Digest(digest.clone()))));
        for id in [digest.clone(), format!("sha256:{}", digest.to_uppercase())] {
            let named = get(&format!("documentId={id}")).unwrap();
            assert_eq!(named.document, Some(DocumentName::Id(digest.clone())));
        }
    }

    #[test]
    fn only_json_in_utf8_is_a_body() {
        let accepts = |content_type: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(CONTENT_TYPE, content_type.parse().unwrap());
            is_json(&headers)
        };
        assert!(accepts("application/json"));
        assert!(accepts("application/json; charset=utf-8"));
        assert!(accepts("Application/JSON;charset=\"UTF-8\""));
        for other in [
            "text/plain",
            "application/json; charset=latin1",
            "application/graphql",
            "multipart/form-data; boundary=x",
            "",
        ] {
            assert!(!accepts(other), "{other}");
        }
        assert!(!is_json(&HeaderMap::new()));
    }
}
