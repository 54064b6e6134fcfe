//! Where the facts of a file wait until all are there, in bounded memory: some 220 MB (measured) for
//! 40,000 concepts with a million labels, each given plainly and as a node.

use super::error::{ImportError, Refusal};
use super::facts::{Fact, FactSink, LabelKind};
use super::interner::{Interner, Span, Texts};
use super::text;
use super::vocabulary::{Collected, Vocabulary};

/// How much one import takes.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Concepts, and other things with labels or parents.
    pub subjects: usize,
    /// Labels, and as many label nodes.
    pub labels: usize,
    /// Links to broader concepts.
    pub links: usize,
    /// Bytes of labels, and as many of URIs.
    pub bytes: usize,
}

impl Default for Limits {
    /// Five times AGROVOC.
    fn default() -> Self {
        Self { subjects: 250_000, labels: 5_000_000, links: 1_000_000, bytes: 512 << 20 }
    }
}

/// A label as stated: by its text, of the subject with this number.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stated {
    pub(super) subject: u32,
    pub(super) language: u32,
    pub(super) kind: LabelKind,
    pub(super) text: Span,
}

/// A link to a broader concept as stated, by the numbers of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct StatedLink {
    pub(super) child: u32,
    pub(super) parent: u32,
    pub(super) line: u64,
}

/// A label as stated: by its node.
struct NodeUse {
    subject: u32,
    node: u32,
    kind: LabelKind,
    line: u64,
}

#[derive(Clone, Copy, Default)]
struct Subject {
    concept: bool,
    deprecated: bool,
}

/// Takes the facts of a file, and gives the vocabulary they make.
pub struct Staging {
    limits: Limits,
    names: Interner,
    subjects: Vec<Subject>,
    languages: Interner,
    texts: Texts,
    labels: Vec<Stated>,
    nodes: Interner,
    forms: Vec<Option<(u32, Span)>>,
    uses: Vec<NodeUse>,
    links: Vec<StatedLink>,
}

impl Staging {
    /// Empty, with these limits.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            names: Interner::default(),
            subjects: Vec::new(),
            languages: Interner::default(),
            texts: Texts::default(),
            labels: Vec::new(),
            nodes: Interner::default(),
            forms: Vec::new(),
            uses: Vec::new(),
            links: Vec::new(),
        }
    }

    /// The vocabulary that the facts make.
    ///
    /// # Errors
    /// There is no concept, a label node has no text, or the hierarchy has a cycle.
    pub fn finish(self) -> Result<Vocabulary, ImportError> {
        let Self { names, subjects, languages, texts, mut labels, nodes, forms, uses, links, .. } = self;
        labels.reserve_exact(uses.len());
        for NodeUse { subject, node, kind, line } in uses {
            let form = forms.get(node as usize).copied().flatten();
            if let Some((language, text)) = form {
                labels.push(Stated { subject, language, kind, text });
            } else if subjects.get(subject as usize).is_some_and(|subject| subject.concept) {
                return Err(Refusal::NoLiteralForm(text::shortened(nodes.text(node))).at(line));
            }
        }
        // The nodes are joined, and their names are the largest part of the memory.
        drop((nodes, forms));
        let (concepts, deprecated) =
            subjects.iter().map(|subject| (subject.concept, subject.deprecated)).unzip();
        Vocabulary::of(Collected { names, concepts, deprecated, languages, texts, labels, links })
    }

    fn subject(&mut self, line: u64, uri: &str) -> Result<u32, ImportError> {
        let number = self.names.number(uri);
        Self::within(line, "concepts", self.names.len(), self.limits.subjects)?;
        Self::within(line, "bytes of URIs", self.names.bytes(), self.limits.bytes)?;
        self.subjects.resize(self.names.len(), Subject::default());
        self.room(line, number)
    }

    fn node(&mut self, line: u64, node: &str) -> Result<u32, ImportError> {
        let number = self.nodes.number(node);
        Self::within(line, "labels", self.nodes.len(), self.limits.labels)?;
        Self::within(line, "bytes of URIs", self.nodes.bytes(), self.limits.bytes)?;
        self.forms.resize(self.nodes.len(), None);
        self.room(line, number)
    }

    fn text(&mut self, line: u64, language: &str, text: &str) -> Result<(u32, Span), ImportError> {
        let language = self.languages.number(language);
        let span = self.texts.push(text);
        Self::within(line, "bytes of labels", self.texts.bytes(), self.limits.bytes)?;
        Ok((self.room(line, language)?, self.room(line, span)?))
    }

    fn room<T>(&self, line: u64, found: Option<T>) -> Result<T, ImportError> {
        found.ok_or(ImportError::TooLarge { line, what: "bytes", limit: self.limits.bytes })
    }

    fn within(line: u64, what: &'static str, count: usize, limit: usize) -> Result<(), ImportError> {
        if count > limit { Err(ImportError::TooLarge { line, what, limit }) } else { Ok(()) }
    }
}

impl FactSink for Staging {
    fn take(&mut self, line: u64, fact: Fact<'_>) -> Result<(), ImportError> {
        match fact {
            Fact::Concept { uri } => {
                let subject = self.subject(line, uri)?;
                self.subjects[subject as usize].concept = true;
            }
            Fact::Deprecated { uri } => {
                let subject = self.subject(line, uri)?;
                self.subjects[subject as usize].deprecated = true;
            }
            Fact::Label { uri, language, kind, text } => {
                let subject = self.subject(line, uri)?;
                let (language, text) = self.text(line, language, text)?;
                self.labels.push(Stated { subject, language, kind, text });
                Self::within(line, "labels", self.labels.len(), self.limits.labels)?;
            }
            Fact::LabelNode { uri, kind, node } => {
                let subject = self.subject(line, uri)?;
                let node = self.node(line, node)?;
                self.uses.push(NodeUse { subject, node, kind, line });
                Self::within(line, "labels", self.uses.len(), self.limits.labels)?;
            }
            Fact::LiteralForm { node, language, text } => {
                let number = self.node(line, node)?;
                if let Some((known_language, known_text)) = self.forms[number as usize] {
                    let same =
                        self.languages.text(known_language) == language && self.texts.get(known_text) == text;
                    return if same {
                        Ok(())
                    } else {
                        Err(Refusal::TwoLiteralForms(text::shortened(node)).at(line))
                    };
                }
                self.forms[number as usize] = Some(self.text(line, language, text)?);
            }
            Fact::Broader { child, parent } => {
                let child = self.subject(line, child)?;
                let parent = self.subject(line, parent)?;
                self.links.push(StatedLink { child, parent, line });
                Self::within(line, "links to broader concepts", self.links.len(), self.limits.links)?;
            }
        }
        Ok(())
    }
}
