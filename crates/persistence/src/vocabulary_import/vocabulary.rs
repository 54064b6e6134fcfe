//! A vocabulary that was read whole: concepts with their labels, and a hierarchy.

use std::collections::BTreeSet;

use super::error::ImportError;
use super::facts::LabelKind;
use super::graph;
use super::interner::{Interner, Texts};
use super::staging::{Stated, StatedLink};

/// The place of a concept in its [`Vocabulary`], from 0 in the order of the file.
pub type ConceptIndex = usize;

/// What was found that isn't wrong enough to refuse the file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Findings {
    /// Labels that repeat another of the same concept and language; each is kept once, as the
    /// strongest kind.
    pub repeated_labels: usize,
    /// Preferred labels beside an earlier one of the same concept and language, where SKOS allows
    /// one; they become alternative labels.
    pub demoted_preferred: usize,
    /// Concepts without any label; they are shown by their URI.
    pub unlabelled: usize,
    /// Links from something that the file doesn't declare as a concept; they are left out.
    pub links_from_undeclared: usize,
}

/// A label of a concept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Label<'a> {
    /// The language, BCP 47.
    pub language: &'a str,
    /// What it is to its concept.
    pub kind: LabelKind,
    /// The label.
    pub text: &'a str,
}

impl<'a> Label<'a> {
    /// The order in which a concept's labels are candidates for showing it where no language is asked for:
    /// the preferred one in English, else the preferred one of the first language by its tag, else any. The
    /// text comes last so that the choice is the same whatever order they are read in.
    pub(super) fn rank(&self) -> (LabelKind, bool, &'a str, &'a str) {
        (self.kind, self.language != "en", self.language, self.text)
    }
}

/// Everything a file stated, joined, before it is put in order.
pub(super) struct Collected {
    pub(super) names: Interner,
    pub(super) concepts: Vec<bool>,
    pub(super) deprecated: Vec<bool>,
    pub(super) languages: Interner,
    pub(super) texts: Texts,
    pub(super) labels: Vec<Stated>,
    pub(super) links: Vec<StatedLink>,
}

/// Concepts with their labels and parents. Its hierarchy has no cycle within itself; together with
/// what a store already holds there may still be one.
pub struct Vocabulary {
    names: Interner,
    languages: Interner,
    texts: Texts,
    concepts: Vec<Concept>,
    labels: Vec<Stated>,
    broader: Vec<(ConceptIndex, ConceptIndex)>,
    /// The lines of these links, in the same order.
    broader_lines: Vec<u64>,
    outside: Vec<(ConceptIndex, u32)>,
    outside_lines: Vec<u64>,
    findings: Findings,
}

struct Concept {
    name: u32,
    deprecated: bool,
    /// Where its labels begin; they end where the next concept's begin.
    first_label: usize,
}

impl Vocabulary {
    pub(super) fn of(collected: Collected) -> Result<Self, ImportError> {
        let Collected { names, concepts: declared, deprecated, languages, texts, mut labels, mut links } =
            collected;
        let mut places: Vec<Option<ConceptIndex>> = vec![None; declared.len()];
        let mut concepts = Vec::new();
        for (name, _) in (0_u32..).zip(&declared).filter(|(_, declared)| **declared) {
            places[name as usize] = Some(concepts.len());
            let deprecated = deprecated.get(name as usize).copied().unwrap_or_default();
            concepts.push(Concept { name, deprecated, first_label: 0 });
        }
        if concepts.is_empty() {
            return Err(ImportError::NoConcepts);
        }
        let mut findings = Findings::default();

        labels.retain(|label| declared.get(label.subject as usize).copied().unwrap_or_default());
        labels.sort_by_key(|label| label.subject); // stable: the order of the file stays within a concept
        let mut kept = Vec::with_capacity(labels.len());
        for group in labels.chunk_by(|a, b| a.subject == b.subject) {
            if let Some(place) = group.first().and_then(|label| places[label.subject as usize]) {
                concepts[place].first_label = kept.len();
                keep_labels(group, &texts, &mut kept, &mut findings);
            }
        }
        drop(labels);
        // A concept without labels begins where the next one with labels does.
        let mut labelled = kept.iter().map(|label: &Stated| label.subject).peekable();
        let mut at = 0;
        for concept in &mut concepts {
            concept.first_label = at;
            while labelled.next_if(|subject| *subject == concept.name).is_some() {
                at += 1;
            }
            findings.unlabelled += usize::from(at == concept.first_label);
        }

        links.sort_unstable();
        // Of a link that is stated more than once the first line is kept.
        links.dedup_by_key(|link| (link.child, link.parent));
        let (mut broader, mut outside) = (Vec::with_capacity(links.len()), Vec::new());
        let (mut broader_lines, mut outside_lines) = (Vec::with_capacity(links.len()), Vec::new());
        for StatedLink { child, parent, line } in links {
            match (places[child as usize], places[parent as usize]) {
                (Some(child), Some(parent)) => {
                    broader.push((child, parent));
                    broader_lines.push(line);
                }
                (Some(child), None) => {
                    outside.push((child, parent));
                    outside_lines.push(line);
                }
                (None, _) => findings.links_from_undeclared += 1,
            }
        }
        let vocabulary = Self {
            names,
            languages,
            texts,
            concepts,
            labels: kept,
            broader,
            broader_lines,
            outside,
            outside_lines,
            findings,
        };
        vocabulary.refuse_cycles()?;
        Ok(vocabulary)
    }

