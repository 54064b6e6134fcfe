//! What the tests of this crate share: private databases, a reproducible source of randomness.

pub(crate) mod data;
pub(crate) mod database;
pub(crate) mod statements;
pub(crate) mod town;

use std::sync::Mutex;

use maip_domain::time::{Clock, Entropy, Timestamp};

/// A reproducible source: a small generator, not a secret one.
#[derive(Debug)]
pub(crate) struct Counting(Mutex<u64>);

impl Counting {
    pub(crate) fn new(seed: u64) -> Self {
        Self(Mutex::new(seed))
    }
}

impl Entropy for Counting {
    fn fill(&self, buffer: &mut [u8]) {
        let mut state = self.0.lock().unwrap();
        for byte in buffer {
            *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
            let mut mixed = *state;
            mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            *byte = (mixed ^ (mixed >> 31)).to_le_bytes()[0];
        }
    }
}

/// A clock that is set by hand.
#[derive(Debug)]
pub(crate) struct Hand(Mutex<Timestamp>);

impl Hand {
    /// Stands at an instant of 2027.
    pub(crate) fn new() -> Self {
        Self(Mutex::new(Timestamp::from_micros(1_800_000_000_000_000)))
    }

    pub(crate) fn advance(&self, seconds: i64) {
        let mut now = self.0.lock().unwrap();
        *now = now.plus_seconds(seconds);
    }
}

impl Clock for Hand {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

/// Makes two tests of one body, `sqlite` and `postgres` in a module of the body's name.
macro_rules! on_both {
    ($($(#[$attribute:meta])* async fn $name:ident($database:ident: &$kind:ident) $body:block)+) => {
        $(
            $(#[$attribute])*
            async fn $name($database: &$kind) $body

            mod $name {
                #[tokio::test]
                async fn sqlite() {
                    $crate::tests::database::on_sqlite(super::$name).await;
                }

                #[tokio::test]
                async fn postgres() {
                    $crate::tests::database::on_postgres(super::$name).await;
                }
            }
        )+
    };
}
pub(crate) use on_both;
