//! What a password or a PIN has to be.

use icu_casemap::CaseMapper;
use icu_normalizer::ComposingNormalizerBorrowed;

use super::digits;
use super::login::{Login, LoginKind};

/// The shortest and the longest password, in Unicode scalar values.
pub const PASSWORD_LENGTH: std::ops::RangeInclusive<usize> = 10..=128;
/// The shortest and the longest PIN, in digits.
pub const PIN_LENGTH: std::ops::RangeInclusive<usize> = 6..=12;

/// Why a password or a PIN isn't taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// Fewer than 10 characters.
    #[error("a password has 10 characters at least")]
    TooShort,
    /// More than 128 characters.
    #[error("a password has 128 characters at most")]
    TooLong,
    /// A control character, which hardly anyone can type again.
    #[error("a password can't have control characters")]
    ControlCharacter,
    /// The same as the login.
    #[error("the password is the login")]
    IsLogin,
    /// One of the most common, or only a repetition or a sequence.
    #[error("the password is easy to guess")]
    Common,
    /// A PIN with something else than digits.
    #[error("a PIN has only digits")]
    PinNotDigits,
    /// A PIN that isn't 6 to 12 digits long.
    #[error("a PIN has 6 to 12 digits")]
    PinLength,
    /// A PIN that is only a repetition or a sequence.
    #[error("the PIN is easy to guess")]
    PinTrivial,
}

impl PasswordError {
    /// Its code in the API.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::TooShort => "PASSWORD_TOO_SHORT",
            Self::TooLong => "PASSWORD_TOO_LONG",
            Self::ControlCharacter => "CONTROL_CHARACTER",
            Self::IsLogin => "PASSWORD_IS_LOGIN",
            Self::Common => "PASSWORD_TOO_COMMON",
            Self::PinNotDigits => "PIN_NOT_DIGITS",
            Self::PinLength => "PIN_LENGTH",
            Self::PinTrivial => "PIN_TOO_SIMPLE",
        }
    }
}

/// The most common ones of at least ten characters, folded. Shorter ones are refused by their
/// length, sequences and repetitions by [`is_monotonous`].
const COMMON: [&str; 48] = [
    "1password1",
    "1q2w3e4r5t",
    "1q2w3e4r5t6y",
    "1qaz2wsx3edc",
    "123qweasdzxc",
    "abcd123456",
    "abc1234567",
    "adminadmin",
    "administrator",
    "agriculture",
    "basketball",
    "changeme123",
    "computer123",
    "contraseña",
    "contrasena",
    "fao1234567",
    "footballer",
    "iloveyou123",
    "iloveyou12",
    "innovation",
    "letmein123",
    "liverpool1",
    "maip123456",
    "manchester",
    "motdepasse",
    "onecountry",
    "p@ssw0rd123",
    "p@ssword123",
    "passw0rd123",
    "password01",
    "password10",
    "password11",
    "password12",
    "password123",
    "password1!",
    "password!!",
    "password1234",
    "password12345",
    "password2026",
    "princess123",
    "q1w2e3r4t5",
    "qazwsxedcrfv",
    "qwerty1234",
    "qwerty12345",
    "qwertyuiop",
    "welcome123",
    "welcome1234",
    "йцукенгшщз",
];

/// So many guesses a password withstands. The most common ones take less, also with a capital, a
/// digit or a sign added; at the pace that wrong passwords are taken, so many take decades.
const GUESSES: u64 = 1_000_000;

/// The form in which a password is hashed and compared: NFKC, so that one keyboard's spelling is
/// another's. A PIN typed in other digits is the same PIN.
#[must_use]
pub fn canonical(kind: LoginKind, secret: &str) -> String {
    match kind {
        LoginKind::ShortName => secret.trim().chars().map(|c| digits::ascii(c).unwrap_or(c)).collect(),
        LoginKind::Email | LoginKind::Phone => {
            ComposingNormalizerBorrowed::new_nfkc().normalize(secret).into_owned()
        }
    }
}

/// Checks a new password, or for a short name a new PIN. Returns the form that is hashed.
pub fn check(login: &Login, secret: &str) -> Result<String, PasswordError> {
    let canonical = canonical(login.kind(), secret);
    match login.kind() {
        LoginKind::ShortName => check_pin(&canonical)?,
        LoginKind::Email | LoginKind::Phone => check_password(login, &canonical)?,
    }
    Ok(canonical)
}

fn check_password(login: &Login, password: &str) -> Result<(), PasswordError> {
    let length = password.chars().count();
    if length < *PASSWORD_LENGTH.start() {
        return Err(PasswordError::TooShort);
    }
    if length > *PASSWORD_LENGTH.end() {
        return Err(PasswordError::TooLong);
    }
    if password.chars().any(char::is_control) {
        return Err(PasswordError::ControlCharacter);
    }
    let folded = CaseMapper::new().fold_string(password);
    let folded = folded.trim();
    let local = login.key().split('@').next().unwrap_or_default();
    if [login.key(), local, login.key().trim_start_matches('+')].contains(&folded) {
        return Err(PasswordError::IsLogin);
    }
    if COMMON.contains(&folded) || is_monotonous(folded) || is_soon_guessed(folded, local) {
        return Err(PasswordError::Common);
    }
    Ok(())
}

fn check_pin(pin: &str) -> Result<(), PasswordError> {
    if !pin.bytes().all(|b| b.is_ascii_digit()) {
        Err(PasswordError::PinNotDigits)
    } else if !PIN_LENGTH.contains(&pin.len()) {
        Err(PasswordError::PinLength)
    } else if is_monotonous(pin) {
        Err(PasswordError::PinTrivial)
    } else {
        Ok(())
    }
}

