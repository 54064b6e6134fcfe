//! Announced files that their sender never has checked.

use super::*;

on_both! {
    async fn an_announced_file_that_has_come_is_ready_without_a_further_call(backend: Backend) {
        let (town, lesson) = drafted(backend, &[]).await;
        let input = json!({ "lessonId": lesson, "mediaType": "image/jpeg", "sizeBytes": photo().len(), "peopleShown": "NOBODY" });
        let announced = town.done("ada", "requestAttachmentUpload", input, "attachment { id } upload { url }").await;
        let url = announced["upload"]["url"].as_str().unwrap();
        assert_eq!(town.server().send(Request::new("PUT", url).body(photo())).await.status, 204);
        let file = "query ($id: ID!) { node(id: $id) { ... on LessonAttachment { state url } } }";
        let id = json!({ "id": announced["attachment"]["id"] });
        until("the file is checked", async || town.data("ada", file, id.clone()).await["node"]["state"] == "READY").await;
        let shown = town.data("ada", file, id).await;
        assert_eq!(get(&town, &shown["node"]["url"]).await.status, 200);
        // Who asks late is told the same.
        let named = json!({ "attachmentId": announced["attachment"]["id"] });
        let late = town.done("ada", "completeAttachmentUpload", named, "attachment { state }").await;
        assert_eq!(late["attachment"]["state"], "READY");
        until_stored(&town, &["file", "thumbnail"]).await;
    }
}
