//! Whole files, good and broken.

mod broken;
mod skos;
mod store;
mod table;

use std::path::Path;

use super::{Format, ImportError, Label, LabelKind, Limits, Staging, Vocabulary, read};

const PREFIXES: &str = "@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n\
    @prefix xl: <http://www.w3.org/2008/05/skos-xl#> .\n\
    @prefix owl: <http://www.w3.org/2002/07/owl#> .\n\
    @prefix : <http://example.org/> .\n";

fn parse(format: Format, content: &str) -> Result<Vocabulary, ImportError> {
    let mut staging = Staging::new(Limits::default());
    read(format, content.as_bytes(), &mut staging)?;
    staging.finish()
}

/// Turtle after four lines of prefixes, so that its first line is line 5.
fn turtle(content: &str) -> Result<Vocabulary, ImportError> {
    parse(Format::Turtle, &format!("{PREFIXES}{content}"))
}

fn refusal(result: Result<Vocabulary, ImportError>) -> String {
    match result {
        Ok(_) => "accepted".to_owned(),
        Err(error) => error.to_string(),
    }
}

fn labels<'a>(vocabulary: &'a Vocabulary, uri: &str) -> Vec<(&'a str, LabelKind, &'a str)> {
    let concept = vocabulary.find(uri).unwrap();
    let mut all: Vec<_> =
        vocabulary.labels(concept).map(|Label { language, kind, text }| (language, kind, text)).collect();
    all.sort_unstable();
    all
}

fn links(vocabulary: &Vocabulary) -> Vec<(&str, &str)> {
    let mut all: Vec<_> = vocabulary
        .broader()
        .iter()
        .map(|&(child, parent)| (vocabulary.uri(child), vocabulary.uri(parent)))
        .collect();
    all.sort_unstable();
    all
}
