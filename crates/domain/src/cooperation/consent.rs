//! Consent to show contact details.

use crate::time::Timestamp;

crate::closed_set! {
    /// To whom a consent opens contact details. Won't grow.
    pub enum ConsentAudience {
        /// One person, as by an introduction.
        Person = "PERSON",
        /// One organisation: its people, and its API tokens with the scope for details.
        Organisation = "ORGANISATION",
        /// Everyone with an active membership. Doesn't reach API tokens.
        Members = "MEMBERS",
        /// Everyone who is signed in. Doesn't reach API tokens.
        Everyone = "EVERYONE",
    }
}

crate::closed_set! {
    /// Many at once, to whom a consent opens contact details. Doesn't reach API tokens. Won't grow.
    pub enum ConsentGroup {
        /// Everyone with an active membership.
        Members = "MEMBERS",
        /// Everyone who is signed in.
        Everyone = "EVERYONE",
    }
}

crate::closed_set! {
    /// Whether a consent opens anything now. Derived from its end and its withdrawal. Won't grow.
    pub enum ConsentStatus {
        /// It opens the details that it names.
        Current = "CURRENT",
        /// Its time is over.
        Expired = "EXPIRED",
        /// It was withdrawn.
        Withdrawn = "WITHDRAWN",
    }
}

/// For how many days a consent holds unless another end is named: 12 months.
pub const DEFAULT_DAYS: i64 = 365;

/// For how many days a consent may hold at most: 5 years. Who wants longer is asked again.
pub const LONGEST_DAYS: i64 = 5 * 365;

/// Why an end isn't accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConsentEndError {
    /// It would have ended already.
    #[error("a consent has to end in the future")]
    Past,
    /// More than [`LONGEST_DAYS`] away.
    #[error("a consent can hold for {LONGEST_DAYS} days at most")]
    TooFar,
}

/// When a consent given now ends.
pub fn ends(now: Timestamp, wished: Option<Timestamp>) -> Result<Timestamp, ConsentEndError> {
    match wished {
        None => Ok(now.plus_days(DEFAULT_DAYS)),
        Some(end) if end <= now => Err(ConsentEndError::Past),
        Some(end) if end > now.plus_days(LONGEST_DAYS) => Err(ConsentEndError::TooFar),
        Some(end) => Ok(end),
    }
}

/// Whether a consent opens anything at this instant.
#[must_use]
pub fn holds(now: Timestamp, expires: Timestamp, withdrawn: Option<Timestamp>) -> bool {
    withdrawn.is_none() && now < expires
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_micros(1_800_000_000_000_000);

    #[test]
    fn a_consent_ends_after_twelve_months_unless_said() {
        assert_eq!(ends(NOW, None), Ok(NOW.plus_days(365)));
        assert_eq!(ends(NOW, Some(NOW.plus_days(30))), Ok(NOW.plus_days(30)));
        assert_eq!(ends(NOW, Some(NOW)), Err(ConsentEndError::Past));
        assert_eq!(ends(NOW, Some(NOW.plus_days(LONGEST_DAYS))), Ok(NOW.plus_days(LONGEST_DAYS)));
        assert_eq!(ends(NOW, Some(NOW.plus_days(LONGEST_DAYS + 1))), Err(ConsentEndError::TooFar));
    }

    #[test]
    fn a_consent_holds_until_its_end_and_not_once_withdrawn() {
        let end = NOW.plus_days(1);
        assert!(holds(NOW, end, None));
        assert!(!holds(end, end, None));
        assert!(!holds(NOW, end, Some(NOW)));
    }
}
