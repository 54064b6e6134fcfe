//! One-time codes: sent by mail or SMS, or read out by a facilitator.

use std::fmt;

use super::digits;
use crate::random;
use crate::time::{Entropy, Timestamp};

crate::closed_set! {
    /// What a one-time code is for. A code works for its own purpose only. May grow.
    pub enum CodePurpose {
        /// To prove that the login given at sign-up is one's own.
        VerifyLogin = "VERIFY_LOGIN",
        /// To set a new password.
        ResetPassword = "RESET_PASSWORD",
        /// To claim an account that someone else registered.
        ClaimAccount = "CLAIM_ACCOUNT",
    }
}

crate::closed_set! {
    /// How a one-time code reaches the person. May grow.
    pub enum CodeDelivery {
        /// It is sent to the e-mail address that is the login.
        Email = "EMAIL",
        /// It is sent to the phone number that is the login.
        Sms = "SMS",
        /// It isn't sent: the facilitator of the platform, or the national focal point, reads one out (`issueSignInCode`); for somebody with an office or an organisation, whoever runs the installation makes one (`maip admin code`).
        Facilitator = "FACILITATOR",
    }
}

/// For how long a code works, in seconds: 15 minutes.
pub const LIFETIME_SECONDS: i64 = 15 * 60;
/// How many wrong attempts a code bears. After them it works no more, even when given rightly.
pub const MAX_ATTEMPTS: i64 = 5;
/// How many digits a code has.
pub const DIGITS: usize = 8;

/// A one-time code: digits alone, so that it can be read out on the phone in any language.
#[derive(Clone, PartialEq, Eq)]
pub struct OneTimeCode(String);

/// Why a code doesn't work. To who sends it, all but [`CodeError::Malformed`] are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CodeError {
    /// Not eight digits.
    #[error("a code has eight digits")]
    Malformed,
    /// Its time is over.
    #[error("the code has expired")]
    Expired,
    /// It was used.
    #[error("the code was used already")]
    Used,
    /// Too many wrong attempts.
    #[error("too many wrong attempts: ask for a new code")]
    TooManyAttempts,
}

impl OneTimeCode {
    /// A new code, each of the 100 million as likely as any other.
    #[must_use]
    pub fn generate(entropy: &dyn Entropy) -> Self {
        Self(format!("{:0width$}", random::below(100_000_000, entropy), width = DIGITS))
    }

    /// Reads a code as people type it: spaces and hyphens don't matter, nor which digits the
    /// keyboard has.
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        let mut code = String::with_capacity(DIGITS);
        for character in text.chars().filter(|c| !digits::is_separator(*c)) {
            let digit = digits::ascii(character).ok_or(CodeError::Malformed)?;
            if code.len() == DIGITS {
                return Err(CodeError::Malformed);
            }
            code.push(digit);
        }
        if code.len() == DIGITS { Ok(Self(code)) } else { Err(CodeError::Malformed) }
    }

    /// The eight digits. To be hashed, or sent to the person; never logged.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// In two groups, as it is shown and read out: `1234-5678`.
    #[must_use]
    pub fn grouped(&self) -> String {
        let (first, second) = self.0.split_at(DIGITS / 2);
        format!("{first}-{second}")
    }
}

impl fmt::Debug for OneTimeCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OneTimeCode(..)")
    }
}

/// When a code made now stops working.
#[must_use]
pub const fn expires(now: Timestamp) -> Timestamp {
    now.plus_seconds(LIFETIME_SECONDS)
}

/// Whether a stored code may still be tried, before it is compared.
pub fn usable(
    now: Timestamp,
    expires: Timestamp,
    wrong_attempts: i64,
    used: Option<Timestamp>,
) -> Result<(), CodeError> {
    if used.is_some() {
        Err(CodeError::Used)
    } else if wrong_attempts >= MAX_ATTEMPTS {
        Err(CodeError::TooManyAttempts)
    } else if expires <= now {
        Err(CodeError::Expired)
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::tests::{Sequence, Stuck};
    use proptest::prelude::*;

    #[test]
    fn a_code_has_eight_digits_in_two_groups() {
        assert_eq!(OneTimeCode::generate(&Stuck(0)).grouped(), "0000-0000");
        let code = OneTimeCode("12345678".to_owned());
        assert_eq!(code.grouped(), "1234-5678");
        for text in
            ["12345678", "1234-5678", " 1234 5678 ", "12 34 56 78", "১২৩৪-৫৬৭৮", "١٢٣٤٥٦٧٨", "1234–5678"]
        {
            assert_eq!(OneTimeCode::parse(text), Ok(code.clone()), "{text}");
        }
        for text in ["", "1234567", "123456789", "1234567a", "1234+5678", "1234567²"] {
            assert_eq!(OneTimeCode::parse(text), Err(CodeError::Malformed), "{text}");
        }
    }

    #[test]
    fn debug_output_doesnt_show_the_code() {
        assert_eq!(format!("{:?}", OneTimeCode("12345678".to_owned())), "OneTimeCode(..)");
    }

    #[test]
    fn every_first_digit_is_about_equally_likely() {
        let source = Sequence::new(3);
        let mut seen = [0_u32; 10];
        for _ in 0..10_000 {
            let first = OneTimeCode::generate(&source).expose().as_bytes()[0];
            seen[usize::from(first - b'0')] += 1;
        }
        assert!(seen.iter().all(|count| (790..1_210).contains(count)), "{seen:?}");
    }

    #[test]
    fn a_code_works_for_fifteen_minutes_five_attempts_and_once() {
        let now = Timestamp::from_micros(0);
        let end = expires(now);
        assert_eq!(end, now.plus_seconds(900));
        assert_eq!(usable(now, end, 0, None), Ok(()));
        assert_eq!(usable(now, end, 4, None), Ok(()));
        assert_eq!(usable(now, end, 5, None), Err(CodeError::TooManyAttempts));
        assert_eq!(usable(end, end, 0, None), Err(CodeError::Expired));
        assert_eq!(usable(now, end, 0, Some(now)), Err(CodeError::Used));
    }

    proptest! {
        #[test]
        fn a_code_is_read_back_as_it_is_shown(seed in any::<u64>()) {
            let code = OneTimeCode::generate(&Sequence::new(seed));
            prop_assert_eq!(OneTimeCode::parse(&code.grouped()), Ok(code.clone()));
            prop_assert_eq!(OneTimeCode::parse(code.expose()), Ok(code));
        }

        #[test]
        fn no_text_breaks_the_reading(text in any::<String>()) {
            let _ = OneTimeCode::parse(&text);
        }
    }
}
