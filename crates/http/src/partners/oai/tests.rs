//! Arguments that are refused, each with its code.

use super::arguments::{From, Listed, Verb, Wanted, arguments};
use super::problem::Problem;

fn read(query: &str) -> Result<Verb, Problem> {
    arguments(&super::pairs(query.as_bytes()))
}

fn code(query: &str) -> &'static str {
    read(query).map_or_else(Problem::code, |_| "")
}

#[test]
fn each_verb_takes_its_own_arguments() {
    for fine in [
        "verb=Identify",
        "verb=ListSets",
        "verb=ListMetadataFormats",
        "verb=ListMetadataFormats&identifier=oai:a:b",
        "identifier=oai:a:b&metadataPrefix=oai_dc&verb=GetRecord",
        "verb=ListRecords&metadataPrefix=oai_dc&set=country.MWI&from=2026-01-01",
        "verb=ListIdentifiers&resumptionToken=x",
    ] {
        assert_eq!(code(fine), "", "{fine}");
    }
    for verb in ["", "verb", "verb=", "verb=identify", "verb=Identify&verb=Identify", "set=country.MWI"] {
        assert_eq!(code(verb), "badVerb", "{verb}");
    }
    for argument in [
        "verb=Identify&x=1",
        "verb=Identify&metadataPrefix=oai_dc",
        "verb=GetRecord",
        "verb=GetRecord&identifier=oai:a:b",
        "verb=GetRecord&metadataPrefix=oai_dc",
        "verb=GetRecord&identifier=a&identifier=b&metadataPrefix=oai_dc",
        "verb=GetRecord&identifier=a&metadataPrefix=oai_dc&set=country.MWI",
        "verb=ListRecords",
        "verb=ListRecords&metadataPrefix=",
        "verb=ListRecords&metadataPrefix=oai_dc&metadataPrefix=oai_dc",
        "verb=ListRecords&metadataPrefix=oai_dc&resumptionToken=x",
        "verb=ListRecords&metadataPrefix=oai_dc&set=malawi",
        "verb=ListRecords&metadataPrefix=oai_dc&from=yesterday",
        "verb=ListRecords&metadataPrefix=oai_dc&from=2026-02-30",
        "verb=ListRecords&metadataPrefix=oai_dc&from=2026-01-01T00:00:00.1Z",
        "verb=ListRecords&metadataPrefix=oai_dc&from=2026-01-01T00:00:00%2B01:00",
        "verb=ListRecords&metadataPrefix=oai_dc&from=2026-01-02&until=2026-01-01",
        "verb=ListRecords&metadataPrefix=oai_dc&from=2026-01-01&until=2026-01-01T00:00:00Z",
        "verb=ListSets&set=country.MWI",
    ] {
        assert_eq!(code(argument), "badArgument", "{argument}");
    }
    for format in ["verb=GetRecord&identifier=a&metadataPrefix=marc", "verb=ListRecords&metadataPrefix=marc"]
    {
        assert_eq!(code(format), "cannotDisseminateFormat", "{format}");
    }
}

#[test]
fn a_span_has_both_its_ends() {
    let span = |from: &str, until: &str| {
        let query = format!("verb=ListIdentifiers&metadataPrefix=oai_dc&from={from}&until={until}");
        match read(&query).unwrap() {
            Verb::List { what: Listed::Identifiers, from: From::Beginning(Wanted { from, before, .. }) } => {
                (from.unwrap(), before.unwrap_or_default())
            }
            other => panic!("{other:?}"),
        }
    };
    let text = |from: &str, before: &str| (from.to_owned(), before.to_owned());
    assert_eq!(
        span("2026-01-31", "2026-01-31"),
        text("2026-01-31T00:00:00.000000Z", "2026-02-01T00:00:00.000000Z")
    );
    assert_eq!(
        span("2026-01-31T23:59:59Z", "2026-01-31T23:59:59Z"),
        text("2026-01-31T23:59:59.000000Z", "2026-02-01T00:00:00.000000Z")
    );
    assert_eq!(span("0000-01-01", "9999-12-31"), text("0000-01-01T00:00:00.000000Z", ""));
}
