//! Country codes.

use std::fmt;
use std::str::FromStr;

/// A country code in the form of ISO 3166-1 alpha-3, such as `MWI`. The form is checked here;
/// whether there is such a country is for the vocabulary to say.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CountryCode([u8; 3]);

/// Not three capital letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a country code of three capital letters (ISO 3166-1 alpha-3)")]
pub struct CountryCodeError;

impl CountryCode {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // Three capital letters are UTF-8.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl FromStr for CountryCode {
    type Err = CountryCodeError;

    fn from_str(text: &str) -> Result<Self, CountryCodeError> {
        let letters: [u8; 3] = text.as_bytes().try_into().map_err(|_| CountryCodeError)?;
        if letters.iter().all(u8::is_ascii_uppercase) { Ok(Self(letters)) } else { Err(CountryCodeError) }
    }
}

impl fmt::Display for CountryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for CountryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_country_code_has_three_capital_letters() {
        assert_eq!(CountryCode::from_str("TTO").unwrap().as_str(), "TTO");
        for bad in ["", "MW", "MWIX", "mwi", "Mwi", "M1I", "MW ", "ЁЖ", "ÅLA", "M\0I"] {
            assert_eq!(CountryCode::from_str(bad), Err(CountryCodeError), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn exactly_the_texts_of_that_form_are_read(text in "[A-Z]{3}|\\PC{0,5}") {
            let right = text.len() == 3 && text.bytes().all(|b| b.is_ascii_uppercase());
            prop_assert_eq!(CountryCode::from_str(&text).map(|c| c.to_string()).ok(), right.then_some(text));
        }
    }
}
