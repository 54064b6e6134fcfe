//! Reading a vocabulary from a file: SKOS in Turtle or N-Triples, with SKOS-XL labels, and a table
//! (TSV) of our own.
//!
//! Three stages, so that a broken file changes nothing:
//!
//! 1. [`read`] streams the file into [`Fact`]s. A line is all that is held at a time.
//! 2. [`Staging`] takes the facts, joins label nodes to their concepts and gives a [`Vocabulary`]
//!    whose hierarchy has no cycle. Its memory is bounded.
//! 3. The store writes the vocabulary in one transaction.
//!
//! Every refusal names the line and the reason ([`ImportError`]).

mod error;
mod facts;
mod format;
mod graph;
mod interner;
mod labels;
mod lines;
mod merge;
mod rdf;
mod skos;
mod staging;
mod store;
mod text;
mod tsv;
mod vocabulary;

#[cfg(test)]
mod tests;

use std::io::BufRead;
use std::path::Path;

pub use error::{ImportError, Refusal};
pub use facts::{Fact, FactSink, LabelKind};
pub use format::Format;
pub use staging::{Limits, Staging};
pub use store::{Report, StoreError, import};
pub use text::{MAX_LABEL_CHARACTERS, MAX_URI_BYTES};
pub use vocabulary::{ConceptIndex, Findings, Label, Vocabulary};

/// Streams the facts of a vocabulary file, in the order of the file, to `sink`.
///
/// # Errors
/// The first thing wrong with the file, with its line and reason.
pub fn read(format: Format, input: impl BufRead, sink: &mut dyn FactSink) -> Result<(), ImportError> {
    match format {
        Format::Turtle => rdf::read_turtle(input, sink),
        Format::NTriples => rdf::read_n_triples(input, sink),
        Format::Tsv => tsv::read(input, sink),
    }
}

/// Reads a whole file into a vocabulary that is ready to be stored. The name only helps to tell
/// the format.
///
/// # Errors
/// The first thing wrong with the file, with its line and reason, or the chain of a cycle.
pub fn read_vocabulary(
    name: &Path,
    mut input: impl BufRead,
    limits: Limits,
) -> Result<Vocabulary, ImportError> {
    let format = Format::detect(name, &mut input)?;
    let mut staging = Staging::new(limits);
    read(format, input, &mut staging)?;
    staging.finish()
}
