//! Numbers, ids and texts that look random and are the same with every run.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use maip_domain::search::analyse;
use maip_domain::time::{Clock, Entropy, Timestamp};

/// The instant at which the first lesson was written, in microseconds.
pub const START: i64 = 1_600_000_000_000_000;
/// Between two lessons: a million of them fill some five years.
pub const BETWEEN: i64 = 160_000_000;

const SYLLABLES: &[&str] = &[
    "ba", "ka", "mu", "le", "ri", "so", "ta", "no", "pe", "wi", "ga", "lo", "fe", "ma", "chi", "du", "ra",
    "ne", "ko", "si",
];
const WORDS: usize = 3000;

/// A word with the tokens under which it is found.
struct Word {
    text: String,
    tokens: Vec<String>,
}

/// The source of all that is made: a seed, a clock that the caller sets, and a vocabulary.
pub struct Made {
    state: AtomicU64,
    now: AtomicI64,
    words: Vec<Word>,
    /// The tokens of the texts made since they were last taken.
    found_by: Mutex<Vec<usize>>,
}

impl Made {
    pub fn new(seed: u64) -> Self {
        let words = (0..WORDS)
            .map(|number| {
                let (mut text, mut rest) = (String::new(), number + SYLLABLES.len());
                while rest > 0 {
                    text.push_str(SYLLABLES[rest % SYLLABLES.len()]);
                    rest /= SYLLABLES.len();
                }
                let tokens = analyse(&text, "en").iter().map(|token| token.as_str().to_owned()).collect();
                Word { text, tokens }
            })
            .collect();
        let (state, now) = (AtomicU64::new(seed), AtomicI64::new(START));
        Self { state, now, words, found_by: Mutex::default() }
    }

    /// All words.
    pub fn vocabulary(&self) -> impl Iterator<Item = &str> {
        self.words.iter().map(|word| word.text.as_str())
    }

    /// Sets the clock, which the ids go by.
    pub fn set_now(&self, micros: i64) {
        self.now.store(micros, Ordering::Relaxed);
    }

    fn mixed(&self) -> u64 {
        let state = self.state.fetch_add(0x9E37_79B9_7F4A_7C15, Ordering::Relaxed);
        let mut mixed = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below the bound.
    pub fn below(&self, bound: usize) -> usize {
        usize::try_from(self.mixed() % u64::try_from(bound.max(1)).unwrap_or(1)).unwrap_or(0)
    }

    /// A number below the bound, small ones far more often: a few countries and platforms have most of it.
    pub fn skewed(&self, bound: usize) -> usize {
        let (one, other) = (self.below(bound), self.below(bound));
        one * other / bound.max(1)
    }

    pub fn one_of<'a, T: ?Sized>(&self, values: &[&'a T]) -> &'a T {
        values[self.below(values.len())]
    }

    /// Appends so many words, common ones far more often than rare ones.
    pub fn text(&self, words: usize) -> String {
        let mut text = String::with_capacity(words * 7);
        let mut found_by = self.found_by.lock().unwrap_or_else(PoisonError::into_inner);
        for place in 0..words {
            let number = self.skewed(WORDS);
            if place > 0 {
                text.push(' ');
            }
            text.push_str(&self.words[number].text);
            found_by.push(number);
        }
        text
    }

    /// The tokens of the texts made since this was last called, as the search index takes them.
    pub fn take_tokens(&self) -> String {
        let numbers = std::mem::take(&mut *self.found_by.lock().unwrap_or_else(PoisonError::into_inner));
        let mut tokens: Vec<&str> =
            numbers.iter().flat_map(|number| &self.words[*number].tokens).map(String::as_str).collect();
        tokens.sort_unstable();
        tokens.dedup();
        tokens.join(" ")
    }
}

impl Clock for Made {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.now.load(Ordering::Relaxed))
    }
}

impl Entropy for Made {
    fn fill(&self, buffer: &mut [u8]) {
        for chunk in buffer.chunks_mut(8) {
            chunk.copy_from_slice(&self.mixed().to_le_bytes()[..chunk.len()]);
        }
    }
}
