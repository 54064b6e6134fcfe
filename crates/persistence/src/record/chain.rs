//! The chain: each audit row's digest covers its content and the digest of its predecessor.
//!
//! A row holds ids, names of fields and salted digests, never a personal value, so all of it is
//! covered; erasing a person takes away the salt and leaves the chain as it is.

use sea_orm::{FromQueryResult, Value};
use sha2::{Digest as _, Sha256};

/// Names this form of the content; another form would get another name.
const FORM: &[u8] = b"maip audit 1";

/// The columns of an [`Entry`].
pub(super) const COLUMNS: &str = "line, id, written, position, digest, created_at, action, actor_account_id, \
    actor_organisation_id, actor_token_id, on_behalf_of_id, subject_type, subject_id, country_code, fields, \
    values_digest, request_id";

/// An audit row as stored.
#[derive(Clone, Debug, FromQueryResult)]
pub(super) struct Entry {
    pub(super) line: i64,
    pub(super) id: String,
    written: i64,
    pub(super) position: Option<i64>,
    pub(super) digest: Option<String>,
    pub(super) created_at: i64,
    action: String,
    actor_account_id: Option<String>,
    actor_organisation_id: Option<String>,
    actor_token_id: Option<String>,
    on_behalf_of_id: Option<String>,
    subject_type: String,
    subject_id: String,
    country_code: Option<String>,
    fields: String,
    values_digest: Option<String>,
    request_id: String,
}

impl Entry {
    /// The digest that the row has at this position, after a predecessor with that digest; the first
    /// row has none before it.
    pub(super) fn sealed_at(&self, position: i64, predecessor: Option<&str>) -> String {
        // Every column by name, so that a new one can't be left out of the seal.
        let Self {
            line,
            id,
            written,
            position: _,
            digest: _,
            created_at,
            action,
            actor_account_id,
            actor_organisation_id,
            actor_token_id,
            on_behalf_of_id,
            subject_type,
            subject_id,
            country_code,
            fields,
            values_digest,
            request_id,
        } = self;
        let mut seal = Sha256::new_with_prefix(FORM);
        for number in [position, *line, *written, *created_at] {
            seal.update(number.to_be_bytes());
        }
        for text in [
            predecessor,
            Some(id),
            Some(action),
            actor_account_id.as_deref(),
            actor_organisation_id.as_deref(),
            actor_token_id.as_deref(),
            on_behalf_of_id.as_deref(),
            Some(subject_type),
            Some(subject_id),
            country_code.as_deref(),
            Some(fields),
            values_digest.as_deref(),
            Some(request_id),
        ] {
            // With its length before it, so that no two rows are the same bytes; absent isn't empty.
            match text {
                None => seal.update([0]),
                Some(text) => {
                    seal.update([1]);
                    seal.update((text.len() as u64).to_be_bytes());
                    seal.update(text);
                }
            }
        }
        hexadecimal(&seal.finalize())
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |value: u8| char::from(DIGITS[usize::from(value & 15)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(*byte)]).collect()
}

/// How far a sequence has come.
#[derive(Clone, Debug, Default, FromQueryResult)]
pub(super) struct Head {
    /// The last position given; 0 before the first.
    pub(super) position: i64,
    /// The digest there, for the audit.
    pub(super) digest: Option<String>,
}

/// Reads the head of a sequence; the values are its name.
pub(super) const READ_HEAD: &str = "SELECT position, digest FROM sequence_heads WHERE name = $1";

/// The sequence of the audit.
pub(super) const AUDIT: &str = "audit";

/// The sequence of the outbox.
pub(super) const OUTBOX: &str = "outbox";

/// Writes the head of a sequence: name, position, digest.
pub(super) const WRITE_HEAD: &str = "INSERT INTO sequence_heads (name, position, digest) VALUES ($1, $2, $3) \
    ON CONFLICT (name) DO UPDATE SET position = excluded.position, digest = excluded.digest";

impl Head {
    /// The values of [`WRITE_HEAD`].
    pub(super) fn values(&self, name: &'static str) -> [Value; 3] {
        [name.into(), self.position.into(), self.digest.clone().into()]
    }
}
