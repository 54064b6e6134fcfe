//! The states of a lesson's versions, and the status of the lesson that follows from them.

use crate::closed_set::ClosedSet;
use crate::transition::ForbiddenTransition;

crate::closed_set! {
    /// The state of one version of a lesson. Won't grow.
    pub enum VersionState {
        /// Being written.
        Draft = "DRAFT",
        /// Handed in; no reviewer has taken it up yet.
        Submitted = "SUBMITTED",
        /// A reviewer is reading it.
        InReview = "IN_REVIEW",
        /// The reviewer asked the author for changes; it can be edited and handed in again.
        ChangesRequested = "CHANGES_REQUESTED",
        /// Published. It never changes; a revision is a new version.
        Published = "PUBLISHED",
        /// Was published, until a newer version was.
        Superseded = "SUPERSEDED",
        /// Taken back.
        Withdrawn = "WITHDRAWN",
    }
}

crate::closed_set! {
    /// What can happen to a version of a lesson. May grow.
    pub enum VersionAction {
        /// Hand it in for review.
        Submit = "SUBMIT",
        /// Take it up for review.
        StartReview = "START_REVIEW",
        /// Put it back for another reviewer, as when a reviewer's appointment ends.
        ReleaseReview = "RELEASE_REVIEW",
        /// Send it back to its author.
        RequestChanges = "REQUEST_CHANGES",
        /// Publish it.
        Publish = "PUBLISH",
        /// A newer version was published.
        Supersede = "SUPERSEDE",
        /// Take it back.
        Withdraw = "WITHDRAW",
    }
}

crate::closed_set! {
    /// The status of a lesson. Derived from its versions: while a published lesson is revised, it is still PUBLISHED. Won't grow.
    pub enum LessonStatus {
        /// Being written.
        Draft = "DRAFT",
        /// Handed in; no reviewer has taken it up yet.
        Submitted = "SUBMITTED",
        /// A reviewer is reading it.
        InReview = "IN_REVIEW",
        /// The reviewer asked the author for changes.
        ChangesRequested = "CHANGES_REQUESTED",
        /// One of its versions is published.
        Published = "PUBLISHED",
        /// Taken back.
        Withdrawn = "WITHDRAWN",
    }
}

crate::closed_set! {
    /// What an entry in the review thread of a lesson is. May grow.
    pub enum ReviewEntryKind {
        /// A remark.
        Comment = "COMMENT",
        /// The reviewer asked for changes, and says which.
        ChangesRequested = "CHANGES_REQUESTED",
        /// The reviewer published the version.
        Published = "PUBLISHED",
    }
}

impl VersionState {
    /// The state after the action.
    pub fn apply(self, action: VersionAction) -> Result<Self, ForbiddenTransition> {
        use VersionAction as Act;
        match (self, action) {
            (Self::Draft | Self::ChangesRequested, Act::Submit) | (Self::InReview, Act::ReleaseReview) => {
                Ok(Self::Submitted)
            }
            (Self::Submitted, Act::StartReview) => Ok(Self::InReview),
            (Self::InReview, Act::RequestChanges) => Ok(Self::ChangesRequested),
            (Self::InReview, Act::Publish) => Ok(Self::Published),
            (Self::Published, Act::Supersede) => Ok(Self::Superseded),
            (state, Act::Withdraw) if state.is_open() || state == Self::Published => Ok(Self::Withdrawn),
            _ => Err(ForbiddenTransition::new(self, action)),
        }
    }

    /// Whether its text may be changed by its author.
    #[must_use]
    pub const fn is_editable(self) -> bool {
        matches!(self, Self::Draft | Self::ChangesRequested)
    }

    /// Whether it is being worked on. A lesson has at most one such version.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Draft | Self::Submitted | Self::InReview | Self::ChangesRequested)
    }
}

impl LessonStatus {
    /// The status that follows from the states of all versions, oldest first: PUBLISHED as long as
    /// one is, else that of the version being worked on, else WITHDRAWN. A lesson without a version
    /// is a draft with nothing in it.
    #[must_use]
    pub fn derive(versions: &[VersionState]) -> Self {
        if versions.contains(&VersionState::Published) {
            return Self::Published;
        }
        match versions.iter().rev().find(|state| state.is_open()) {
            Some(VersionState::Submitted) => Self::Submitted,
            Some(VersionState::InReview) => Self::InReview,
            Some(VersionState::ChangesRequested) => Self::ChangesRequested,
            None if !versions.is_empty() => Self::Withdrawn,
            _ => Self::Draft,
        }
    }
}

