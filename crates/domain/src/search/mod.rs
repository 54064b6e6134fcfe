//! Text search: one analyser for every language and both databases.
//!
//! A text becomes tokens in plain ASCII letters and digits. The databases only index and compare
//! them, so both find the same. What is written with spaces is cut into words; what is written
//! without (Chinese, Japanese, Thai, Lao, Khmer, Burmese) gives words by dictionary and, since two
//! texts are rarely cut alike, each pair of neighbouring characters. A search asks for the pairs.

mod fold;
mod grams;
mod token;
mod words;

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

pub use token::{Token, TokenKind};

/// At most so many different tokens of one text are kept; what comes later isn't found.
pub const MAX_TOKENS: usize = 20_000;
/// At most so many tokens of a search count; the rest is ignored.
pub const MAX_QUERY_TOKENS: usize = 48;

/// The tokens under which a text is indexed, each once, in order.
#[must_use]
pub fn analyse(text: &str) -> Vec<Token> {
    let folded = fold::fold(text);
    let words = words::words(&folded).map(|word| Token::word(&word));
    let grams = grams::indexed(&folded).map(|gram| Token::gram(&gram));
    let mut seen = BTreeSet::new();
    words.chain(grams).filter(|token| seen.insert(token.clone())).take(MAX_TOKENS).collect()
}

/// The tokens that a text has to have to be found by this search: all of them. Nothing that can be
/// searched for gives none, and so finds nothing.
#[must_use]
pub fn query(text: &str) -> Vec<Token> {
    let folded = fold::fold(text);
    let words = words::words(&folded).filter(|word| !grams::is_unspaced(word)).map(|word| Token::word(&word));
    let grams = grams::searched(&folded).map(|gram| Token::gram(&gram));
    let mut seen = BTreeSet::new();
    words.chain(grams).filter(|token| seen.insert(token.clone())).take(MAX_QUERY_TOKENS).collect()
}
