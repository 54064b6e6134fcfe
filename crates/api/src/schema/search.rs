//! The types of the search.

use async_graphql::registry::{MetaField, Registry};
use maip_domain::closed_set::ClosedSet as _;
use maip_domain::lessons::Outcome;
use maip_domain::search::rank::MAX_QUERY;
use maip_domain::search::{SearchKind, SuggestionKind};
use maip_domain::vocabulary::Region;
use maip_persistence::read::declare::{Entity, Scalar, closed};
use maip_persistence::read::search::{Facet, MAX_VALUES, entity_of};
use maip_persistence::vocabulary::read::{CONCEPT, PRODUCT};

use super::describe::{self, argument, field, field_with};
use super::names;
use super::types::scalar_name;

/// A facet as the schema shows it.
pub(crate) struct FacetField {
    /// Which.
    pub facet: Facet,
    /// Its field of the facets.
    pub name: &'static str,
    /// The field of a value.
    pub value: &'static str,
    /// The field of the filter.
    pub filter: &'static str,
    /// The type of the value.
    pub scalar: Scalar,
    /// The type of the record that the value names.
    pub entity: Option<&'static Entity>,
    /// What the filter keeps.
    pub keeps: &'static str,
}

/// All of them.
pub(crate) static FACETS: &[FacetField] = &[
    FacetField {
        facet: Facet::Kind,
        name: "kinds",
        value: "kind",
        filter: "kind",
        scalar: Scalar::Enum(closed::<SearchKind>),
        entity: None,
        keeps: "",
    },
    FacetField {
        facet: Facet::Country,
        name: "countries",
        value: "country",
        filter: "country",
        scalar: Scalar::Country,
        entity: None,
        keeps: "Of one of these countries.",
    },
    FacetField {
        facet: Facet::Region,
        name: "regions",
        value: "region",
        filter: "region",
        scalar: Scalar::Enum(closed::<Region>),
        entity: None,
        keeps: "Of a country in one of these FAO regions.",
    },
    FacetField {
        facet: Facet::Product,
        name: "products",
        value: "product",
        filter: "product",
        scalar: Scalar::Id,
        entity: Some(&PRODUCT),
        keeps: "One of these products, a platform that works on one, or a lesson of such a platform, as far as you may \
                see the platform.",
    },
    FacetField {
        facet: Facet::Concept,
        name: "concepts",
        value: "concept",
        filter: "concept",
        scalar: Scalar::Id,
        entity: Some(&CONCEPT),
        keeps: "About one of these concepts or something narrower.",
    },
    FacetField {
        facet: Facet::Outcome,
        name: "outcomes",
        value: "outcome",
        filter: "outcome",
        scalar: Scalar::Enum(closed::<Outcome>),
        entity: None,
        keeps: "Lessons with one of these outcomes.",
    },
    FacetField {
        facet: Facet::Language,
        name: "languages",
        value: "language",
        filter: "language",
        scalar: Scalar::Language,
        entity: None,
        keeps: "Written in one of these languages.",
    },
];

/// The field of the query root, with all its types.
pub(super) fn query_field(registry: &mut Registry) -> MetaField {
    let kind = scalar_name(registry, Scalar::Enum(closed::<SearchKind>));
    let members = SearchKind::MEMBERS.iter().map(|member| entity_of(member.value).name.to_owned());
    let node = describe::union("SearchNode", "A record that a search finds. May grow.", members);
    registry.types.insert("SearchNode".to_owned(), node);
    register_match(registry);
    register_facets(registry);
    let edge = describe::object(
        "SearchEdge",
        "A place in a `SearchConnection`.",
        vec![
            field("node", "SearchNode!", "The record."),
            field("cursor", "String!", "Where it stands, for `after` and `before`; opaque."),
            field("whyMatched", "SearchMatch!", "Why it was found."),
        ],
    );
    let connection = describe::object(
        "SearchConnection",
        "What a search found, the best first, by the Relay specification of connections.",
        vec![
            field("edges", "[SearchEdge!]!", "The hits of the page with their cursors."),
            field("nodes", "[SearchNode!]!", "The records of the page."),
            field("pageInfo", format!("{}!", names::PAGE_INFO), "Where the page stands among the others."),
            field(
                "totalCount",
                "Int!",
                "How many were found on all pages together: see `totalCountIsExact`.",
            ),
            field(
                "totalCountIsExact",
                "Boolean!",
                "False where a word or a concept of the search is in so many records that only the latest 1,000 of \
                 them were looked at.",
            ),
            field(
                "facets",
                "SearchFacets!",
                "How many of all that was found there are of each kind, country and so on.",
            ),
        ],
    );
    registry.types.insert("SearchEdge".to_owned(), edge);
    registry.types.insert("SearchConnection".to_owned(), connection);
    let filters = FACETS.iter().filter(|facet| facet.facet != Facet::Kind).map(|facet| {
        let ty = if facet.entity.is_some() { "ID" } else { scalar_name(registry, facet.scalar) };
        argument(facet.filter, format!("[{ty}!]"), facet.keeps)
    });
    let filters = filters.collect();
    let description = "What to keep of what a search finds; what is given must hold all together.";
    registry.types.insert("SearchFilter".to_owned(), describe::input("SearchFilter", description, filters));
    field_with(
        "search",
        "SearchConnection",
        "Lessons, contacts, platforms and products, the best first: what has a word of the search, in any of its forms, \
         and what is about a concept that the search names by a label in any language, or about something narrower. So \
         a search in Russian finds what was written in English. A word that nothing has is taken for a typing error, and \
         what may be meant is found: one error in a word of 4 to 7 letters, two in a longer one. Only what you may see is \
         found and counted.",
        vec![
            argument(
                "query",
                "String!",
                &format!("What to search for, in any language; {MAX_QUERY} characters at most."),
            ),
            argument("in", format!("[{kind}!]"), "Which kinds of record; all where nothing is given."),
            argument("filter", "SearchFilter", "What to keep."),
            argument("first", "Int", "How many from the beginning, 100 at most; 20 where nothing is given."),
            argument("after", "String", "Only what comes after this cursor of the same search."),
            argument("last", "Int", "How many from the end, 100 at most."),
            argument("before", "String", "Only what comes before this cursor of the same search."),
        ],
    )
}

