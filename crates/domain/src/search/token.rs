//! Tokens, written so that no database has anything to interpret in them.

use std::fmt::Write as _;

/// At most so many characters of a word count.
const MAX_CHARACTERS: usize = 40;

/// What a token stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TokenKind {
    /// A word.
    Word,
    /// What the forms of a word have in common in one language.
    Stem,
    /// One or two characters of a script without spaces.
    Gram,
}

/// A token: ASCII letters and digits alone.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Token {
    kind: TokenKind,
    text: String,
}

impl Token {
    pub(super) fn word(word: &str) -> Self {
        Self { kind: TokenKind::Word, text: encode(['a', 'w'], word) }
    }

    pub(super) fn stem(language: &str, stem: &str) -> Self {
        Self { kind: TokenKind::Stem, text: encode(['s', 'h'], &[language, stem].concat()) }
    }

    pub(super) fn gram(gram: &str) -> Self {
        Self { kind: TokenKind::Gram, text: encode(['b', 'g'], gram) }
    }

    /// What it stands for.
    #[must_use]
    pub fn kind(&self) -> TokenKind {
        self.kind
    }

    /// As it is indexed and asked for.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Gives up the type.
    #[must_use]
    pub fn into_string(self) -> String {
        self.text
    }
}

/// The first letter says how the rest is to be read: plain, or bytes as hexadecimal digits.
fn encode([plain, encoded]: [char; 2], text: &str) -> String {
    let kept: String = text.chars().take(MAX_CHARACTERS).collect();
    if kept.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return format!("{plain}{kept}");
    }
    let mut token = String::with_capacity(1 + 2 * kept.len());
    token.push(encoded);
    for byte in kept.bytes() {
        // Writing to a string can't fail.
        let _ = write!(token, "{byte:02x}");
    }
    token
}
