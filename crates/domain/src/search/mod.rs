//! Text search: one analyser for every language and both databases.
//!
//! A text becomes tokens in plain ASCII letters and digits. The databases only index and compare
//! them, so both find the same. What is written with spaces is cut into words; what is written
//! without (Chinese, Japanese, Thai, Lao, Khmer, Burmese) gives words by dictionary and, since two
//! texts are rarely cut alike, each pair of neighbouring characters. A search asks for the pairs.
//!
//! Words are also indexed by their stems in the text's language, and a search asks for a word or one of its stems:
//! "dried bananas" finds "drying a banana".
//!
//! The search over everything goes further: it takes what has any of the words ([`Asked`]), finds the concepts that a
//! search names by a label in any language ([`Span`]), and ranks what it finds by one formula ([`rank`]). A word that
//! nothing has is taken for one with typing errors ([`meant`]); and a title is found while it is being typed
//! ([`typed_so_far`]).

mod asked;
mod beginnings;
mod concepts;
mod document;
mod fold;
mod grams;
mod kind;
pub mod rank;
mod stems;
mod token;
mod typing;
mod words;

#[cfg(test)]
mod tests;

use std::collections::{BTreeSet, HashSet};

pub use asked::{Asked, Part, concept_terms};
pub use beginnings::{PLACES, after, beginnings, typed_so_far};
pub use concepts::{Span, label_keys, longest};
pub use document::{Beginning, Document};
pub use kind::{SearchKind, SuggestionKind};
pub use token::{Token, TokenKind};
pub use typing::{Origin, known_words, meant, near_keys, word_keys};

/// At most so many different tokens of one text are kept; what comes later isn't found.
pub const MAX_TOKENS: usize = 20_000;
/// At most so many words and pairs of a search count; the rest is ignored.
pub const MAX_QUERY_TERMS: usize = 48;
/// Changes with what [`analyse`] makes of a text: what was indexed by another analyser is indexed anew.
pub const ANALYSER: u32 = 4;

/// What a text has to have to be found: one of these tokens.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Term(Vec<Token>);

impl Term {
    /// The tokens; never none.
    #[must_use]
    pub fn alternatives(&self) -> &[Token] {
        &self.0
    }

    /// The same in the title.
    #[must_use]
    pub fn in_title(&self) -> Self {
        Self(self.0.iter().map(Token::in_title).collect())
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
    let words = words::words(&lower).filter(|word| !grams::is_unspaced(word)).map(|word| of_word(&word));
    let grams = grams::searched(&bare).map(|gram| Term(vec![Token::gram(&gram)]));
    let mut seen = BTreeSet::new();
    words.chain(grams).filter(|term| seen.insert(term.clone())).take(MAX_QUERY_TERMS).collect()
}

/// A word of a search, in lower case: it, or its stem in any language that is written so.
fn of_word(word: &str) -> Term {
    let stems = stems::stems(word, None).into_iter().map(|(language, stem)| Token::stem(language, &stem));
    Term(std::iter::once(Token::word(&fold::without_marks(word))).chain(stems).collect())
}
