//! Lessons as linked data and as exports, from outside.

use maip_tests::{Backend, Request, Response, on_both};
use serde_json::{Value, json};

use crate::subscriptions::{malawi, publish};

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const TURTLE: &str = "text/turtle; charset=utf-8";

fn get(path: &str, accept: &str) -> Request {
    Request::new("GET", path).header("accept", accept)
}

fn rows(answer: &Response) -> Vec<String> {
    answer.text().split("\r\n").filter(|row| !row.is_empty()).map(str::to_owned).collect()
}

on_both! {
    async fn a_public_lesson_is_linked_data_and_any_other_is_not_there(backend: Backend) {
        let mut town = malawi(backend, &[("MAIP_PUBLIC_URL", "https://maip.example.org")]).await;
        let hidden = publish(&mut town, "Hidden", "MEMBERS").await;
        let id = publish(&mut town, "Dried \"figs\" \\ <\u{202f}>", "PUBLIC").await;
        let (server, path) = (town.server(), format!("/lessons/{}", id.as_str().expect("an id")));
        let own = format!("https://maip.example.org{path}");

        let json_ld = server.get(&path).await;
        assert_eq!((json_ld.status, json_ld.header("content-type")), (200, Some("application/ld+json")), "{json_ld}");
        assert_eq!(json_ld.header("cache-control"), Some("public, no-cache"));
        assert!(json_ld.body["@context"].is_object(), "{json_ld}");
        let lesson = &json_ld.body["@graph"][0];
        assert_eq!((&lesson["@id"], &lesson["@type"]), (&json!(own), &json!("Article")), "{json_ld}");
        assert_eq!(lesson["name"], json!({ "@value": "Dried \"figs\" \\ <\u{202f}>", "@language": "en" }));
        assert_eq!(lesson["name"], lesson["dcterms:title"]);
        let turtle = server.send(get(&path, "text/turtle")).await;
        assert_eq!((turtle.status, turtle.header("content-type")), (200, Some(TURTLE)), "{turtle}");
        assert!(turtle.text().contains("schema:Article") && turtle.text().contains(&own), "{turtle}");
        assert_eq!(server.get(&format!("{path}.ttl")).await.text(), turtle.text());
        assert_eq!(server.get(&format!("{path}.jsonld")).await.text(), json_ld.text());
        assert_eq!(server.send(get(&path, "image/png")).await.status, 406);
        let tag = turtle.header("etag").expect("a tag").to_owned();
        assert_ne!(Some(tag.as_str()), json_ld.header("etag"));
        let again = server.send(get(&path, "text/turtle").header("if-none-match", tag)).await;
        assert_eq!((again.status, again.bytes.len()), (304, 0));

        let missing = server.get("/lessons/lesson_01h455vb4pex5vsknk084sn02q").await;
        let hidden = format!("/lessons/{}", hidden.as_str().expect("an id"));
        for nothing in [server.get(&hidden).await, server.get("/lessons/x%00").await] {
            assert_eq!((nothing.status, nothing.text()), (404, missing.text()));
        }
        // Who sees it in the API sees it here, and no cache keeps it for others.
        let token = town.bearer("ada").expect("a token").to_owned();
        let own = server.send(get(&hidden, "text/turtle").bearer(&token)).await;
        assert_eq!((own.status, own.header("cache-control")), (200, Some("private, no-cache")), "{own}");
        assert!(own.header("vary").is_some_and(|names| names.contains("authorization")), "{own}");
        assert_eq!(server.send(get(&path, "text/turtle").bearer("maip_none")).await.status, 401);
        let named = json!({ "lessonId": id, "reason": "It was wrong." });
        town.done("ada", "withdrawLesson", named, "__typename").await;
        assert_eq!(town.server().get(&path).await.text(), missing.text());
    }

    async fn a_lesson_is_a_page_to_print_in_the_words_of_its_reader(backend: Backend) {
        let mut town = malawi(backend, &[("MAIP_PUBLIC_URL", "https://maip.example.org")]).await;
        let id = publish(&mut town, "</title><script>alert(1)</script> & \"figs\"", "PUBLIC").await;
        let (server, path) = (town.server(), format!("/lessons/{}", id.as_str().expect("an id")));
        // What browsers send.
        let asked = |language: &str| {
            get(&path, "text/html,application/xhtml+xml,*/*;q=0.8").header("accept-language", language)
        };
        let page = server.send(asked("fr-FR,fr;q=0.9,en;q=0.8")).await;
        assert_eq!((page.status, page.header("content-type")), (200, Some("text/html; charset=utf-8")), "{page}");
        assert_eq!((page.header("content-language"), page.header("cache-control")), (Some("fr, en"), Some("public, no-cache")));
        let text = page.text();
        assert!(text.starts_with("<!DOCTYPE html><html lang=\"fr\" dir=\"ltr\">"), "{text}");
        assert!(text.contains("Ce qui a été fait") && text.contains("Thyolo."), "{text}");
        assert!(!text.contains("<script") && text.contains("&lt;script&gt;alert(1)"), "{text}");
        // Nothing is allowed but the style that is in it.
        let policy = page.header("content-security-policy").expect("a policy");
        assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
        assert_eq!(text.matches("<style>").count(), 1);
        let arabic = server.send(asked("ar")).await.text();
        assert!(arabic.contains("<html lang=\"ar\" dir=\"rtl\">") && arabic.contains("<h1 lang=\"en\" dir=\"ltr\">"), "{arabic}");
        let english = server.get(&format!("{path}.html")).await;
        assert!(english.text().contains("What was done"), "{english}");
        let tag = english.header("etag").expect("a tag").to_owned();
        assert_ne!(page.header("etag"), Some(tag.as_str()));
        let again = server.send(get(&format!("{path}.html"), "*/*").header("if-none-match", tag)).await;
        assert_eq!((again.status, again.bytes.len()), (304, 0));
    }

    async fn an_export_has_what_its_reader_may_see_and_no_formulas(backend: Backend) {
        let mut town = malawi(backend, &[("MAIP_PUBLIC_URL", "https://maip.example.org")]).await;
        publish(&mut town, "=HYPERLINK(\"http://evil.example\",\"figs\")", "PUBLIC").await;
        publish(&mut town, "Hidden", "PLATFORM").await;
        let server = town.server();
        let all = server.get("/export/lessons.csv").await;
        assert_eq!((all.status, all.header("content-type")), (200, Some("text/csv; charset=utf-8; header=present")));
        assert_eq!(all.header("content-disposition"), Some("attachment; filename=\"lessons.csv\""));
        assert_eq!(all.header("cache-control"), Some("no-store"));
        let public = rows(&all);
        assert_eq!(public.len(), 2, "{all}");
        assert!(public[0].starts_with("id,url,title,language,abstract,context,"), "{all}");
        assert!(public[1].contains(",\"'=HYPERLINK(\"\"http://evil.example\"\",\"\"figs\"\")\",en,"), "{all}");
        assert!(public[1].contains(",Thyolo.,They rot.,Racks.,Less was lost.,WORKED,"), "{all}");
        let token = town.bearer("ada").expect("a token").to_owned();
        let own = server.send(Request::new("GET", "/export/lessons.csv").bearer(&token)).await;
        assert_eq!(rows(&own).len(), 3, "{own}");
        assert_eq!(server.send(Request::new("GET", "/export/lessons.csv").bearer("maip_none")).await.status, 401);
        let json_ld = server.get("/export/lessons.jsonld").await;
        let kinds: Vec<&Value> = json_ld.body["@graph"].as_array().expect("JSON").iter().map(|node| &node["@type"]).collect();
        assert_eq!(kinds.iter().filter(|kind| **kind == "Article").count(), 1, "{json_ld}");
        let turtle = server.get("/export/lessons.ttl").await;
        assert_eq!(turtle.header("content-type"), Some(TURTLE));
        assert_eq!(turtle.text().matches("schema:Article").count(), 1, "{turtle}");
        let workbook = server.get("/export/lessons.xlsx").await;
        assert_eq!((workbook.status, workbook.header("content-type")), (200, Some(XLSX)));
        assert!(workbook.bytes.starts_with(b"PK\x03\x04"), "it is an archive");
        assert_eq!(server.get("/export/lessons.xml").await.status, 404);
        for (query, count) in [("?country=MWI", 2), ("?country=BGD", 1), ("?country=BGD&country=MWI&text=hyperlink", 2)] {
            assert_eq!(rows(&server.get(&format!("/export/lessons.csv{query}")).await).len(), count, "{query}");
        }
        for wrong in ["?countries=MWI", "?country=Malawi", "?text=a&text=b", "?updatedFrom=yesterday"] {
            assert_eq!(server.get(&format!("/export/lessons.csv{wrong}")).await.status, 400, "{wrong}");
        }
    }

    async fn an_export_of_several_pages_has_each_lesson_once_whatever_an_operation_may_cost(backend: Backend) {
        let settings = [("MAIP_MAX_QUERY_COST", "300"), ("MAIP_RATE_LIMIT_ACCOUNT", "0"), ("MAIP_PUBLIC_URL", "https://maip.example.org")];
        let mut town = malawi(backend, &settings).await;
        let mut titles = Vec::new();
        for number in 0..27 {
            titles.push(format!("Lesson {number:02}"));
            publish(&mut town, &titles[number], "PUBLIC").await;
        }
        let server = town.server();
        let all = rows(&server.get("/export/lessons.csv").await);
        let told: Vec<&str> = all[1..].iter().map(|row| row.split(',').nth(2).expect("a title")).collect();
        assert_eq!(told, titles);
        let json_ld = server.get("/export/lessons.jsonld").await;
        let nodes = json_ld.body["@graph"].as_array().expect("JSON");
        assert_eq!(nodes.iter().filter(|node| node["@type"] == "Article").count(), titles.len());
        for encoding in ["gzip", "br", "zstd"] {
            let packed = Request::new("GET", "/export/lessons.csv").header("accept-encoding", encoding);
            let packed = server.send(packed).await;
            assert_eq!((packed.status, packed.header("content-encoding")), (200, Some(encoding)));
            assert!(!packed.bytes.is_empty(), "{encoding}");
        }
        // A harvest is a read of ours too.
        let harvest = server.get("/oai?verb=ListRecords&metadataPrefix=oai_dc").await;
        assert_eq!((harvest.status, harvest.text().matches("<record>").count()), (200, titles.len()), "{harvest}");
    }

    async fn a_token_exports_what_it_may_read_and_nothing_without_the_scope(backend: Backend) {
        let mut town = malawi(backend, &[]).await;
        publish(&mut town, "For everybody", "PUBLIC").await;
        publish(&mut town, "For the platform", "PLATFORM").await;
        town.member("omar", "EGY", "MEMBER").await;
        town.officer("secretariat", "ITA", "EXECUTIVE_SECRETARY").await;
        let fields = json!({ "name": "Figs", "kind": "NGO" });
        let made = town.done("omar", "createOrganisation", fields, "organisation { id }").await;
        let (organisation, scopes) = (&made["organisation"]["id"], json!(["LESSONS_READ", "CONTACTS_READ"]));
        let clear = json!({ "organisationId": organisation, "scopes": scopes });
        town.done("secretariat", "clearOrganisation", clear, "organisation { id }").await;
        for (scope, expected) in [("LESSONS_READ", 200), ("CONTACTS_READ", 403)] {
            let token = json!({ "organisationId": organisation, "name": scope, "scopes": [scope] });
            let made = town.done("omar", "createApiToken", token, "secret").await;
            let asked = Request::new("GET", "/export/lessons.csv").bearer(made["secret"].as_str().expect("a secret"));
            let answer = town.server().send(asked).await;
            assert_eq!(answer.status, expected, "{scope}: {answer}");
            if expected == 200 {
                assert_eq!(rows(&answer).len(), 2, "{answer}");
            }
        }
    }
}