/// The most suggestions at a time.
pub(crate) const MAX_SUGGESTIONS: u32 = 20;
/// How many there are where nothing is said.
pub(crate) const SUGGESTIONS: u32 = 10;

/// The field of the query root for a search that is being typed.
pub(super) fn suggest_field(registry: &mut Registry) -> MetaField {
    let kind = scalar_name(registry, Scalar::Enum(closed::<SuggestionKind>));
    let language = scalar_name(registry, Scalar::Language);
    let suggestion = describe::object(
        "Suggestion",
        "Something whose label or title begins as was typed, or a part of which does.",
        vec![
            field("text", "String!", "The label or title as it is written: what to search for."),
            field("language", language, "Its language; null where it has none."),
            field("kind", format!("{kind}!"), "What it names. May grow: show an unknown one by its text."),
            field("nodeId", "ID!", "The id of the concept or record that it names, for `node`."),
        ],
    );
    registry.types.insert("Suggestion".to_owned(), suggestion);
    let language = scalar_name(registry, Scalar::Language);
    field_with(
        "suggest",
        "[Suggestion!]",
        "What a search that is being typed may be meant for: concepts of which a label in any language begins so, and \
         lessons, contacts, platforms and products with a title or name that does from one of its words on. Half of \
         them are concepts and half are records, in alphabetical order of what begins so, where there are enough of \
         both. Only what you may see is suggested. Ask for it with each letter; nothing typed gives nothing.",
        vec![
            argument(
                "text",
                "String!",
                &format!("What was typed so far, in any language; {MAX_QUERY} characters at most."),
            ),
            argument(
                "first",
                "Int",
                &format!("How many, {MAX_SUGGESTIONS} at most; {SUGGESTIONS} where nothing is given."),
            ),
            argument(
                "language",
                format!("[{language}!]"),
                "Only labels and titles in one of these languages; in all where nothing is given.",
            ),
        ],
    )
}

fn register_match(registry: &mut Registry) {
    let language = scalar_name(registry, Scalar::Language);
    let term = describe::object(
        "SearchTerm",
        "A word of the search that a record has.",
        vec![
            field("word", "String!", "The word as it stands in the search, in lower case."),
            field("inTitle", "Boolean!", "Whether its title or name has it."),
            field(
                "correctedTo",
                "String",
                "What the record has in its place: nothing that you may see has the word as it stands in the search, \
                 so it was taken for a typing error. Null where it has the word itself.",
            ),
        ],
    );
    let concept = describe::object(
        "SearchConcept",
        "A concept that the search names and that a record is about.",
        vec![
            field(
                "concept",
                "Concept!",
                "What the record is about: the concept that the search names, or a narrower one.",
            ),
            field("label", "String!", "The label by which the search names it."),
            field("labelLanguage", format!("{language}!"), "The language of that label."),
            field("distance", "Int!", "The steps from the concept that the search names to `concept`."),
            field("path", "[Concept!]!", "The way there, step by step, with both ends."),
        ],
    );
    let why = describe::object(
        "SearchMatch",
        "Why a record was found: by words, by concepts, or by both.",
        vec![
            field(
                "terms",
                "[SearchTerm!]!",
                "The words of the search that it has, in one of their forms, in its own texts or in a translation's.",
            ),
            field("concepts", "[SearchConcept!]!", "The concepts of the search that it is about."),
            field("language", language, "The language in which the record is written; null for a product."),
            field(
                "translationLanguages",
                format!("[{language}!]!"),
                "The languages of the translations of a lesson that have words of the search: it was found by these \
                 where its own texts don't have them.",
            ),
        ],
    );
    for (name, ty) in [("SearchTerm", term), ("SearchConcept", concept), ("SearchMatch", why)] {
        registry.types.insert(name.to_owned(), ty);
    }
}

fn register_facets(registry: &mut Registry) {
    let mut fields = Vec::with_capacity(FACETS.len());
    for facet in FACETS {
        let name = facet.facet.type_name();
        let ty = facet.entity.map_or_else(|| scalar_name(registry, facet.scalar), |entity| entity.name);
        let value = describe::object(
            name,
            &format!("How many of the hits have this {}.", facet.value),
            vec![
                field(facet.value, format!("{ty}!"), &format!("The {}.", facet.value)),
                field("count", "Int!", "How many of the hits have it."),
            ],
        );
        registry.types.insert(name.to_owned(), value);
        let description = format!("By {}, the most frequent first; {MAX_VALUES} at most.", facet.value);
        fields.push(field(facet.name, format!("[{name}!]!"), &description));
    }
    let description = "How many of all that was found have what, on all pages together.";
    registry.types.insert("SearchFacets".to_owned(), describe::object("SearchFacets", description, fields));
}
