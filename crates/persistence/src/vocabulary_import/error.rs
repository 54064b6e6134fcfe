//! What can be wrong with a vocabulary file.

use super::text::{MAX_LABEL_CHARACTERS, MAX_URI_BYTES};

/// Why a vocabulary file is refused. Nothing of a refused file is imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file can't be read.
    #[error("the file can't be read: {0}")]
    Io(#[from] std::io::Error),
    /// A line is refused.
    #[error("line {line}: {reason}")]
    Line {
        /// The line, counted from 1.
        line: u64,
        /// What is wrong there.
        reason: Refusal,
    },
    /// The form of the file isn't known.
    #[error("{0}")]
    UnknownFormat(String),
    /// The file holds no concept.
    #[error(
        "the file has no concept; expected are subjects of type skos:Concept, or a table with a column \"uri\""
    )]
    NoConcepts,
    /// More than an import takes at once.
    #[error("line {line}: the file has more than {limit} {what}; import it in parts")]
    TooLarge {
        /// The line that went over, counted from 1.
        line: u64,
        /// What there is too much of.
        what: &'static str,
        /// How much is taken.
        limit: usize,
    },
    /// More ancestors than are kept.
    #[error(
        "the hierarchy is too deep or too tangled: its concepts have more than {limit} ancestors together"
    )]
    TooTangled {
        /// How many are kept.
        limit: usize,
    },
    /// Concepts that are, through others, broader than themselves.
    #[error("{}the hierarchy has a cycle: {}", at(*line), chain.join(" is narrower than "))]
    Cycle {
        /// The line of the link that closes it, the last of its links in the file, counted from 1;
        /// none where the file says nothing of it.
        line: Option<u64>,
        /// The URIs along the cycle, each followed by one that is broader; the last is the first
        /// again. A long chain is cut in the middle, with `…`.
        chain: Vec<String>,
    },
}

/// How much of a cycle is named.
const CYCLE_SHOWN: usize = 20;

impl ImportError {
    /// The refusal of a cycle that goes through these, closed on this line.
    pub(super) fn cycle<'a>(line: Option<u64>, uris: impl ExactSizeIterator<Item = &'a str>) -> Self {
        let length = uris.len();
        let mut chain = Vec::with_capacity(CYCLE_SHOWN + 1);
        for (index, uri) in uris.enumerate() {
            if length <= CYCLE_SHOWN || index < CYCLE_SHOWN - 1 || index == length - 1 {
                chain.push(uri.to_owned());
            } else if index == CYCLE_SHOWN - 1 {
                chain.push("…".to_owned());
            }
        }
        Self::Cycle { line, chain }
    }
}

fn at(line: Option<u64>) -> String {
    line.map(|line| format!("line {line}: ")).unwrap_or_default()
}

/// What is wrong with a line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Not Turtle, or not N-Triples.
    #[error("{0}")]
    Syntax(String),
    /// Not UTF-8.
    #[error("the line isn't UTF-8")]
    NotUtf8,
    /// A line longer than a reader takes.
    #[error("the line is longer than {limit} bytes")]
    LineTooLong {
        /// The length that is taken, in bytes.
        limit: usize,
    },
    /// A statement that goes on and on.
    #[error("no statement ends within {limit} bytes; is a quotation mark missing?")]
    StatementTooLong {
        /// The length that is taken, in bytes.
        limit: usize,
    },
    /// A concept or a parent that isn't named by an absolute IRI of a known scheme.
    #[error("{0:?} isn't an absolute http, https or urn IRI")]
    NotAnIri(String),
    /// A concept named by a blank node, which no later import could find again.
    #[error("the concept is a blank node; it needs an IRI")]
    BlankConcept,
    /// A name of a concept that is too long.
    #[error("the IRI is longer than {MAX_URI_BYTES} bytes")]
    IriTooLong,
    /// A label without its language.
    #[error("the label {0:?} has no language tag")]
    MissingLanguage(String),
    /// A language tag that isn't BCP 47.
    #[error("{0:?} isn't a BCP 47 language tag")]
    BadLanguage(String),
    /// A label that isn't text at all.
    #[error("a label must be text with a language tag, not {0}")]
    NotALabel(String),
    /// A label of nothing but white space.
    #[error("the label is empty")]
    EmptyLabel,
    /// A label with a control character.
    #[error("the label has the control character U+{0:04X}")]
    ControlCharacter(u32),
    /// A label that is too long.
    #[error("the label is longer than {MAX_LABEL_CHARACTERS} characters")]
    LabelTooLong,
    /// Something that must be true or false.
    #[error("{0:?} is neither true nor false")]
    NotABoolean(String),
    /// A label node with two literal forms.
    #[error("the SKOS-XL label {0} has two different literal forms")]
    TwoLiteralForms(String),
    /// A label node that is used, and has no literal form anywhere in the file.
    #[error("the SKOS-XL label {0} has no literal form")]
    NoLiteralForm(String),
    /// A concept that is its own parent.
    #[error("the concept {0} is broader than itself")]
    OwnParent(String),
    /// A table without the column that names the concept.
    #[error("the first line must name the columns, and one of them must be \"uri\"")]
    NoUriColumn,
    /// A table with a column that means nothing here.
    #[error(
        "the column {0:?} isn't known; known are uri, broader, deprecated, label_<language>, synonyms_<language> and hidden_<language>"
    )]
    UnknownColumn(String),
    /// A table that has a column twice.
    #[error("the column {0:?} is there twice")]
    RepeatedColumn(String),
    /// A row with too few or too many fields.
    #[error("the row has {found} fields, and the table {expected} columns")]
    WrongFieldCount {
        /// Columns of the table.
        expected: usize,
        /// Fields of the row.
        found: usize,
    },
    /// A concept with two rows.
    #[error("the concept {uri} has a row already, on line {first}")]
    RepeatedConcept {
        /// The concept.
        uri: String,
        /// The line of its first row.
        first: u64,
    },
}

impl Refusal {
    /// This refusal, at a line counted from 1.
    pub(super) fn at(self, line: u64) -> ImportError {
        ImportError::Line { line, reason: self }
    }
}
