//! Lessons, versions, review, endorsement, replication.

pub mod content;
pub mod missing;
pub mod replication;
pub mod version;

pub use content::{Attribution, ContributorPart, Outcome, TextOrigin};
pub use missing::{MissingField, VersionContent, missing_for_submission};
pub use replication::{ReplicationAction, ReplicationConclusion, ReplicationStatus};
pub use version::{LessonStatus, ReviewEntryKind, VersionAction, VersionState};
