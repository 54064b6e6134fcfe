//! Introductions: one asks, the other answers, and both choose what they show.

use crate::time::Timestamp;
use crate::transition::ForbiddenTransition;

crate::closed_set! {
    /// How an introduction stands. Won't grow.
    pub enum IntroductionStatus {
        /// Asked for; the other side hasn't answered yet. Asking is the requester's acceptance.
        Requested = "REQUESTED",
        /// Both accepted, and each sees what the other chose to show.
        Connected = "CONNECTED",
        /// The other side declined.
        Declined = "DECLINED",
        /// Nobody answered within 30 days.
        Expired = "EXPIRED",
    }
}

crate::closed_set! {
    /// What can happen to an introduction. May grow.
    pub enum IntroductionAction {
        /// The other side accepts.
        Accept = "ACCEPT",
        /// The other side declines.
        Decline = "DECLINE",
        /// The time for an answer is over.
        Expire = "EXPIRE",
    }
}

crate::closed_set! {
    /// A side of an introduction. Won't grow.
    pub enum IntroductionSide {
        /// The one who asked.
        Requester = "REQUESTER",
        /// The one whose card it is.
        Contact = "CONTACT",
    }
}

/// For how many days a request waits for its answer.
pub const ANSWER_DAYS: i64 = 30;

impl IntroductionStatus {
    /// The status after the action.
    pub fn apply(self, action: IntroductionAction) -> Result<Self, ForbiddenTransition> {
        use IntroductionAction as Act;
        match (self, action) {
            (Self::Requested, Act::Accept) => Ok(Self::Connected),
            (Self::Requested, Act::Decline) => Ok(Self::Declined),
            (Self::Requested, Act::Expire) => Ok(Self::Expired),
            _ => Err(ForbiddenTransition::new(self, action)),
        }
    }

    /// The status at an instant: a request whose time is over counts as EXPIRED, whether or not the
    /// row has been changed yet.
    #[must_use]
    pub fn at(self, now: Timestamp, expires: Timestamp) -> Self {
        if self == Self::Requested && expires <= now { Self::Expired } else { self }
    }
}

/// When a request made now expires.
#[must_use]
pub const fn expires(requested: Timestamp) -> Timestamp {
    requested.plus_days(ANSWER_DAYS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::closed_set::ClosedSet;

    #[test]
    fn an_introduction_is_answered_once() {
        use IntroductionAction as Act;
        use IntroductionStatus as S;
        let allowed = [
            (S::Requested, Act::Accept, S::Connected),
            (S::Requested, Act::Decline, S::Declined),
            (S::Requested, Act::Expire, S::Expired),
        ];
        crate::transition::tests::exactly(&allowed, S::apply);
    }

    #[test]
    fn only_an_unanswered_request_expires() {
        let asked = Timestamp::from_micros(0);
        let end = expires(asked);
        assert_eq!(end, asked.plus_days(30));
        for status in IntroductionStatus::MEMBERS.iter().map(|m| m.value) {
            assert_eq!(status.at(asked, end), status);
            let later = status.at(end, end);
            if status == IntroductionStatus::Requested {
                assert_eq!(later, IntroductionStatus::Expired);
            } else {
                assert_eq!(later, status);
            }
        }
    }
}
