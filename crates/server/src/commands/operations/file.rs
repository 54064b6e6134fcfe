//! Files of documents, as the tools of frontends write them.

use serde::Deserialize;
use serde_json::{Map, Value};

/// What Apollo's manifest calls itself.
const MANIFEST: &str = "apollo-persisted-query-manifest";

/// A document of a file.
#[derive(Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its name.
    pub id: String,
    /// Its text.
    pub body: String,
}

#[derive(Deserialize)]
struct Manifest {
    version: u64,
    operations: Vec<Operation>,
}

#[derive(Deserialize)]
struct Operation {
    id: String,
    body: String,
}

/// The documents of a file; what is wrong with it, where it is none of the two forms.
pub fn read(bytes: &[u8]) -> Result<Vec<Entry>, String> {
    let fields: Map<String, Value> = serde_json::from_slice(bytes)
        .map_err(|error| format!("it must be a JSON object of id and text, or a manifest: {error}"))?;
    let entries = if fields.contains_key("format") { manifest(fields)? } else { map(fields)? };
    if entries.is_empty() { Err("there is no document in it".to_owned()) } else { Ok(entries) }
}

fn manifest(fields: Map<String, Value>) -> Result<Vec<Entry>, String> {
    if fields.get("format").and_then(Value::as_str) != Some(MANIFEST) {
        return Err(format!("`format` must be {MANIFEST:?}"));
    }
    let manifest: Manifest = serde_json::from_value(Value::Object(fields))
        .map_err(|error| format!("it is no {MANIFEST}: {error}"))?;
    if manifest.version != 1 {
        return Err(format!("version {} of the manifest is not known, only 1 is", manifest.version));
    }
    Ok(manifest.operations.into_iter().map(|Operation { id, body }| Entry { id, body }).collect())
}

fn map(fields: Map<String, Value>) -> Result<Vec<Entry>, String> {
    let entries = fields.into_iter().map(|(id, body)| match body {
        Value::String(body) => Ok(Entry { id, body }),
        _ => Err(format!("{id}: the value of each id must be the text of its document")),
    });
    entries.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(text: &str) -> Result<Vec<String>, String> {
        Ok(read(text.as_bytes())?.into_iter().map(|entry| entry.id).collect())
    }

    #[test]
    fn both_forms_are_read() {
        assert_eq!(ids(r#"{"b":"{ b }","a":"{ a }"}"#).unwrap().len(), 2);
        let manifest = r#"{"format":"apollo-persisted-query-manifest","version":1,
            "operations":[{"id":"a","name":"A","type":"query","body":"query A { a }"}]}"#;
        assert_eq!(ids(manifest).unwrap(), ["a"]);
    }

    #[test]
    fn anything_else_is_refused_with_its_reason() {
        for (text, reason) in [
            ("", "must be a JSON object"),
            ("[]", "must be a JSON object"),
            ("{}", "no document"),
            (r#"{"a":1}"#, "a: the value"),
            (r#"{"format":"other"}"#, "`format` must be"),
            (r#"{"format":"apollo-persisted-query-manifest","version":2,"operations":[]}"#, "version 2"),
            (r#"{"format":"apollo-persisted-query-manifest","version":1}"#, "operations"),
        ] {
            let refused = ids(text).unwrap_err();
            assert!(refused.contains(reason), "{text}: {refused}");
        }
    }
}
