//! What a record is found by.

use std::collections::BTreeSet;

use super::{MAX_TOKENS, SearchKind, Token, analyse};

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
}
