//! Many photos at once.

use futures::future::join_all;

use super::*;

/// A photo that takes a while to decode.
fn large() -> File {
    photo_of(2_800, 1_800)
}

on_both! {
    async fn photos_wait_in_line_and_one_too_many_is_told_when_to_come_again(backend: Backend) {
        // Each takes all the memory, so that they go one by one.
        let settings =
            [("MAIP_PHOTOS_MEMORY_MEBIBYTES", "1"), ("MAIP_PHOTOS_AT_ONCE", "1"), ("MAIP_PHOTOS_WAITING", "3")];
        let (town, lesson) = drafted(backend, &settings).await;
        let input = json!({ "lessonId": lesson, "file": null, "peopleShown": "NOBODY" });
        let photo = large();
        let together = async |count: usize| {
            join_all((0..count).map(|_| send(&town, "ada", &input, &photo))).await
        };
        for answer in together(4).await {
            assert_eq!(answer.status, 200, "{answer}");
            assert_eq!(answer.data()["attachLessonFile"]["attachment"]["width"], 2560, "{answer}");
        }
        // Unless one is done before the last has come.
        until("the line is full", async || {
            let answers = together(7).await;
            for answer in &answers {
                if answer.status == 200 {
                    assert_eq!(answer.data()["attachLessonFile"]["userErrors"], json!([]), "{answer}");
                } else {
                    assert_eq!((answer.status, answer.code()), (503, Some("UNAVAILABLE")), "{answer}");
                    assert_eq!(answer.header("retry-after"), Some("10"), "{answer}");
                }
            }
            let taken = files_of(&town, "ada", &lesson).await;
            for file in taken.as_array().unwrap() {
                town.done("ada", "removeLessonAttachment", json!({ "attachmentId": file["id"] }), "lesson { id }").await;
            }
            assert!(answers.iter().filter(|answer| answer.status == 200).count() >= 4);
            answers.iter().any(|answer| answer.status == 503)
        })
        .await;
    }
}
