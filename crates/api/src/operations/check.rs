//! Checks documents before they are approved.

use maip_persistence::trusted_documents::NewDocument;

use super::{is_digest, is_id, plain_id};
use crate::catalogue::Maip;
use crate::document::Documents;
use crate::document::digest::digest;
use crate::limits::ApiSettings;
use crate::schema::sdl;

/// Holds documents against the schema.
pub struct Checker(Documents);

impl Checker {
    /// For the schema of this version.
    ///
    /// # Errors
    /// Where the declarations make no valid schema, which a test shows before anyone else does.
    pub fn new() -> Result<Self, String> {
        Documents::new(&sdl::<Maip>(), ApiSettings::default()).map(Self)
    }

    /// The document, ready to be approved.
    ///
    /// # Errors
    /// All that is wrong with it, a sentence each.
    pub fn check(&self, id: &str, body: &str) -> Result<NewDocument, Vec<String>> {
        let plain = plain_id(id);
        let digest = digest(body);
        let mut problems = Vec::new();
        if !is_id(&plain) {
            problems.push("an id has 1 to 256 visible characters of ASCII".to_owned());
        } else if is_digest(&plain) && plain != digest {
            problems.push(format!("the id is a SHA-256, but that of the text is {digest}"));
        }
        let document = self.0.get(body).map_err(|failures| {
            problems.extend(failures.into_iter().map(|failure| match failure.locations.first() {
                Some((line, column)) => format!("line {line}, column {column}: {}", failure.message),
                None => failure.message,
            }));
        });
        let Ok(document) = document else { return Err(problems) };
        let operations = &document.executable.operations;
        if operations.is_empty() {
            problems.push("there is no operation in it".to_owned());
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let names: Vec<&str> = operations.named.keys().map(apollo_compiler::Name::as_str).collect();
        let name = if names.is_empty() { "(anonymous)".to_owned() } else { names.join(", ") };
        Ok(NewDocument { id: plain, digest, name, body: body.to_owned() })
    }
}