    fn refuse_cycles(&self) -> Result<(), ImportError> {
        let mut parents = vec![Vec::new(); self.len()];
        for &(child, parent) in &self.broader {
            parents[child].push(parent);
        }
        match graph::cycle(&parents) {
            None => Ok(()),
            Some(cycle) => {
                let links = cycle.windows(2).filter_map(|link| self.line_of(link[0], self.uri(link[1])));
                let line = links.max();
                Err(ImportError::cycle(line, cycle.into_iter().map(|concept| self.uri(concept))))
            }
        }
    }

    /// The line on which the file first says that one concept is narrower than another, whether or not
    /// it has that one.
    pub(super) fn line_of(&self, child: ConceptIndex, parent: &str) -> Option<u64> {
        // Both lists are in the order of the names' numbers, as the concepts are.
        if let Some(parent) = self.find(parent) {
            let at = self.broader.binary_search(&(child, parent)).ok()?;
            return self.broader_lines.get(at).copied();
        }
        let at = self.outside.binary_search(&(child, self.names.find(parent)?)).ok()?;
        self.outside_lines.get(at).copied()
    }

    /// How many concepts there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.concepts.len()
    }

    /// Whether there is no concept, which no vocabulary that was read is.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.concepts.is_empty()
    }

    /// How many labels there are.
    #[must_use]
    pub fn label_count(&self) -> usize {
        self.labels.len()
    }

    /// The URI of a concept.
    #[must_use]
    pub fn uri(&self, concept: ConceptIndex) -> &str {
        self.concepts.get(concept).map_or("", |concept| self.names.text(concept.name))
    }

    /// The place of the concept with this URI.
    #[must_use]
    pub fn find(&self, uri: &str) -> Option<ConceptIndex> {
        let name = self.names.find(uri)?;
        // Concepts are in the order of their names' numbers.
        self.concepts.binary_search_by_key(&name, |concept| concept.name).ok()
    }

    /// Whether a concept should no longer be used.
    #[must_use]
    pub fn is_deprecated(&self, concept: ConceptIndex) -> bool {
        self.concepts.get(concept).is_some_and(|concept| concept.deprecated)
    }

    /// The labels of a concept: language by language, the preferred one first.
    pub fn labels(&self, concept: ConceptIndex) -> impl Iterator<Item = Label<'_>> {
        let start = self.concepts.get(concept).map_or(0, |concept| concept.first_label);
        let end = self.concepts.get(concept + 1).map_or(self.labels.len(), |next| next.first_label);
        self.labels.get(start..end).unwrap_or_default().iter().map(|label| Label {
            language: self.languages.text(label.language),
            kind: label.kind,
            text: self.texts.get(label.text),
        })
    }

    /// The languages that it has labels in, each once.
    #[must_use]
    pub fn languages(&self) -> Vec<&str> {
        let numbers: BTreeSet<u32> = self.labels.iter().map(|label| label.language).collect();
        numbers.into_iter().map(|number| self.languages.text(number)).collect()
    }

    /// The label by which a concept is shown where no language is asked for: the preferred one in
    /// English, else the preferred one of the first language by its tag, else any, else the URI.
    #[must_use]
    pub fn shown_as(&self, concept: ConceptIndex) -> &str {
        self.labels(concept).min_by_key(Label::rank).map_or_else(|| self.uri(concept), |label| label.text)
    }

    /// The links between concepts of this vocabulary: child and parent.
    #[must_use]
    pub fn broader(&self) -> &[(ConceptIndex, ConceptIndex)] {
        &self.broader
    }

    /// The links to parents that the file names and doesn't have: child and the parent's URI. A
    /// store that has the parent keeps the link.
    pub fn broader_outside(&self) -> impl Iterator<Item = (ConceptIndex, &str)> {
        self.outside.iter().map(|&(child, parent)| (child, self.names.text(parent)))
    }

    /// What was found that isn't wrong enough to refuse the file.
    #[must_use]
    pub fn findings(&self) -> Findings {
        self.findings
    }
}

/// Keeps the labels of one concept: each text once per language as its strongest kind, and one
/// preferred label per language.
fn keep_labels(group: &[Stated], texts: &Texts, kept: &mut Vec<Stated>, findings: &mut Findings) {
    let first = kept.len();
    let mut by_text: Vec<&Stated> = group.iter().collect();
    // Stable, so that of equal labels the first of the file comes first.
    by_text.sort_by_key(|label| (label.language, texts.get(label.text), label.kind));
    by_text.dedup_by(|later, earlier| {
        later.language == earlier.language && texts.get(later.text) == texts.get(earlier.text)
    });
    findings.repeated_labels += group.len() - by_text.len();
    kept.extend(by_text.into_iter().copied());

    let own = &mut kept[first..];
    own.sort_by_key(|label| (label.language, label.kind, label.text.start()));
    let mut preferred_in = None;
    for label in own.iter_mut().filter(|label| label.kind == LabelKind::Preferred) {
        if preferred_in == Some(label.language) {
            label.kind = LabelKind::Alternative;
            findings.demoted_preferred += 1;
        }
        preferred_in = Some(label.language);
    }
}
