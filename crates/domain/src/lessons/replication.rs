//! Tries of a lesson elsewhere.

use super::content::Outcome;
use crate::transition::ForbiddenTransition;

crate::closed_set! {
    /// How far the try of a lesson in another place has come. Won't grow.
    pub enum ReplicationStatus {
        /// Planned.
        Planned = "PLANNED",
        /// Being tried.
        Trial = "TRIAL",
        /// Concluded: taken over as it is.
        Adopted = "ADOPTED",
        /// Concluded: taken over with changes.
        Adapted = "ADAPTED",
        /// Concluded: given up.
        Abandoned = "ABANDONED",
        /// Concluded, and someone else has checked what is said about it.
        Verified = "VERIFIED",
    }
}

crate::closed_set! {
    /// How the try of a lesson was concluded. Won't grow.
    pub enum ReplicationConclusion {
        /// Taken over as it is.
        Adopted = "ADOPTED",
        /// Taken over with changes.
        Adapted = "ADAPTED",
        /// Given up.
        Abandoned = "ABANDONED",
    }
}

crate::closed_set! {
    /// What can happen to the try of a lesson. May grow.
    pub enum ReplicationAction {
        /// Say what was seen so far: the first time it begins with that.
        RecordTrial = "RECORD_TRIAL",
        /// Conclude: taken over as it is.
        Adopt = "ADOPT",
        /// Conclude: taken over with changes.
        Adapt = "ADAPT",
        /// Conclude: given up.
        Abandon = "ABANDON",
        /// Someone else has checked it.
        Verify = "VERIFY",
    }
}

impl ReplicationStatus {
    /// The status after the action.
    pub fn apply(self, action: ReplicationAction) -> Result<Self, ForbiddenTransition> {
        use ReplicationAction as Act;
        match (self, action) {
            (Self::Planned | Self::Trial, Act::RecordTrial) => Ok(Self::Trial),
            (Self::Planned | Self::Trial, Act::Adopt) => Ok(Self::Adopted),
            (Self::Planned | Self::Trial, Act::Adapt) => Ok(Self::Adapted),
            (Self::Planned | Self::Trial, Act::Abandon) => Ok(Self::Abandoned),
            (Self::Adopted | Self::Adapted | Self::Abandoned, Act::Verify) => Ok(Self::Verified),
            _ => Err(ForbiddenTransition::new(self, action)),
        }
    }

    /// The status after the conclusion. What is concluded has an outcome, so it is asked for here:
    /// something given up may still have worked in part.
    pub fn conclude(
        self,
        conclusion: ReplicationConclusion,
        outcome: Option<Outcome>,
    ) -> Result<(Self, Outcome), ConclusionError> {
        let outcome = outcome.ok_or(ConclusionError::OutcomeMissing)?;
        let action = match conclusion {
            ReplicationConclusion::Adopted => ReplicationAction::Adopt,
            ReplicationConclusion::Adapted => ReplicationAction::Adapt,
            ReplicationConclusion::Abandoned => ReplicationAction::Abandon,
        };
        Ok((self.apply(action)?, outcome))
    }

    /// Whether it is concluded, and so has an outcome.
    #[must_use]
    pub const fn is_concluded(self) -> bool {
        !matches!(self, Self::Planned | Self::Trial)
    }
}

/// Why a replication isn't concluded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConclusionError {
    /// It isn't said whether it worked.
    #[error("an outcome is required to conclude a replication")]
    OutcomeMissing,
    /// It is concluded already.
    #[error(transparent)]
    Forbidden(#[from] ForbiddenTransition),
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::closed_set::ClosedSet;
    use ReplicationAction as Act;
    use ReplicationStatus as S;

    #[test]
    fn a_replication_does_exactly_the_steps_of_its_table() {
        let allowed = [
            (S::Planned, Act::RecordTrial, S::Trial),
            (S::Planned, Act::Adopt, S::Adopted),
            (S::Planned, Act::Adapt, S::Adapted),
            (S::Planned, Act::Abandon, S::Abandoned),
            (S::Trial, Act::RecordTrial, S::Trial),
            (S::Trial, Act::Adopt, S::Adopted),
            (S::Trial, Act::Adapt, S::Adapted),
            (S::Trial, Act::Abandon, S::Abandoned),
            (S::Adopted, Act::Verify, S::Verified),
            (S::Adapted, Act::Verify, S::Verified),
            (S::Abandoned, Act::Verify, S::Verified),
        ];
        crate::transition::tests::exactly(&allowed, S::apply);
    }

    #[test]
    fn a_conclusion_needs_an_outcome_and_happens_once() {
        for status in S::MEMBERS.iter().map(|m| m.value) {
            for conclusion in ReplicationConclusion::MEMBERS {
                assert_eq!(status.conclude(conclusion.value, None), Err(ConclusionError::OutcomeMissing));
                for outcome in Outcome::MEMBERS.iter().map(|m| m.value) {
                    match status.conclude(conclusion.value, Some(outcome)) {
                        Ok((to, kept)) => {
                            assert!(!status.is_concluded() && to.is_concluded());
                            assert_eq!((to.code(), kept), (conclusion.code, outcome));
                        }
                        Err(error) => {
                            assert!(matches!(error, ConclusionError::Forbidden(_)) && status.is_concluded());
                        }
                    }
                }
            }
        }
    }
}
