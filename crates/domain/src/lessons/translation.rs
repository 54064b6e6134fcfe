//! Translations of lessons: how far one has come, and the wish for one.

use crate::time::Timestamp;
use crate::transition::ForbiddenTransition;

crate::closed_set! {
    /// Where a translation comes from. Won't grow.
    pub enum TranslationOrigin {
        /// Translated by a person, or by a machine and then read and mended by one.
        Human = "HUMAN",
        /// Translated by a machine alone; show it as such.
        Machine = "MACHINE",
    }
}

crate::closed_set! {
    /// How far a translation has come. Won't grow.
    pub enum TranslationStatus {
        /// Shown to readers; nobody but its translator has read it against the original.
        Unreviewed = "UNREVIEWED",
        /// Shown to readers; someone else has read it against the original and found it right.
        Reviewed = "REVIEWED",
        /// Taken back: readers don't see it.
        Withdrawn = "WITHDRAWN",
    }
}

crate::closed_set! {
    /// What can happen to a translation. May grow.
    pub enum TranslationAction {
        /// Its translator changes what it says: then it has to be reviewed again.
        Revise = "REVISE",
        /// Someone else finds it right.
        Review = "REVIEW",
        /// It is taken back.
        Withdraw = "WITHDRAW",
    }
}

crate::closed_set! {
    /// A part of what a lesson says that a translation may leave out. May grow.
    pub enum LessonPart {
        /// The gist.
        Abstract = "ABSTRACT",
        /// Where and under which circumstances it happened.
        Context = "CONTEXT",
        /// What was to be solved.
        Problem = "PROBLEM",
        /// What was done about it.
        WhatWasDone = "WHAT_WAS_DONE",
        /// What came of it.
        Result = "RESULT",
        /// What helped.
        EnablingConditions = "ENABLING_CONDITIONS",
        /// What hindered.
        HinderingConditions = "HINDERING_CONDITIONS",
        /// Who gained from it.
        WhoGained = "WHO_GAINED",
        /// Who lost by it.
        WhoLost = "WHO_LOST",
    }
}

crate::closed_set! {
    /// How the wish for a translation stands. Won't grow.
    pub enum TranslationRequestStatus {
        /// Nobody works on it.
        Open = "OPEN",
        /// Someone has taken it and works on it. It is OPEN again where nothing comes of that in 14 days.
        Taken = "TAKEN",
        /// There is a translation.
        Done = "DONE",
        /// Nothing came of it within 180 days.
        Lapsed = "LAPSED",
        /// Whoever wished for it took it back.
        Withdrawn = "WITHDRAWN",
    }
}

crate::closed_set! {
    /// What can happen to the wish for a translation. May grow.
    pub enum TranslationRequestAction {
        /// Someone begins to work on it.
        Take = "TAKE",
        /// Who has taken it gives it back.
        Release = "RELEASE",
        /// A translation is there, whoever made it.
        Complete = "COMPLETE",
        /// Its time is over.
        Lapse = "LAPSE",
        /// It is taken back.
        Withdraw = "WITHDRAW",
    }
}

/// For how many days a request stands.
pub const REQUEST_DAYS: i64 = 180;
/// For how many days someone may keep what they have taken.
pub const TAKEN_DAYS: i64 = 14;
/// So many requests of one person, and of one organisation, can stand at a time.
pub const MOST_REQUESTS: u64 = 50;
/// So many requests one person, or one token, can have taken at a time.
pub const MOST_TAKEN: u64 = 100;
/// So many living translations a version of a lesson can have in one language.
pub const MOST_IN_A_LANGUAGE: usize = 5;
/// So many languages a lesson can be translated into.
pub const MOST_OF_A_LESSON: usize = 200;

