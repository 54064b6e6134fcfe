//! Photos, documents and recordings of lessons: what is taken, what becomes of it, who gets it.

#![expect(clippy::unwrap_used, reason = "what the tests share ends them like the tests themselves")]

mod line;
mod metadata;
mod room;
mod thumbnails;
mod unasked;

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, RgbImage};
use maip_tests::{Backend, File, Request, Response, Town, on_both, until};
use serde_json::{Value, json};

const ATTACHED: &str =
    "attachment { id state refusal kind mediaType sizeBytes width height url thumbnailUrl urlExpiresAt }";
/// Stands in the metadata of photos, where a telephone writes where it was.
const PLACE: &[u8] = b"15 47 S, 35 00 E";

/// A photo of 60 by 40 pixels, taken with the telephone on its side, that says where.
fn photo() -> Vec<u8> {
    let picture = RgbImage::from_fn(60, 40, |x, y| {
        image::Rgb([u8::try_from(x * 4).unwrap(), u8::try_from(y * 6).unwrap(), 90])
    });
    let mut jpeg = Cursor::new(Vec::new());
    DynamicImage::from(picture).write_to(&mut jpeg, ImageFormat::Jpeg).unwrap();
    let jpeg = jpeg.into_inner();
    // TIFF: the orientation, and where it was taken.
    let mut exif = b"Exif\0\0II*\0\x08\0\0\0\x02\0".to_vec();
    exif.extend(b"\x12\x01\x03\0\x01\0\0\0\x06\0\0\0");
    exif.extend(b"\x25\x88\x04\0\x01\0\0\0\x26\0\0\0");
    exif.extend(b"\0\0\0\0");
    exif.extend(b"\x01\0\x1b\0\x02\0\x11\0\0\0\x38\0\0\0\0\0\0\0");
    exif.extend(PLACE);
    let mut with = jpeg[..2].to_vec();
    with.extend([0xff, 0xe1]);
    with.extend(u16::try_from(exif.len() + 2).unwrap().to_be_bytes());
    with.extend(exif);
    with.extend(&jpeg[2..]);
    with
}

/// A second of silence.
pub fn recording() -> Vec<u8> {
    let samples = vec![0_u8; 8_000];
    let mut wav = b"RIFF".to_vec();
    wav.extend(u32::try_from(36 + samples.len()).unwrap().to_le_bytes());
    wav.extend(b"WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x40\x1f\0\0\x01\0\x08\0data");
    wav.extend(u32::try_from(samples.len()).unwrap().to_le_bytes());
    wav.extend(samples);
    wav
}

/// A PDF of these objects, of which the first is the catalog; more of its end.
fn pdf(objects: &[&str], trailer: &str) -> Vec<u8> {
    let mut pdf = b"%PDF-1.4\n".to_vec();
    let mut table = String::from("0000000000 65535 f \n");
    for (number, object) in objects.iter().enumerate() {
        table.push_str(&[format!("{:010}", pdf.len()).as_str(), " 00000 n \n"].concat());
        pdf.extend(format!("{} 0 obj\n{object}\nendobj\n", number + 1).into_bytes());
    }
    let (at, size) = (pdf.len(), objects.len() + 1);
    let end = format!("trailer\n<< /Size {size} /Root 1 0 R {trailer} >>\nstartxref\n{at}\n%%EOF\n");
    pdf.extend(format!("xref\n0 {size}\n{table}{end}").into_bytes());
    pdf
}

const PAGES: [&str; 2] =
    ["<< /Type /Pages /Kids [3 0 R] /Count 1 >>", "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] >>"];

fn document() -> Vec<u8> {
    pdf(&["<< /Type /Catalog /Pages 2 0 R >>", PAGES[0], PAGES[1]], "")
}

