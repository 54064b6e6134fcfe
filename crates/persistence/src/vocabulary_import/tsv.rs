//! A table with a header line: one row per concept, values of one field separated by `|`.
//!
//! Columns, in any order: `uri`, `broader`, `deprecated`, `label_<language>`, `synonyms_<language>`
//! and `hidden_<language>`. There is no quoting.

use std::collections::HashMap;
use std::io::BufRead;

use super::error::{ImportError, Refusal};
use super::facts::{Fact, FactSink, LabelKind};
use super::lines::Lines;
use super::text;

enum Column {
    Uri,
    Broader,
    Deprecated,
    Labels { language: String, kind: LabelKind },
}

impl Column {
    fn of_name(name: &str) -> Result<Self, Refusal> {
        let labels = |language: &str, kind| {
            text::language(language).map(|language| Self::Labels { language: language.into_owned(), kind })
        };
        match name.split_once('_') {
            None if name == "uri" => Ok(Self::Uri),
            None if name == "broader" => Ok(Self::Broader),
            None if name == "deprecated" => Ok(Self::Deprecated),
            Some(("label", language)) => labels(language, LabelKind::Preferred),
            Some(("synonyms", language)) => labels(language, LabelKind::Alternative),
            Some(("hidden", language)) => labels(language, LabelKind::Hidden),
            _ => Err(Refusal::UnknownColumn(text::shortened(name))),
        }
    }
}

/// Reads such a table.
pub(super) fn read(input: impl BufRead, sink: &mut dyn FactSink) -> Result<(), ImportError> {
    let mut lines = Lines::new(input);
    let columns = match lines.next()? {
        Some((number, line)) => header(without_break(line)).map_err(|reason| reason.at(number))?,
        None => return Err(ImportError::NoConcepts),
    };
    let uri_at = columns
        .iter()
        .position(|column| matches!(column, Column::Uri))
        .ok_or_else(|| Refusal::NoUriColumn.at(1))?;
    // Two rows for one concept are a slip of the editor's, and merging them would hide it.
    let mut first_lines: HashMap<String, u64> = HashMap::new();
    while let Some((number, line)) = lines.next()? {
        let line = without_break(line);
        if line.trim().is_empty() {
            continue;
        }
        let fields: Vec<&str> = line.split('\t').collect();
        if fields.len() != columns.len() {
            let reason = Refusal::WrongFieldCount { expected: columns.len(), found: fields.len() };
            return Err(reason.at(number));
        }
        let uri = text::concept_uri(fields[uri_at].trim()).map_err(|reason| reason.at(number))?;
        if let Some(first) = first_lines.insert(uri.to_owned(), number) {
            return Err(Refusal::RepeatedConcept { uri: uri.to_owned(), first }.at(number));
        }
        sink.take(number, Fact::Concept { uri })?;
        for (column, field) in columns.iter().zip(&fields) {
            take_field(uri, column, field, number, sink)?;
        }
    }
    Ok(())
}

fn header(line: &str) -> Result<Vec<Column>, Refusal> {
    let names: Vec<&str> = line.split('\t').map(str::trim).collect();
    if !names.contains(&"uri") {
        return Err(Refusal::NoUriColumn);
    }
    let mut columns = Vec::with_capacity(names.len());
    for (index, name) in names.iter().enumerate() {
        if names[..index].contains(name) {
            return Err(Refusal::RepeatedColumn(text::shortened(name)));
        }
        columns.push(Column::of_name(name)?);
    }
    Ok(columns)
}

fn take_field(
    uri: &str,
    column: &Column,
    field: &str,
    line: u64,
    sink: &mut dyn FactSink,
) -> Result<(), ImportError> {
    let values = field.split('|').map(str::trim).filter(|value| !value.is_empty());
    match column {
        Column::Uri => {}
        Column::Broader => {
            for value in values {
                let parent = text::concept_uri(value).map_err(|reason| reason.at(line))?;
                if parent == uri {
                    return Err(Refusal::OwnParent(uri.to_owned()).at(line));
                }
                sink.take(line, Fact::Broader { child: uri, parent })?;
            }
        }
        Column::Deprecated => {
            for value in values {
                if text::boolean(value).map_err(|reason| reason.at(line))? {
                    sink.take(line, Fact::Deprecated { uri })?;
                }
            }
        }
        Column::Labels { language, kind } => {
            for value in values {
                let text = text::label(value).map_err(|reason| reason.at(line))?;
                sink.take(line, Fact::Label { uri, language, kind: *kind, text: &text })?;
            }
        }
    }
    Ok(())
}

fn without_break(line: &str) -> &str {
    line.strip_suffix('\n').map_or(line, |line| line.strip_suffix('\r').unwrap_or(line))
}
