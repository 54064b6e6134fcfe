//! The values of a contact card: checked, and never part of an error or a log.

use super::contact::ContactField;
use crate::identity::login::{Login, LoginError, LoginKind};
use crate::text::{self, TextError, TextRule};

/// A name or number at a messenger service.
pub const MESSENGER: TextRule = TextRule { min: 2, max: 120, multiline: false, name: false };
/// A postal address.
pub const ADDRESS: TextRule = TextRule { min: 3, max: 400, multiline: true, name: false };

/// Why a value is refused. It isn't repeated: it is contact data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DetailError {
    /// No e-mail address, or no phone number.
    #[error(transparent)]
    Address(#[from] LoginError),
    /// Not a text that is kept.
    #[error(transparent)]
    Text(#[from] TextError),
}

/// The value as it is kept: an e-mail address as it is written to, a phone number in E.164, texts
/// without white space at both ends.
pub fn check(field: ContactField, value: &str) -> Result<String, DetailError> {
    let login = |kind| Login::parse(kind, value).map(|login| login.value().to_owned());
    Ok(match field {
        ContactField::Email => login(LoginKind::Email)?,
        ContactField::Phone => login(LoginKind::Phone)?,
        ContactField::Messenger => text::check(value, &MESSENGER)?,
        ContactField::Address => text::check(value, &ADDRESS)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_kept_in_one_form() {
        assert_eq!(check(ContactField::Phone, "+20 (10) 0000-0001").as_deref(), Ok("+201000000001"));
        assert_eq!(check(ContactField::Email, " Mona@Example.org ").map(|v| v.contains(' ')), Ok(false));
        assert_eq!(check(ContactField::Messenger, " @mona_example ").as_deref(), Ok("@mona_example"));
        assert_eq!(check(ContactField::Address, "P.O. Box 1\r\nSiwa").as_deref(), Ok("P.O. Box 1\nSiwa"));
    }

    #[test]
    fn a_value_that_reaches_nobody_is_refused_without_being_repeated() {
        for (field, bad) in [
            (ContactField::Phone, "010 0000 0001"),
            (ContactField::Phone, "+2010000000012345678"),
            (ContactField::Email, "mona.example.org"),
            (ContactField::Email, ""),
            (ContactField::Messenger, "a\nb"),
            (ContactField::Messenger, "x"),
            (ContactField::Address, "\u{202E}avenue"),
        ] {
            let error = check(field, bad).unwrap_err();
            assert!(bad.len() < 3 || !error.to_string().contains(bad), "{error}");
        }
    }
}
