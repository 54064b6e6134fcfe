//! Logins: an e-mail address, a phone number or a short name.
//!
//! A login is contact data: it is stored encrypted, found by a keyed digest of its normalised form,
//! and never shown in a log.

use std::fmt;

use icu_casemap::CaseMapper;
use icu_normalizer::ComposingNormalizerBorrowed;

use super::digits;
use crate::closed_set::ClosedSet;
use crate::time::Timestamp;

crate::closed_set! {
    /// What a login is. May grow.
    pub enum LoginKind {
        /// An e-mail address, with a password.
        Email = "EMAIL",
        /// A phone number in international form (E.164), with a password.
        Phone = "PHONE",
        /// A short name for someone with neither, with a PIN.
        ShortName = "SHORT_NAME",
    }
}

/// A well-formed login.
#[derive(Clone, PartialEq, Eq)]
pub struct Login {
    kind: LoginKind,
    /// As messages are addressed.
    value: String,
    /// As it is looked up: two spellings of one login have the same.
    key: String,
}

/// After so many days without use a phone number may have been given to somebody else.
pub const PHONE_UNUSED_DAYS: i64 = 365;

/// Whether a login has to be proven again before it signs in: a phone number that wasn't used for
/// long. `used` is when it was last used or proven; one that never was is trusted as it was entered.
#[must_use]
pub fn is_stale(kind: LoginKind, used: Option<Timestamp>, now: Timestamp) -> bool {
    kind == LoginKind::Phone && used.is_some_and(|used| used.plus_days(PHONE_UNUSED_DAYS) <= now)
}

/// Why a text is no login of that kind. The text isn't repeated: it is contact data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LoginError {
    /// Nothing there.
    #[error("the login is empty")]
    Empty,
    /// No e-mail address.
    #[error("not an e-mail address")]
    Email,
    /// A phone number without its country code.
    #[error("the phone number must begin with + and the country code")]
    PhoneWithoutCountry,
    /// Something else than digits, spaces, hyphens and brackets.
    #[error("the phone number has a character that doesn't belong there")]
    PhoneCharacter,
    /// Not 8 to 15 digits with the country code.
    #[error("a phone number has 8 to 15 digits with its country code")]
    PhoneLength,
    /// Not 3 to 32 characters.
    #[error("a short name has 3 to 32 characters")]
    ShortNameLength,
    /// Something else than a letter first, and letters, digits, `.`, `_`, `-` after it.
    #[error("a short name begins with a letter from a to z and has only a to z, 0 to 9, '.', '_' and '-'")]
    ShortNameCharacter,
}

impl LoginError {
    /// Its code in the API.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Empty => "EMPTY",
            Self::Email => "NOT_AN_EMAIL",
            Self::PhoneWithoutCountry => "PHONE_WITHOUT_COUNTRY_CODE",
            Self::PhoneCharacter | Self::PhoneLength => "NOT_A_PHONE_NUMBER",
            Self::ShortNameLength | Self::ShortNameCharacter => "NOT_A_SHORT_NAME",
        }
    }
}

impl Login {
    /// Reads a login of that kind.
    pub fn parse(kind: LoginKind, text: &str) -> Result<Self, LoginError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(LoginError::Empty);
        }
        let (value, key) = match kind {
            LoginKind::Email => email(text)?,
            LoginKind::Phone => phone(text).map(|number| (number.clone(), number))?,
            LoginKind::ShortName => short_name(text).map(|name| (name.clone(), name))?,
        };
        Ok(Self { kind, value, key })
    }

    /// Reads a login of whichever kind it looks like, as at sign-in. An `@` makes it an e-mail
    /// address, a letter at the beginning a short name, anything else a phone number.
    pub fn parse_any(text: &str) -> Result<Self, LoginError> {
        let text = text.trim();
        let kind = if text.contains('@') {
            LoginKind::Email
        } else if text.starts_with(char::is_alphabetic) {
            LoginKind::ShortName
        } else {
            LoginKind::Phone
        };
        Self::parse(kind, text)
    }

    /// What it is.
    #[must_use]
    pub const fn kind(&self) -> LoginKind {
        self.kind
    }

    /// The address or number as messages are sent to it. To be encrypted, never logged.
    #[must_use]
    pub fn value(&self) -> &str {
        &self.value
    }

    /// `KIND:value` in the one spelling that look-up uses. To be digested, never logged.
    #[must_use]
    pub fn normalised(&self) -> String {
        format!("{}:{}", self.kind.code(), self.key)
    }

    /// The look-up value without its kind.
    pub(super) fn key(&self) -> &str {
        &self.key
    }
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Login").field("kind", &self.kind).finish_non_exhaustive()
    }
}

