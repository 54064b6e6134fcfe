//! Times as the protocol has them: in UTC, to the second or to the day.

use maip_api::Timestamp;

use super::problem::Problem;

/// A time of the API, to the second.
pub fn seconds(instant: &str) -> String {
    // As the API writes it, the seconds end after 19 characters.
    format!("{}Z", instant.get(..19).unwrap_or(instant))
}

/// One end of a span.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bound {
    /// Its first instant.
    pub begins: Timestamp,
    /// Whether it is a whole day, else it is a second.
    pub is_day: bool,
}

impl Bound {
    /// The first instant after it; none after the last year that has four digits.
    pub fn ends(self) -> Option<Timestamp> {
        const LAST: Timestamp = Timestamp::from_micros(253_402_300_799_999_999);
        let end = if self.is_day { self.begins.plus_days(1) } else { self.begins.plus_seconds(1) };
        Some(end).filter(|end| *end <= LAST)
    }
}

/// Reads `from` or `until`.
pub fn bound(text: &str) -> Result<Bound, Problem> {
    const WRONG: Problem = Problem::BadArgument("a date is of the form YYYY-MM-DD or YYYY-MM-DDThh:mm:ssZ");
    let read = |text: &str| Timestamp::parse_rfc3339(text).ok_or(WRONG);
    // The one form that has so many characters and these at their places.
    let whole = text.is_ascii() && text.len() == 20 && text.ends_with('Z') && text.get(10..11) == Some("T");
    if whole {
        Ok(Bound { begins: read(text)?, is_day: false })
    } else if text.is_ascii() && text.len() == 10 {
        Ok(Bound { begins: read(&format!("{text}T00:00:00Z"))?, is_day: true })
    } else {
        Err(WRONG)
    }
}
