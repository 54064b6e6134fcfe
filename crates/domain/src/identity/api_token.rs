//! How long API tokens hold, and how their secrets overlap.

use crate::time::Timestamp;

/// For how many days a token holds at most, and unless another end is named.
pub const LONGEST_DAYS: i64 = 365;

/// For how many hours the former secret works after a rotation, unless said.
pub const DEFAULT_OVERLAP_HOURS: i64 = 24;

/// For how many hours two secrets can overlap at most: a week.
pub const LONGEST_OVERLAP_HOURS: i64 = 7 * 24;

/// So many usable tokens can an organisation have.
pub const MOST_TOKENS: u64 = 20;

/// So many countries can a token be restricted to; who needs more takes all.
pub const MOST_COUNTRIES: usize = 250;

/// Why an end isn't accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenEndError {
    /// It would have ended already.
    #[error("a token has to end in the future")]
    Past,
    /// More than [`LONGEST_DAYS`] away.
    #[error("a token can hold for {LONGEST_DAYS} days at most")]
    TooFar,
}

/// When a token made now ends.
pub fn ends(now: Timestamp, wished: Option<Timestamp>) -> Result<Timestamp, TokenEndError> {
    match wished {
        None => Ok(now.plus_days(LONGEST_DAYS)),
        Some(end) if end <= now => Err(TokenEndError::Past),
        Some(end) if end > now.plus_days(LONGEST_DAYS) => Err(TokenEndError::TooFar),
        Some(end) => Ok(end),
    }
}

/// Why an overlap isn't accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("two secrets can overlap for 0 to {LONGEST_OVERLAP_HOURS} hours")]
pub struct OverlapError;

/// Until when the former secrets work after a rotation now. With an overlap of no hours they end at
/// once.
pub fn overlap_ends(now: Timestamp, hours: Option<i64>) -> Result<Timestamp, OverlapError> {
    let hours = hours.unwrap_or(DEFAULT_OVERLAP_HOURS);
    if (0..=LONGEST_OVERLAP_HOURS).contains(&hours) {
        Ok(now.plus_seconds(hours * 3600))
    } else {
        Err(OverlapError)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_micros(1_800_000_000_000_000);

    #[test]
    fn a_token_holds_for_a_year_at_most() {
        assert_eq!(ends(NOW, None), Ok(NOW.plus_days(LONGEST_DAYS)));
        assert_eq!(ends(NOW, Some(NOW.plus_days(1))), Ok(NOW.plus_days(1)));
        assert_eq!(ends(NOW, Some(NOW)), Err(TokenEndError::Past));
        assert_eq!(ends(NOW, Some(NOW.plus_days(LONGEST_DAYS).plus_seconds(1))), Err(TokenEndError::TooFar));
    }

    #[test]
    fn two_secrets_overlap_for_a_week_at_most() {
        assert_eq!(overlap_ends(NOW, None), Ok(NOW.plus_seconds(24 * 3600)));
        assert_eq!(overlap_ends(NOW, Some(0)), Ok(NOW));
        assert_eq!(overlap_ends(NOW, Some(168)), Ok(NOW.plus_days(7)));
        assert_eq!(overlap_ends(NOW, Some(169)), Err(OverlapError));
        assert_eq!(overlap_ends(NOW, Some(-1)), Err(OverlapError));
    }
}