/// The address to write to and the key to find it by. Addresses in other scripts are taken as well.
/// The domain is the same in any case; the local part is kept as typed and folded for the look-up.
fn email(text: &str) -> Result<(String, String), LoginError> {
    let text = ComposingNormalizerBorrowed::new_nfkc().normalize(text);
    let (local, domain) = text.split_once('@').ok_or(LoginError::Email)?;
    let fold = CaseMapper::new();
    let domain = fold.fold_string(domain);
    if text.len() > 254 || !is_local_part(local) || !is_domain(&domain) {
        return Err(LoginError::Email);
    }
    Ok((format!("{local}@{domain}"), format!("{}@{domain}", fold.fold_string(local))))
}

fn is_local_part(local: &str) -> bool {
    (1..=64).contains(&local.len())
        && local.split('.').all(|atom| {
            !atom.is_empty()
                && atom.chars().all(|c| is_word(c) || (c.is_ascii() && "!#$%&'*+-/=?^_`{|}~".contains(c)))
        })
}

fn is_domain(domain: &str) -> bool {
    domain.len() <= 253
        && domain.contains('.')
        && domain.split('.').all(|label| {
            (1..=63).contains(&label.len())
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.chars().all(|c| is_word(c) || c == '-')
        })
        && domain.rsplit('.').next().is_some_and(|top| !top.bytes().all(|b| b.is_ascii_digit()))
}

/// A letter, a digit, or in other scripts a mark that belongs to one.
fn is_word(character: char) -> bool {
    use icu_properties::CodePointMapData;
    use icu_properties::props::{GeneralCategory, GeneralCategoryGroup};
    if character.is_ascii() {
        return character.is_ascii_alphanumeric();
    }
    let category = CodePointMapData::<GeneralCategory>::new().get(character);
    GeneralCategoryGroup::Letter.contains(category)
        || GeneralCategoryGroup::Mark.contains(category)
        || category == GeneralCategory::DecimalNumber
}

/// E.164: `+`, country code, number.
fn phone(text: &str) -> Result<String, LoginError> {
    let mut number = String::with_capacity(16);
    for character in text.chars() {
        if let Some(digit) = digits::ascii(character) {
            // Longer is refused below; nothing longer needs to be kept for that.
            if number.len() < 24 {
                number.push(digit);
            }
        } else if matches!(character, '+' | '\u{FF0B}') && number.is_empty() {
            number.push('+');
        } else if !digits::is_separator(character) {
            return Err(LoginError::PhoneCharacter);
        }
    }
    if let Some(rest) = number.strip_prefix("00") {
        number = format!("+{rest}");
    }
    let national = number.strip_prefix('+').ok_or(LoginError::PhoneWithoutCountry)?;
    // No country code begins with 0.
    if national.starts_with('0') {
        return Err(LoginError::PhoneWithoutCountry);
    }
    if !(8..=15).contains(&national.len()) {
        return Err(LoginError::PhoneLength);
    }
    Ok(number)
}

