//! The installation key and what is derived from it.
//!
//! A sealed value is `key id . base64(nonce, ciphertext)`; its context (which record, which field)
//! is authenticated with it, so that a ciphertext moved to another record doesn't open.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac as _};
use maip_domain::identity::login::Login;
use maip_domain::time::Entropy;
use sha2::Sha256;
use zeroize::Zeroizing;

use super::event_cursor::EventCursors;

const KEY_LENGTH: usize = 32;
pub(super) const NONCE_LENGTH: usize = 24;

pub(super) type Secret = Zeroizing<[u8; KEY_LENGTH]>;

/// Why a key text is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Not lines of the form `id key`.
    #[error("a key file has lines of a key id (letters and digits), a space and 64 hexadecimal digits")]
    Malformed,
    /// The same id twice.
    #[error("a key id stands twice in the key file")]
    RepeatedId,
}

/// The installation's keys: the last one seals, every one opens.
pub struct Keyring {
    sealing: BTreeMap<String, Secret>,
    current: String,
    /// Never rotated: what is looked up by has to stay what it is.
    index: Secret,
    tokens: Secret,
    events: EventCursors,
    text: Zeroizing<String>,
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keyring").field("current", &self.current).finish_non_exhaustive()
    }
}

impl Keyring {
    /// A new key, as text for the key file.
    #[must_use]
    pub fn generate(entropy: &dyn Entropy) -> Zeroizing<String> {
        let mut key = Zeroizing::new([0_u8; KEY_LENGTH]);
        entropy.fill(key.as_mut_slice());
        let mut text = Zeroizing::new(String::from("k1 "));
        for byte in key.iter() {
            // Writing to a string can't fail.
            let _ = write!(text, "{byte:02x}");
        }
        text.push('\n');
        text
    }

