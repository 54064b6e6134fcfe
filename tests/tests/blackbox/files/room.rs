//! How much room files take, and what clients are told of it.

use super::*;

/// A recording of so many bytes.
fn long(bytes: u32) -> File {
    let mut wav = recording();
    wav[40..44].copy_from_slice(&bytes.to_le_bytes());
    wav[4..8].copy_from_slice(&(bytes + 36).to_le_bytes());
    wav.resize(44 + usize::try_from(bytes).unwrap(), 128);
    File { name: "v.wav", media_type: "audio/wav", bytes: wav }
}

on_both! {
    async fn an_account_has_room_for_so_many_files(backend: Backend) {
        let (town, lesson) = drafted(backend, &[("MAIP_MAX_ACCOUNT_MEBIBYTES", "1")]).await;
        let first = attach(&town, &lesson, &long(700_000), json!({})).await;
        let input = json!({ "lessonId": lesson, "file": null, "peopleShown": "NOBODY" });
        let refused = send(&town, "ada", &input, &long(500_000)).await;
        let errors = &refused.data()["attachLessonFile"]["userErrors"];
        assert_eq!(*errors, json!([{ "field": "file", "code": "QUOTA_EXCEEDED" }]));
        let announced = json!({ "lessonId": lesson, "mediaType": "audio/wav", "sizeBytes": 500_000 });
        assert_eq!(town.refused("ada", "requestAttachmentUpload", announced.clone()).await, "QUOTA_EXCEEDED");
        attach(&town, &lesson, &long(200_000), json!({})).await;
        town.done("ada", "removeLessonAttachment", json!({ "attachmentId": first["id"] }), "lesson { id }").await;
        // What is announced counts at once.
        town.done("ada", "requestAttachmentUpload", announced, "attachment { id }").await;
        let refused = send(&town, "ada", &input, &long(500_000)).await;
        assert_eq!(refused.data()["attachLessonFile"]["userErrors"][0]["code"], "QUOTA_EXCEEDED");
        until_stored(&town, &["file"]).await;
    }

    async fn a_frontend_is_told_the_limits_of_files(backend: Backend) {
        let settings = [("MAIP_MAX_PHOTO_MEBIBYTES", "3"), ("MAIP_MAX_ACCOUNT_MEBIBYTES", "0")];
        let (town, _) = drafted(backend, &settings).await;
        let query = "{ viewer { limits { maxPhotoBytes maxPhotoPixels maxDocumentBytes maxAudioBytes maxFilesPerLesson \
                     maxFilesPerRequest maxStoredMebibytes photoTypes documentTypes audioTypes } } }";
        let told = town.data("ada", query, Value::Null).await;
        assert_eq!(
            told["viewer"]["limits"],
            json!({
                "maxPhotoBytes": 3 << 20, "maxPhotoPixels": 50_000_000, "maxDocumentBytes": 20 << 20, "maxAudioBytes": 50 << 20,
                "maxFilesPerLesson": 20, "maxFilesPerRequest": 10, "maxStoredMebibytes": null,
                "photoTypes": ["image/jpeg", "image/png", "image/webp"], "documentTypes": ["application/pdf"],
                "audioTypes": ["audio/mpeg", "audio/mp4", "audio/aac", "audio/ogg", "audio/wav"],
            })
        );
    }
}
