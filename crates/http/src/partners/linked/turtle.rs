//! Triples as Turtle.

use oxrdf::Triple;
use oxttl::TurtleSerializer;

use super::graph::{DCTERMS, SCHEMA};

/// Its media type.
pub const MEDIA_TYPE: &str = "text/turtle; charset=utf-8";

/// Writes them.
pub fn write(graph: &[Triple]) -> String {
    let mut serializer = TurtleSerializer::new();
    for (prefix, iri) in [
        ("schema", SCHEMA),
        ("dcterms", DCTERMS),
        ("rdfs", "http://www.w3.org/2000/01/rdf-schema#"),
        ("xsd", "http://www.w3.org/2001/XMLSchema#"),
    ] {
        // Each of them is an IRI; without a prefix it is written in full.
        serializer = serializer.clone().with_prefix(prefix, iri).unwrap_or(serializer);
    }
    let mut writer = serializer.for_writer(Vec::new());
    for triple in graph {
        // Memory takes all that is written to it.
        let _ = writer.serialize_triple(triple);
    }
    writer.finish().ok().and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default()
}
