//! Checking, keeping and removing files.

mod documents;
mod recordings;
mod waiting;

use std::io::Cursor;
use std::sync::Arc;

use futures::StreamExt as _;
use image::{DynamicImage, ImageFormat, RgbImage, RgbaImage};
use maip_domain::lessons::{AttachmentLimits, AttachmentRefusal, MediaType};

use super::{CheckError, Checked, FILE, Files, INCOMING, Spooled, Store, THUMBNAIL};
use crate::crypto::Keyring;
use crate::database::Database;
use crate::stopwatch::Stopwatch;
use crate::tests::database::rows;
use crate::tests::town::Town;
use crate::tests::{Counting, on_both};

fn files(photo_pixels: u64) -> (Files, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let keyring = Keyring::parse(&Keyring::generate(&Counting::new(1))).unwrap();
    let limits = AttachmentLimits { photo_pixels, ..AttachmentLimits::default() };
    let store = Store::in_folder(&folder.path().join("files")).unwrap();
    (Files::new(store, folder.path().join("spool"), limits, Arc::new(keyring), ""), folder)
}

async fn spooled(files: &Files, bytes: &[u8]) -> Arc<Spooled> {
    let mut spooling = files.spool.begin().await.unwrap();
    for piece in bytes.chunks(7_000) {
        spooling.write(piece).await.unwrap();
    }
    Arc::new(spooling.finish().await.unwrap())
}

async fn check(files: &Files, bytes: &[u8]) -> Result<Checked, AttachmentRefusal> {
    match files.check(&spooled(files, bytes).await, None, &Stopwatch::default()).await {
        Ok(checked) => Ok(checked),
        Err(CheckError::Refused(refusal)) => Err(refusal),
        Err(error) => panic!("{error}"),
    }
}

/// What would be served of a file.
async fn served(files: &Files, bytes: &[u8]) -> Result<Vec<u8>, AttachmentRefusal> {
    let mut checked = check(files, bytes).await?;
    files.keep("served", &mut checked).await.unwrap();
    let mut pieces = files.store.get("served", FILE, None).await.unwrap().unwrap();
    let mut bytes = Vec::new();
    while let Some(piece) = pieces.next().await {
        bytes.extend(piece.unwrap());
    }
    assert_eq!(u64::try_from(bytes.len()).unwrap(), checked.bytes);
    Ok(bytes)
}

fn written(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

#[tokio::test]
async fn a_photo_is_kept_as_a_picture_of_a_sensible_size() {
    let (files, _folder) = files(20_000_000);
    let large = DynamicImage::from(RgbImage::new(4_000, 1_000));
    let checked = check(&files, &written(&large, ImageFormat::Jpeg)).await.unwrap();
    assert_eq!((checked.media, checked.pixels), (MediaType::Jpeg, Some((2560, 640))));
    let small = RgbaImage::from_pixel(30, 20, image::Rgba([200, 10, 10, 128]));
    for (format, media) in [(ImageFormat::Png, MediaType::Png), (ImageFormat::WebP, MediaType::Webp)] {
        let bytes = written(&DynamicImage::from(small.clone()), format);
        let checked = check(&files, &bytes).await.unwrap();
        assert_eq!((checked.media, checked.pixels), (media, Some((30, 20))));
    }
    let opaque = written(&DynamicImage::from(RgbImage::new(30, 20)), ImageFormat::WebP);
    assert_eq!(check(&files, &opaque).await.unwrap().media, MediaType::Jpeg);
}

#[tokio::test]
async fn a_bomb_is_refused_before_it_is_unpacked() {
    let (files, _folder) = files(1_000_000);
    let flat = written(&DynamicImage::from(RgbImage::new(1_001, 1_000)), ImageFormat::Png);
    assert!(flat.len() < 100_000);
    assert_eq!(check(&files, &flat).await.unwrap_err(), AttachmentRefusal::Unreadable);
    // Many bytes a pixel count too.
    let deep = DynamicImage::ImageRgba16(image::ImageBuffer::new(800, 800));
    assert_eq!(
        check(&files, &written(&deep, ImageFormat::Png)).await.unwrap_err(),
        AttachmentRefusal::Unreadable
    );
    let long = written(&DynamicImage::from(RgbImage::new(30_001, 1)), ImageFormat::Png);
    assert_eq!(check(&files, &long).await.unwrap_err(), AttachmentRefusal::Unreadable);
    let right = written(&DynamicImage::from(RgbImage::new(1_000, 1_000)), ImageFormat::Png);
    assert!(check(&files, &right).await.is_ok());
}

#[tokio::test]
async fn nothing_stays_on_the_disk_of_what_was_received() {
    let (files, folder) = files(1_000);
    let spool = folder.path().join("spool");
    let file = spooled(&files, &vec![7; 100_000]).await;
    assert_eq!((file.bytes, file.beginning.len()), (100_000, 64));
    assert_eq!(std::fs::read_dir(&spool).unwrap().count(), 0);
    files.store.put_spooled("key", FILE, &file).await.unwrap();
    assert_eq!(files.store.size("key", FILE).await.unwrap(), Some(100_000));
    let mut over = files.spool.begin().await.unwrap().at_most(10);
    assert!(over.write(&[0; 11]).await.is_err());
}

async fn parts(town: &Town, key: &str) -> Vec<&'static str> {
    let mut there = Vec::new();
    for part in [FILE, INCOMING, THUMBNAIL] {
        if town.services.files.store.size(key, part).await.unwrap().is_some() {
            there.push(part);
        }
    }
    there
}