fn short_name(text: &str) -> Result<String, LoginError> {
    let name = text.to_ascii_lowercase();
    if !(3..=32).contains(&name.chars().count()) {
        return Err(LoginError::ShortNameLength);
    }
    let right = name.starts_with(|c: char| c.is_ascii_lowercase())
        && name
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'_' | b'-'));
    if right { Ok(name) } else { Err(LoginError::ShortNameCharacter) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parse(kind: LoginKind, text: &str) -> Result<String, LoginError> {
        Login::parse(kind, text).map(|login| login.normalised())
    }

    #[test]
    fn two_spellings_of_an_address_are_one_login() {
        let one = Login::parse(LoginKind::Email, " Rahima.Khatun@Example.ORG ").unwrap();
        assert_eq!(one.value(), "Rahima.Khatun@example.org");
        assert_eq!(one.normalised(), "EMAIL:rahima.khatun@example.org");
        assert_eq!(parse(LoginKind::Email, "rahima.khatun@example.org"), Ok(one.normalised()));
        assert_eq!(parse(LoginKind::Email, "用户@例子.公司"), Ok("EMAIL:用户@例子.公司".to_owned()));
        assert!(parse(LoginKind::Email, "o'neill+maip@mail.co-op.example").is_ok());
    }

    #[test]
    fn what_is_no_address_is_refused() {
        let long_local = format!("{}@example.org", "a".repeat(65));
        let long_domain = format!("a@{}example.org", "abcdefgh.".repeat(30));
        for bad in [
            "a",
            "@example.org",
            "a@",
            "a@example",
            "a@@example.org",
            "a@b@example.org",
            ".a@example.org",
            "a.@example.org",
            "a..b@example.org",
            "a b@example.org",
            "a@exa mple.org",
            "a@-example.org",
            "a@example-.org",
            "a@example..org",
            "a@example.org.",
            "a@127.0.0.1",
            "a@[127.0.0.1]",
            "\"a b\"@example.org",
            "a@example.org\r\nBcc: b@example.org",
            "a\0@example.org",
            "<a@example.org>",
            &long_local,
            &long_domain,
        ] {
            assert_eq!(parse(LoginKind::Email, bad), Err(LoginError::Email), "{bad}");
        }
    }

    #[test]
    fn a_phone_number_is_read_as_people_write_it() {
        for text in [
            "+265991234567",
            "+265 99 123 45 67",
            "00265 991 234 567",
            "+265 (99) 123-4567",
            "\u{202A}+265 99 123 4567\u{202C}",
            "+٢٦٥٩٩١٢٣٤٥٦٧",
            "+২৬৫৯৯১২৩৪৫৬৭",
            "＋２６５９９１２３４５６７",
            "٠٠٢٦٥٩٩١٢٣٤٥٦٧",
        ] {
            assert_eq!(parse(LoginKind::Phone, text), Ok("PHONE:+265991234567".to_owned()), "{text}");
        }
    }

    #[test]
    fn what_is_no_international_number_is_refused_with_the_reason() {
        for (text, error) in [
            ("0991234567", LoginError::PhoneWithoutCountry),
            ("991234567", LoginError::PhoneWithoutCountry),
            ("+0991234567", LoginError::PhoneWithoutCountry),
            ("000265991234567", LoginError::PhoneWithoutCountry),
            ("+2659912", LoginError::PhoneLength),
            ("+2659912345678901", LoginError::PhoneLength),
            ("+265991234567 ext 2", LoginError::PhoneCharacter),
            ("+265+991234567", LoginError::PhoneCharacter),
            ("call me", LoginError::PhoneCharacter),
            ("+", LoginError::PhoneLength),
            ("  ", LoginError::Empty),
        ] {
            assert_eq!(parse(LoginKind::Phone, text), Err(error), "{text}");
        }
        assert!(parse(LoginKind::Phone, "+26599123").is_ok());
        assert!(parse(LoginKind::Phone, "+265991234567890").is_ok());
    }

    #[test]
    fn a_short_name_begins_with_a_letter_and_is_the_same_in_any_case() {
        assert_eq!(parse(LoginKind::ShortName, "Tendai.42"), Ok("SHORT_NAME:tendai.42".to_owned()));
        for (text, error) in [
            ("ab", LoginError::ShortNameLength),
            (&"a".repeat(33), LoginError::ShortNameLength),
            ("4tendai", LoginError::ShortNameCharacter),
            ("_tendai", LoginError::ShortNameCharacter),
            ("ten dai", LoginError::ShortNameCharacter),
            ("tendaï", LoginError::ShortNameCharacter),
            ("tendai@home", LoginError::ShortNameCharacter),
        ] {
            assert_eq!(parse(LoginKind::ShortName, text), Err(error), "{text}");
        }
        assert!(parse(LoginKind::ShortName, &"a".repeat(32)).is_ok());
    }

    #[test]
    fn at_sign_in_the_kind_is_seen_from_the_text() {
        for (text, kind) in [
            ("rahima@example.org", LoginKind::Email),
            ("+265 991 234 567", LoginKind::Phone),
            ("(00265) 991234567", LoginKind::Phone),
            ("tendai", LoginKind::ShortName),
        ] {
            assert_eq!(Login::parse_any(text).map(|login| login.kind()), Ok(kind), "{text}");
        }
        assert_eq!(Login::parse_any(" "), Err(LoginError::Empty));
        assert_eq!(Login::parse_any("0991 234 567"), Err(LoginError::PhoneWithoutCountry));
    }

    #[test]
    fn debug_output_and_errors_dont_show_the_value() {
        let login = Login::parse(LoginKind::Email, "secret.person@example.org").unwrap();
        let shown = format!("{login:?}");
        assert!(
            shown.contains("Email") && !shown.contains("secret") && !shown.contains("example"),
            "{shown}"
        );
        let error = Login::parse(LoginKind::Email, "secret.person").unwrap_err();
        assert!(!format!("{error} {error:?}").contains("secret"));
    }

    proptest! {
        #[test]
        fn the_normalised_form_is_its_own(text in "[a-zA-ZÀ-ÿ0-9.+_-]{1,12}@[a-zA-Z0-9-]{1,8}\\.[a-zA-Z]{2,5}|\\+?[0-9 ()-]{6,20}|[a-zA-Z][a-z0-9._-]{1,34}|\\PC{0,20}") {
            if let Ok(login) = Login::parse_any(&text) {
                let again = Login::parse(login.kind(), login.key()).unwrap();
                prop_assert_eq!(again.normalised(), login.normalised());
                prop_assert_eq!(Login::parse(login.kind(), login.value()).unwrap(), login);
            }
        }
    }
}
