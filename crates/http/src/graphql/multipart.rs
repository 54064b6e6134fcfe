//! Requests with files, by the GraphQL multipart request specification: `operations`, `map`, then the
//! files, each of which goes to the disk piece by piece.
//!
//! A page of another site can send such a body without being asked whether it may, so it is taken only
//! with a header that makes browsers ask; and only from those who are signed in, since files cost.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, HeaderName};
use futures::{Stream, StreamExt as _};
use maip_api::files::{MOST_WITH_A_REQUEST, Spool, SpoolError};
use maip_api::uploads::{Upload, Uploads};
use maip_api::{Method, media_type_by_file_name};
use multer::{Field, Multipart};
use serde_json::{Map, Value};

use super::error::RequestError;
use super::json;
use super::read::Parameters;

/// Any of these, with any value, shows that a browser has asked.
pub const PREFLIGHT: [HeaderName; 2] = [
    HeaderName::from_static("graphql-require-preflight"),
    HeaderName::from_static("apollo-require-preflight"),
];

/// Bytes of `map`.
const MAP_BYTES: usize = 16 << 10;
/// What is gathered at most before any of it is told from the rest, such as the head of a part.
const UNTOLD_BYTES: usize = 4 << 20;
/// So much of a refused body is read and thrown away, for so long.
const DISCARDED_BYTES: usize = 16 << 20;
const DISCARD_TIME: Duration = Duration::from_secs(5);

const BROKEN: RequestError = RequestError::NotWellFormed("the multipart body can't be read");
const ORDER: RequestError =
    RequestError::NotWellFormed("the parts of the body are `operations`, `map` and then the files");

/// What is read of it, and how long it may take.
pub struct Limits {
    /// Bytes of `operations`.
    pub operations: usize,
    /// How long nothing may come.
    pub longest_stall: Duration,
}

/// Whether the body is of this kind.
pub fn is_multipart(headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("multipart/form-data")
}

/// Whether the request has been asked for by a page that may.
pub fn is_preflighted(headers: &HeaderMap) -> bool {
    PREFLIGHT.iter().any(|name| headers.get(name).is_some_and(|value| !value.is_empty()))
}

/// Receives the request.
pub async fn receive(
    headers: &HeaderMap,
    body: Body,
    spool: &Spool,
    limits: &Limits,
) -> Result<(Parameters, Uploads), RequestError> {
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let boundary = multer::parse_boundary(content_type).map_err(|_| BROKEN)?;
    let untold = Arc::new(AtomicUsize::new(0));
    let mut parts = Parts {
        multipart: Multipart::new(bounded(body, Arc::clone(&untold)), boundary),
        untold,
        longest_stall: limits.longest_stall,
    };
    let received = whole(&mut parts, spool, limits).await;
    if received.is_err() {
        parts.discard().await;
    }
    received
}

async fn whole(
    parts: &mut Parts,
    spool: &Spool,
    limits: &Limits,
) -> Result<(Parameters, Uploads), RequestError> {
    let operations = parts.text("operations", limits.operations).await?;
    let not_one = "`operations` must be a JSON object";
    let mut operations = match json::read(operations.as_bytes()).map_err(|refusal| refusal.or(not_one))? {
        Value::Object(operations) => operations,
        Value::Array(_) => {
            return Err(RequestError::NotWellFormed("several operations in one request are not supported"));
        }
        _ => return Err(RequestError::NotWellFormed(not_one)),
    };
    let map = parts.text("map", MAP_BYTES).await?;
    let mut map: BTreeMap<String, Vec<String>> = serde_json::from_str(&map)
        .map_err(|_| RequestError::NotWellFormed("`map` must be an object of lists of paths"))?;
    if map.len() > MOST_WITH_A_REQUEST {
        return Err(RequestError::NotWellFormed("10 files at most come with a request"));
    }
    let mut uploads = Uploads::default();
    while !map.is_empty() {
        let Some(mut field) = parts.next().await? else {
            return Err(RequestError::NotWellFormed("a file that `map` names doesn't come"));
        };
        let paths = field.name().and_then(|name| map.remove(name)).ok_or(ORDER)?;
        let upload = parts.file(&mut field, spool).await?;
        for path in paths {
            put(&mut operations, &path, upload.name())?;
        }
        uploads.0.push(upload);
    }
    if parts.next().await?.is_some() {
        return Err(RequestError::NotWellFormed("there is a file that `map` doesn't name"));
    }
    Parameters::from_fields(operations, Method::Post).map(|parameters| (parameters, uploads))
}

