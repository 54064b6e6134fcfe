//! Numbers below a bound from a source of randomness, each equally likely.

use crate::time::Entropy;

/// A number from 0 up to, not including, the bound.
pub(crate) fn below(bound: u64, entropy: &dyn Entropy) -> u64 {
    // The last, incomplete round of the bound is thrown away: taking its remainder would make small
    // numbers likelier.
    let complete = u64::MAX - u64::MAX % bound;
    let mut drawn = 0;
    // A draw is thrown away with a chance of bound / 2^64 at most, so a second one is hardly ever
    // needed. The end only keeps a broken source from hanging the caller.
    for _ in 0..32 {
        let mut bytes = [0_u8; 8];
        entropy.fill(&mut bytes);
        drawn = u64::from_le_bytes(bytes);
        if drawn < complete {
            break;
        }
    }
    drawn % bound
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use std::sync::Mutex;

    /// A reproducible source: a small generator, not a secret one.
    pub(crate) struct Sequence(Mutex<u64>);

    impl Sequence {
        pub(crate) fn new(seed: u64) -> Self {
            Self(Mutex::new(seed))
        }
    }

    impl Entropy for Sequence {
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

    /// Gives the bytes again and again.
    pub(crate) struct Stuck(pub(crate) u8);

    impl Entropy for Stuck {
        fn fill(&self, buffer: &mut [u8]) {
            buffer.fill(self.0);
        }
    }

    #[test]
    fn every_number_is_about_equally_likely() {
        let source = Sequence::new(7);
        let mut seen = [0_u32; 62];
        for _ in 0..62_000 {
            seen[usize::try_from(below(62, &source)).unwrap()] += 1;
        }
        // 1,000 each on average; seven standard deviations either way.
        assert!(seen.iter().all(|count| (780..1_220).contains(count)), "{seen:?}");
    }

    #[test]
    fn a_draw_from_the_incomplete_round_is_thrown_away() {
        struct First(Mutex<bool>);
        impl Entropy for First {
            fn fill(&self, buffer: &mut [u8]) {
                let mut first = self.0.lock().unwrap();
                buffer.fill(if *first { 0xFF } else { 0 });
                *first = false;
            }
        }
        assert_eq!(below(10, &First(Mutex::new(true))), 0);
    }

    #[test]
    fn a_broken_source_hangs_nobody() {
        assert!(below(10, &Stuck(0xFF)) < 10);
        assert_eq!(below(1, &Stuck(0)), 0);
    }
}
