//! What a search asks for, word by word.

use std::collections::BTreeSet;

use super::concepts::{Span, Unit, spans, units};
use super::rank::{MAX_CORRECTED, MAX_PARTS};
use super::{Term, Token, fold, grams, of_word, typing, words};

/// A search, taken apart.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Its words; what has any of them is found.
    pub parts: Vec<Part>,
    /// Where in it a label of a concept may stand.
    pub spans: Vec<Span>,
    units: Vec<Unit>,
}

/// A word of a search.
#[derive(Clone, Debug)]
pub struct Part {
    /// The word in lower case.
    pub word: String,
    /// What is looked for in its place, where it is taken for one with typing errors.
    pub corrected: Option<String>,
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
        let units = units(&lower);
        Self { parts, spans: spans(&units), units }
    }

    /// The words that may have typing errors, by their places among the parts, each as known words are written. Those
    /// that stand in a label of a concept, at one of these places, have none.
    pub fn doubtful<'a>(
        &'a self,
        labels: &'a [std::ops::Range<usize>],
    ) -> impl Iterator<Item = (usize, String)> + 'a {
        let in_label = |word: &str| {
            labels.iter().any(|place| {
                let label = self.units.get(place.clone()).unwrap_or_default();
                label.iter().any(|unit| unit.text == word)
            })
        };
        let parts = self.parts.iter().enumerate().filter(move |(_, part)| !in_label(&part.word));
        parts.filter_map(|(place, part)| Some((place, typing::may_have_errors(&part.word)?)))
    }

    /// The same search, also for what may be meant by some of its words. Labels of concepts are looked for with what
    /// is meant in place of what was typed.
    #[must_use]
    pub fn corrected(&self, meant: &[(usize, Vec<String>)]) -> Self {
        let mut corrected = self.clone();
        let meant = meant.get(..MAX_CORRECTED).unwrap_or(meant);
        for (part, words) in meant.iter().filter_map(|(place, words)| Some((self.parts.get(*place)?, words)))
        {
            corrected.parts.extend(words.iter().map(|word| Part {
                word: part.word.clone(),
                corrected: Some(word.clone()),
                terms: vec![of_word(word)],
            }));
        }
        for turn in 0..meant.iter().map(|(_, words)| words.len()).max().unwrap_or_default() {
            let mut units = self.units.clone();
            for (place, words) in meant {
                let Some((typed, word)) = self.parts.get(*place).zip(words.get(turn).or(words.first()))
                else {
                    continue;
                };
                for unit in units.iter_mut().filter(|unit| unit.text == typed.word) {
                    unit.text.clone_from(word);
                }
            }
            corrected.spans.extend(spans(&units));
        }
        let mut seen = std::collections::HashSet::new();
        corrected.spans.retain(|span| seen.insert(span.clone()));
        corrected
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
        Self { word, corrected: None, terms }
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