/// The state of the new version when a lesson is revised: one version has to be published, and none
/// being worked on.
pub fn revise(versions: &[VersionState]) -> Result<VersionState, ForbiddenTransition> {
    let status = LessonStatus::derive(versions);
    if status == LessonStatus::Published && !versions.iter().any(|state| state.is_open()) {
        Ok(VersionState::Draft)
    } else {
        Err(ForbiddenTransition { subject: LessonStatus::NAME, from: status.code(), action: "REVISE" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use VersionAction as Act;
    use VersionState as S;

    #[test]
    fn a_version_does_exactly_the_steps_of_its_table() {
        let allowed = [
            (S::Draft, Act::Submit, S::Submitted),
            (S::Draft, Act::Withdraw, S::Withdrawn),
            (S::Submitted, Act::StartReview, S::InReview),
            (S::Submitted, Act::Withdraw, S::Withdrawn),
            (S::InReview, Act::ReleaseReview, S::Submitted),
            (S::InReview, Act::RequestChanges, S::ChangesRequested),
            (S::InReview, Act::Publish, S::Published),
            (S::InReview, Act::Withdraw, S::Withdrawn),
            (S::ChangesRequested, Act::Submit, S::Submitted),
            (S::ChangesRequested, Act::Withdraw, S::Withdrawn),
            (S::Published, Act::Supersede, S::Superseded),
            (S::Published, Act::Withdraw, S::Withdrawn),
        ];
        crate::transition::tests::exactly(&allowed, S::apply);
    }

    #[test]
    fn what_was_published_is_never_edited_again() {
        for state in S::MEMBERS.iter().map(|m| m.value) {
            assert!(!state.is_editable() || state.is_open());
        }
        assert!(!S::Published.is_editable() && !S::Superseded.is_editable() && !S::Withdrawn.is_editable());
        assert!(!S::Submitted.is_editable() && !S::InReview.is_editable());
    }

    #[test]
    fn the_status_of_a_lesson_follows_from_its_versions() {
        for (versions, expected) in [
            (&[][..], LessonStatus::Draft),
            (&[S::Draft], LessonStatus::Draft),
            (&[S::Submitted], LessonStatus::Submitted),
            (&[S::InReview], LessonStatus::InReview),
            (&[S::ChangesRequested], LessonStatus::ChangesRequested),
            (&[S::Published], LessonStatus::Published),
            (&[S::Withdrawn], LessonStatus::Withdrawn),
            (&[S::Published, S::Draft], LessonStatus::Published),
            (&[S::Published, S::InReview], LessonStatus::Published),
            (&[S::Superseded, S::Published], LessonStatus::Published),
            (&[S::Superseded, S::Withdrawn], LessonStatus::Withdrawn),
            (&[S::Published, S::Withdrawn], LessonStatus::Published),
            (&[S::Withdrawn, S::Draft], LessonStatus::Draft),
            (&[S::Superseded, S::Published, S::ChangesRequested], LessonStatus::Published),
        ] {
            assert_eq!(LessonStatus::derive(versions), expected, "{versions:?}");
        }
    }

    #[test]
    fn a_lesson_is_revised_only_while_published_and_not_yet_being_revised() {
        assert_eq!(revise(&[S::Published]), Ok(S::Draft));
        assert_eq!(revise(&[S::Superseded, S::Published]), Ok(S::Draft));
        assert_eq!(revise(&[S::Published, S::Withdrawn]), Ok(S::Draft));
        for versions in [
            &[][..],
            &[S::Draft],
            &[S::Withdrawn],
            &[S::Published, S::Draft],
            &[S::Published, S::InReview],
            &[S::Superseded, S::Withdrawn],
        ] {
            let error = revise(versions).unwrap_err();
            assert_eq!((error.subject, error.action), ("LessonStatus", "REVISE"), "{versions:?}");
        }
    }
}