/// A few bytes that say that they are a picture of 900 million pixels.
fn bomb() -> Vec<u8> {
    let mut png = Cursor::new(Vec::new());
    DynamicImage::from(RgbImage::new(1, 1)).write_to(&mut png, ImageFormat::Png).unwrap();
    let mut png = png.into_inner();
    png[16..24].copy_from_slice(&[0, 0, 0x75, 0x2f, 0, 0, 0x75, 0x2f]);
    let sum = png[12..29].iter().fold(!0_u32, |sum, byte| {
        (0..8).fold(
            sum ^ u32::from(*byte),
            |sum, _| if sum & 1 == 1 { (sum >> 1) ^ 0xedb8_8320 } else { sum >> 1 },
        )
    });
    png[29..33].copy_from_slice(&(!sum).to_be_bytes());
    png
}

/// A photo of so many pixels, no two neighbours alike.
fn photo_of(width: u32, height: u32) -> File {
    let picture = RgbImage::from_fn(width, height, |x, y| {
        image::Rgb([u8::try_from(x % 251).unwrap(), u8::try_from(y % 241).unwrap(), 90])
    });
    let mut bytes = Cursor::new(Vec::new());
    DynamicImage::from(picture).write_to(&mut bytes, ImageFormat::Jpeg).unwrap();
    jpeg(bytes.into_inner())
}

fn jpeg(bytes: Vec<u8>) -> File {
    File { name: "IMG_0001.jpg", media_type: "image/jpeg", bytes }
}

/// Malawi, with a draft of Ada's that lacks nothing.
async fn drafted(backend: Backend, settings: &[(&str, &str)]) -> (Town, Value) {
    let mut town = Town::start_with(backend, settings).await;
    for name in ["ada", "ben"] {
        town.member(name, "MWI", "MEMBER").await;
    }
    town.officer("focal", "MWI", "NATIONAL_FOCAL_POINT").await;
    let concepts = town.data("", "{ concepts(first: 1) { nodes { id } } }", Value::Null).await;
    let input = json!({
        "id": town.fresh("lesson"), "platformId": town.platform("MWI").await, "language": "en", "visibility": "PUBLIC",
        "title": "Dried bananas", "abstract": "They keep.", "context": "Thyolo.", "problem": "They rot.",
        "whatWasDone": "Racks.", "result": "Less was lost.", "outcome": "WORKED",
        "hinderingConditions": ["Rain"], "conceptIds": [concepts["concepts"]["nodes"][0]["id"]],
    });
    town.done("ada", "draftLesson", input.clone(), "lesson { id }").await;
    (town, input["id"].clone())
}

async fn send(town: &Town, who: &str, input: &Value, file: &File) -> Response {
    let query = format!(
        "mutation ($input: AttachLessonFileInput!) {{ attachLessonFile(input: $input) {{ {ATTACHED} userErrors {{ field code }} }} }}"
    );
    let mut request = Request::with_file(&query, input, file);
    if let Some(bearer) = town.bearer(who) {
        request = request.bearer(bearer);
    }
    town.server().send(request).await
}

async fn attach(town: &Town, lesson: &Value, file: &File, more: Value) -> Value {
    let mut input = json!({ "lessonId": lesson, "file": null, "peopleShown": "NOBODY" });
    input.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap_or_default());
    let answer = send(town, "ada", &input, file).await;
    let payload = answer.data()["attachLessonFile"].clone();
    assert_eq!(payload["userErrors"], json!([]), "{answer}");
    payload["attachment"].clone()
}

async fn get(town: &Town, url: &Value) -> Response {
    town.server().get(url.as_str().unwrap_or_else(|| panic!("{url} is an address"))).await
}

const FILES: &str = "query ($id: ID!) { lesson(id: $id) { currentVersion { attachments { id kind caption url thumbnailUrl urlExpiresAt } } } }";

async fn files_of(town: &Town, who: &str, lesson: &Value) -> Value {
    let found = town.data(who, FILES, json!({ "id": lesson })).await;
    found["lesson"]["currentVersion"]["attachments"].clone()
}

async fn publish(town: &Town, lesson: &Value) {
    let named = json!({ "lessonId": lesson });
    town.done("ada", "submitLesson", named.clone(), "lesson { id }").await;
    town.done("focal", "startReview", named.clone(), "lesson { id }").await;
    town.done("focal", "publishLesson", named, "lesson { id }").await;
}

