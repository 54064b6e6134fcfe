//! From RDF statements to the facts they state in SKOS and SKOS-XL. Statements about anything else
//! are passed over.

use std::borrow::Cow;

use oxrdf::{NamedOrBlankNode, Term, Triple};

use super::error::{ImportError, Refusal};
use super::facts::{Fact, FactSink, LabelKind};
use super::text;

const TYPE: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type";
const DEPRECATED: &str = "http://www.w3.org/2002/07/owl#deprecated";
const SKOS: &str = "http://www.w3.org/2004/02/skos/core#";
const SKOS_XL: &str = "http://www.w3.org/2008/05/skos-xl#";

/// Passes on the fact that a statement states, if any. `line` is where the statement is complete.
pub(super) fn take(triple: &Triple, line: u64, sink: &mut dyn FactSink) -> Result<(), ImportError> {
    let predicate = triple.predicate.as_str();
    if let Some(name) = predicate.strip_prefix(SKOS) {
        take_skos(triple, name, line, sink)
    } else if let Some(name) = predicate.strip_prefix(SKOS_XL) {
        take_skos_xl(triple, name, line, sink)
    } else if predicate == TYPE {
        match &triple.object {
            Term::NamedNode(class) if class.as_str().strip_prefix(SKOS) == Some("Concept") => {
                let uri = subject(triple).map_err(|reason| reason.at(line))?;
                sink.take(line, Fact::Concept { uri })
            }
            _ => Ok(()),
        }
    } else if predicate == DEPRECATED {
        let (NamedOrBlankNode::NamedNode(node), Term::Literal(value)) = (&triple.subject, &triple.object)
        else {
            return Ok(());
        };
        // Other things than concepts are deprecated too, so their names aren't judged here.
        if text::boolean(value.value()).map_err(|reason| reason.at(line))? {
            sink.take(line, Fact::Deprecated { uri: node.as_str() })
        } else {
            Ok(())
        }
    } else {
        Ok(())
    }
}

fn take_skos(triple: &Triple, name: &str, line: u64, sink: &mut dyn FactSink) -> Result<(), ImportError> {
    match name {
        "broader" | "narrower" => {
            let (from, to) = edge(triple).map_err(|reason| reason.at(line))?;
            let (child, parent) = if name == "broader" { (from, to) } else { (to, from) };
            sink.take(line, Fact::Broader { child, parent })
        }
        "prefLabel" | "altLabel" | "hiddenLabel" => {
            let NamedOrBlankNode::NamedNode(node) = &triple.subject else { return Ok(()) };
            let (language, text) = literal(&triple.object).map_err(|reason| reason.at(line))?;
            let kind = kind(name);
            sink.take(line, Fact::Label { uri: node.as_str(), language: &language, kind, text: &text })
        }
        _ => Ok(()),
    }
}

fn take_skos_xl(triple: &Triple, name: &str, line: u64, sink: &mut dyn FactSink) -> Result<(), ImportError> {
    match name {
        "prefLabel" | "altLabel" | "hiddenLabel" => {
            let NamedOrBlankNode::NamedNode(node) = &triple.subject else { return Ok(()) };
            let label = match &triple.object {
                Term::NamedNode(label) => Cow::Borrowed(label.as_str()),
                Term::BlankNode(label) => Cow::Owned(label.to_string()),
                Term::Literal(value) => {
                    return Err(Refusal::NotALabel(format!(
                        "the text {:?} (a SKOS-XL label is a node)",
                        text::shortened(value.value())
                    ))
                    .at(line));
                }
            };
            sink.take(line, Fact::LabelNode { uri: node.as_str(), kind: kind(name), node: &label })
        }
        "literalForm" => {
            let node = match &triple.subject {
                NamedOrBlankNode::NamedNode(node) => Cow::Borrowed(node.as_str()),
                NamedOrBlankNode::BlankNode(node) => Cow::Owned(node.to_string()),
            };
            let (language, text) = literal(&triple.object).map_err(|reason| reason.at(line))?;
            sink.take(line, Fact::LiteralForm { node: &node, language: &language, text: &text })
        }
        _ => Ok(()),
    }
}

fn kind(name: &str) -> LabelKind {
    match name {
        "prefLabel" => LabelKind::Preferred,
        "hiddenLabel" => LabelKind::Hidden,
        _ => LabelKind::Alternative,
    }
}

fn subject(triple: &Triple) -> Result<&str, Refusal> {
    match &triple.subject {
        NamedOrBlankNode::NamedNode(node) => text::concept_uri(node.as_str()),
        NamedOrBlankNode::BlankNode(_) => Err(Refusal::BlankConcept),
    }
}

fn edge(triple: &Triple) -> Result<(&str, &str), Refusal> {
    let from = subject(triple)?;
    let to = match &triple.object {
        Term::NamedNode(node) => text::concept_uri(node.as_str())?,
        Term::BlankNode(_) => return Err(Refusal::BlankConcept),
        Term::Literal(value) => return Err(Refusal::NotAnIri(text::shortened(value.value()))),
    };
    if from == to { Err(Refusal::OwnParent(from.to_owned())) } else { Ok((from, to)) }
}

fn literal(term: &Term) -> Result<(Cow<'_, str>, Cow<'_, str>), Refusal> {
    let Term::Literal(value) = term else {
        return Err(Refusal::NotALabel(text::shortened(&term.to_string())));
    };
    let Some(language) = value.language() else {
        return Err(Refusal::MissingLanguage(text::shortened(value.value())));
    };
    Ok((text::language(language)?, text::label(value.value())?))
}
