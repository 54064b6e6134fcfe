//! Harvesting by OAI-PMH, from outside.

use maip_tests::{Backend, Request, Response, Server, Town, on_both};
use serde_json::{Value, json};

use crate::subscriptions::{malawi, publish};

/// More than one page.
const MANY: usize = 53;

async fn ask(server: &Server, query: &str) -> Response {
    let answer = server.get(&format!("/oai?{query}")).await;
    assert_eq!(answer.status, 200, "{query}: {answer}");
    assert_eq!(answer.header("content-type"), Some("text/xml; charset=utf-8"));
    answer
}

/// The texts of all elements of a name.
fn texts(xml: &str, name: &str) -> Vec<String> {
    let begin = |part: &str| part.starts_with('>') || part.starts_with(' ');
    xml.split(&format!("<{name}"))
        .skip(1)
        .filter(|part| begin(part))
        .filter_map(|part| {
            part.split_once('>')?.1.split_once(&format!("</{name}>")).map(|(text, _)| text.to_owned())
        })
        .collect()
}

fn error(xml: &str) -> Option<&str> {
    xml.split_once("<error code=\"")?.1.split_once('"').map(|(code, _)| code)
}

/// All pages of a list.
async fn pages(server: &Server, verb: &str, arguments: &str) -> Vec<String> {
    let mut pages = vec![ask(server, &format!("verb={verb}&{arguments}")).await.text()];
    loop {
        let token = texts(pages.last().expect("a page"), "resumptionToken").pop().unwrap_or_default();
        if token.is_empty() {
            return pages;
        }
        pages.push(ask(server, &format!("verb={verb}&resumptionToken={token}")).await.text());
    }
}

async fn identifiers(server: &Server, arguments: &str) -> Vec<String> {
    let pages = pages(server, "ListIdentifiers", &format!("metadataPrefix=oai_dc{arguments}")).await;
    pages.iter().flat_map(|page| texts(page, "identifier")).collect()
}

async fn settings(backend: Backend) -> Town {
    let settings = [
        ("MAIP_PUBLIC_URL", "https://maip.example.org/"),
        ("MAIP_CONTACT_EMAIL", "data@example.org"),
        ("MAIP_LICENCE", "https://creativecommons.org/licenses/by/4.0/"),
        ("MAIP_RATE_LIMIT_ACCOUNT", "0"),
    ];
    malawi(backend, &settings).await
}

