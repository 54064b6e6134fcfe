//! Secrets of API tokens and refresh tokens: a recognisable prefix, so that scanners find one that
//! leaked, and a checksum, so that a mistyped one is told from a revoked one without a database.

use std::fmt;

use crate::random;
use crate::time::Entropy;

const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// Random characters: 190 bits.
const RANDOM: usize = 32;
/// Six characters hold the 32 bits of the checksum.
const CHECKSUM: usize = 6;

/// What a secret is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TokenKind {
    /// An API token of a partner organisation.
    Api,
    /// A refresh token of a session.
    Refresh,
}

impl TokenKind {
    const ALL: [Self; 2] = [Self::Api, Self::Refresh];

    /// How its secrets begin.
    #[must_use]
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Api => "maip_pat_",
            Self::Refresh => "maip_rt_",
        }
    }
}

/// A secret as it is given out, once: prefix, 32 random characters and 6 of checksum, of letters and
/// digits alone. Only its digest is stored.
#[derive(Clone, PartialEq, Eq)]
pub struct TokenSecret {
    kind: TokenKind,
    text: String,
}

/// Why a text is no secret of that kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// Not of the form of any secret, or of another kind.
    #[error("not a token of this kind")]
    Malformed,
    /// Of the right form, but mistyped or cut: the checksum is wrong.
    #[error("the token is mistyped or damaged")]
    Checksum,
}

impl TokenSecret {
    /// A new secret.
    #[must_use]
    pub fn generate(kind: TokenKind, entropy: &dyn Entropy) -> Self {
        let mut text = String::with_capacity(kind.prefix().len() + RANDOM + CHECKSUM);
        text.push_str(kind.prefix());
        for _ in 0..RANDOM {
            text.push(digit(random::below(62, entropy)));
        }
        let sum = checksum(&text);
        text.push_str(&sum);
        Self { kind, text }
    }

    /// Reads a secret of that kind and verifies its checksum.
    pub fn parse(kind: TokenKind, text: &str) -> Result<Self, TokenError> {
        let body = text.strip_prefix(kind.prefix()).ok_or(TokenError::Malformed)?;
        if body.len() != RANDOM + CHECKSUM || !body.bytes().all(|b| b.is_ascii_alphanumeric()) {
            return Err(TokenError::Malformed);
        }
        let (signed, sum) = text.split_at(text.len() - CHECKSUM);
        if checksum(signed) != sum {
            return Err(TokenError::Checksum);
        }
        Ok(Self { kind, text: text.to_owned() })
    }

    /// The kind of secret that a text looks like by its prefix, as in an `Authorization` header.
    #[must_use]
    pub fn kind_of(text: &str) -> Option<TokenKind> {
        TokenKind::ALL.into_iter().find(|kind| text.starts_with(kind.prefix()))
    }

    /// What it is for.
    #[must_use]
    pub const fn kind(&self) -> TokenKind {
        self.kind
    }

    /// The secret itself. To be given out once, or digested; never logged.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.text
    }

    /// The beginning, by which its owner tells one token from another: `maip_pat_3fGh`.
    #[must_use]
    pub fn hint(&self) -> &str {
        &self.text[..self.kind.prefix().len() + 4]
    }
}

impl fmt::Debug for TokenSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TokenSecret({}..)", self.kind.prefix())
    }
}

/// One digit of the alphabet; the caller's number is below 62.
fn digit(number: u64) -> char {
    usize::try_from(number).ok().and_then(|place| ALPHABET.get(place)).map_or('0', |b| char::from(*b))
}

/// The CRC-32 of the text in base 62.
fn checksum(text: &str) -> String {
    let mut rest = u64::from(crc32(text.as_bytes()));
    let mut digits = ['0'; CHECKSUM];
    for place in digits.iter_mut().rev() {
        *place = digit(rest % 62);
        rest /= 62;
    }
    digits.iter().collect()
}

/// CRC-32 as in IEEE 802.3. Against slips of the hand, not against forgers; bit by bit, since
/// forty bytes a call aren't worth a table.
fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { (crc >> 1) ^ 0xEDB8_8320 } else { crc >> 1 };
        }
    }
    !crc
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::tests::Sequence;
    use proptest::prelude::*;

    #[test]
    fn the_checksum_is_the_known_one() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
        assert_eq!(crc32(b""), 0);
    }

    #[test]
    fn a_secret_has_its_prefix_and_is_read_as_its_own_kind_only() {
        let api = TokenSecret::generate(TokenKind::Api, &Sequence::new(1));
        assert!(api.expose().starts_with("maip_pat_"));
        assert_eq!(api.expose().len(), 9 + 32 + 6);
        assert_eq!(api.hint().len(), 13);
        assert!(api.expose().starts_with(api.hint()));
        assert_eq!(TokenSecret::parse(TokenKind::Api, api.expose()), Ok(api.clone()));
        assert_eq!(TokenSecret::parse(TokenKind::Refresh, api.expose()), Err(TokenError::Malformed));
        assert_eq!(TokenSecret::kind_of(api.expose()), Some(TokenKind::Api));
        let refresh = TokenSecret::generate(TokenKind::Refresh, &Sequence::new(2));
        assert_eq!(TokenSecret::kind_of(refresh.expose()), Some(TokenKind::Refresh));
        assert_eq!(TokenSecret::kind_of("eyJhbGciOiJFZERTQSJ9"), None);
    }

    #[test]
    fn a_text_of_another_form_is_no_token() {
        let secret = TokenSecret::generate(TokenKind::Api, &Sequence::new(1));
        let text = secret.expose();
        let last = text.len() - 1;
        for bad in [
            "",
            "maip_pat_",
            &text[..last],
            &format!("{text}0"),
            &format!(" {text}"),
            &format!("{text}\n"),
            &text.to_uppercase(),
            &format!("{}é", &text[..last - 1]),
            &format!("{}-", &text[..last]),
        ] {
            assert_eq!(TokenSecret::parse(TokenKind::Api, bad), Err(TokenError::Malformed), "{bad:?}");
        }
    }

    #[test]
    fn debug_output_doesnt_show_the_secret() {
        let secret = TokenSecret::generate(TokenKind::Api, &Sequence::new(1));
        assert_eq!(format!("{secret:?}"), "TokenSecret(maip_pat_..)");
    }

    proptest! {
        #[test]
        fn any_one_wrong_character_is_noticed(seed in any::<u64>(), place in 0_usize..38, other in 0_usize..62) {
            let secret = TokenSecret::generate(TokenKind::Api, &Sequence::new(seed));
            let mut bytes = secret.expose().as_bytes().to_vec();
            bytes[9 + place] = ALPHABET[other];
            let changed = String::from_utf8(bytes).unwrap();
            let read = TokenSecret::parse(TokenKind::Api, &changed);
            if changed == secret.expose() {
                prop_assert_eq!(read, Ok(secret));
            } else {
                prop_assert_eq!(read, Err(TokenError::Checksum));
            }
        }

        #[test]
        fn no_text_breaks_the_reading(text in any::<String>()) {
            prop_assert!(TokenSecret::parse(TokenKind::Api, &text).is_err());
            let prefixed = format!("maip_pat_{text}");
            prop_assert!(TokenSecret::parse(TokenKind::Api, &prefixed).is_err());
        }
    }
}
