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
    /// Any of these in the title.
    Title,
    /// A concept that the record is about, whatever its text says.
    Concept,
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

    /// The same in the title.
    pub(super) fn in_title(&self) -> Self {
        Self { kind: TokenKind::Title, text: ["t", &self.text].concat() }
    }

    /// That the record with this id is what it is about: ids are letters and digits behind the underscore.
    pub(super) fn concept(id: &str) -> Self {
        let plain: String = id.chars().filter(char::is_ascii_alphanumeric).collect();
        Self {
            kind: TokenKind::Concept,
            text: ["c", plain.strip_prefix("concept").unwrap_or(&plain)].concat(),
        }
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
