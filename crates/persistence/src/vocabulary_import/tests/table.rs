use super::super::LabelKind::*;
use super::*;

const HEADER: &str = "uri\tbroader\tdeprecated\tlabel_en\tlabel_zh-hans\tsynonyms_en\thidden_en\n";

fn table(rows: &str) -> Result<Vocabulary, ImportError> {
    parse(Format::Tsv, &format!("{HEADER}{rows}"))
}

#[test]
fn columns_are_told_by_their_names_and_values_by_the_bar() {
    let vocabulary = table(
        "http://a/fruit\t\t\tfruits\t\t\t\r\n\n\
         http://a/fig\thttp://a/fruit|http://a/ficus\ttrue\tfigs\t无花果\tfig fruit | Smyrna fig\tfiggs\n",
    )
    .unwrap();
    assert_eq!(
        labels(&vocabulary, "http://a/fig"),
        [
            ("en", Preferred, "figs"),
            ("en", Alternative, "Smyrna fig"),
            ("en", Alternative, "fig fruit"),
            ("en", Hidden, "figgs"),
            ("zh-Hans", Preferred, "无花果"),
        ]
    );
    assert_eq!(links(&vocabulary), [("http://a/fig", "http://a/fruit")]);
    assert_eq!(vocabulary.broader_outside().collect::<Vec<_>>(), [(1, "http://a/ficus")]);
    assert!(vocabulary.is_deprecated(1) && !vocabulary.is_deprecated(0));
}

#[test]
fn a_table_may_have_its_columns_in_any_order_and_number() {
    let vocabulary = parse(
        Format::Tsv,
        "uri\tlabel_en\tsynonyms_en\tbroader\nhttp://a/x\tx\t\thttp://a/y\nhttp://a/y\ty\tz\t\n",
    )
    .unwrap();
    assert_eq!(vocabulary.len(), 2);
    assert_eq!(links(&vocabulary), [("http://a/x", "http://a/y")]);
}

#[test]
fn a_table_that_is_wrong_is_refused_with_its_line_and_reason() {
    let uri = "http://a/x";
    let cases = [
        (String::new(), "the file has no concept"),
        ("label_en\tbroader\n".to_owned(), "line 1: the first line must name the columns"),
        ("uri\tcolour\n".to_owned(), "line 1: the column \"colour\" isn't known; known are uri,"),
        ("uri\tlabel_english_\n".to_owned(), "line 1: \"english_\" isn't a BCP 47 language tag"),
        ("uri\tbroader\tbroader\n".to_owned(), "line 1: the column \"broader\" is there twice"),
        (format!("uri\tlabel_en\n{uri}\n"), "line 2: the row has 1 fields, and the table 2 columns"),
        (format!("uri\tlabel_en\n{uri}\ta\tb\n"), "line 2: the row has 3 fields, and the table 2 columns"),
        ("uri\tlabel_en\nc_806\tbananas\n".to_owned(), "line 2: \"c_806\" isn't an absolute http,"),
        (format!("uri\tbroader\n{uri}\tc_806\n"), "line 2: \"c_806\" isn't an absolute http,"),
        (format!("uri\tbroader\n{uri}\t{uri}\n"), "line 2: the concept http://a/x is broader than itself"),
        (
            format!("uri\tlabel_en\n{uri}\ta\n\n{uri}\tb\n"),
            "line 4: the concept http://a/x has a row already, on line 2",
        ),
        (format!("uri\tdeprecated\n{uri}\tperhaps\n"), "line 2: \"perhaps\" is neither true nor false"),
        (format!("uri\tlabel_en\n{uri}\ta\u{0}b\n"), "line 2: the label has the control character U+0000"),
        (
            format!("uri\tlabel_en\n{uri}\t{}\n", "x".repeat(501)),
            "line 2: the label is longer than 500 characters",
        ),
        ("uri\tlabel_en\n".to_owned(), "the file has no concept"),
    ];
    for (content, reason) in cases {
        let found = refusal(parse(Format::Tsv, &content));
        assert!(found.starts_with(reason), "{content:?}: {found}");
    }
}
