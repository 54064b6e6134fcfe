//! Which text a request executes: its own, one that was sent before (automatic persisted queries), or
//! one that an operator has approved (trusted documents).

mod check;

use std::borrow::Cow;
use std::sync::Arc;

use maip_domain::time::Timestamp;
use maip_persistence::cache::Cache;
use maip_persistence::services::Services;
use maip_persistence::trusted_documents;

use crate::document::Documents;
use crate::document::digest::digest;
use crate::errors::{Code, Failure};
use crate::limits::ApiSettings;
use crate::request::{DocumentName, Request};

pub use check::Checker;

/// Longer names are none of ours, and aren't looked up.
pub const LONGEST_ID: usize = 256;
/// For so long an approved document is not looked up again: then one that was removed is refused.
const BELIEVED_SECONDS: i64 = 60;
/// What says that a `documentId` is a digest, in the appendix on persisted documents.
const DIGEST_PREFIX: &str = "sha256:";

/// Texts by name.
pub(crate) struct Operations {
    /// What clients sent with its digest, each node its own: a client whose text is gone sends it again.
    automatic: Cache<String, Arc<str>>,
    /// Approved documents that were looked up, by id and by digest, and until when they are believed.
    trusted: Cache<String, (Arc<str>, Timestamp)>,
    trusted_only: bool,
}

impl Operations {
    pub fn new(settings: &ApiSettings) -> Self {
        Self {
            automatic: Cache::new(settings.cached_documents, settings.cached_document_bytes),
            trusted: Cache::new(settings.cached_documents, settings.cached_document_bytes),
            trusted_only: settings.trusted_only,
        }
    }

    /// The text to execute.
    pub async fn text<'a>(
        &self,
        services: &Services,
        documents: &Arc<Documents>,
        request: &'a Request,
    ) -> Result<Cow<'a, str>, Vec<Failure>> {
        let (text, named) = match (&request.query, &request.document) {
            (Some(text), None) => (text.as_str(), None),
            (Some(text), Some(DocumentName::Digest(digest))) => (text.as_str(), Some(digest)),
            (_, Some(DocumentName::Prepared(prepared))) => return Ok(prepared.text().into()),
            (Some(_), Some(DocumentName::Id(_))) => {
                return Err(one(Failure::bad_input("either `query` or `documentId` can be given, not both")));
            }
            (None, Some(name)) => return self.find(services, name, &request.request_id).await.map_err(one),
            (None, None) => return Err(one(Failure::bad_input("`query` is missing"))),
        };
        // Without either there is no need for it, and most requests are so.
        if named.is_none() && !self.trusted_only {
            return Ok(text.into());
        }
        let digest = digest(text);
        if named.is_some_and(|named| *named != digest) {
            return Err(one(Failure::bad_input("provided sha does not match query")));
        }
        if self.trusted_only {
            let approved = self.approved(services, &digest, &request.request_id).await.map_err(one)?;
            approved.ok_or_else(|| one(not_approved()))?;
        } else {
            // Only what is valid is kept: the place is for what will be asked again.
            documents.fetch(text).await?;
            let bytes = digest.len() + text.len();
            self.automatic.put(digest, text.into(), bytes);
        }
        Ok(text.into())
    }

    async fn find(
        &self,
        services: &Services,
        name: &DocumentName,
        request_id: &str,
    ) -> Result<Cow<'static, str>, Failure> {
        let (sent, name, unknown) = match name {
            // The message is part of the protocol of automatic persisted queries.
            DocumentName::Digest(digest) => (self.automatic.get(digest), digest, "PersistedQueryNotFound"),
            DocumentName::Prepared(prepared) => return Ok(prepared.text().into()),
            DocumentName::Id(id) => (None, id, "there is no document with this id"),
        };
        let text = match sent {
            Some(text) => Some(text),
            None => self.approved(services, name, request_id).await?,
        };
        let text = text.ok_or_else(|| Failure::new(Code::PersistedQueryNotFound, unknown))?;
        Ok(text.to_string().into())
    }

    /// The approved document with this id or digest.
    async fn approved(
        &self,
        services: &Services,
        name: &str,
        request_id: &str,
    ) -> Result<Option<Arc<str>>, Failure> {
        if !is_id(name) {
            return Ok(None);
        }
        let now = services.now();
        if let Some((text, until)) = self.trusted.get(name)
            && until > now
        {
            return Ok(Some(text));
        }
        let found = trusted_documents::find(&services.database, name).await;
        let found = found.map_err(|error| crate::execute::database_failure(&error, request_id))?;
        let Some(text) = found.map(Arc::<str>::from) else { return Ok(None) };
        let until = now.plus_seconds(BELIEVED_SECONDS);
        // The second entry is for the check of the text, where only approved ones are executed.
        for name in [name.to_owned(), digest(&text)] {
            let bytes = name.len() + text.len();
            self.trusted.put(name, (Arc::clone(&text), until), bytes);
        }
        Ok(Some(text))
    }
}

/// Whether a text can be the id of a document: no white space, and nothing that a database refuses.
#[must_use]
pub fn is_id(text: &str) -> bool {
    (1..=LONGEST_ID).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// An id as it is kept: of a digest without the prefix that says so, in small letters.
#[must_use]
pub fn plain_id(id: &str) -> String {
    let bare = id.strip_prefix(DIGEST_PREFIX).unwrap_or(id);
    if is_digest(bare) { bare.to_ascii_lowercase() } else { id.to_owned() }
}

fn is_digest(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn not_approved() -> Failure {
    Failure::new(
        Code::OperationNotAllowed,
        "this server executes only documents that its operator has approved",
    )
}

fn one(failure: Failure) -> Vec<Failure> {
    vec![failure]
}
