//! Files of lessons.

use maip_domain::closed_set::ClosedSet as _;
use maip_domain::lessons::{AttachmentState, PeopleShown};
use maip_persistence::bulk::Rows;

use super::{Loading, broken, code, lessons, text};
use crate::demo::files::Kept;
use crate::demo::ids::id;
use crate::exit::Outcome;

/// Loads what is said of the files.
pub async fn load(loading: &Loading<'_>, kept: &[Kept]) -> Outcome {
    let mut rows = Rows::new(
        "lesson_attachments",
        &[
            "id",
            "revision",
            "created_at",
            "updated_at",
            "created_by",
            "lesson_id",
            "version_id",
            "position",
            "state",
            "kind",
            "media_type",
            "size_bytes",
            "width",
            "height",
            "digest",
            "file_key",
            "caption",
            "alternative_text",
            "people_shown",
            "transcript",
            "transcript_language",
        ],
    );
    for (position, Kept { record, file_key, checked }) in (1_i64..).zip(kept) {
        let (lesson, version) = lessons::every_version(loading)
            .find(|(lesson, version)| lesson.key == record.lesson && version.number == record.version)
            .ok_or_else(|| broken(format!("no version {} of {}", record.version, record.lesson)))?;
        let at = loading.days_ago(version.drafted_days_ago);
        let row = [
            id("attachment", &record.key).into(),
            1_i64.into(),
            at.into(),
            at.into(),
            lessons::created_by(lesson).into(),
            id("lesson", &lesson.key).into(),
            lessons::version_id(lesson, version).into(),
            position.into(),
            AttachmentState::Ready.code().into(),
            checked.media.kind().code().into(),
            checked.media.name().into(),
            i64::try_from(checked.bytes).unwrap_or(i64::MAX).into(),
            checked.pixels.map(|(width, _)| i64::from(width)).into(),
            checked.pixels.map(|(_, height)| i64::from(height)).into(),
            checked.digest.as_str().into(),
            file_key.as_str().into(),
            record.caption.as_str().into(),
            record.alternative_text.as_str().into(),
            code::<PeopleShown>(&record.people_shown)?.into(),
            text(record.transcript.as_deref()),
            record.transcript_language.clone().into(),
        ];
        rows.push(loading.transaction, row).await?;
    }
    Ok(rows.finish(loading.transaction).await?)
}
