//! Text search: one analyser for every language and both databases.
//!
//! A text becomes tokens in plain ASCII letters and digits. The databases only index and compare
//! them, so both find the same. What is written with spaces is cut into words; what is written
//! without (Chinese, Japanese, Thai, Lao, Khmer, Burmese) gives words by dictionary and, since two
//! texts are rarely cut alike, each pair of neighbouring characters. A search asks for the pairs.
//!
//! Words are also indexed by their stems in the text's language, and a search asks for a word or one of its stems:
//! "dried bananas" finds "drying a banana".

mod fold;
mod grams;
mod stems;
mod token;
mod words;

#[cfg(test)]
mod tests;

use std::collections::{BTreeSet, HashSet};

pub use token::{Token, TokenKind};

/// At most so many different tokens of one text are kept; what comes later isn't found.
pub const MAX_TOKENS: usize = 20_000;
/// At most so many words and pairs of a search count; the rest is ignored.
pub const MAX_QUERY_TERMS: usize = 48;
/// Changes with what [`analyse`] makes of a text: what was indexed by another analyser is indexed anew.
pub const ANALYSER: u32 = 2;

/// What a text has to have to be found: one of these tokens.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Term(Vec<Token>);

impl Term {
    /// The tokens; never none.
    #[must_use]
    pub fn alternatives(&self) -> &[Token] {
        &self.0
    }
}

/// The tokens under which a text is indexed, each once, in order. Its language is a BCP 47 tag.
#[must_use]
pub fn analyse(text: &str, language: &str) -> Vec<Token> {
    let lower = fold::lower(text);
    let bare = fold::without_marks(&lower);
    let mut known = HashSet::new();
    let words: Vec<String> = words::words(&lower).filter(|word| known.insert(word.clone())).collect();
    let stems = words.iter().flat_map(|word| stems::stems(word, Some(language)));
    let stems = stems.map(|(language, stem)| Token::stem(language, &stem));
    let plain = words.iter().map(|word| Token::word(&fold::without_marks(word)));
    let grams = grams::indexed(&bare).map(|gram| Token::gram(&gram));
    let mut seen = BTreeSet::new();
    plain.chain(grams).chain(stems).filter(|token| seen.insert(token.clone())).take(MAX_TOKENS).collect()
}

/// What a text has to have to be found by this search: all of these terms. Nothing that can be searched for gives
/// none, and so finds nothing.
#[must_use]
pub fn query(text: &str) -> Vec<Term> {
    let lower = fold::lower(text);
    let bare = fold::without_marks(&lower);
    let words = words::words(&lower).filter(|word| !grams::is_unspaced(word)).map(|word| {
        let stems =
            stems::stems(&word, None).into_iter().map(|(language, stem)| Token::stem(language, &stem));
        Term(std::iter::once(Token::word(&fold::without_marks(&word))).chain(stems).collect())
    });
    let grams = grams::searched(&bare).map(|gram| Term(vec![Token::gram(&gram)]));
    let mut seen = BTreeSet::new();
    words.chain(grams).filter(|term| seen.insert(term.clone())).take(MAX_QUERY_TERMS).collect()
}
