//! What a write gives back, and how the outcome of a mutation is kept for its repetition.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::read::viewer::Viewer;

/// What a write did, as far as its payload shows it. The record itself is read back through the
/// read path, as the viewer sees it then.
#[derive(Clone, Debug, Default)]
pub struct Written {
    /// The id of the payload's record.
    pub record: Option<String>,
    /// Other values of the payload by field name, such as a secret that is shown once.
    pub extras: Map<String, Value>,
    /// As whom the payload is read where that has changed: who signs in wasn't known before.
    pub read_as: Option<Viewer>,
}

impl Written {
    /// A record.
    #[must_use]
    pub fn record(id: impl Into<String>) -> Self {
        Self { record: Some(id.into()), ..Self::default() }
    }

    /// With one more value of the payload.
    #[must_use]
    pub fn with(mut self, field: &'static str, value: impl Into<Value>) -> Self {
        self.extras.insert(field.to_owned(), value.into());
        self
    }

    /// With the payload read as somebody else.
    #[must_use]
    pub fn read_as(mut self, viewer: Viewer) -> Self {
        self.read_as = Some(viewer);
        self
    }
}

/// The outcome of a mutation that was done before under the same `mutationId`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Replay {
    record: Option<String>,
    extras: Map<String, Value>,
}

impl From<&Written> for Replay {
    fn from(written: &Written) -> Self {
        Self { record: written.record.clone(), extras: written.extras.clone() }
    }
}

impl From<Replay> for Written {
    fn from(replay: Replay) -> Self {
        Self { record: replay.record, extras: replay.extras, read_as: None }
    }
}
