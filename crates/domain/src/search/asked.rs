//! What a search asks for, word by word.

use std::collections::BTreeSet;

use super::concepts::{Span, spans};
use super::rank::MAX_PARTS;
use super::{Term, Token, fold, grams, of_word, words};

/// A search, taken apart.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Its words; what has any of them is found.
    pub parts: Vec<Part>,
    /// Where in it a label of a concept may stand.
    pub spans: Vec<Span>,
}

/// A word of a search.
#[derive(Clone, Debug)]
pub struct Part {
    /// The word in lower case.
    pub word: String,
    /// What a text that has it has: all of these.
    pub terms: Vec<Term>,
}

impl Asked {
    /// Takes a search apart.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let lower = fold::lower(text);
        let mut seen = BTreeSet::new();
        let words: Vec<String> = words::words(&lower).filter(|word| seen.insert(word.clone())).collect();
        let (single, whole): (Vec<String>, Vec<String>) = words
            .into_iter()
            .partition(|word| grams::is_unspaced(word) && grams::clusters(word).count() == 1);
        // One character of a script without spaces is in very many texts; it counts where there is nothing else.
        let counted = if whole.is_empty() { single } else { whole };
        let parts = counted.into_iter().take(MAX_PARTS).map(Part::of).collect();
        Self { parts, spans: spans(&lower) }
    }
}

impl Part {
    fn of(word: String) -> Self {
        let terms = if grams::is_unspaced(&word) {
            // Two texts are rarely cut alike into words; what is there of the word are its pairs.
            grams::searched(&fold::without_marks(&word)).map(|gram| Term(vec![Token::gram(&gram)])).collect()
        } else {
            vec![of_word(&word)]
        };
        Self { word, terms }
    }

    /// What a title that has it has.
    #[must_use]
    pub fn in_title(&self) -> Vec<Term> {
        self.terms.iter().map(Term::in_title).collect()
    }
}

/// What a record has that is about one of these concepts.
#[must_use]
pub fn concept_terms<'a>(ids: impl IntoIterator<Item = &'a str>) -> Vec<Term> {
    let tokens: Vec<Token> = ids.into_iter().map(Token::concept).collect();
    if tokens.is_empty() { Vec::new() } else { vec![Term(tokens)] }
}
