//! A lesson as triples, from which each form of linked data is written: so all of them say the same.

use maip_api::partners::LessonRecord;
use oxrdf::vocab::{rdf, rdfs, xsd};
use oxrdf::{Literal, NamedNode, Term, Triple};

/// The vocabulary of schema.org.
pub const SCHEMA: &str = "https://schema.org/";
/// The terms of Dublin Core.
pub const DCTERMS: &str = "http://purl.org/dc/terms/";

/// Triples with one subject after the other.
struct Graph(Vec<Triple>);

impl Graph {
    fn add(&mut self, subject: &NamedNode, predicate: NamedNode, object: impl Into<Term>) {
        self.0.push(Triple::new(subject.clone(), predicate, object));
    }

    /// The same said in both vocabularies.
    fn both(&mut self, subject: &NamedNode, names: (&str, &str), object: impl Into<Term>) {
        let object = object.into();
        self.add(subject, schema(names.0), object.clone());
        self.add(subject, ours(DCTERMS, names.1), object);
    }

    /// Something that has a type and a name.
    fn named(&mut self, subject: &NamedNode, kind: &str, name: &str) {
        self.add(subject, rdf::TYPE.into_owned(), schema(kind));
        self.add(subject, schema("name"), Literal::from(name));
    }
}

/// An IRI of which each part is ours.
fn ours(base: &str, name: &str) -> NamedNode {
    NamedNode::new_unchecked(format!("{base}{name}"))
}

fn schema(name: &str) -> NamedNode {
    ours(SCHEMA, name)
}

fn instant(text: &str) -> Literal {
    Literal::new_typed_literal(text, xsd::DATE_TIME)
}

/// The triples of a lesson.
pub fn of(lesson: &LessonRecord, base: &str, licence: &str) -> Vec<Triple> {
    let mut graph = Graph(Vec::new());
    let own = ours(base, &format!("/lessons/{}", lesson.id));
    let part = |name: &str| ours(own.as_str(), &format!("#{name}"));
    let text = |text: &str| {
        Literal::new_language_tagged_literal(text, &lesson.language).unwrap_or_else(|_| Literal::from(text))
    };
    graph.add(&own, rdf::TYPE.into_owned(), schema("Article"));
    graph.both(&own, ("name", "title"), text(&lesson.title));
    graph.both(&own, ("abstract", "abstract"), text(&lesson.gist));
    graph.both(&own, ("identifier", "identifier"), Literal::from(lesson.id.as_str()));
    graph.both(&own, ("inLanguage", "language"), Literal::from(lesson.language.as_str()));
    graph.both(&own, ("dateModified", "modified"), instant(&lesson.updated_at));
    if let Some(published) = &lesson.published_at {
        graph.both(&own, ("datePublished", "issued"), instant(published));
    }
    match NamedNode::new(licence) {
        Ok(licence) => graph.both(&own, ("license", "license"), licence),
        Err(_) if licence.is_empty() => {}
        Err(_) => graph.both(&own, ("license", "rights"), Literal::from(licence)),
    }

    let country = part("country");
    graph.both(&own, ("spatialCoverage", "spatial"), country.clone());
    // As the author chose to be named: by name, by the organisation alone, or not at all.
    let (author, organisation) = (part("author"), part("organisation"));
    match (&lesson.author_name, &lesson.organisation) {
        (Some(_), organised) => {
            graph.both(&own, ("author", "creator"), author.clone());
            if organised.is_some() {
                graph.both(&own, ("sourceOrganization", "contributor"), organisation.clone());
            }
        }
        (None, Some(_)) => graph.both(&own, ("author", "creator"), organisation.clone()),
        (None, None) => {}
    }
    let platform = part("platform");
    if lesson.platform.is_some() {
        graph.both(&own, ("publisher", "source"), platform.clone());
    }
    let outcome = part("outcome");
    if lesson.outcome.is_some() {
        graph.add(&own, schema("additionalProperty"), outcome.clone());
    }
    let concepts: Vec<_> =
        lesson.concepts.iter().map(|concept| (NamedNode::new(&concept.uri).ok(), &concept.label)).collect();
    for (uri, label) in &concepts {
        let what = uri.clone().map_or_else(|| Term::from(Literal::from(label.as_str())), Term::from);
        graph.both(&own, ("about", "subject"), what);
    }

    graph.named(&country, "Country", &lesson.country.name);
    graph.add(&country, schema("identifier"), Literal::from(lesson.country.code.as_str()));
    if let Some(name) = &lesson.author_name {
        graph.named(&author, "Person", name);
    }
    if let Some(named) = &lesson.organisation {
        graph.named(&organisation, "Organization", &named.name);
    }
    if let Some(named) = &lesson.platform {
        graph.named(&platform, "Organization", &named.name);
    }
    if let Some(code) = &lesson.outcome {
        graph.named(&outcome, "PropertyValue", "outcome");
        graph.add(&outcome, schema("value"), Literal::from(code.as_str()));
    }
    for (uri, label) in concepts {
        if let Some(uri) = uri {
            graph.add(&uri, rdfs::LABEL.into_owned(), Literal::from(label.as_str()));
        }
    }
    graph.0
}
