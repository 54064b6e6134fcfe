//! Thumbnails are seen by those who see the photo, under addresses of their own.

use maip_tests::{Backend, File, Request, Town, on_both};
use serde_json::{Value, json};

use super::{attach, drafted, files_of, get, photo_of, publish};

/// A photo whose thumbnail is smaller than itself.
fn large() -> File {
    photo_of(900, 600)
}

/// The address of a file and of its thumbnail.
fn addresses(file: &Value) -> [String; 2] {
    [&file["url"], &file["thumbnailUrl"]]
        .map(|url| url.as_str().unwrap_or_else(|| panic!("{file}")).to_owned())
}

/// Whether an address answers like one that leads nowhere, whichever way it is asked.
async fn leads_nowhere(town: &Town, url: &str) -> bool {
    let unknown = format!("/files/{}/file?expires=99999999999&signature=AAAA", town.fresh("attachment"));
    let mut all = true;
    for (method, header) in [
        ("GET", ("accept", "image/jpeg")),
        ("HEAD", ("accept", "image/jpeg")),
        ("GET", ("range", "bytes=0-9")),
        ("GET", ("if-none-match", "*")),
    ] {
        let ask = async |url: &str| {
            let answer = town.server().send(Request::new(method, url).header(header.0, header.1)).await;
            let headers = ["cache-control", "content-type", "etag", "content-length"];
            let headers = headers.map(|name| answer.header(name).map(str::to_owned));
            (answer.status, answer.text(), headers)
        };
        let answer = ask(url).await;
        all &= answer.0 == 404 && answer == ask(&unknown).await;
    }
    all
}

/// Bytes of the picture at an address, and its width and height.
async fn size(town: &Town, url: &str) -> (u32, u32) {
    let answer = get(town, &json!(url)).await;
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("image/jpeg")), "{url}: {answer}");
    let picture = image::load_from_memory(&answer.bytes).unwrap();
    (picture.width(), picture.height())
}

async fn assert_nowhere(town: &Town, urls: &[String]) {
    for url in urls {
        assert!(leads_nowhere(town, url).await, "{url}");
    }
}

