//! What a record is found by.

use std::collections::BTreeSet;

use super::beginnings::MAX_TITLES;
use super::{MAX_TOKENS, PLACES, SearchKind, Token, analyse, beginnings, known_words};

/// A title from one of its words on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Beginning<'a> {
    /// Its place among those of the record; the title itself stands at the last multiple of [`PLACES`].
    pub place: usize,
    /// What it begins with.
    pub key: String,
    /// The title, where it is from its first word on.
    pub title: Option<(&'a str, &'a str)>,
}

/// A record as the index has it.
#[derive(Clone, Debug)]
pub struct Document<'a> {
    /// What it is.
    pub kind: SearchKind,
    /// Its id.
    pub id: &'a str,
    /// Its titles or names, each with its language.
    pub titles: Vec<(&'a str, &'a str)>,
    /// Its other texts, each with its language.
    pub texts: Vec<(&'a str, &'a str)>,
    /// The ids of the concepts that it is about.
    pub concepts: Vec<&'a str>,
    /// Whether everyone sees it. Only then its words tell what may be meant by others, so that no correction says what
    /// stands in something hidden.
    pub public: bool,
}

impl Document<'_> {
    /// The tokens under which it is found, each once; what matters most comes first, should they be too many.
    #[must_use]
    pub fn tokens(&self) -> Vec<Token> {
        let titles: Vec<Token> =
            self.titles.iter().flat_map(|(text, language)| analyse(text, language)).collect();
        let concepts = self.concepts.iter().map(|id| Token::concept(id));
        let in_titles = titles.iter().map(Token::in_title);
        let texts = self.texts.iter().flat_map(|(text, language)| analyse(text, language));
        let mut seen = BTreeSet::new();
        let all = concepts.chain(in_titles).chain(titles.iter().cloned()).chain(texts);
        all.filter(|token| seen.insert(token.clone())).take(MAX_TOKENS).collect()
    }

    /// What of its titles is found while they are being typed, each title from each of its words on.
    pub fn beginnings(&self) -> impl Iterator<Item = Beginning<'_>> {
        self.titles.iter().take(MAX_TITLES).enumerate().flat_map(|(number, title)| {
            beginnings(title.0).into_iter().enumerate().map(move |(start, key)| Beginning {
                place: number * PLACES + start,
                key,
                title: (start == 0).then_some(*title),
            })
        })
    }

    /// The words by which errors in others can be told.
    #[must_use]
    pub fn known_words(&self) -> BTreeSet<String> {
        if !self.public {
            return BTreeSet::new();
        }
        known_words(self.titles.iter().chain(&self.texts).map(|(text, _)| *text))
    }
}