impl TranslationStatus {
    /// The status after the action.
    pub fn apply(self, action: TranslationAction) -> Result<Self, ForbiddenTransition> {
        use TranslationAction as Act;
        match (self, action) {
            (Self::Unreviewed | Self::Reviewed, Act::Revise) => Ok(Self::Unreviewed),
            (Self::Unreviewed, Act::Review) => Ok(Self::Reviewed),
            (Self::Unreviewed | Self::Reviewed, Act::Withdraw) => Ok(Self::Withdrawn),
            _ => Err(ForbiddenTransition::new(self, action)),
        }
    }
}

impl TranslationRequestStatus {
    /// The status after the action.
    pub fn apply(self, action: TranslationRequestAction) -> Result<Self, ForbiddenTransition> {
        use TranslationRequestAction as Act;
        match (self, action) {
            (Self::Open, Act::Take) => Ok(Self::Taken),
            (Self::Taken, Act::Release) => Ok(Self::Open),
            (Self::Open | Self::Taken, Act::Complete) => Ok(Self::Done),
            (Self::Open | Self::Taken, Act::Lapse) => Ok(Self::Lapsed),
            (Self::Open | Self::Taken, Act::Withdraw) => Ok(Self::Withdrawn),
            _ => Err(ForbiddenTransition::new(self, action)),
        }
    }

    /// The status at an instant, whether or not the row has been changed yet: what was taken and not done in time is
    /// open again, and what nothing came of has lapsed.
    #[must_use]
    pub fn at(self, now: Timestamp, lapses: Timestamp, taken_until: Option<Timestamp>) -> Self {
        match self {
            Self::Open | Self::Taken if lapses <= now => Self::Lapsed,
            Self::Taken if taken_until.is_none_or(|until| until <= now) => Self::Open,
            other => other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use TranslationAction as Act;
    use TranslationRequestAction as Ask;
    use TranslationRequestStatus as R;
    use TranslationStatus as S;

    #[test]
    fn a_translation_does_exactly_the_steps_of_its_table() {
        let allowed = [
            (S::Unreviewed, Act::Revise, S::Unreviewed),
            (S::Unreviewed, Act::Review, S::Reviewed),
            (S::Unreviewed, Act::Withdraw, S::Withdrawn),
            (S::Reviewed, Act::Revise, S::Unreviewed),
            (S::Reviewed, Act::Withdraw, S::Withdrawn),
        ];
        crate::transition::tests::exactly(&allowed, S::apply);
    }

    #[test]
    fn a_request_does_exactly_the_steps_of_its_table() {
        let allowed = [
            (R::Open, Ask::Take, R::Taken),
            (R::Open, Ask::Complete, R::Done),
            (R::Open, Ask::Lapse, R::Lapsed),
            (R::Open, Ask::Withdraw, R::Withdrawn),
            (R::Taken, Ask::Release, R::Open),
            (R::Taken, Ask::Complete, R::Done),
            (R::Taken, Ask::Lapse, R::Lapsed),
            (R::Taken, Ask::Withdraw, R::Withdrawn),
        ];
        crate::transition::tests::exactly(&allowed, R::apply);
    }

    #[test]
    fn what_is_not_done_in_time_is_open_again_and_lapses_in_the_end() {
        let day = |days| Timestamp::from_micros(0).plus_days(days);
        let (lapses, until) = (day(REQUEST_DAYS), Some(day(TAKEN_DAYS)));
        assert_eq!(R::Taken.at(day(1), lapses, until), R::Taken);
        assert_eq!(R::Taken.at(day(TAKEN_DAYS), lapses, until), R::Open);
        assert_eq!(R::Open.at(day(TAKEN_DAYS), lapses, None), R::Open);
        for open in [R::Open, R::Taken] {
            assert_eq!(open.at(day(REQUEST_DAYS), lapses, until), R::Lapsed);
        }
        for ended in [R::Done, R::Lapsed, R::Withdrawn] {
            assert_eq!(ended.at(day(REQUEST_DAYS), lapses, until), ended);
        }
    }
}
