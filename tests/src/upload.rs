//! Requests with files, by the GraphQL multipart request specification.

use serde_json::{Value, json};

use crate::Request;

const BOUNDARY: &str = "a-line-that-is-in-no-file";

/// A file as a form sends it.
#[derive(Clone, Debug)]
pub struct File {
    /// Its name.
    pub name: &'static str,
    /// The type that its sender takes it for.
    pub media_type: &'static str,
    /// Its content.
    pub bytes: Vec<u8>,
}

impl Request {
    /// An operation with one file, which takes the place of the null at `input.file`.
    #[must_use]
    pub fn with_file(query: &str, input: &Value, file: &File) -> Self {
        let operations = json!({ "query": query, "variables": { "input": input } }).to_string();
        let map = json!({ "0": ["variables.input.file"] }).to_string();
        Self::form(&[("operations", &operations), ("map", &map)], Some(file))
            .header("graphql-require-preflight", "1")
    }

    /// A multipart body of these fields and a file named `0`.
    #[must_use]
    pub fn form(fields: &[(&str, &str)], file: Option<&File>) -> Self {
        let mut body = Vec::new();
        for (name, value) in fields {
            body.extend(
                format!("--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
                    .into_bytes(),
            );
        }
        if let Some(File { name, media_type, bytes }) = file {
            body.extend(
                format!(
                    "--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"0\"; filename=\"{name}\"\r\n\
                     content-type: {media_type}\r\n\r\n"
                )
                .into_bytes(),
            );
            body.extend_from_slice(bytes);
            body.extend_from_slice(b"\r\n");
        }
        body.extend(format!("--{BOUNDARY}--\r\n").into_bytes());
        Self::new("POST", "/graphql")
            .header("content-type", format!("multipart/form-data; boundary={BOUNDARY}"))
            .body(body)
    }
}
