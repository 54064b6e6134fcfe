//! What authors' programs write beside what is shown and heard.

use super::*;

const CANARY: &str = "Ada Banda, 15 47 S, 35 00 E";

fn talkative_document() -> Vec<u8> {
    let text = format!("({CANARY})");
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R /OpenAction 5 0 R /Names << /JavaScript << /Names [(a) 5 0 R] >> >> >>".to_owned(),
        PAGES[0].to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] /Annots [6 0 R] >>".to_owned(),
        format!("<< /Author {text} /CreationDate (D:20260101) >>"),
        format!("<< /S /JavaScript /JS {text} >>"),
        format!("<< /Type /Annot /Subtype /Text /Rect [0 0 9 9] /T {text} /Contents (Why racks?) >>"),
    ];
    pdf(&objects.each_ref().map(String::as_str), "/Info 4 0 R")
}

fn talkative_recording() -> Vec<u8> {
    let mut wav = recording();
    let note = format!("INFOIART\x1c\0\0\0{CANARY}\0");
    wav.extend(b"LIST");
    wav.extend(u32::try_from(note.len()).unwrap().to_le_bytes());
    wav.extend(note.into_bytes());
    let length = u32::try_from(wav.len() - 8).unwrap();
    wav[4..8].copy_from_slice(&length.to_le_bytes());
    wav
}

fn says(bytes: &[u8], what: &str) -> bool {
    bytes.windows(what.len()).any(|part| part == what.as_bytes())
}

on_both! {
    async fn what_is_served_says_nothing_of_who_made_it_and_where(backend: Backend) {
        let (town, lesson) = drafted(backend, &[]).await;
        for (name, media_type, bytes) in [
            ("plan.pdf", "application/pdf", talkative_document()),
            ("voice.wav", "audio/wav", talkative_recording()),
        ] {
            assert!(says(&bytes, CANARY));
            let file = attach(&town, &lesson, &File { name, media_type, bytes }, json!({})).await;
            let served = get(&town, &file["url"]).await;
            assert_eq!((served.status, served.header("content-type")), (200, Some(media_type)));
            assert_eq!(json!(served.bytes.len()), file["sizeBytes"]);
            for gone in [CANARY, "JavaScript", "CreationDate", "INFO"] {
                assert!(!says(&served.bytes, gone), "{name}: {gone}");
            }
            assert!(says(&served.bytes, "Why racks?") || served.bytes == recording(), "{name}");
        }
        let locked = pdf(&["<< /Type /Catalog /Pages 2 0 R >>", PAGES[0], PAGES[1]], "/Encrypt << /Filter /Standard >>");
        let file = File { name: "locked.pdf", media_type: "application/pdf", bytes: locked };
        let refused = send(&town, "ada", &json!({ "lessonId": lesson, "file": null }), &file).await;
        assert_eq!(refused.data()["attachLessonFile"]["userErrors"][0]["code"], "FILE_UNREADABLE");
    }
}
