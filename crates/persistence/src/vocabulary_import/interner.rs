//! Many short texts, each kept once, in one allocation.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};

/// A part of an [`Interner`]'s or [`Texts`]' memory.
#[derive(Clone, Copy, Debug)]
pub(super) struct Span {
    start: u32,
    length: u32,
}

/// Texts one after the other.
#[derive(Default)]
pub(super) struct Texts(String);

impl Span {
    /// Where it begins: of two texts, the one that was kept first begins first.
    pub(super) fn start(self) -> u32 {
        self.start
    }
}

impl Texts {
    /// Keeps a text; `None` when 4 GiB are full, which the limits of an import come before.
    pub(super) fn push(&mut self, text: &str) -> Option<Span> {
        let start = u32::try_from(self.0.len()).ok()?;
        let length = u32::try_from(text.len()).ok()?;
        self.0.push_str(text);
        Some(Span { start, length })
    }

    pub(super) fn get(&self, span: Span) -> &str {
        let start = span.start as usize;
        self.0.get(start..start + span.length as usize).unwrap_or_default()
    }

    /// Bytes kept.
    pub(super) fn bytes(&self) -> usize {
        self.0.len()
    }
}

/// Numbers texts from 0 in the order in which they are first seen. A map of owned texts would take
/// three times the memory for the million label nodes of a large vocabulary.
#[derive(Default)]
pub(super) struct Interner {
    texts: Texts,
    entries: Vec<Entry>,
    /// The latest entry of each hash; entries of the same hash are chained.
    latest: HashMap<u64, u32>,
    hasher: RandomState,
}

struct Entry {
    span: Span,
    previous: Option<u32>,
}

impl Interner {
    /// The number of a text, a new one when it wasn't seen before; `None` when there is no room.
    pub(super) fn number(&mut self, text: &str) -> Option<u32> {
        if let Some(known) = self.find(text) {
            return Some(known);
        }
        let number = u32::try_from(self.entries.len()).ok()?;
        let span = self.texts.push(text)?;
        let previous = self.latest.insert(self.hasher.hash_one(text), number);
        self.entries.push(Entry { span, previous });
        Some(number)
    }

    /// The number of a text seen before.
    pub(super) fn find(&self, text: &str) -> Option<u32> {
        let mut candidate = self.latest.get(&self.hasher.hash_one(text)).copied();
        while let Some(number) = candidate {
            let entry = self.entries.get(number as usize)?;
            if self.texts.get(entry.span) == text {
                return Some(number);
            }
            candidate = entry.previous;
        }
        None
    }

    /// The text of a number that this gave out.
    pub(super) fn text(&self, number: u32) -> &str {
        self.entries.get(number as usize).map_or("", |entry| self.texts.get(entry.span))
    }

    /// How many texts there are.
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// Bytes of text kept.
    pub(super) fn bytes(&self) -> usize {
        self.texts.bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_has_one_number_and_a_number_one_text() {
        let mut interner = Interner::default();
        for round in 0..2 {
            for n in 0..1000_u32 {
                assert_eq!(interner.number(&format!("text {n}")), Some(n), "round {round}");
            }
        }
        assert_eq!(interner.len(), 1000);
        assert_eq!(interner.text(17), "text 17");
        assert_eq!(interner.find("text 999"), Some(999));
        assert_eq!(interner.find("text 1000"), None);
    }
}
