//! Cursors of events: the place of an event among all events, sealed, since from two places in the clear anybody
//! could tell how many events there were between, those that they may not see among them.
//!
//! An event has one cursor, by which clients know it again, whoever they are and whichever node tells them. So the
//! nonce isn't random: it is a keyed digest of the place, as in SIV (RFC 5297), and comes with the cursor.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hmac::Mac as _;

use super::keyring::{NONCE_LENGTH, Secret, derive, digest};

/// How long each cursor is: 24 bytes of the nonce, 8 of the place and 16 of the tag, four letters for three bytes.
const LENGTH: usize = 64;

/// What is authenticated with it: nothing else that might once be sealed with this key is taken for a cursor.
const CONTEXT: &[u8] = b"event";

/// Seals and opens cursors of events. Made from the installation's first key, which stays: a cursor is good until its
/// events are pruned, also where a newer key was added meanwhile.
pub(super) struct EventCursors {
    nonces: Secret,
    cipher: XChaCha20Poly1305,
}

impl EventCursors {
    pub(super) fn new(first: &Secret) -> Self {
        let sealing = derive(first, "maip event cursors");
        Self {
            nonces: derive(first, "maip event cursor nonces"),
            cipher: XChaCha20Poly1305::new(sealing.as_slice().into()),
        }
    }

    pub(super) fn seal(&self, position: i64) -> String {
        let mut nonce = XNonce::default();
        // The digest is longer than the nonce.
        let made = digest(&self.nonces, &["event", &position.to_string()]).finalize().into_bytes();
        for (byte, made) in nonce.iter_mut().zip(made) {
            *byte = made;
        }
        let payload = Payload { msg: &position.to_be_bytes(), aad: CONTEXT };
        let mut bytes = nonce.to_vec();
        // Encryption fails only for texts of 256 GiB and more.
        bytes.extend(self.cipher.encrypt(&nonce, payload).unwrap_or_default());
        URL_SAFE_NO_PAD.encode(bytes)
    }

    pub(super) fn open(&self, cursor: &str) -> Option<i64> {
        let bytes = URL_SAFE_NO_PAD.decode(cursor).ok().filter(|_| cursor.len() == LENGTH)?;
        let (nonce, sealed) = bytes.split_at_checked(NONCE_LENGTH)?;
        let plain =
            self.cipher.decrypt(XNonce::from_slice(nonce), Payload { msg: sealed, aad: CONTEXT }).ok()?;
        plain.try_into().ok().map(i64::from_be_bytes)
    }
}

#[cfg(test)]
mod tests {
    use crate::crypto::Keyring;
    use crate::tests::Counting;

    fn keyring(seed: u64) -> Keyring {
        Keyring::parse(&Keyring::generate(&Counting::new(seed))).unwrap()
    }

    #[test]
    fn an_event_has_one_cursor_which_its_own_installation_opens() {
        let keys = keyring(1);
        for position in [0, 1, 7, i64::MAX] {
            let cursor = keys.event_cursor(position);
            assert_eq!(cursor.len(), super::LENGTH, "{cursor}");
            assert_eq!(cursor, keyring(1).event_cursor(position), "another node tells the same");
            assert_eq!(keys.event_position(&cursor), Some(position));
            assert_eq!(keyring(2).event_position(&cursor), None);
        }
        let rotated = format!("{}k2 {}\n", keys.text(), "ab".repeat(32));
        let rotated = Keyring::parse(&rotated).unwrap();
        assert_eq!(rotated.event_cursor(7), keys.event_cursor(7), "a newer key changes no cursor");
    }

    #[test]
    fn what_was_changed_in_any_bit_is_no_cursor() {
        let keys = keyring(1);
        let cursor = keys.event_cursor(7);
        for at in 0..cursor.len() {
            for other in ('A'..='Z').chain('a'..='z').chain('0'..='9').chain(['-', '_', '=', ' ', 'é']) {
                let changed = format!("{}{other}{}", &cursor[..at], &cursor[at + 1..]);
                let expected = Some(7).filter(|_| changed == cursor);
                assert_eq!(keys.event_position(&changed), expected, "{changed}");
            }
            assert_eq!(keys.event_position(&cursor[..at]), None);
        }
        let longer = format!("{cursor}AAAA");
        for other in
            ["", "7", "ZXZlbnQgNw", &longer, &"A".repeat(64), &keys.seal("event", "", "7", &Counting::new(3))]
        {
            assert_eq!(keys.event_position(other), None, "{other}");
        }
    }

    #[test]
    fn cursors_of_neighbours_show_neither_order_nor_distance() {
        let keys = keyring(1);
        let cursors: Vec<String> = (0..2000).map(|position| keys.event_cursor(position)).collect();
        // Up as often as down, for neighbours and for those far apart.
        for distance in [1, 2, 500] {
            let pairs = cursors.iter().zip(&cursors[distance..]);
            let up = pairs.clone().filter(|(one, other)| one < other).count();
            let share = 100 * up / pairs.len();
            assert!((42..=58).contains(&share), "{share} % go up at a distance of {distance}");
        }
        // No two have the same letter at the same place more often than two random texts.
        for place in 0..super::LENGTH {
            let letters = cursors.iter().map(|cursor| cursor.as_bytes()[place]);
            let same = letters.clone().zip(letters.skip(1)).filter(|(one, other)| one == other).count();
            assert!(same < 100, "{same} of {} neighbours agree at {place}", cursors.len());
        }
    }
}
