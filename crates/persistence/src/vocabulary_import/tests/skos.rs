use super::super::{Findings, LabelKind::*};
use super::*;

#[test]
fn turtle_gives_concepts_with_labels_in_their_languages_and_several_parents() {
    let vocabulary = turtle(
        ":fig a skos:Concept ; skos:prefLabel \"figs\"@en , \"تين\"@ar ; skos:altLabel \"fig fruit\"@EN ;\n\
         skos:hiddenLabel \"figgs\"@en ; skos:broader :fruit , :ficus .\n\
         :fruit a skos:Concept ; skos:prefLabel \"fruits\"@en ; skos:definition \"x\"@en .\n\
         :ficus a skos:Concept ; skos:prefLabel \"Ficus\"@la .\n\
         :old a skos:Concept ; owl:deprecated true .\n\
         :scheme a skos:ConceptScheme ; skos:prefLabel \"not a concept\"@en .",
    )
    .unwrap();
    assert_eq!(vocabulary.len(), 4);
    assert_eq!(
        labels(&vocabulary, "http://example.org/fig"),
        [
            ("ar", Preferred, "تين"),
            ("en", Preferred, "figs"),
            ("en", Alternative, "fig fruit"),
            ("en", Hidden, "figgs"),
        ]
    );
    assert_eq!(
        links(&vocabulary),
        [
            ("http://example.org/fig", "http://example.org/ficus"),
            ("http://example.org/fig", "http://example.org/fruit"),
        ]
    );
    let old = vocabulary.find("http://example.org/old").unwrap();
    assert!(vocabulary.is_deprecated(old));
    assert_eq!(vocabulary.shown_as(old), "http://example.org/old");
    assert_eq!(vocabulary.shown_as(vocabulary.find("http://example.org/ficus").unwrap()), "Ficus");
    assert_eq!(vocabulary.findings(), Findings { unlabelled: 1, ..Findings::default() });
    assert!(vocabulary.find("http://example.org/scheme").is_none());
}

#[test]
fn n_triples_say_the_same() {
    let vocabulary = parse(
        Format::NTriples,
        "<http://a/x> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://www.w3.org/2004/02/skos/core#Concept> .\n\
         # a comment\n\
         <http://a/x> <http://www.w3.org/2004/02/skos/core#prefLabel> \"\\u0444\\u0440\\u0443\\u043A\\u0442\\u044B\"@ru .\n",
    )
    .unwrap();
    assert_eq!(labels(&vocabulary, "http://a/x"), [("ru", Preferred, "фрукты")]);
}

#[test]
fn narrower_is_broader_the_other_way_round_and_counts_once() {
    let vocabulary =
        turtle(":fruit a skos:Concept ; skos:narrower :fig .\n:fig a skos:Concept ; skos:broader :fruit .")
            .unwrap();
    assert_eq!(links(&vocabulary), [("http://example.org/fig", "http://example.org/fruit")]);
}

#[test]
fn xl_labels_are_found_whether_their_node_comes_before_or_after() {
    let vocabulary = turtle(
        ":l1 xl:literalForm \"figs\"@en .\n\
         :fig a skos:Concept ; xl:prefLabel :l1 , :l2 ; xl:altLabel [ xl:literalForm \"fig fruit\"@en ] .\n\
         :l2 a xl:Label ; xl:literalForm \"инжир\"@ru .\n\
         :other xl:altLabel :nowhere .",
    )
    .unwrap();
    assert_eq!(
        labels(&vocabulary, "http://example.org/fig"),
        [("en", Preferred, "figs"), ("en", Alternative, "fig fruit"), ("ru", Preferred, "инжир")]
    );
}

#[test]
fn a_label_given_both_plainly_and_by_node_is_kept_once_as_the_stronger_kind() {
    let vocabulary = turtle(
        ":fig a skos:Concept ; skos:altLabel \"figs\"@en ; skos:prefLabel \"figs\"@en ; xl:prefLabel :l .\n\
         :l xl:literalForm \"figs\"@en .",
    )
    .unwrap();
    assert_eq!(labels(&vocabulary, "http://example.org/fig"), [("en", Preferred, "figs")]);
    assert_eq!(vocabulary.findings().repeated_labels, 2);
}

#[test]
fn a_second_preferred_label_of_a_language_becomes_an_alternative() {
    let vocabulary =
        turtle(":fig a skos:Concept ; skos:prefLabel \"figs\"@en , \"common fig\"@en , \"figue\"@fr .")
            .unwrap();
    assert_eq!(
        labels(&vocabulary, "http://example.org/fig"),
        [("en", Preferred, "figs"), ("en", Alternative, "common fig"), ("fr", Preferred, "figue")]
    );
    assert_eq!(vocabulary.findings().demoted_preferred, 1);
}

#[test]
fn a_parent_that_the_file_only_names_is_kept_apart() {
    let vocabulary = turtle(":fig a skos:Concept ; skos:broader :fruit .\n:x skos:broader :fig .").unwrap();
    assert!(vocabulary.broader().is_empty());
    let outside: Vec<_> = vocabulary.broader_outside().collect();
    assert_eq!(outside, [(0, "http://example.org/fruit")]);
    assert_eq!(vocabulary.findings().links_from_undeclared, 1);
}

#[test]
fn the_label_shown_is_the_english_one_else_the_first_preferred_by_tag() {
    let vocabulary = turtle(
        ":a a skos:Concept ; skos:altLabel \"alt\"@en ; skos:prefLabel \"ru\"@ru , \"fr\"@fr .\n\
         :b a skos:Concept ; skos:prefLabel \"ar\"@ar , \"en\"@en .\n\
         :c a skos:Concept ; skos:altLabel \"alt\"@es .",
    )
    .unwrap();
    let shown: Vec<_> = (0..3).map(|concept| vocabulary.shown_as(concept)).collect();
    assert_eq!(shown, ["fr", "en", "alt"]);
}

#[test]
fn a_literal_over_several_lines_is_one_label() {
    let vocabulary = turtle(":a a skos:Concept ; skos:prefLabel \"\"\"dried\n  figs\"\"\"@en .").unwrap();
    assert_eq!(labels(&vocabulary, "http://example.org/a"), [("en", Preferred, "dried figs")]);
}

#[test]
fn more_than_the_limits_is_refused_and_says_of_what() {
    let limits = Limits { subjects: 2, labels: 2, ..Limits::default() };
    let stage = |content: &str| {
        let mut staging = Staging::new(limits);
        let text = format!("{PREFIXES}{content}");
        read(Format::Turtle, text.as_bytes(), &mut staging).unwrap_err().to_string()
    };
    let many = stage(":a a skos:Concept .\n:b a skos:Concept .\n:c a skos:Concept .");
    assert_eq!(many, "line 7: the file has more than 2 concepts; import it in parts");
    let labels = stage(":a skos:prefLabel \"a\"@en ,\n\"b\"@fr ,\n\"c\"@es .");
    assert_eq!(labels, "line 7: the file has more than 2 labels; import it in parts");
}