async fn stored(town: &Town) -> Vec<String> {
    let folder = town.server().database().data_dir().join("files/attachments");
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .map(|folders| {
            folders
                .filter_map(|folder| std::fs::read_dir(folder.ok()?.path()).ok())
                .flat_map(|files| {
                    files.filter_map(|file| Some(file.ok()?.file_name().to_string_lossy().into_owned()))
                })
                .collect()
        })
        .unwrap_or_default();
    names.sort();
    names
}

/// Waits until the store has just these parts.
async fn until_stored(town: &Town, expected: &[&str]) {
    until(&format!("{expected:?} is stored"), async || stored(town).await == expected).await;
}

on_both! {
    async fn a_photo_is_shown_without_the_place_where_it_was_taken(backend: Backend) {
        let (town, lesson) = drafted(backend, &[]).await;
        let file = attach(&town, &lesson, &jpeg(photo()), json!({ "caption": "Racks" })).await;
        assert_eq!(
            (&file["state"], &file["kind"], &file["mediaType"], &file["width"], &file["height"]),
            (&json!("READY"), &json!("PHOTO"), &json!("image/jpeg"), &json!(40), &json!(60))
        );
        for url in [&file["url"], &file["thumbnailUrl"]] {
            let answer = get(&town, url).await;
            assert_eq!(answer.status, 200, "{answer}");
            for (name, value) in [
                ("content-type", "image/jpeg"),
                ("x-content-type-options", "nosniff"),
                ("content-security-policy", "default-src 'none'; sandbox; frame-ancestors 'none'"),
                ("accept-ranges", "bytes"),
            ] {
                assert_eq!(answer.header(name), Some(value), "{name}");
            }
            assert!(answer.header("cache-control").unwrap().starts_with("private, max-age="));
            assert!(answer.header("content-disposition").unwrap().starts_with("inline; filename=\"attachment_"));
            for hidden in [PLACE, b"Exif", b"GPS"] {
                assert!(!answer.bytes.windows(hidden.len()).any(|part| part == hidden), "{}", hidden.escape_ascii());
            }
            let picture = image::load_from_memory(&answer.bytes).unwrap();
            assert_eq!((picture.width(), picture.height()), (40, 60));
        }
        let whole = get(&town, &file["url"]).await;
        assert_eq!(json!(whole.bytes.len()), file["sizeBytes"]);
        let url = file["url"].as_str().unwrap();
        let part = town.server().send(Request::new("GET", url).header("range", "bytes=2-9")).await;
        assert_eq!((part.status, &part.bytes[..]), (206, &whole.bytes[2..10]));
        assert_eq!(part.header("content-range"), Some(&*format!("bytes 2-9/{}", whole.bytes.len())));
        let beyond = town.server().send(Request::new("GET", url).header("range", "bytes=999999-")).await;
        assert_eq!(beyond.status, 416);
        let known = whole.header("etag").unwrap().to_owned();
        let again = town.server().send(Request::new("GET", url).header("if-none-match", known)).await;
        assert_eq!((again.status, again.bytes.len()), (304, 0));
        let head = town.server().send(Request::new("HEAD", url)).await;
        assert_eq!((head.status, head.bytes.len()), (200, 0));
    }

    async fn a_file_is_seen_with_its_lesson_and_not_before(backend: Backend) {
        let (town, lesson) = drafted(backend, &[]).await;
        let file = attach(&town, &lesson, &jpeg(photo()), json!({})).await;
        let node = "query ($id: ID!) { node(id: $id) { id } }";
        for who in ["", "ben", "focal"] {
            assert_eq!(town.data(who, node, json!({ "id": file["id"] })).await["node"], Value::Null, "{who}");
            let named = json!({ "attachmentId": file["id"] });
            assert!(["NOT_FOUND", "SIGN_IN_NEEDED"].contains(&&*town.refused(who, "removeLessonAttachment", named).await));
        }
        publish(&town, &lesson).await;
        let public = files_of(&town, "", &lesson).await;
        assert_eq!(public[0]["id"], file["id"]);
        assert_eq!(get(&town, &public[0]["url"]).await.status, 200);
        // What was given while it was a draft, is a draft's.
        assert_eq!(get(&town, &file["url"]).await.status, 404);
        assert_eq!(town.refused("ada", "removeLessonAttachment", json!({ "attachmentId": file["id"] })).await, "WRONG_STATE");
        // The answer is the same for a while, so that it can be kept.
        let query = "/graphql?query=%7Blessons(first:1)%7Bnodes%7BcurrentVersion%7Battachments%7Burl%7D%7D%7D%7D%7D";
        let (one, other) = (town.server().get(query).await, town.server().get(query).await);
        // Unless the second fell into the next ten minutes.
        assert!(one.header("etag") == other.header("etag") || one.text() != other.text());
        assert!(one.header("etag").is_some() && one.text().contains("/files/attachment_"), "{one}");

        let named = json!({ "lessonId": lesson });
        town.done("ada", "withdrawLesson", named, "lesson { id }").await;
        assert_eq!(get(&town, &public[0]["url"]).await.status, 404);
        assert_eq!(town.data("", node, json!({ "id": file["id"] })).await["node"], Value::Null);
        let own = files_of(&town, "ada", &lesson).await;
        assert_eq!(get(&town, &own[0]["url"]).await.status, 200);
    }

    async fn an_address_that_is_not_ours_is_answered_like_one_that_leads_nowhere(backend: Backend) {
        let (town, lesson) = drafted(backend, &[]).await;
        let file = attach(&town, &lesson, &jpeg(photo()), json!({})).await;
        let url = file["url"].as_str().unwrap();
        let (path, query) = url.split_once('?').unwrap();
        let (expires, signature) = query.split_once('&').unwrap();
        let id = file["id"].as_str().unwrap();
        let unknown = town.fresh("attachment");
        let last = if url.ends_with('A') { "E" } else { "A" };
        let mut answers = Vec::new();
        for other in [
            format!("{}{last}", &url[..url.len() - 1]),
            format!("{path}?expires=1&{signature}"),
            format!("{path}?expires=99999999999&{signature}"),
            format!("{path}?{expires}"),
            path.to_owned(),
            url.replace(id, &unknown),
            url.replace("/file?", "/thumbnail?"),
            url.replace("/file?", "/incoming?"),
            url.replace("/file?", "/..%2Ffile?"),
        ] {
            let answer = town.server().get(&other).await;
            answers.push((answer.status, answer.text(), answer.header("cache-control").map(str::to_owned)));
        }
        assert_eq!(answers[0].0, 404);
        assert!(answers.windows(2).all(|pair| pair[0] == pair[1]), "{answers:?}");
        assert!(!town.server().logs().contains(signature), "an address is in the log");
    }

    async fn what_is_not_what_it_says_is_refused(backend: Backend) {
        let settings = [("MAIP_MAX_PHOTO_MEBIBYTES", "1"), ("MAIP_MAX_DOCUMENT_MEBIBYTES", "2"), ("MAIP_MAX_AUDIO_MEBIBYTES", "2")];
        let (town, lesson) = drafted(backend, &settings).await;
        let big = |size: usize| {
            let mut bytes = photo();
            bytes.resize(size, 0);
            bytes
        };
        let cut = photo()[..300].to_vec();
        let renamed = File { name: "figs.jpg", media_type: "application/octet-stream", bytes: document() };
        for (what, file, code) in [
            ("a PDF that is called a photo", jpeg(document()), "FILE_TYPE"),
            ("the same by its name alone", renamed, "FILE_TYPE"),
            ("a program", File { name: "a.exe", media_type: "", bytes: b"MZ\x90\0".to_vec() }, "FILE_TYPE"),
            ("a page", File { name: "a.html", media_type: "text/html", bytes: b"<script>".to_vec() }, "FILE_TYPE"),
            ("nothing", jpeg(Vec::new()), "FILE_TYPE"),
            ("a bomb", File { name: "a.png", media_type: "image/png", bytes: bomb() }, "FILE_UNREADABLE"),
            ("a photo cut short", jpeg(cut), "FILE_UNREADABLE"),
            ("half a PDF", File { name: "a.pdf", media_type: "application/pdf", bytes: document()[..40].to_vec() }, "FILE_UNREADABLE"),
            ("a large photo", jpeg(big((1 << 20) + 1)), "FILE_TOO_LARGE"),
        ] {
            let input = json!({ "lessonId": lesson, "file": null });
            let answer = send(&town, "ada", &input, &file).await;
            let payload = &answer.data()["attachLessonFile"];
            assert_eq!(payload["userErrors"], json!([{ "field": "file", "code": code }]), "{what}");
            assert_eq!(payload["attachment"], Value::Null, "{what}");
        }
        let input = json!({ "lessonId": lesson, "file": null });
        let answer = send(&town, "ada", &input, &jpeg(big(3 << 20))).await;
        assert_eq!((answer.status, answer.code()), (413, Some("PAYLOAD_TOO_LARGE")));
        let answer = send(&town, "", &input, &jpeg(photo())).await;
        assert_eq!((answer.status, answer.code()), (401, Some("UNAUTHENTICATED")));
        let answer = send(&town, "ben", &input, &jpeg(photo())).await;
        assert_eq!(answer.data()["attachLessonFile"]["userErrors"][0]["code"], "NOT_FOUND");
        assert_eq!(files_of(&town, "ada", &lesson).await, json!([]));
        assert_eq!(stored(&town).await, Vec::<String>::new());
    }

    async fn a_form_that_any_page_can_send_is_not_taken(backend: Backend) {
        let (town, lesson) = drafted(backend, &[]).await;
        let bearer = town.bearer("ada").unwrap();
        let query = "mutation ($input: AttachLessonFileInput!) { attachLessonFile(input: $input) { attachment { id } } }";
        let operations = json!({ "query": query, "variables": { "input": { "lessonId": lesson, "file": null } } }).to_string();
        let map = json!({ "0": ["variables.input.file"] }).to_string();
        let file = jpeg(photo());
        let form = |fields: &[(&str, &str)], file| Request::form(fields, file).bearer(bearer);
        let answer = town.server().send(form(&[("operations", &operations), ("map", &map)], Some(&file))).await;
        assert_eq!((answer.status, answer.code()), (415, Some("BAD_USER_INPUT")));
        let elsewhere = json!({ "0": ["variables.input.lessonId"] }).to_string();
        let several = json!({ "0": ["variables.input.file"], "1": ["variables.input.file"] }).to_string();
        for (what, fields, file) in [
            ("no map", vec![("operations", operations.as_str())], None),
            ("no file", vec![("operations", &operations), ("map", &map)], None),
            ("no operations", vec![("map", map.as_str())], Some(&file)),
            ("the wrong order", vec![("map", map.as_str()), ("operations", &operations)], Some(&file)),
            ("a file that isn't named", vec![("operations", &operations), ("map", "{}")], Some(&file)),
            ("a place that isn't null", vec![("operations", &operations), ("map", &elsewhere)], Some(&file)),
            ("a file too few", vec![("operations", &operations), ("map", &several)], Some(&file)),
            ("several operations", vec![("operations", "[]"), ("map", &map)], Some(&file)),
            ("no JSON", vec![("operations", "{"), ("map", &map)], Some(&file)),
        ] {
            let request = form(&fields, file).header("apollo-require-preflight", "1");
            let answer = town.server().send(request).await;
            assert_eq!((answer.status, answer.code()), (400, Some("BAD_USER_INPUT")), "{what}: {answer}");
        }
        assert_eq!(files_of(&town, "ada", &lesson).await, json!([]));
        // A name of a file in JSON is the name of none.
        let input = json!({ "lessonId": lesson, "file": "sha256:00" });
        assert_eq!(town.refused("ada", "attachLessonFile", input).await, "REQUIRED");
    }

    async fn sending_the_same_again_attaches_it_once(backend: Backend) {
        let (town, lesson) = drafted(backend, &[]).await;
        let input = json!({ "id": town.fresh("attachment"), "lessonId": lesson, "file": null, "mutationId": "m1" });
        for _ in 0..2 {
            let answer = send(&town, "ada", &input, &jpeg(photo())).await;
            assert_eq!(answer.data()["attachLessonFile"]["attachment"]["id"], input["id"], "{answer}");
        }
        let other = File { name: "a.pdf", media_type: "application/pdf", bytes: document() };
        let answer = send(&town, "ada", &input, &other).await;
        assert_eq!(answer.data()["attachLessonFile"]["userErrors"][0]["code"], "MUTATION_ID_REUSED");
        let mut unnamed = input.clone();
        unnamed.as_object_mut().unwrap().remove("mutationId");
        let answer = send(&town, "ada", &unnamed, &other).await;
        assert_eq!(answer.data()["attachLessonFile"]["userErrors"][0]["code"], "CONFLICT");
        assert_eq!(files_of(&town, "ada", &lesson).await.as_array().unwrap().len(), 1);
    }

    async fn a_recording_needs_its_words_and_people_who_agree(backend: Backend) {
        let (town, lesson) = drafted(backend, &[]).await;
        let sound = File { name: "voice.wav", media_type: "audio/x-wav", bytes: recording() };
        let file = attach(&town, &lesson, &sound, json!({ "peopleShown": "NOT_ASKED" })).await;
        assert_eq!((&file["kind"], &file["mediaType"], &file["thumbnailUrl"]), (&json!("AUDIO"), &json!("audio/wav"), &Value::Null));
        let missing = "query ($id: ID!) { lesson(id: $id) { missingForSubmission } }";
        let lacking = town.data("ada", missing, json!({ "id": lesson })).await;
        assert_eq!(lacking["lesson"]["missingForSubmission"], json!(["TRANSCRIPTS", "PEOPLE_SHOWN"]));
        assert_eq!(town.refused("ada", "submitLesson", json!({ "lessonId": lesson })).await, "MISSING_FIELDS");
        let words = json!({
            "attachmentId": file["id"], "expectedRevision": 1, "peopleShown": "CONSENTED",
            "transcript": "Tinayanika nthochi.", "transcriptLanguage": "ny",
        });
        let said = "attachment { transcript transcriptLanguage peopleShown revision }";
        let described = town.done("ada", "updateLessonAttachment", words.clone(), said).await;
        assert_eq!(
            described["attachment"],
            json!({ "transcript": "Tinayanika nthochi.", "transcriptLanguage": "ny", "peopleShown": "CONSENTED", "revision": 2 })
        );
        assert_eq!(town.refused("ada", "updateLessonAttachment", words).await, "STALE_REVISION");
        publish(&town, &lesson).await;
        let played = get(&town, &files_of(&town, "", &lesson).await[0]["url"]).await;
        assert_eq!((played.header("content-type"), &played.bytes), (Some("audio/wav"), &recording()));
    }

    async fn a_revision_has_the_files_of_its_edition_and_what_nobody_has_is_removed(backend: Backend) {
        let (town, lesson) = drafted(backend, &[]).await;
        attach(&town, &lesson, &jpeg(photo()), json!({ "caption": "Racks" })).await;
        let pdf = File { name: "plan.pdf", media_type: "application/pdf", bytes: document() };
        attach(&town, &lesson, &pdf, json!({})).await;
        publish(&town, &lesson).await;
        let named = json!({ "lessonId": lesson });
        let open = "lesson { openVersion { attachments { id caption kind url } } }";
        let revised = town.done("ada", "reviseLesson", named.clone(), open).await;
        let files = &revised["lesson"]["openVersion"]["attachments"];
        assert_eq!((&files[0]["caption"], &files[1]["kind"]), (&json!("Racks"), &json!("DOCUMENT")));
        let plan = get(&town, &files[1]["url"]).await;
        assert!(plan.header("content-disposition").unwrap().starts_with("attachment; filename="), "{plan}");
        // Out of the revision, and still in what is published.
        town.done("ada", "removeLessonAttachment", json!({ "attachmentId": files[0]["id"] }), "lesson { id }").await;
        let voice = File { name: "v.wav", media_type: "audio/wav", bytes: recording() };
        let mistake = attach(&town, &lesson, &voice, json!({})).await;
        until_stored(&town, &["file", "file", "file", "thumbnail"]).await;
        town.done("ada", "removeLessonAttachment", json!({ "attachmentId": mistake["id"] }), "lesson { id }").await;
        until_stored(&town, &["file", "file", "thumbnail"]).await;
        let public = files_of(&town, "", &lesson).await;
        assert_eq!(get(&town, &public[0]["url"]).await.status, 200);
        let export = town.done("ada", "exportMyData", json!({}), "data").await;
        assert!(export["data"].as_str().unwrap().contains("lessonAttachments"));
    }

    async fn an_announced_file_is_checked_when_it_has_come(backend: Backend) {
        let (town, lesson) = drafted(backend, &[]).await;
        let size = photo().len();
        let announce = async |media: &str, bytes: usize| {
            let input = json!({ "lessonId": lesson, "mediaType": media, "sizeBytes": bytes, "peopleShown": "NOBODY" });
            let said = "attachment { id state url } upload { method url expiresAt }";
            town.done("ada", "requestAttachmentUpload", input, said).await
        };
        let announced = announce("image/jpeg", size).await;
        assert_eq!((&announced["attachment"]["state"], &announced["attachment"]["url"]), (&json!("PENDING"), &Value::Null));
        let named = json!({ "attachmentId": announced["attachment"]["id"] });
        let complete = async |named: &Value| {
            town.done("ada", "completeAttachmentUpload", named.clone(), "attachment { state refusal width url }").await
        };
        assert_eq!(town.refused("ada", "completeAttachmentUpload", named.clone()).await, "WRONG_STATE");
        let lacking = town.refused("ada", "submitLesson", json!({ "lessonId": lesson })).await;
        assert_eq!(lacking, "MISSING_FIELDS");
        let put = async |url: &Value, body: Vec<u8>| {
            town.server().send(Request::new("PUT", url.as_str().unwrap()).body(body)).await.status
        };
        let url = &announced["upload"]["url"];
        let mut longer = photo();
        longer.push(0);
        assert_eq!(put(url, longer).await, 413);
        assert_eq!(put(&json!(format!("{}x", url.as_str().unwrap())), photo()).await, 404);
        assert_eq!(put(url, photo()).await, 204);
        let ready = complete(&named).await;
        assert_eq!((&ready["attachment"]["state"], &ready["attachment"]["width"]), (&json!("READY"), &json!(40)));
        let shown = get(&town, &ready["attachment"]["url"]).await;
        assert!(shown.status == 200 && !shown.bytes.windows(PLACE.len()).any(|part| part == PLACE));
        // Once more changes nothing, and nothing can be sent any more.
        assert_eq!(complete(&named).await["attachment"]["state"], "READY");
        assert_eq!(put(url, photo()).await, 404);
        until_stored(&town, &["file", "thumbnail"]).await;

        let announced = announce("image/jpeg", document().len()).await;
        assert_eq!(put(&announced["upload"]["url"], document()).await, 204);
        let named = json!({ "attachmentId": announced["attachment"]["id"] });
        let refused = complete(&named).await;
        assert_eq!((&refused["attachment"]["state"], &refused["attachment"]["refusal"]), (&json!("REFUSED"), &json!("TYPE")));
        until_stored(&town, &["file", "thumbnail"]).await;
        town.done("ada", "removeLessonAttachment", named, "lesson { id }").await;
        publish(&town, &lesson).await;
        for (media, bytes, code) in [("text/html", 10, "FILE_TYPE"), ("image/png", 1 << 30, "FILE_TOO_LARGE"), ("image/png", 0, "INVALID")] {
            let input = json!({ "lessonId": lesson, "mediaType": media, "sizeBytes": bytes });
            assert_eq!(town.refused("ada", "requestAttachmentUpload", input).await, code);
        }
    }
}