on_both! {
    async fn a_harvester_gets_all_that_is_public_page_by_page_and_nothing_else(backend: Backend) {
        let mut town = settings(backend).await;
        publish(&mut town, "Hidden <lesson>", "PLATFORM").await;
        publish(&mut town, "Bananas & <mangoes>", "PUBLIC").await;
        let server = town.server();
        let identify = ask(server, "verb=Identify").await.text();
        for (element, said) in [
            ("baseURL", "https://maip.example.org/oai"),
            ("adminEmail", "data@example.org"),
            ("deletedRecord", "no"),
            ("granularity", "YYYY-MM-DDThh:mm:ssZ"),
            ("repositoryIdentifier", "maip.example.org"),
        ] {
            assert_eq!(texts(&identify, element), [said], "{identify}");
        }
        let record = ask(server, "verb=ListRecords&metadataPrefix=oai_dc").await.text();
        assert_eq!(texts(&record, "dc:title"), ["Bananas &amp; &lt;mangoes&gt;"], "{record}");
        assert!(!record.contains("Hidden") && !record.contains("resumptionToken"), "{record}");
        assert_eq!(texts(&record, "setSpec"), ["region.AFRICA", "country.MWI"]);
        assert_eq!(texts(&record, "dc:coverage"), ["Malawi", "MWI"]);
        assert_eq!(texts(&record, "dc:rights"), ["https://creativecommons.org/licenses/by/4.0/"]);
        assert_eq!(texts(&record, "dc:subject").len(), 2);
        let own = texts(&record, "identifier").remove(0);
        let id = own.strip_prefix("oai:maip.example.org:").expect("an identifier of ours").to_owned();
        assert_eq!(texts(&record, "dc:identifier"), [format!("https://maip.example.org/lessons/{id}")]);
        let one = ask(server, &format!("verb=GetRecord&metadataPrefix=oai_dc&identifier={own}")).await.text();
        assert_eq!(texts(&one, "metadata"), texts(&record, "metadata"));

        for number in 2..MANY {
            publish(&mut town, &format!("Lesson {number}"), "PUBLIC").await;
        }
        let server = town.server();
        let all = pages(server, "ListRecords", "metadataPrefix=oai_dc").await;
        assert_eq!(all.len(), 2);
        assert!(all[0].contains("resumptionToken cursor=\"0\"") && all[1].contains("resumptionToken cursor=\"50\""));
        let titles = |pages: &[String]| -> Vec<String> {
            let mut titles: Vec<String> = pages.iter().flat_map(|page| texts(page, "dc:title")).collect();
            titles.sort();
            titles
        };
        let seen = titles(&all);
        assert_eq!(seen.len(), MANY - 1);
        assert!(seen.windows(2).all(|two| two[0] != two[1]), "{seen:?}");
        for (arguments, count) in [
            ("&set=country.MWI", MANY - 1),
            ("&set=region.AFRICA", MANY - 1),
            ("&from=2020-01-01&until=9999-12-31", MANY - 1),
        ] {
            assert_eq!(identifiers(server, arguments).await.len(), count, "{arguments}");
        }
        let posted = Request::new("POST", "/oai")
            .header("content-type", "application/x-www-form-urlencoded")
            .body("verb=GetRecord&metadataPrefix=oai_dc&identifier=oai%3Amaip.example.org%3A".to_owned() + &id);
        assert_eq!(texts(&server.send(posted).await.text(), "metadata"), texts(&record, "metadata"));

        // What changes while a harvester pages is told once more and not left out.
        let first = ask(server, "verb=ListRecords&metadataPrefix=oai_dc").await.text();
        let named = json!({ "lessonId": id, "reason": "It was wrong." });
        let token = texts(&first, "resumptionToken").remove(0);
        publish(&mut town, "Published meanwhile", "PUBLIC").await;
        let withdrawn = town.payload("ada", "withdrawLesson", named, "__typename").await;
        assert_eq!(withdrawn["userErrors"], json!([]), "{withdrawn}");
        let server = town.server();
        let rest = ask(server, &format!("verb=ListRecords&resumptionToken={token}")).await.text();
        assert!(texts(&rest, "dc:title").contains(&"Published meanwhile".to_owned()), "{rest}");
        // Withdrawn, it is as if it had never been there.
        let gone = ask(server, &format!("verb=GetRecord&metadataPrefix=oai_dc&identifier={own}")).await.text();
        let never = "oai:maip.example.org:lesson_01h455vb4pex5vsknk084zzzzq";
        let nothing = ask(server, &format!("verb=GetRecord&metadataPrefix=oai_dc&identifier={never}")).await.text();
        assert_eq!((error(&gone), error(&nothing)), (Some("idDoesNotExist"), Some("idDoesNotExist")));
        assert!(!gone.contains("Bananas"));
        assert!(!identifiers(server, "").await.contains(&own));
    }

    async fn each_mistake_of_a_harvester_has_the_code_of_the_protocol(backend: Backend) {
        let mut town = settings(backend).await;
        let server = town.server();
        let empty = ask(server, "verb=ListRecords&metadataPrefix=oai_dc").await.text();
        assert_eq!(error(&empty), Some("noRecordsMatch"));
        publish(&mut town, "Public", "PUBLIC").await;
        let server = town.server();
        let sets = pages(server, "ListSets", "").await;
        assert!(sets.len() > 1, "countries come in pages");
        let specs: Vec<String> = sets.iter().flat_map(|page| texts(page, "setSpec")).collect();
        for set in ["region.AFRICA", "country.MWI", "country.ZWE", "country.AFG"] {
            assert_eq!(specs.iter().filter(|spec| *spec == set).count(), 1, "{set}");
        }
        let token = texts(&sets[0], "resumptionToken").remove(0);
        let changed = format!("{}{}", &token[..token.len() - 1], if token.ends_with('A') { 'B' } else { 'A' });
        let of = |identifier: &str| format!("verb=GetRecord&metadataPrefix=oai_dc&identifier={identifier}");
        for (query, code) in [
            ("", "badVerb"),
            ("verb=Identify&verb=Identify", "badVerb"),
            ("verb=Harvest", "badVerb"),
            ("verb=Identify&until=2026-01-01", "badArgument"),
            ("verb=ListRecords", "badArgument"),
            ("verb=ListRecords&metadataPrefix=oai_dc&from=2026", "badArgument"),
            ("verb=ListRecords&metadataPrefix=oai_dc&set=a&set=a", "badArgument"),
            ("verb=ListRecords&metadataPrefix=marc21", "cannotDisseminateFormat"),
            ("verb=ListRecords&metadataPrefix=oai_dc&set=country.XXX", "noRecordsMatch"),
            ("verb=ListRecords&metadataPrefix=oai_dc&set=region.ATLANTIS", "noRecordsMatch"),
            ("verb=ListRecords&metadataPrefix=oai_dc&set=country.BGD", "noRecordsMatch"),
            ("verb=ListRecords&metadataPrefix=oai_dc&until=2001-01-01T00:00:00Z", "noRecordsMatch"),
            ("verb=ListRecords&resumptionToken=nonsense", "badResumptionToken"),
            (&format!("verb=ListRecords&resumptionToken={token}"), "badResumptionToken"),
            (&format!("verb=ListSets&resumptionToken={changed}"), "badResumptionToken"),
            (&of("oai:maip.example.org:nonsense%01%00"), "idDoesNotExist"),
            (&of("oai:other.example.org:lesson_01h455vb4pex5vsknk084sn02q"), "idDoesNotExist"),
            ("verb=ListMetadataFormats&identifier=oai:maip.example.org:lesson_01h455vb4pex5vsknk084sn02q", "idDoesNotExist"),
        ] {
            let answer = ask(server, query).await.text();
            assert_eq!(error(&answer), Some(code), "{query}: {answer}");
            let repeats = answer.contains("verb=\"");
            assert_eq!(repeats, !["badVerb", "badArgument", "cannotDisseminateFormat"].contains(&code), "{answer}");
        }
        let put = server.send(Request::new("PUT", "/oai?verb=Identify")).await;
        assert_eq!((put.status, put.header("allow")), (405, Some("GET,HEAD,POST")));
        let head = server.send(Request::new("HEAD", "/oai?verb=Identify")).await;
        assert_eq!((head.status, head.bytes.len()), (200, 0));
        let json = server.send(Request::new("POST", "/oai").json(&Value::Null)).await;
        assert_eq!(json.status, 415);
        let squeezed = Request::new("GET", "/oai?verb=ListSets").header("accept-encoding", "gzip");
        assert_eq!(server.send(squeezed).await.header("content-encoding"), Some("gzip"));
    }

    async fn a_harvester_is_counted_and_needs_no_approved_document(backend: Backend) {
        let settings = [("MAIP_RATE_LIMIT_ANONYMOUS", "2"), ("MAIP_OPERATIONS", "trusted")];
        let server = Server::start_with(backend, &settings).await;
        let answer = ask(&server, "verb=ListSets").await;
        assert_eq!(error(&answer.text()), None, "{answer}");
        ask(&server, "verb=Identify").await;
        let refused = server.get("/oai?verb=Identify").await;
        assert_eq!(refused.status, 429, "{refused}");
        assert!(refused.header("retry-after").is_some());
    }
}
