//! Ids made by the client: the same again with the same input is the same record.

use std::fmt::Write as _;

use maip_domain::error_code::ErrorCode;
use maip_domain::id::IdError;
use sha2::{Digest as _, Sha256};

use super::error::{UserError, WriteResult};
use super::unit::Unit;
use crate::crypto::Keyring;
use crate::read::declare::Entity;
use crate::read::inquiry::{Answers, ClaimAsked, Inquiry};

/// A digest of a mutation's normalised input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Digest(String);

impl Digest {
    /// Of a JSON value, whatever the order of its keys.
    #[must_use]
    pub fn of(value: &serde_json::Value) -> Self {
        let mut text = String::new();
        canonical(value, &mut text);
        let mut hex = String::with_capacity(64);
        for byte in Sha256::digest(text.as_bytes()) {
            // Writing to a string can't fail.
            let _ = write!(hex, "{byte:02x}");
        }
        Self(hex)
    }

    /// Of the input of something new, as it is understood: what is null or an empty text is as good
    /// as left out, and white space at the ends of a text and the kind of its line breaks don't
    /// count, since none of it is kept.
    #[must_use]
    pub fn of_new(value: &serde_json::Value) -> Self {
        Self::of(&understood(value))
    }

    /// The same under this installation's key; only such a digest may be stored.
    #[must_use]
    pub(super) fn keyed(&self, keyring: &Keyring) -> Self {
        Self(keyring.input_digest(&self.0))
    }

    /// The text, as stored.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Bound to whoever sent it: what one account made, another can't make again.
    pub(super) fn bound_to(&self, who: &str) -> String {
        Self::of(&serde_json::json!([who, self.0])).0
    }
}

fn understood(value: &serde_json::Value) -> serde_json::Value {
    use serde_json::Value;

    match value {
        Value::Object(map) => {
            let kept = map.iter().map(|(key, value)| (key.clone(), understood(value)));
            Value::Object(kept.filter(|(_, value)| !value.is_null()).collect())
        }
        Value::Array(items) => items.iter().map(understood).collect(),
        Value::String(text) => match text.trim() {
            "" => Value::Null,
            text => text.replace("\r\n", "\n").into(),
        },
        plain => plain.clone(),
    }
}

fn canonical(value: &serde_json::Value, out: &mut String) {
    match value {
        serde_json::Value::Object(map) => {
            let mut keys: Vec<_> = map.keys().collect();
            keys.sort_unstable();
            out.push('{');
            for key in keys {
                let _ = write!(out, "{}:", serde_json::Value::from(key.as_str()));
                canonical(&map[key.as_str()], out);
                out.push(',');
            }
            out.push('}');
        }
        serde_json::Value::Array(items) => {
            out.push('[');
            for item in items {
                canonical(item, out);
                out.push(',');
            }
            out.push(']');
        }
        plain => {
            let _ = write!(out, "{plain}");
        }
    }
}

/// What becomes of an id that a client made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claim {
    /// For a new record.
    New(Claimed),
    /// The record was made before, with the same input: answer it.
    Made(String),
}

/// The id of a record that is to be made, where nothing else stands against it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "an id that is in use shows when it is taken"]
pub struct Claimed {
    id: String,
    refused: Option<UserError>,
}

impl Claimed {
    /// The id, to ask the policy about the record.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The id, to make the record. To be called when the policy has allowed that: whoever may not make
    /// it learns nothing of the id.
    ///
    /// # Errors
    /// CONFLICT where a record that the viewer sees has the id; where a hidden one has it, the same
    /// as for a malformed id.
    pub fn take(self) -> WriteResult<String> {
        match self.refused {
            None => Ok(self.id),
            Some(error) => Err(error.into()),
        }
    }
}

/// A claim that is made with an inquiry.
#[must_use = "the answers of the inquiry tell what becomes of it"]
pub(crate) struct Claiming<'a> {
    entity: &'static Entity,
    field: &'a str,
    /// The client's id, the digest of the input, and what was asked about them.
    wished: Option<(&'a str, String, ClaimAsked)>,
    fresh: String,
}

