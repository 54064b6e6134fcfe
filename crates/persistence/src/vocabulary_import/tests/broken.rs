use super::*;

#[test]
fn broken_turtle_is_refused_with_its_line_and_reason() {
    let cases = [
        (":a a skos:Concept\n:b a skos:Concept .", "line 6: bad syntax: "),
        (":a a skos:Concept .\n:a skos:prefLabel \"open@en .\n", "line 6: bad syntax: "),
        (":a a skos:Concept ;", "line 5: bad syntax: "),
        (":a a nope:Concept .", "line 5: bad syntax: The prefix nope: has not been declared"),
        ("\n<c_806> a skos:Concept .", "line 6: bad syntax: No scheme found in an absolute IRI"),
        (":a skos:prefLabel \"x\"@en_US .", "line 5: bad syntax: "),
        (":a a skos:Concept ;\n skos:prefLabel \"figs\" .", "line 6: the label \"figs\" has no language tag"),
        (":a skos:prefLabel 12 .", "line 5: the label \"12\" has no language tag"),
        (
            ":a skos:prefLabel :b .",
            "line 5: a label must be text with a language tag, not <http://example.org/b>",
        ),
        (":a xl:prefLabel \"figs\"@en .", "line 5: a label must be text with a language tag, not the text"),
        (":a skos:prefLabel \" \"@en .", "line 5: the label is empty"),
        (":a skos:prefLabel \"a\\u0007b\"@en .", "line 5: the label has the control character U+0007"),
        (":a skos:prefLabel \"x\"@abcdefgh-toolongsubtag .", "line 5: "),
        ("[] a skos:Concept .", "line 5: the concept is a blank node; it needs an IRI"),
        ("<javascript:alert(1)> a skos:Concept .", "line 5: \"javascript:alert(1)\" isn't an absolute"),
        (":a skos:broader \"fruit\"@en .", "line 5: \"fruit\" isn't an absolute"),
        (":a skos:broader :a .", "line 5: the concept http://example.org/a is broader than itself"),
        (":a a skos:Concept ; owl:deprecated \"maybe\" .", "line 5: \"maybe\" is neither true nor false"),
        (
            ":l xl:literalForm \"a\"@en .\n:l xl:literalForm \"b\"@en .",
            "line 6: the SKOS-XL label http://example.org/l has two",
        ),
        (
            ":a a skos:Concept .\n:a xl:altLabel :l .\n",
            "line 6: the SKOS-XL label http://example.org/l has no literal form",
        ),
        (":a skos:prefLabel \"x\"@en .", "the file has no concept"),
        ("", "the file has no concept"),
    ];
    for (content, reason) in cases {
        let found = refusal(turtle(content));
        assert!(found.starts_with(reason), "{content:?}: {found}");
    }
}

#[test]
fn broken_n_triples_are_refused_with_their_line_and_reason() {
    let good = "<http://a/x> <http://www.w3.org/2004/02/skos/core#prefLabel> \"x\"@en .\n";
    let cases = [
        ("<http://a/x> <http://a/y>\n<http://a/z> .\n", "line 2: bad syntax: "),
        ("<http://a/x> <http://a/y> <http://a/z>\n", "line 2: bad syntax: "),
        ("@prefix a: <http://a/> .\n", "line 2: bad syntax: "),
        ("<x> <http://a/y> <http://a/z> .\n", "line 2: bad syntax: No scheme found in an absolute IRI"),
        (
            "<http://a/x> <http://www.w3.org/2004/02/skos/core#altLabel> \"x\" .\n",
            "line 2: the label \"x\" has no language tag",
        ),
    ];
    for (line, reason) in cases {
        let found = refusal(parse(Format::NTriples, &format!("{good}{line}{good}")));
        assert!(found.starts_with(reason), "{line:?}: {found}");
    }
}

#[test]
fn a_missing_quotation_mark_is_refused_before_the_rest_of_the_file_is_read() {
    let rest = "filler without any quotation mark\n".repeat(1 << 14);
    let found = refusal(turtle(&format!(":a a skos:Concept ; skos:prefLabel \"\"\"open\n{rest}")));
    assert!(found.contains("no statement ends within 65536 bytes"), "{found}");
}

#[test]
fn deep_nesting_is_refused_and_doesnt_exhaust_the_stack() {
    let found = refusal(turtle(&format!(":a skos:broader {}", "[ skos:broader ".repeat(100_000))));
    assert!(found.starts_with("line 5: "), "{found}");
}

#[test]
fn a_reason_never_repeats_a_whole_file() {
    let found = refusal(turtle(&format!(":a {} .", "x".repeat(200_000))));
    assert!(found.len() < 500, "{}", found.len());
}

#[test]
fn an_error_of_reading_is_told_from_a_broken_file() {
    struct Failing;
    impl std::io::Read for Failing {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(std::io::Error::other("the disk is gone"))
        }
    }
    let input = std::io::BufReader::new(Failing);
    let result = super::super::read_vocabulary(Path::new("a.ttl"), input, Limits::default());
    assert!(matches!(result, Err(ImportError::Io(_))));
}

#[test]
fn a_cycle_is_refused_with_the_chain_named() {
    let found = refusal(turtle(
        ":a a skos:Concept ; skos:broader :b .\n:b a skos:Concept ; skos:broader :c , :d .\n\
         :d a skos:Concept .\n:c a skos:Concept ; skos:broader :b .",
    ));
    assert_eq!(
        found,
        "line 8: the hierarchy has a cycle: http://example.org/b is narrower than http://example.org/c \
         is narrower than http://example.org/b"
    );
}

#[test]
fn a_cycle_is_refused_with_the_line_that_closes_it() {
    let chain =
        "the hierarchy has a cycle: http://a/x is narrower than http://a/y is narrower than http://a/x";
    let skos = "http://www.w3.org/2004/02/skos/core#";
    let turtle = format!(
        "@prefix skos: <{skos}> .\n<http://a/x> a skos:Concept ;\n  skos:broader <http://a/z> ,\n    <http://a/y>\n.\n\n\
         <http://a/y> a skos:Concept .\n<http://a/z> a skos:Concept .\n<http://a/x> skos:narrower\n  <http://a/y> .\n"
    );
    let a_concept = format!("<http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <{skos}Concept> .");
    let triples = format!(
        "<http://a/x> {a_concept}\n<http://a/y> {a_concept}\n<http://a/y> <{skos}broader> <http://a/x> .\n# a remark\n\
         <http://a/x> <{skos}broader> <http://a/y> .\n<http://a/x> <{skos}broader> <http://a/y> .\n"
    );
    let table = "uri\tbroader\nhttp://a/x\thttp://a/y\nhttp://a/z\t\nhttp://a/y\thttp://a/z|http://a/x\n";
    for (format, content, line) in
        [(Format::Turtle, turtle.as_str(), 10), (Format::NTriples, &triples, 5), (Format::Tsv, table, 4)]
    {
        assert_eq!(refusal(parse(format, content)), format!("line {line}: {chain}"), "{format:?}");
    }
}

#[test]
fn a_cycle_of_thousands_is_named_in_part() {
    let content: Vec<String> =
        (0..5000).map(|n| format!(":c{n} a skos:Concept ; skos:broader :c{} .", (n + 1) % 5000)).collect();
    let found = refusal(turtle(&content.join("\n")));
    assert!(found.contains("…") && found.len() < 2000, "{found}");
}