/// Whether it takes less than [`GUESSES`], tried in the order in which people choose.
fn is_soon_guessed(password: &str, local: &str) -> bool {
    zxcvbn::zxcvbn(password, &[local]).guesses() < GUESSES
}

/// Whether it is a short piece again and again (`111111`, `123123`, `abcabcabcab`), or counts up or
/// down all the way (`234567`, `9876543210`, `890123`).
fn is_monotonous(text: &str) -> bool {
    let characters: Vec<char> = text.chars().collect();
    let repeats = (1..=4).any(|piece| {
        characters.len() >= 2 * piece && characters.iter().zip(&characters[piece..]).all(|(a, b)| a == b)
    });
    let step = |pair: &[char]| {
        let difference = i64::from(u32::from(pair[1])) - i64::from(u32::from(pair[0]));
        // After 9 comes 0 on a keyboard.
        match (pair[0], pair[1]) {
            ('9', '0') => 1,
            ('0', '9') => -1,
            _ => difference,
        }
    };
    repeats || [1, -1].iter().any(|wanted| characters.windows(2).all(|pair| step(pair) == *wanted))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn email() -> Login {
        Login::parse(LoginKind::Email, "rahima.khatun@example.org").unwrap()
    }

    fn short_name() -> Login {
        Login::parse(LoginKind::ShortName, "tendai").unwrap()
    }

    #[test]
    fn a_password_of_ten_characters_in_any_script_is_taken() {
        for password in
            ["figs and apricots", "кураганаветру", "芒果和無花果曬乾的方法", "tr0ub4dor&", "ten chars."]
        {
            assert_eq!(check(&email(), password).as_deref(), Ok(password));
        }
        assert!(check(&email(), &format!("a b{}", "cd e".repeat(31))).is_ok());
    }

    #[test]
    fn one_password_typed_on_two_keyboards_is_one() {
        let composed = check(&email(), "säure und früchte").unwrap();
        assert_eq!(check(&email(), "sa\u{308}ure und fru\u{308}chte"), Ok(composed));
    }

    #[test]
    fn a_bad_password_is_refused_with_the_reason() {
        for (password, error) in [
            ("", PasswordError::TooShort),
            ("ninechars", PasswordError::TooShort),
            ("水水水水水水水水水", PasswordError::TooShort),
            ("with\na line break", PasswordError::ControlCharacter),
            ("Rahima.Khatun@example.org", PasswordError::IsLogin),
            ("RAHIMA.KHATUN", PasswordError::IsLogin),
            ("Password123", PasswordError::Common),
            ("QWERTYUIOP", PasswordError::Common),
            ("aaaaaaaaaaaa", PasswordError::Common),
            ("abcabcabcabc", PasswordError::Common),
            ("1234567890", PasswordError::Common),
            ("0987654321", PasswordError::Common),
            ("abcdefghijkl", PasswordError::Common),
            ("usuckballz1", PasswordError::Common),
            ("4815162342", PasswordError::Common),
            ("Nuttertools1", PasswordError::Common),
            ("P@ssw0rd2024", PasswordError::Common),
            ("zxcvbnm,./", PasswordError::Common),
        ] {
            assert_eq!(check(&email(), password), Err(error), "{password}");
        }
        assert_eq!(check(&email(), &"ab c".repeat(33)), Err(PasswordError::TooLong));
        let phone = Login::parse(LoginKind::Phone, "+265991234567").unwrap();
        assert_eq!(check(&phone, "+265991234567"), Err(PasswordError::IsLogin));
        assert_eq!(check(&phone, "265991234567"), Err(PasswordError::IsLogin));
    }

    #[test]
    fn the_common_ones_are_listed_as_they_are_compared() {
        let fold = CaseMapper::new();
        for password in COMMON {
            assert_eq!(fold.fold_string(password), password);
            assert!(PASSWORD_LENGTH.contains(&password.chars().count()), "{password}");
            assert_eq!(check(&email(), &password.to_uppercase()), Err(PasswordError::Common), "{password}");
        }
    }

    #[test]
    fn a_pin_has_six_to_twelve_digits_and_no_pattern() {
        for pin in ["480213", "778210", "112358", "102938475612"] {
            assert_eq!(check(&short_name(), pin).as_deref(), Ok(pin));
        }
        for (pin, error) in [
            ("", PasswordError::PinLength),
            ("48021", PasswordError::PinLength),
            ("4802135790246", PasswordError::PinLength),
            ("48021a", PasswordError::PinNotDigits),
            ("48 0213", PasswordError::PinNotDigits),
            ("000000", PasswordError::PinTrivial),
            ("123456", PasswordError::PinTrivial),
            ("654321", PasswordError::PinTrivial),
            ("890123", PasswordError::PinTrivial),
            ("121212", PasswordError::PinTrivial),
            ("123123", PasswordError::PinTrivial),
            ("1212121", PasswordError::PinTrivial),
            ("48024802", PasswordError::PinTrivial),
        ] {
            assert_eq!(check(&short_name(), pin), Err(error), "{pin}");
        }
    }

    #[test]
    fn a_pin_typed_in_other_digits_is_the_same_pin() {
        assert_eq!(check(&short_name(), "৪৮০২১৩").as_deref(), Ok("480213"));
        assert_eq!(check(&short_name(), " ٤٨٠٢١٣ ").as_deref(), Ok("480213"));
    }

    proptest! {
        #[test]
        fn the_form_that_is_hashed_is_its_own(secret in any::<String>()) {
            for kind in [LoginKind::Email, LoginKind::Phone, LoginKind::ShortName] {
                let once = canonical(kind, &secret);
                prop_assert_eq!(canonical(kind, &once), once);
            }
        }
    }
}
