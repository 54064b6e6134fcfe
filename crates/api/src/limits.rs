//! How much one request may ask for, checked before anything is executed.

use std::time::Duration;

use maip_domain::lessons::AttachmentLimits;

/// Limits of one request, and the size of the document cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ApiSettings {
    /// The longest document, in bytes.
    pub max_document_bytes: usize,
    /// The most tokens of a document, white space included.
    pub max_tokens: usize,
    /// The deepest nesting of fields.
    pub max_depth: usize,
    /// The most fields, after fragments are spread.
    pub max_fields: usize,
    /// The most fields with an alias.
    pub max_aliases: usize,
    /// The most fields of the root.
    pub max_root_fields: usize,
    /// The most that an operation may cost: roughly the number of records that it can return, where
    /// the sizes of nested lists multiply.
    pub max_cost: u64,
    /// How long an operation may take.
    pub time_limit: Duration,
    /// The most documents that are kept parsed; of texts by their names so many are kept besides.
    pub cached_documents: usize,
    /// The most bytes of documents that are kept parsed; a parsed one takes some twenty times that.
    pub cached_document_bytes: usize,
    /// The longest body of a request, in bytes; the carrier keeps to it, clients are told.
    pub max_body_bytes: usize,
    /// How many requests of one caller are served in a minute; the carrier keeps to it, clients are told.
    pub requests_per_minute: Option<u32>,
    /// How large files may be; the services keep to it, clients are told.
    pub attachments: AttachmentLimits,
    /// Whether clients may ask for the schema itself.
    pub introspection: bool,
    /// Whether only documents are executed that the operator has approved.
    pub trusted_only: bool,
}

impl Default for ApiSettings {
    fn default() -> Self {
        Self {
            max_document_bytes: 64 * 1024,
            max_tokens: 10_000,
            max_depth: 16,
            max_fields: 3_000,
            max_aliases: 100,
            max_root_fields: 50,
            max_cost: 5_000,
            // Longer than a statement waits for a connection, so that an outage is called one.
            time_limit: Duration::from_secs(15),
            cached_documents: 1_000,
            cached_document_bytes: 1024 * 1024,
            max_body_bytes: 1 << 20,
            requests_per_minute: None,
            attachments: AttachmentLimits::default(),
            introspection: true,
            trusted_only: false,
        }
    }
}