async fn attachment(town: &Town, id: &str, state: &str, at: i64) {
    let author = town.member(id, "MEMBER").await;
    let crate::read::viewer::Viewer::Session { account, .. } = &author else { panic!("a person") };
    town.run(&format!(
        "INSERT INTO lessons (id, revision, created_at, updated_at, created_by, author_id, platform_id, country_id, \
         country_code, visibility, status, attribution, current_version_id, latest_version_id, language, title_sort_key, \
         sort_at) VALUES ('l-{id}', 1, 1, 1, '{account}', '{account}', '{platform}', 'country_m', 'MWI', 'PUBLIC', 'DRAFT', \
         'NAME', 'v-{id}', 'v-{id}', 'en', '', 1); \
         INSERT INTO lesson_versions (id, lesson_id, number, revision, created_at, updated_at, created_by, state, language, \
         origin, title, abstract, context, problem, what_was_done, result, enabling_conditions, hindering_conditions, \
         who_gained, who_lost) VALUES ('v-{id}', 'l-{id}', 1, 1, 1, 1, '{account}', 'DRAFT', 'en', 'ORIGINAL', '', '', '', \
         '', '', '', '[]', '[]', '', ''); \
         INSERT INTO lesson_attachments (id, revision, created_at, updated_at, created_by, lesson_id, version_id, position, \
         state, kind, media_type, size_bytes, file_key, caption, alternative_text, people_shown, transcript) \
         VALUES ('{id}', 1, {at}, 1, '{account}', 'l-{id}', 'v-{id}', 1, '{state}', 'PHOTO', 'image/jpeg', 1, '{id}', '', '', \
         'NOBODY', '')",
        platform = town.platform
    ))
    .await;
}

on_both! {
    async fn what_a_record_has_is_kept_and_what_none_has_is_removed(database: &Database) {
        let town = Town::new(database).await;
        let store = &town.services.files.store;
        let now = town.services.now();
        attachment(&town, "ready", "READY", now.micros()).await;
        attachment(&town, "pending", "PENDING", now.micros()).await;
        for key in ["ready", "pending", "orphan", "later"] {
            for part in [FILE, INCOMING, THUMBNAIL] {
                store.put(key, part, vec![1]).await.unwrap();
            }
            let due = if key == "later" { now.plus_seconds(1) } else { now };
            super::note_removal(database.writer(), key, &[FILE, INCOMING, THUMBNAIL], due).await.unwrap();
        }
        assert_eq!(super::remove_due(&town.services).await.unwrap(), 9);
        assert_eq!(parts(&town, "ready").await, [FILE, THUMBNAIL]);
        assert_eq!(parts(&town, "pending").await, [INCOMING]);
        assert_eq!(parts(&town, "orphan").await, Vec::<&str>::new());
        assert_eq!(parts(&town, "later").await.len(), 3);
        // What was sent may come again, as long as its address holds.
        let left = "SELECT DISTINCT file_key FROM file_removals WHERE part <> 'incoming' OR again_at IS NOT NULL";
        assert_eq!(rows(database, left).await, ["later"]);
    }

    async fn what_was_announced_and_never_sent_is_forgotten(database: &Database) {
        let town = Town::new(database).await;
        let now = town.services.now();
        attachment(&town, "old", "PENDING", now.plus_seconds(-86_401).micros()).await;
        attachment(&town, "new", "PENDING", now.micros()).await;
        attachment(&town, "kept", "READY", 1).await;
        let transaction = database.begin().await.unwrap();
        assert_eq!(super::expire_uploads(&transaction, now, 10).await.unwrap(), 1);
        transaction.commit().await.unwrap();
        assert_eq!(rows(database, "SELECT id FROM lesson_attachments").await, ["kept", "new"]);
        assert_eq!(rows(database, "SELECT part FROM file_removals WHERE file_key = 'old'").await, [FILE, INCOMING, THUMBNAIL]);
    }
}
