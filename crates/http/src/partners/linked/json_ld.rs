//! Triples as JSON-LD, with the context in it: to read it nothing has to be fetched.

use std::collections::HashMap;

use oxrdf::vocab::{rdf, xsd};
use oxrdf::{NamedNodeRef, NamedOrBlankNode, Term, Triple};
use serde_json::{Map, Value, json};

use super::graph::{DCTERMS, SCHEMA};

/// Its media type.
pub const MEDIA_TYPE: &str = "application/ld+json";

/// What comes after the nodes.
pub const END: &str = "]}";

/// What comes before the nodes.
pub fn begin() -> String {
    let context = json!({ "@vocab": SCHEMA, "dcterms": DCTERMS });
    format!("{{\"@context\":{context},\"@graph\":[")
}

/// All of it.
pub fn write(graph: &[Triple]) -> String {
    format!("{}{}{END}", begin(), nodes(graph))
}

/// The nodes, with commas between.
pub fn nodes(graph: &[Triple]) -> String {
    let mut nodes: Vec<Map<String, Value>> = Vec::new();
    let mut places: HashMap<&NamedOrBlankNode, usize> = HashMap::new();
    for Triple { subject, predicate, object } in graph {
        let place = *places.entry(subject).or_insert_with(|| {
            let id = Value::from(match subject {
                NamedOrBlankNode::NamedNode(node) => node.as_str().to_owned(),
                NamedOrBlankNode::BlankNode(node) => node.to_string(),
            });
            nodes.push(Map::from_iter([("@id".to_owned(), id)]));
            nodes.len() - 1
        });
        let (name, value) = if predicate.as_ref() == rdf::TYPE {
            ("@type".to_owned(), typed(object))
        } else {
            (short(predicate.as_ref()), term(object))
        };
        if let Some(node) = nodes.get_mut(place) {
            add(node, name, value);
        }
    }
    let texts: Vec<String> = nodes.into_iter().map(|node| Value::Object(node).to_string()).collect();
    texts.join(",")
}

fn add(node: &mut Map<String, Value>, name: String, value: Value) {
    match node.get_mut(&name) {
        None => drop(node.insert(name, value)),
        Some(Value::Array(values)) => values.push(value),
        Some(first) => *first = Value::Array(vec![first.take(), value]),
    }
}

/// A name as the context knows it, else in full.
fn short(iri: NamedNodeRef<'_>) -> String {
    let iri = iri.as_str();
    if let Some(name) = iri.strip_prefix(SCHEMA) {
        name.to_owned()
    } else if let Some(name) = iri.strip_prefix(DCTERMS) {
        format!("dcterms:{name}")
    } else {
        iri.to_owned()
    }
}

fn typed(object: &Term) -> Value {
    match object {
        Term::NamedNode(node) => short(node.as_ref()).into(),
        other => other.to_string().into(),
    }
}

fn term(object: &Term) -> Value {
    match object {
        Term::NamedNode(node) => json!({ "@id": node.as_str() }),
        Term::BlankNode(node) => json!({ "@id": node.to_string() }),
        Term::Literal(literal) => match literal.language() {
            Some(language) => json!({ "@value": literal.value(), "@language": language }),
            None if literal.datatype() == xsd::STRING => literal.value().into(),
            None => json!({ "@value": literal.value(), "@type": literal.datatype().as_str() }),
        },
    }
}
