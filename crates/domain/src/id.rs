//! Record ids: a type prefix and a `UUIDv7` in Crockford base32 (`TypeID`), such as
//! `lesson_01h455vb4pex5vsknk084sn02q`.
//!
//! An id is neither a secret nor an order. Clients may make them, so reading is strict: one id has
//! exactly one spelling.

use std::fmt;
use std::str::FromStr;

use crate::time::{Clock, Entropy};

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const SUFFIX_LENGTH: usize = 26;

/// Why a text is not the id asked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// Not of the form `prefix_` and 26 characters of the alphabet, or not a `UUIDv7`.
    #[error("not an id")]
    Malformed,
    /// A well-formed id of another type.
    #[error("an id of type {found}, where {expected} is wanted")]
    ForeignType {
        /// The prefix wanted.
        expected: &'static str,
        /// The prefix found.
        found: String,
    },
}

/// The prefix of a well-formed id, whatever its type.
///
/// # Errors
/// [`IdError::Malformed`] when the text is no id at all.
pub fn prefix_of(text: &str) -> Result<&str, IdError> {
    let (prefix, suffix) = text.rsplit_once('_').ok_or(IdError::Malformed)?;
    if prefix.is_empty() || !prefix.bytes().all(|b| b.is_ascii_lowercase() || b == b'_') {
        return Err(IdError::Malformed);
    }
    decode(suffix)?;
    Ok(prefix)
}

/// Checks that the text is an id with this prefix.
///
/// # Errors
/// [`IdError`] says whether it is no id or one of another type.
pub fn check(prefix: &'static str, text: &str) -> Result<(), IdError> {
    let found = prefix_of(text)?;
    if found == prefix {
        Ok(())
    } else {
        Err(IdError::ForeignType { expected: prefix, found: found.to_owned() })
    }
}

/// A new id text with this prefix.
#[must_use]
pub fn generate(prefix: &'static str, clock: &dyn Clock, entropy: &dyn Entropy) -> String {
    let mut random = [0_u8; 10];
    entropy.fill(&mut random);
    let millis = u64::try_from(clock.now().micros() / 1000).unwrap_or(0);
    let uuid = uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid();
    format!("{prefix}_{}", encode(uuid.as_u128()))
}

fn encode(value: u128) -> String {
    let mut out = [0_u8; SUFFIX_LENGTH];
    for (index, byte) in out.iter_mut().enumerate() {
        let shift = 5 * (SUFFIX_LENGTH - 1 - index);
        *byte = ALPHABET[usize::try_from((value >> shift) & 31).unwrap_or(0)];
    }
    out.iter().map(|&b| char::from(b)).collect()
}

fn decode(suffix: &str) -> Result<u128, IdError> {
    // 26 characters hold 130 bits; the first may only use three of its five.
    if suffix.len() != SUFFIX_LENGTH || suffix.as_bytes()[0] > b'7' {
        return Err(IdError::Malformed);
    }
    let mut value = 0_u128;
    for byte in suffix.bytes() {
        let digit = ALPHABET.iter().position(|&c| c == byte).ok_or(IdError::Malformed)?;
        value = (value << 5) | u128::try_from(digit).unwrap_or(0);
    }
    let uuid = uuid::Uuid::from_u128(value);
    if uuid.get_version_num() == 7 && uuid.get_variant() == uuid::Variant::RFC4122 {
        Ok(value)
    } else {
        Err(IdError::Malformed)
    }
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)+) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
            pub struct $name(String);

            impl $name {
                /// The type prefix.
                pub const PREFIX: &'static str = $prefix;

                /// A new id.
                #[must_use]
                pub fn generate(clock: &dyn Clock, entropy: &dyn Entropy) -> Self {
                    Self(generate($prefix, clock, entropy))
                }

                /// The text, as stored and as answered.
                #[must_use]
                pub fn as_str(&self) -> &str {
                    &self.0
                }

                /// Gives up the type.
                #[must_use]
                pub fn into_string(self) -> String {
                    self.0
                }
            }

            impl FromStr for $name {
                type Err = IdError;
                fn from_str(text: &str) -> Result<Self, IdError> {
                    check($prefix, text).map(|()| Self(text.to_owned()))
                }
            }

            impl fmt::Display for $name {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    f.write_str(&self.0)
                }
            }
        )+

        /// Every prefix, so that a test can show that no two are the same.
        pub const PREFIXES: &[&str] = &[$($prefix),+];
    };
}

ids! {
    /// A person's account.
    AccountId = "account";
    /// A signed-in device.
    SessionId = "session";
    /// An API token of a partner organisation.
    ApiTokenId = "token";
    /// An organisation.
    OrganisationId = "organisation";
    /// A multi-actor agricultural innovation platform.
    PlatformId = "platform";
    /// A membership of a person or an organisation in a platform.
    MembershipId = "membership";
    /// An appointment of a person to an office.
    AppointmentId = "appointment";
    /// A country.
    CountryId = "country";
    /// A concept of the vocabulary.
    ConceptId = "concept";
    /// A Special Agricultural Product of a country.
    ProductId = "product";
    /// A project of the initiative.
    ProjectId = "project";
    /// A lesson learned.
    LessonId = "lesson";
    /// One edition of a lesson.
    LessonVersionId = "lessonversion";
    /// A file of a lesson version.
    AttachmentId = "attachment";
    /// A remark in the review of a lesson version.
    ReviewEntryId = "review";
    /// An endorsement of a lesson.
    EndorsementId = "endorsement";
    /// A try of a lesson elsewhere.
    ReplicationId = "replication";
    /// A translation of a lesson version.
    TranslationId = "translation";
    /// The wish for a translation of a lesson.
    TranslationRequestId = "translationrequest";
    /// A card of the contact directory.
    ContactCardId = "contact";
    /// An introduction between two people.
    IntroductionId = "introduction";
    /// A consent to show contact details.
    ConsentId = "consent";
    /// One logged reading of someone's contact details.
    DisclosureId = "disclosure";
    /// One audit entry.
    AuditEntryId = "audit";
    /// One event of the outbox.
    EventId = "event";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_has_exactly_one_spelling() {
        let id = "lesson_01h455vb4pex5vsknk084sn02q";
        assert!(LessonId::from_str(id).is_ok());
        for bad in [
            "",
            "lesson",
            "lesson_",
            "01h455vb4pex5vsknk084sn02q",
            "lesson_01H455VB4PEX5VSKNK084SN02Q",
            "lesson_81h455vb4pex5vsknk084sn02q",
            "lesson_01h455vb4pex5vsknk084sn02",
            "lesson_01h455vb4pex5vsknk084sn02qq",
            "lesson_00000000000000000000000000",
            "Lesson_01h455vb4pex5vsknk084sn02q",
            "lesson_01h455vb4pex5vsknk084sn02é",
        ] {
            assert_eq!(LessonId::from_str(bad), Err(IdError::Malformed), "{bad}");
        }
        assert!(matches!(AccountId::from_str(id), Err(IdError::ForeignType { .. })));
    }

    #[test]
    fn no_two_types_share_a_prefix() {
        let distinct: std::collections::BTreeSet<_> = PREFIXES.iter().collect();
        assert_eq!(distinct.len(), PREFIXES.len());
    }
}
