//! Files that came with a request.

use std::sync::Arc;

use maip_persistence::files::Spooled;

/// One file of a request by the multipart request specification.
#[derive(Clone, Debug)]
pub struct Upload {
    /// The type that its sender gave.
    pub declared: Option<String>,
    /// The file.
    pub file: Arc<Spooled>,
}

impl Upload {
    /// What stands in its place in the variables: its digest, so that the same file sent again is the
    /// same input.
    #[must_use]
    pub fn name(&self) -> String {
        format!("sha256:{}", self.file.digest)
    }
}

/// The files of a request.
#[derive(Clone, Debug, Default)]
pub struct Uploads(pub Vec<Upload>);

impl Uploads {
    /// The file whose name stands in the variables.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<&Upload> {
        self.0.iter().find(|upload| upload.name() == name)
    }
}
