//! The stages of a platform.

use crate::closed_set::ClosedSet;
use crate::transition::ForbiddenTransition;

crate::closed_set! {
    /// Where a platform stands in the cycle of an innovation platform, from PROPOSED to CLOSED in the order of these values; DORMANT is outside of it. Won't grow.
    pub enum PlatformStage {
        /// Proposed; the actors aren't committed yet.
        Proposed = "PROPOSED",
        /// The actors are coming together and commit themselves.
        Commitment = "COMMITMENT",
        /// The actors agree on what they want to reach.
        Visioning = "VISIONING",
        /// They find out which capacities and means are lacking.
        NeedsAssessment = "NEEDS_ASSESSMENT",
        /// They plan who does what.
        ActionPlanning = "ACTION_PLANNING",
        /// They carry the plan out.
        Implementing = "IMPLEMENTING",
        /// What works is carried to more places.
        Scaling = "SCALING",
        /// Ended for good. Its records stay readable, and nothing new is added.
        Closed = "CLOSED",
        /// Asleep. It returns to the stage that it left, or is closed.
        Dormant = "DORMANT",
    }
}

impl PlatformStage {
    /// The stage that follows in the cycle; none after CLOSED, and none for DORMANT.
    #[must_use]
    pub const fn next(self) -> Option<Self> {
        match self {
            Self::Proposed => Some(Self::Commitment),
            Self::Commitment => Some(Self::Visioning),
            Self::Visioning => Some(Self::NeedsAssessment),
            Self::NeedsAssessment => Some(Self::ActionPlanning),
            Self::ActionPlanning => Some(Self::Implementing),
            Self::Implementing => Some(Self::Scaling),
            Self::Scaling => Some(Self::Closed),
            Self::Closed | Self::Dormant => None,
        }
    }

    /// Whether it takes new members, and takes suspended ones back.
    #[must_use]
    pub const fn takes_members(self) -> bool {
        !matches!(self, Self::Closed)
    }
}

/// The stage of a platform with the memory of the one from which it went to sleep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlatformCycle {
    /// The present stage.
    pub stage: PlatformStage,
    /// The stage to which a dormant platform returns; nothing for any other.
    pub before_dormant: Option<PlatformStage>,
}

impl PlatformCycle {
    /// A new platform.
    pub const START: Self = Self { stage: PlatformStage::Proposed, before_dormant: None };

    /// Whether the platform may go to that stage: one step forward; to sleep unless it is closed;
    /// from sleep to the stage that it left, or to its end.
    #[must_use]
    pub fn allows(self, to: PlatformStage) -> bool {
        match (self.stage, to) {
            (PlatformStage::Dormant, PlatformStage::Closed) => true,
            (PlatformStage::Dormant, PlatformStage::Dormant) => false,
            (PlatformStage::Dormant, _) => self.before_dormant == Some(to),
            (from, PlatformStage::Dormant) => from != PlatformStage::Closed,
            (from, _) => from.next() == Some(to),
        }
    }

    /// The stages to which it may go from here, for a frontend to offer.
    #[must_use]
    pub fn open(self) -> Vec<PlatformStage> {
        PlatformStage::MEMBERS.iter().map(|m| m.value).filter(|to| self.allows(*to)).collect()
    }

    /// Goes to that stage.
    pub fn go_to(self, to: PlatformStage) -> Result<Self, ForbiddenTransition> {
        if !self.allows(to) {
            return Err(ForbiddenTransition::new(self.stage, to));
        }
        let before_dormant = (to == PlatformStage::Dormant).then_some(self.stage);
        Ok(Self { stage: to, before_dormant })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use PlatformStage as S;

    const CYCLE: [PlatformStage; 8] = [
        S::Proposed,
        S::Commitment,
        S::Visioning,
        S::NeedsAssessment,
        S::ActionPlanning,
        S::Implementing,
        S::Scaling,
        S::Closed,
    ];

    #[test]
    fn awake_it_goes_one_step_forward_or_to_sleep_and_nowhere_else() {
        for (place, from) in CYCLE.into_iter().enumerate() {
            let cycle = PlatformCycle { stage: from, before_dormant: None };
            for to in S::MEMBERS.iter().map(|m| m.value) {
                let forward = CYCLE.get(place + 1) == Some(&to);
                let asleep = to == S::Dormant && from != S::Closed;
                assert_eq!(cycle.allows(to), forward || asleep, "{from:?} to {to:?}");
                assert_eq!(cycle.go_to(to).is_ok(), forward || asleep, "{from:?} to {to:?}");
            }
        }
    }

    #[test]
    fn asleep_it_returns_to_the_stage_that_it_left_or_ends() {
        for left in CYCLE.into_iter().filter(|s| *s != S::Closed) {
            let asleep = PlatformCycle { stage: left, before_dormant: None }.go_to(S::Dormant).unwrap();
            assert_eq!(asleep, PlatformCycle { stage: S::Dormant, before_dormant: Some(left) });
            for to in S::MEMBERS.iter().map(|m| m.value) {
                let expected = to == left || to == S::Closed;
                assert_eq!(asleep.allows(to), expected, "asleep since {left:?}, to {to:?}");
            }
            assert_eq!(asleep.go_to(left), Ok(PlatformCycle { stage: left, before_dormant: None }));
        }
    }

    #[test]
    fn asleep_without_a_memory_it_can_only_end() {
        let lost = PlatformCycle { stage: S::Dormant, before_dormant: None };
        assert_eq!(lost.open(), [S::Closed]);
    }

    #[test]
    fn a_closed_platform_stays_closed() {
        let closed = PlatformCycle { stage: S::Closed, before_dormant: None };
        assert_eq!(closed.open(), []);
        assert_eq!(
            closed.go_to(S::Scaling),
            Err(ForbiddenTransition { subject: "PlatformStage", from: "CLOSED", action: "SCALING" })
        );
    }

    #[test]
    fn the_whole_cycle_can_be_walked() {
        let mut cycle = PlatformCycle::START;
        let mut steps = 0;
        while let Some(next) = cycle.stage.next() {
            cycle = cycle.go_to(next).unwrap();
            steps += 1;
        }
        assert_eq!((cycle.stage, steps), (S::Closed, 7));
    }
}
