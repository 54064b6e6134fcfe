//! Addresses of files: whoever has one may read the file for a while. They are given to those who see
//! the lesson, and to nobody else.

use std::sync::Arc;

use maip_domain::time::Timestamp;

use crate::crypto::Keyring;
use crate::read::run::AddressMaker;

/// The part of a file that is served.
pub const FILE: &str = "file";
/// The small picture of a photo.
pub const THUMBNAIL: &str = "thumbnail";
/// What was sent and isn't checked yet.
pub const INCOMING: &str = "incoming";

/// Addresses end at whole multiples of so many seconds, so that an answer with addresses in it stays
/// the same for a while and can be kept. Each holds for one to two of them.
const WINDOW: i64 = 600;
/// For so many seconds a file can be sent to an address.
pub const UPLOAD_SECONDS: i64 = 3600;

/// Which part of a file an address leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FilePart {
    /// The file itself.
    File,
    /// Its thumbnail.
    Thumbnail,
}

impl FilePart {
    /// By its name in addresses and in the store.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            FILE => Some(Self::File),
            THUMBNAIL => Some(Self::Thumbnail),
            _ => None,
        }
    }

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::File => FILE,
            Self::Thumbnail => THUMBNAIL,
        }
    }
}

/// What an address says, not believed yet.
#[derive(Clone, Debug)]
pub struct SignedPath {
    /// The file.
    pub attachment: String,
    /// The part of it, or `incoming`.
    pub part: String,
    /// When it ends, in seconds since 1970.
    pub expires: i64,
    /// By which it is known for ours.
    pub signature: String,
}

/// Makes addresses and knows them again.
#[derive(Debug)]
pub struct Addresses {
    keyring: Arc<Keyring>,
    base: String,
}

impl Addresses {
    /// Below this address, or relative to that of the API where it is empty.
    #[must_use]
    pub fn new(keyring: Arc<Keyring>, public_url: &str) -> Self {
        Self { keyring, base: public_url.trim_end_matches('/').to_owned() }
    }

    /// An address to which an announced file can be sent by PUT, and when it ends.
    #[must_use]
    pub fn upload(&self, attachment: &str, bytes: u64, now: Timestamp) -> (String, Timestamp) {
        let expires = now.micros() / Timestamp::SECOND + UPLOAD_SECONDS;
        let path = format!("{attachment}/{INCOMING}");
        (self.signed(&path, &bytes.to_string(), expires), Timestamp::from_micros(expires * Timestamp::SECOND))
    }

    /// Whether an address is ours, for a file of which this holds still, and not past its end.
    #[must_use]
    pub fn holds(&self, said: &SignedPath, bound: &str, now: Timestamp) -> bool {
        let path = format!("{}/{}", said.attachment, said.part);
        now.micros() / Timestamp::SECOND < said.expires
            && self.keyring.is_address_signature(&path, bound, said.expires, &said.signature)
    }

    fn signed(&self, path: &str, bound: &str, expires: i64) -> String {
        let signature = self.keyring.address_signature(path, bound, expires);
        format!("{}/files/{path}?expires={expires}&signature={signature}", self.base)
    }
}

impl AddressMaker for Addresses {
    fn address(&self, path: &str, bound: &str, now: Timestamp) -> String {
        let expires = (now.micros() / Timestamp::SECOND / WINDOW + 2) * WINDOW;
        self.signed(path, bound, expires)
    }
}

/// When the addresses end that are given now, in microseconds: [`WINDOW`] in SQL.
macro_rules! address_end {
    () => {
        "({now} / 600000000 + 2) * 600000000"
    };
}
pub(crate) use address_end;

/// What an address is bound to: where any of it changes, as when a lesson is withdrawn, all that were
/// given before are worth nothing. `$l` and `$v` are the rows of the lesson and its version.
macro_rules! bound_to {
    ($l:literal, $v:literal) => {
        concat!($l, ".status || '/' || ", $l, ".visibility || '/' || ", $v, ".state")
    };
}
pub(crate) use bound_to;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::Counting;

    fn addresses(base: &str) -> Addresses {
        let keyring = Keyring::parse(&Keyring::generate(&Counting::new(1))).unwrap();
        Addresses::new(Arc::new(keyring), base)
    }

    fn read(address: &str) -> SignedPath {
        let (path, query) = address.split_once("/files/").unwrap().1.split_once('?').unwrap();
        let (attachment, part) = path.split_once('/').unwrap();
        let (expires, signature) = query.split_once('&').unwrap();
        SignedPath {
            attachment: attachment.to_owned(),
            part: part.to_owned(),
            expires: expires.strip_prefix("expires=").unwrap().parse().unwrap(),
            signature: signature.strip_prefix("signature=").unwrap().to_owned(),
        }
    }

    const NOW: Timestamp = Timestamp::from_micros(1_800_000_123_000_000);

    #[test]
    fn an_address_is_the_same_for_a_while_and_holds_for_a_while_longer() {
        let addresses = addresses("https://maip.example.org/");
        let address = addresses.address("attachment_1/file", "PUBLISHED", NOW);
        assert!(
            address.starts_with("https://maip.example.org/files/attachment_1/file?expires="),
            "{address}"
        );
        assert_eq!(addresses.address("attachment_1/file", "PUBLISHED", NOW.plus_seconds(400)), address);
        assert_ne!(addresses.address("attachment_1/file", "PUBLISHED", NOW.plus_seconds(500)), address);
        let said = read(&address);
        for (after, holds) in [(0, true), (WINDOW, true), (2 * WINDOW, false)] {
            assert_eq!(addresses.holds(&said, "PUBLISHED", NOW.plus_seconds(after)), holds, "{after}");
        }
    }

    #[test]
    fn an_address_that_was_changed_is_worth_nothing() {
        let addresses = addresses("");
        let said = read(&addresses.address("attachment_1/file", "PUBLISHED", NOW));
        assert!(addresses.holds(&said, "PUBLISHED", NOW));
        assert!(!addresses.holds(&said, "WITHDRAWN", NOW));
        for other in [
            SignedPath { attachment: "attachment_2".to_owned(), ..said.clone() },
            SignedPath { part: THUMBNAIL.to_owned(), ..said.clone() },
            SignedPath { expires: said.expires + 1, ..said.clone() },
            SignedPath { signature: String::new(), ..said.clone() },
            SignedPath { signature: said.signature.replace(|_: char| true, "A"), ..said.clone() },
        ] {
            assert!(!addresses.holds(&other, "PUBLISHED", NOW), "{other:?}");
        }
    }
}
