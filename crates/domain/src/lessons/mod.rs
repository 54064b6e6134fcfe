//! Lessons, versions, their files, review, endorsement, replication, translation.

pub mod attachment;
pub mod content;
pub mod media_type;
pub mod missing;
pub mod replication;
pub mod translation;
pub mod version;

pub use attachment::{
    AttachmentAction, AttachmentKind, AttachmentLimits, AttachmentRefusal, AttachmentState, PeopleShown,
};
pub use content::{Attribution, ContributorPart, Outcome, TextOrigin};
pub use media_type::MediaType;
pub use missing::{MissingField, VersionContent, missing_for_submission};
pub use replication::{ReplicationAction, ReplicationConclusion, ReplicationStatus};
pub use translation::{
    LessonPart, TranslationAction, TranslationOrigin, TranslationRequestAction, TranslationRequestStatus,
    TranslationStatus,
};
pub use version::{LessonStatus, ReviewEntryKind, VersionAction, VersionState};
