//! The facts that a vocabulary file states, one at a time.

use super::error::ImportError;

pub use maip_domain::vocabulary::LabelKind;

/// One fact. URIs are absolute, languages and texts as the API has them: BCP 47 in its usual case,
/// NFC without control characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fact<'a> {
    /// This is a concept.
    Concept {
        /// The concept.
        uri: &'a str,
    },
    /// A concept has a label.
    Label {
        /// The concept, or something else that has a label.
        uri: &'a str,
        /// The language of the text.
        language: &'a str,
        /// What the label is to the concept.
        kind: LabelKind,
        /// The label.
        text: &'a str,
    },
    /// A concept has a label that is a node of its own (SKOS-XL).
    LabelNode {
        /// The concept.
        uri: &'a str,
        /// What the label is to the concept.
        kind: LabelKind,
        /// The label's node: an IRI, or `_:` and the name of a blank node.
        node: &'a str,
    },
    /// The text of such a node. It may come before or after what uses the node.
    LiteralForm {
        /// The label's node.
        node: &'a str,
        /// The language of the text.
        language: &'a str,
        /// The label.
        text: &'a str,
    },
    /// A concept has a broader one.
    Broader {
        /// The narrower concept.
        child: &'a str,
        /// The broader concept.
        parent: &'a str,
    },
    /// A concept should no longer be used.
    Deprecated {
        /// The concept.
        uri: &'a str,
    },
}

/// Takes the facts of a file as they are read.
pub trait FactSink {
    /// Takes one fact, stated at `line` (from 1).
    ///
    /// # Errors
    /// A fact that can't be true beside the ones before it, or one too many; reading stops there.
    fn take(&mut self, line: u64, fact: Fact<'_>) -> Result<(), ImportError>;
}