/// Puts the name of a file in the place of a null.
fn put(operations: &mut Map<String, Value>, path: &str, name: String) -> Result<(), RequestError> {
    let wrong = RequestError::NotWellFormed("a path in `map` leads to no null in `variables`");
    let mut steps = path.split('.');
    if steps.next() != Some("variables") {
        return Err(wrong);
    }
    let mut place = operations.get_mut("variables").ok_or(wrong)?;
    for step in steps {
        place = match place {
            Value::Object(fields) => fields.get_mut(step),
            Value::Array(items) => step.parse::<usize>().ok().and_then(|index| items.get_mut(index)),
            _ => None,
        }
        .ok_or(wrong)?;
    }
    if !place.is_null() {
        return Err(wrong);
    }
    *place = Value::String(name);
    Ok(())
}

/// The body's bytes, as long as something becomes of them.
fn bounded(
    body: Body,
    untold: Arc<AtomicUsize>,
) -> impl Stream<Item = Result<Bytes, std::io::Error>> + Send + 'static {
    body.into_data_stream().map(move |piece| {
        let piece = piece.map_err(std::io::Error::other)?;
        if untold.fetch_add(piece.len(), Ordering::Relaxed) > UNTOLD_BYTES {
            return Err(std::io::Error::other("too much of a body is of no part"));
        }
        Ok(piece)
    })
}

struct Parts {
    multipart: Multipart<'static>,
    untold: Arc<AtomicUsize>,
    longest_stall: Duration,
}

impl Parts {
    async fn next(&mut self) -> Result<Option<Field<'static>>, RequestError> {
        self.untold.store(0, Ordering::Relaxed);
        let next = tokio::time::timeout(self.longest_stall, self.multipart.next_field());
        next.await.map_err(|_| RequestError::Timeout)?.map_err(|_| BROKEN)
    }

    async fn piece(&self, field: &mut Field<'static>) -> Result<Option<Bytes>, RequestError> {
        self.untold.store(0, Ordering::Relaxed);
        let piece = tokio::time::timeout(self.longest_stall, field.chunk());
        piece.await.map_err(|_| RequestError::Timeout)?.map_err(|_| BROKEN)
    }

    /// The text of the next part, which has to be this one.
    async fn text(&mut self, name: &str, most: usize) -> Result<String, RequestError> {
        let mut field = self.next().await?.filter(|field| field.name() == Some(name)).ok_or(ORDER)?;
        let mut bytes = Vec::new();
        while let Some(piece) = self.piece(&mut field).await? {
            if bytes.len() + piece.len() > most {
                return Err(RequestError::PayloadTooLarge);
            }
            bytes.extend_from_slice(&piece);
        }
        String::from_utf8(bytes).map_err(|_| RequestError::NotWellFormed("the body is not valid UTF-8"))
    }

    async fn file(&self, field: &mut Field<'static>, spool: &Spool) -> Result<Upload, RequestError> {
        let said = field.content_type().map(|kind| kind.essence_str().to_owned());
        // Many programs call every file the same; then its name tells what its sender takes it for.
        let declared = said
            .filter(|kind| kind != "application/octet-stream")
            .or_else(|| field.file_name().and_then(media_type_by_file_name).map(str::to_owned));
        let mut spooling = spool.begin().await.map_err(failed)?;
        while let Some(piece) = self.piece(field).await? {
            spooling.write(&piece).await.map_err(failed)?;
        }
        Ok(Upload { declared, file: Arc::new(spooling.finish().await.map_err(failed)?) })
    }

    /// Lets the client finish sending what was refused, so far as that is small and quick: many read
    /// no answer before.
    async fn discard(&mut self) {
        let rest = async {
            let mut seen = 0;
            while let Ok(Some(mut field)) = self.next().await {
                while let Ok(Some(piece)) = self.piece(&mut field).await {
                    seen += piece.len();
                    if seen > DISCARDED_BYTES {
                        return;
                    }
                }
            }
        };
        // Whoever sends more, or slowly, has the connection closed.
        let _ = tokio::time::timeout(DISCARD_TIME, rest).await;
    }
}

/// What is said of a file that can't be received.
pub fn failed(error: SpoolError) -> RequestError {
    match error {
        SpoolError::TooLarge => RequestError::PayloadTooLarge,
        SpoolError::Io(error) => {
            tracing::error!(%error, "a file can't be received");
            RequestError::Busy
        }
    }
}