    /// Reads the text of a key file: a line a key, the newest last. Lines that begin with `#` are
    /// comments.
    ///
    /// # Errors
    /// [`KeyError`]; the text is never part of it.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let mut keys: Vec<(String, Secret)> = Vec::new();
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let (id, hex) = line.split_once(' ').ok_or(KeyError::Malformed)?;
            if id.is_empty() || id.len() > 16 || !id.bytes().all(|b| b.is_ascii_alphanumeric()) {
                return Err(KeyError::Malformed);
            }
            if keys.iter().any(|(known, _)| known == id) {
                return Err(KeyError::RepeatedId);
            }
            keys.push((id.to_owned(), from_hex(hex.trim()).ok_or(KeyError::Malformed)?));
        }
        let (first, last) = match (keys.first(), keys.last()) {
            (Some((_, first)), Some((id, _))) => (first.clone(), id.clone()),
            _ => return Err(KeyError::Malformed),
        };
        Ok(Self {
            index: derive(&first, "maip blind index"),
            tokens: derive(&first, "maip tokens"),
            events: EventCursors::new(&first),
            sealing: keys.iter().map(|(id, key)| (id.clone(), derive(key, "maip sealing"))).collect(),
            current: last,
            text: Zeroizing::new(text.to_owned()),
        })
    }

    /// The text of the key file.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Seals a value for one place: the same value sealed twice gives two ciphertexts.
    #[must_use]
    pub fn seal(&self, context: &str, record: &str, plain: &str, entropy: &dyn Entropy) -> String {
        let mut nonce = [0_u8; NONCE_LENGTH];
        entropy.fill(&mut nonce);
        let aad = associated(context, record);
        let sealed = self.sealing.get(&self.current).and_then(|key| {
            let cipher = XChaCha20Poly1305::new(key.as_slice().into());
            cipher.encrypt(XNonce::from_slice(&nonce), Payload { msg: plain.as_bytes(), aad: &aad }).ok()
        });
        // Encryption fails only for texts of 256 GiB and more.
        let mut bytes = nonce.to_vec();
        bytes.extend(sealed.unwrap_or_default());
        format!("{}.{}", self.current, URL_SAFE_NO_PAD.encode(bytes))
    }

    /// Opens a sealed value; `None` where it wasn't sealed by a key of ours for this place.
    #[must_use]
    pub fn open(&self, context: &str, record: &str, sealed: &str) -> Option<String> {
        let (id, body) = sealed.split_once('.')?;
        let bytes = URL_SAFE_NO_PAD.decode(body).ok()?;
        let (nonce, ciphertext) = bytes.split_at_checked(NONCE_LENGTH)?;
        let cipher = XChaCha20Poly1305::new(self.sealing.get(id)?.as_slice().into());
        let aad = associated(context, record);
        let plain = cipher.decrypt(XNonce::from_slice(nonce), Payload { msg: ciphertext, aad: &aad }).ok()?;
        String::from_utf8(plain).ok()
    }

    /// The blind index of a login: the same for every spelling of it, and nothing without the key.
    #[must_use]
    pub fn login_index(&self, login: &Login) -> String {
        mac(&self.index, &["login", &login.normalised()])
    }

    /// The digest under which the secret of a token is stored.
    #[must_use]
    pub fn token_digest(&self, secret: &str) -> String {
        mac(&self.tokens, &["token", secret])
    }

    /// The digest under which a one-time code is stored: bound to its account and purpose.
    #[must_use]
    pub fn code_digest(&self, account: &str, purpose: &str, code: &str) -> String {
        mac(&self.tokens, &["code", account, purpose, code])
    }

    /// The digest under which the input of a mutation is kept. Inputs hold passwords and codes, which
    /// could be guessed from a digest without a key.
    #[must_use]
    pub fn input_digest(&self, digest: &str) -> String {
        mac(&self.tokens, &["input", digest])
    }

    /// By which an address of ours is known again: it holds for this path until this second, as long as
    /// what it is bound to stays the same.
    #[must_use]
    pub fn address_signature(&self, path: &str, bound: &str, expires: i64) -> String {
        mac(&self.tokens, &address(path, bound, &expires.to_string()))
    }

    /// Whether a signature is that of this address. It takes the same time for every wrong one.
    #[must_use]
    pub fn is_address_signature(&self, path: &str, bound: &str, expires: i64, signature: &str) -> bool {
        let Ok(signature) = URL_SAFE_NO_PAD.decode(signature) else { return false };
        digest(&self.tokens, &address(path, bound, &expires.to_string())).verify_slice(&signature).is_ok()
    }

    /// The cursor of the event at this place: opaque, and the same on every node.
    #[must_use]
    pub fn event_cursor(&self, position: i64) -> String {
        self.events.seal(position)
    }

    /// The place that a cursor is of; `None` where it is none of this installation.
    #[must_use]
    pub fn event_position(&self, cursor: &str) -> Option<i64> {
        self.events.open(cursor)
    }

    /// Something by which a database knows its key: it tells nothing about the key.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        mac(&self.tokens, &["fingerprint"])
    }
}

impl crate::read::run::Unsealer for Keyring {
    fn unseal(&self, context: &str, record: &str, sealed: &str) -> Option<String> {
        self.open(context, record, sealed)
    }
}

/// A digest of several texts under a key; each with its length, so that no two lists are the same.
fn mac(key: &Secret, parts: &[&str]) -> String {
    URL_SAFE_NO_PAD.encode(digest(key, parts).finalize().into_bytes())
}

fn address<'a>(path: &'a str, bound: &'a str, expires: &'a str) -> [&'a str; 4] {
    ["address", path, bound, expires]
}

pub(super) fn digest(key: &Secret, parts: &[&str]) -> Hmac<Sha256> {
    let mut mac = hmac(key);
    for part in parts {
        mac.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        mac.update(part.as_bytes());
    }
    mac
}