impl Unit<'_> {
    /// Claims the id for a new record, or makes one where the client sent none. `field` is the input
    /// field with the id. Whether another record has it is found out here, and said when it is taken.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn claim(
        &self,
        entity: &'static Entity,
        field: &str,
        wished: Option<&str>,
        fresh: String,
    ) -> WriteResult<Claim> {
        let mut inquiry = self.inquiry();
        let claiming = self.claiming(&mut inquiry, entity, field, wished, fresh);
        let answers = inquiry.answers(self.transaction()).await?;
        self.claimed(claiming, &answers).await
    }

    /// The same, in one statement with what else is asked. The id is what the client wished, or else the
    /// fresh one.
    pub(crate) fn claiming<'a>(
        &self,
        inquiry: &mut Inquiry,
        entity: &'static Entity,
        field: &'a str,
        wished: Option<&'a str>,
        fresh: String,
    ) -> Claiming<'a> {
        let wished = wished.map(|id| {
            let digest = self.new_digest().bound_to(self.who());
            let asked = inquiry.claim(entity, id, &digest);
            (id, digest, asked)
        });
        Claiming { entity, field, wished, fresh }
    }

    /// What became of the claim.
    ///
    /// # Errors
    /// Those of the database.
    pub(crate) async fn claimed(&self, claiming: Claiming<'_>, answers: &Answers) -> WriteResult<Claim> {
        let Claiming { entity, field, wished, fresh } = claiming;
        let Some((id, digest, asked)) = wished else {
            return Ok(Claim::New(Claimed { id: fresh, refused: None }));
        };
        let (claimed, taken) = answers.claim(asked)?;
        if !claimed {
            let row = self
                .query_one("SELECT input_digest FROM created_inputs WHERE record_id = $1", [id.into()])
                .await?;
            if row.map(|row| row.try_get_by_index::<String>(0)).transpose()? == Some(digest) {
                return Ok(Claim::Made(id.to_owned()));
            }
        }
        if claimed && !taken {
            return Ok(Claim::New(Claimed { id: id.to_owned(), refused: None }));
        }
        let refused = match self.load(entity, id).await? {
            Some(record) if maip_domain::policy::holds(&entity.policy.read, &record, self.facts()) => {
                Some(UserError::at(field, ErrorCode::Conflict, "the id is in use with another content"))
            }
            _ => Some(UserError::at(field, ErrorCode::InvalidId, IdError::Malformed.to_string())),
        };
        Ok(Claim::New(Claimed { id: id.to_owned(), refused }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_input_of_something_new_is_the_same_however_it_is_written() {
        let a = Digest::of_new(&json!({ "title": "Figs", "texts": ["one\ntwo", null], "empty": [] }));
        for same in [
            json!({ "title": " Figs\t", "texts": ["one\r\ntwo ", ""], "empty": [] }),
            json!({ "title": "Figs", "texts": ["one\ntwo", null], "empty": [], "note": null, "abstract": " " }),
        ] {
            assert_eq!(a, Digest::of_new(&same), "{same}");
        }
        for other in [
            json!({ "title": "Figs", "texts": ["one\ntwo"], "empty": [] }),
            json!({ "title": "Figs", "texts": ["one\ntwo", null] }),
            json!({ "title": "Fi gs", "texts": ["one\ntwo", null], "empty": [] }),
            json!({ "title": "Figs", "texts": ["one\ntwo", null], "empty": [], "open": false }),
        ] {
            assert_ne!(a, Digest::of_new(&other), "{other}");
        }
    }

    #[test]
    fn the_order_of_keys_does_not_matter_and_everything_else_does() {
        let a = Digest::of(&json!({ "title": "Figs", "costs": [1, 2], "note": null }));
        assert_eq!(a, Digest::of(&json!({ "note": null, "costs": [1, 2], "title": "Figs" })));
        for other in [
            json!({ "title": "Fig", "costs": [1, 2], "note": null }),
            json!({ "title": "Figs", "costs": [2, 1], "note": null }),
            json!({ "title": "Figs", "costs": [1, 2] }),
            json!({ "title": "Figs", "costs": [1, 2], "note": "" }),
            json!({ "title": "Figs", "costs": [[1], 2], "note": null }),
        ] {
            assert_ne!(a, Digest::of(&other), "{other}");
        }
    }
}
