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

/// So many requests of one person can wait for an answer at a time.
pub const MOST_OPEN: u64 = 20;

/// So many requests can one person make in 24 hours, so that the directory isn't harvested.
pub const MOST_A_DAY: u64 = 10;

/// For how many days a card can't be asked again by who was declined.
pub const COOL_DOWN_DAYS: i64 = 30;

/// What a person has asked for so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// Whether a request to the same card waits for its answer.
    pub open_to_card: bool,
    /// When the owner of the same card last declined.
    pub declined: Option<Timestamp>,
    /// How many requests wait for an answer, to whichever card.
    pub open: u64,
    /// How many were made in the last 24 hours, however they stand.
    pub last_day: u64,
}

/// Why someone can't ask now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AskError {
    /// One to the same card is open.
    #[error("a request of yours to this card waits for its answer already")]
    AlreadyOpen,
    /// Declined lately.
    #[error("the other side declined lately: wait {COOL_DOWN_DAYS} days before you ask again")]
    CoolDown,
    /// Too many wait for an answer.
    #[error("{MOST_OPEN} requests of yours wait for an answer, which is the most")]
    TooManyOpen,
    /// Too many in a day.
    #[error("{MOST_A_DAY} requests a day are the most: go on tomorrow")]
    TooManyToday,
}

/// Whether someone can ask now.
pub fn may_ask(now: Timestamp, asked: &Asked) -> Result<(), AskError> {
    if asked.open_to_card {
        Err(AskError::AlreadyOpen)
    } else if asked.declined.is_some_and(|at| now < at.plus_days(COOL_DOWN_DAYS)) {
        Err(AskError::CoolDown)
    } else if asked.open >= MOST_OPEN {
        Err(AskError::TooManyOpen)
    } else if asked.last_day >= MOST_A_DAY {
        Err(AskError::TooManyToday)
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::closed_set::ClosedSet;

    #[test]
    fn asking_is_bounded() {
        let now = Timestamp::from_micros(1_800_000_000_000_000);
        let asked = Asked { open: MOST_OPEN - 1, last_day: MOST_A_DAY - 1, ..Asked::default() };
        assert_eq!(may_ask(now, &asked), Ok(()));
        assert_eq!(may_ask(now, &Asked { open_to_card: true, ..asked }), Err(AskError::AlreadyOpen));
        let declined = |days: i64| Asked { declined: Some(now.plus_days(-days)), ..asked };
        assert_eq!(may_ask(now, &declined(COOL_DOWN_DAYS - 1)), Err(AskError::CoolDown));
        assert_eq!(may_ask(now, &declined(COOL_DOWN_DAYS)), Ok(()));
        assert_eq!(may_ask(now, &Asked { open: MOST_OPEN, ..asked }), Err(AskError::TooManyOpen));
        assert_eq!(may_ask(now, &Asked { last_day: MOST_A_DAY, ..asked }), Err(AskError::TooManyToday));
    }

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