fn hmac(key: &Secret) -> Hmac<Sha256> {
    // A key of any length is taken.
    <Hmac<Sha256> as hmac::Mac>::new_from_slice(key.as_slice())
        .unwrap_or_else(|_| unreachable!("HMAC takes keys of any length"))
}

pub(super) fn derive(key: &Secret, label: &str) -> Secret {
    let mut mac = hmac(key);
    mac.update(label.as_bytes());
    Zeroizing::new(mac.finalize().into_bytes().into())
}

fn associated(context: &str, record: &str) -> Vec<u8> {
    format!("{context}\n{record}").into_bytes()
}

fn from_hex(text: &str) -> Option<Secret> {
    if text.len() != 2 * KEY_LENGTH || !text.is_ascii() {
        return None;
    }
    let mut key = Zeroizing::new([0_u8; KEY_LENGTH]);
    for (index, byte) in key.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(2 * index..2 * index + 2)?, 16).ok()?;
    }
    Some(key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::Counting;
    use maip_domain::identity::login::LoginKind;

    fn keyring() -> Keyring {
        Keyring::parse(&Keyring::generate(&Counting::new(1))).unwrap()
    }

    #[test]
    fn a_value_opens_in_its_own_place_only() {
        let keys = keyring();
        let sealed = keys.seal("PHONE", "contact_1", "+26599", &Counting::new(2));
        assert!(!sealed.contains("26599"));
        assert_eq!(keys.open("PHONE", "contact_1", &sealed).as_deref(), Some("+26599"));
        assert_eq!(keys.open("PHONE", "contact_2", &sealed), None);
        assert_eq!(keys.open("EMAIL", "contact_1", &sealed), None);
        assert_eq!(keys.open("PHONE", "contact_1", &sealed[..sealed.len() - 2]), None);
        assert_eq!(keys.open("PHONE", "contact_1", "k1."), None);
        let other = Keyring::parse(&Keyring::generate(&Counting::new(9))).unwrap();
        assert_eq!(other.open("PHONE", "contact_1", &sealed), None);
    }

    #[test]
    fn an_older_key_still_opens_what_it_sealed() {
        let old = keyring();
        let sealed = old.seal("login", "account_1", "a@example.org", &Counting::new(3));
        let text = format!("# newest last\n{}k2 {}\n", old.text(), "ab".repeat(32));
        let new = Keyring::parse(&text).unwrap();
        assert_eq!(new.open("login", "account_1", &sealed).as_deref(), Some("a@example.org"));
        assert!(new.seal("login", "account_1", "x", &Counting::new(4)).starts_with("k2."));
        let login = Login::parse(LoginKind::Email, "a@example.org").unwrap();
        assert_eq!(new.login_index(&login), old.login_index(&login));
        assert_eq!(new.fingerprint(), old.fingerprint());
    }

    #[test]
    fn two_spellings_of_a_login_have_one_index() {
        let keys = keyring();
        let index = |text| keys.login_index(&Login::parse(LoginKind::Email, text).unwrap());
        assert_eq!(index("Rahima@Example.org"), index("rahima@example.org"));
        assert_ne!(index("rahima@example.org"), index("rahim@example.org"));
    }

    #[test]
    fn a_broken_key_file_is_refused() {
        for text in ["", "# nothing", "k1", "k1 abc", &format!("k1 {}", "zz".repeat(32)), "k-1 00"] {
            assert_eq!(Keyring::parse(text).unwrap_err(), KeyError::Malformed, "{text}");
        }
        let key = "00".repeat(32);
        let repeated = format!("k1 {key}\nk1 {key}");
        assert_eq!(Keyring::parse(&repeated).unwrap_err(), KeyError::RepeatedId);
    }

    #[test]
    fn debug_output_shows_no_key() {
        let keys = keyring();
        let hex = keys.text().split_whitespace().nth(1).unwrap().to_owned();
        assert!(!format!("{keys:?}").contains(&hex));
    }
}