on_both! {
    async fn a_thumbnail_is_seen_with_its_lesson_and_no_longer(backend: Backend) {
        let (town, lesson) = drafted(backend, &[]).await;
        let draft = attach(&town, &lesson, &large(), json!({})).await;
        for who in ["", "ben", "focal"] {
            let node = "query ($id: ID!) { node(id: $id) { ... on LessonAttachment { url thumbnailUrl } } }";
            assert_eq!(town.data(who, node, json!({ "id": draft["id"] })).await["node"], Value::Null, "{who}");
        }
        assert_eq!(size(&town, &addresses(&draft)[1]).await, (400, 267));
        publish(&town, &lesson).await;
        assert_nowhere(&town, &addresses(&draft)).await;
        let public = addresses(&files_of(&town, "", &lesson).await[0]);
        assert_eq!((size(&town, &public[0]).await, size(&town, &public[1]).await), ((900, 600), (400, 267)));

        // A revision that is for fewer: from then on, for what is published too.
        let named = json!({ "lessonId": lesson });
        let revised = town.done("ada", "reviseLesson", named, "lesson { revision openVersion { attachments { url thumbnailUrl } } }").await;
        let revision = addresses(&revised["lesson"]["openVersion"]["attachments"][0]);
        let narrow = json!({ "lessonId": lesson, "expectedRevision": revised["lesson"]["revision"], "visibility": "PLATFORM" });
        town.done("ada", "updateLesson", narrow, "lesson { id }").await;
        assert_nowhere(&town, &public).await;
        publish(&town, &lesson).await;
        assert_nowhere(&town, &revision).await;
        let hidden = town.data("", super::FILES, json!({ "id": lesson })).await;
        assert_eq!(hidden["lesson"], Value::Null, "a stranger sees nothing of it");
        let members = addresses(&files_of(&town, "ben", &lesson).await[0]);
        assert_eq!(size(&town, &members[1]).await, (400, 267));

        town.done("ada", "withdrawLesson", json!({ "lessonId": lesson }), "lesson { id }").await;
        assert_nowhere(&town, &members).await;
        let own = addresses(&files_of(&town, "ada", &lesson).await[0]);
        assert_eq!(size(&town, &own[1]).await, (400, 267));
    }

    async fn the_address_of_a_photo_opens_no_thumbnail_and_the_other_way_round(backend: Backend) {
        let (town, lesson) = drafted(backend, &[]).await;
        let (one, other) = (attach(&town, &lesson, &large(), json!({})).await, attach(&town, &lesson, &large(), json!({})).await);
        let [file, thumbnail] = addresses(&one);
        let [_, others] = addresses(&other);
        let (file_path, file_query) = file.split_once('?').unwrap();
        let (path, query) = thumbnail.split_once('?').unwrap();
        let (expires, signature) = query.split_once('&').unwrap();
        let seconds: i64 = expires.strip_prefix("expires=").unwrap().parse().unwrap();
        let id = one["id"].as_str().unwrap();
        assert_nowhere(&town, &[
            format!("{file_path}?{query}"),
            format!("{path}?{file_query}"),
            format!("{}?{query}", others.split_once('?').unwrap().0),
            thumbnail.replace("/thumbnail?", "/incoming?"),
            thumbnail.replace("/thumbnail?", "/Thumbnail?"),
            thumbnail.replace("/thumbnail?", "/thumbnail-2560?"),
            thumbnail.replace("/thumbnail?", "/..%2F..%2Ffile?"),
            thumbnail.replace(id, &town.fresh("attachment")),
            format!("{path}?expires={}&{signature}", seconds + 600),
            format!("{path}?expires=+{seconds}&{signature}A"),
            format!("{path}?{expires}"),
            path.to_owned(),
        ]).await;
        // What else an address says makes no other picture of it.
        for more in ["size=2560", "width=900&height=600", "part=file"] {
            assert_eq!(size(&town, &format!("{thumbnail}&{more}")).await, (400, 267), "{more}");
        }
        // The tag of one is none of the other, so that no cache takes them for the same.
        let tag = async |url: &str| get(&town, &json!(url)).await.header("etag").unwrap().to_owned();
        let known = tag(&file).await;
        assert_ne!(known, tag(&thumbnail).await);
        let answer = town.server().send(Request::new("GET", thumbnail.as_str()).header("if-none-match", known)).await;
        assert_eq!(answer.status, 200);

        // Nothing is written through the address of a thumbnail.
        let put = town.server().send(Request::new("PUT", thumbnail.as_str()).body(large().bytes)).await;
        assert!([404, 405].contains(&put.status), "{put}");
        assert_eq!(size(&town, &thumbnail).await, (400, 267));
        assert!(!town.server().logs().contains(signature), "an address is in the log");

        // Where nobody sees the lesson, nothing that somebody sees helps.
        publish(&town, &lesson).await;
        let public = addresses(&files_of(&town, "", &lesson).await[0]);
        let draft = json!({ "platformId": town.text("SELECT id FROM platforms").await, "title": "Hidden", "language": "en" });
        let other_lesson = town.done("ada", "draftLesson", draft, "lesson { id }").await["lesson"]["id"].clone();
        let hidden = attach(&town, &other_lesson, &large(), json!({})).await;
        let hidden = hidden["id"].as_str().unwrap();
        assert_nowhere(&town, &public.map(|address| address.replace(id, hidden))).await;
        // A file that has no picture has no address for one.
        let plan = File { name: "plan.pdf", media_type: "application/pdf", bytes: super::document() };
        let plan = attach(&town, &other_lesson, &plan, json!({})).await;
        assert_eq!(plan["thumbnailUrl"], Value::Null);
        assert!(leads_nowhere(&town, &plan["url"].as_str().unwrap().replace("/file?", "/thumbnail?")).await);
        // Nothing is read under an address for sending.
        let announce = json!({ "lessonId": other_lesson, "mediaType": "image/jpeg", "sizeBytes": 1000, "peopleShown": "NOBODY" });
        let announced = town.done("ada", "requestAttachmentUpload", announce, "attachment { thumbnailUrl } upload { url }").await;
        assert_eq!(announced["attachment"]["thumbnailUrl"], Value::Null);
        let upload = announced["upload"]["url"].as_str().unwrap();
        for part in ["file", "thumbnail"] {
            assert!(leads_nowhere(&town, &upload.replace("/incoming?", &format!("/{part}?"))).await, "{part}");
        }
    }
}
