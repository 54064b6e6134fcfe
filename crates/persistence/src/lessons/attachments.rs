//! The files of the version that is being written.
//!
//! A file is checked and stored outside of any transaction, since that may take a while; the unit of
//! work before it asks whether the viewer may at all, the one after it writes the record.

use maip_domain::error_code::ErrorCode;
use maip_domain::id::{AttachmentId, LessonId};
use maip_domain::lessons::attachment::MOST_ATTACHMENTS;
use maip_domain::lessons::{
    AttachmentAction, AttachmentKind, AttachmentRefusal, AttachmentState, MediaType, PeopleShown,
};
use maip_domain::policy::Action;
use maip_domain::time::Timestamp;
use maip_domain::vocabulary::language::LanguageTag;
use sea_orm::sea_query::LockType;
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, EntityTrait as _, IntoActiveModel as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _,
};

use super::aggregate::Aggregate;
use super::entity::lesson_attachments::{ActiveModel, Column, Entity, Model};
use super::read::LESSON_ATTACHMENT;
use super::uploads::{is_pending, of_row};
use crate::code::Code;
use crate::files::{Announced, Checked, FILE, INCOMING, THUMBNAIL, note_removal, require_room, waiting};
use crate::write::{Claim, Unit, UserError, WriteError, WriteResult, Written};

/// What is said about a file; what is `None` stays as it is. Texts are checked already.
#[derive(Clone, Debug, Default)]
pub struct Words {
    /// What is written below it.
    pub caption: Option<String>,
    /// What it shows, for those who don't see it.
    pub alternative_text: Option<String>,
    /// Whether people are shown, and have agreed.
    pub people_shown: Option<PeopleShown>,
    /// What is said in it.
    pub transcript: Option<String>,
    /// The language of that; `Some(None)` takes it away.
    pub transcript_language: Option<Option<LanguageTag>>,
}

/// A file to be attached.
#[derive(Clone, Debug)]
pub struct NewAttachment {
    /// The client's id for it.
    pub id: Option<AttachmentId>,
    /// To the open version of which lesson.
    pub lesson: LessonId,
    /// What is said about it.
    pub words: Words,
}

/// Whether the viewer may attach a file now. Asked before the file is looked at, so that nobody makes
/// work who may not.
///
/// # Errors
/// Those of the policy; `TOO_MANY`; `QUOTA_EXCEEDED`.
pub async fn may_attach(unit: &Unit<'_>, lesson: &LessonId) -> WriteResult<()> {
    let mut aggregate = Aggregate::lock(unit, lesson, Action::Update, None).await?;
    next_position(unit, &aggregate.open()?.id.clone()).await?;
    require_room(unit, "file", 0).await
}

/// Attaches a file that was checked and is in the store under this key.
///
/// # Errors
/// Those of [`may_attach`].
pub async fn attach(
    unit: &Unit<'_>,
    new: NewAttachment,
    key: String,
    checked: &Checked,
) -> WriteResult<Written> {
    let content = Content::Ready(checked);
    begin(unit, new, key, &content).await.map(Written::record)
}

/// Announces a file that is yet to be sent. Gives its id.
///
/// # Errors
/// Those of [`may_attach`].
pub async fn announce(
    unit: &Unit<'_>,
    new: NewAttachment,
    media: MediaType,
    bytes: u64,
) -> WriteResult<String> {
    let key = AttachmentId::generate(unit.clock(), unit.entropy()).into_string();
    begin(unit, new, key, &Content::Announced(media, bytes)).await
}

/// What a new record says of its file.
enum Content<'a> {
    Ready(&'a Checked),
    Announced(MediaType, u64),
}

async fn begin(
    unit: &Unit<'_>,
    new: NewAttachment,
    key: String,
    content: &Content<'_>,
) -> WriteResult<String> {
    let fresh = AttachmentId::generate(unit.clock(), unit.entropy()).into_string();
    let claimed =
        match unit.claim(&LESSON_ATTACHMENT, "id", new.id.as_ref().map(AttachmentId::as_str), fresh).await? {
            Claim::Made(id) => return Ok(id),
            Claim::New(claimed) => claimed,
        };
    let mut aggregate = Aggregate::lock(unit, &new.lesson, Action::Update, None).await?;
    let version = aggregate.open()?.id.clone();
    let position = next_position(unit, &version).await?;
    let id = claimed.take()?;
    let now = unit.now().micros();
    let (media, bytes, field) = match content {
        Content::Ready(checked) => (checked.media, checked.bytes, "file"),
        Content::Announced(media, bytes) => (*media, *bytes, "sizeBytes"),
    };
    require_room(unit, field, bytes).await?;
    let mut row = Model {
        id: id.clone(),
        revision: 1,
        created_at: now,
        updated_at: now,
        created_by: unit.account()?.into_string(),
        lesson_id: new.lesson.as_str().to_owned(),
        version_id: version,
        position,
        state: Code(AttachmentState::Pending),
        refusal: None,
        kind: Code(media.kind()),
        media_type: media.name().to_owned(),
        size_bytes: i64::try_from(bytes).unwrap_or(i64::MAX),
        width: None,
        height: None,
        digest: None,
        file_key: key,
        caption: String::new(),
        alternative_text: String::new(),
        people_shown: Code(PeopleShown::NotAsked),
        transcript: String::new(),
        transcript_language: None,
    };
    say(&mut row, new.words);
    if let Content::Ready(checked) = content {
        accept(&mut row, checked)?;
    }
    row.into_active_model().reset_all().insert(unit.transaction()).await?;
    if let Content::Announced(..) = content {
        waiting::look_for(unit.transaction(), &id, unit.now()).await?;
    }
    touched(unit, &aggregate, "lesson.file_attached").await?;
    Ok(id)
}

/// The key and the announced size of a file that is yet to be sent.
///
/// # Errors
/// Those of the database.
pub async fn announced(unit: &Unit<'_>, id: &str) -> WriteResult<Option<(String, u64)>> {
    let found = Entity::find_by_id(id).one(unit.transaction()).await?;
    let pending = found.filter(is_pending);
    Ok(pending.map(|row| (row.file_key, u64::try_from(row.size_bytes).unwrap_or(0))))
}

/// What became of an announced file.
#[derive(Clone, Copy, Debug)]
pub enum Judgement<'a> {
    /// It is in the store.
    Accepted(&'a Checked),
    /// It wasn't taken.
    Refused(AttachmentRefusal),
}

/// An announced file that is to be checked now; `None` where it was checked before.
///
/// # Errors
/// Those of the policy.
pub async fn to_be_checked(unit: &Unit<'_>, id: &AttachmentId) -> WriteResult<Option<Announced>> {
    let (row, _) = lock(unit, id).await?;
    Ok(Some(row).filter(is_pending).map(of_row))
}

/// Notes what became of an announced file, unless another request did so meanwhile.
///
/// # Errors
/// Those of the policy.
pub async fn judge(unit: &Unit<'_>, id: &AttachmentId, judgement: Judgement<'_>) -> WriteResult<Written> {
    let (mut row, aggregate) = lock(unit, id).await?;
    if !is_pending(&row) {
        return Ok(Written::record(row.id));
    }
    let key = row.file_key.clone();
    let action = judged(&mut row, judgement, unit.now())?;
    ActiveModel::from(row).reset_all().update(unit.transaction()).await?;
    waiting::settled(unit.transaction(), id.as_str()).await?;
    note_removal(unit.transaction(), &key, &[INCOMING], unit.now()).await?;
    touched(unit, &aggregate, action).await?;
    Ok(Written::record(id.as_str()))
}

/// Writes down what became of a file; gives what the audit calls it.
pub(super) fn judged(row: &mut Model, judgement: Judgement<'_>, now: Timestamp) -> WriteResult<&'static str> {
    row.revision += 1;
    row.updated_at = now.micros();
    match judgement {
        Judgement::Accepted(checked) => {
            accept(row, checked)?;
            Ok("lesson.file_attached")
        }
        Judgement::Refused(refusal) => {
            row.state = Code(row.state.0.apply(AttachmentAction::Refuse)?);
            row.refusal = Some(Code(refusal));
            Ok("lesson.file_refused")
        }
    }
}

/// Changes what is said about a file.
///
/// # Errors
/// Those of the policy; a stale revision.
pub async fn describe(
    unit: &Unit<'_>,
    id: &AttachmentId,
    expected: Option<i64>,
    words: Words,
) -> WriteResult<Written> {
    let (mut row, aggregate) = lock(unit, id).await?;
    if let Some(expected) = expected {
        unit.expect_revision(id.as_str(), expected, row.revision).await?;
    }
    say(&mut row, words);
    store(unit, row).await?;
    touched(unit, &aggregate, "lesson.file_described").await?;
    Ok(Written::record(id.as_str()))
}

/// Takes a file away from the version that is being written. Other versions that have it keep it.
///
/// # Errors
/// Those of the policy.
pub async fn remove(unit: &Unit<'_>, id: &AttachmentId) -> WriteResult<Written> {
    let (row, aggregate) = lock(unit, id).await?;
    Entity::delete_by_id(id.as_str()).exec(unit.transaction()).await?;
    waiting::settled(unit.transaction(), id.as_str()).await?;
    note_removal(unit.transaction(), &row.file_key, &[INCOMING, FILE, THUMBNAIL], unit.now()).await?;
    touched(unit, &aggregate, "lesson.file_removed").await?;
    Ok(Written::record(row.lesson_id))
}

/// Gives a new version the files of the one that it begins with; what was never checked stays behind.
pub(super) async fn carry_over(unit: &Unit<'_>, from: &str, to: &str) -> WriteResult<()> {
    let now = unit.now().micros();
    for row in of_version(unit, from).await? {
        if row.state.0 != AttachmentState::Ready {
            continue;
        }
        let id = AttachmentId::generate(unit.clock(), unit.entropy()).into_string();
        let copy =
            Model { id, version_id: to.to_owned(), revision: 1, created_at: now, updated_at: now, ..row };
        copy.into_active_model().reset_all().insert(unit.transaction()).await?;
    }
    Ok(())
}

/// The files of a version, in their order.
pub(super) async fn of_version(unit: &Unit<'_>, version: &str) -> WriteResult<Vec<Model>> {
    let rows = Entity::find().filter(Column::VersionId.eq(version)).order_by_asc(Column::Position);
    Ok(rows.all(unit.transaction()).await?)
}

/// A file of the open version, and its lesson, both held.
async fn lock(unit: &Unit<'_>, id: &AttachmentId) -> WriteResult<(Model, Aggregate)> {
    // Who doesn't see it isn't told that it is there.
    unit.require_visible(&LESSON_ATTACHMENT, "attachmentId", id.as_str()).await?;
    let found = Entity::find_by_id(id.as_str()).one(unit.transaction()).await?;
    let gone = || UserError::at("attachmentId", ErrorCode::NotFound, "there is no such file");
    let lesson = found.ok_or_else(gone)?.lesson_id.parse::<LessonId>();
    let lesson = lesson.map_err(|_| WriteError::Broken("a file of a lesson without an id"))?;
    // The lesson first, as everywhere; then the file as it stands now.
    let mut aggregate = Aggregate::lock(unit, &lesson, Action::Update, None).await?;
    let found = Entity::find_by_id(id.as_str()).lock(LockType::NoKeyUpdate).one(unit.transaction()).await?;
    let row = found.ok_or_else(gone)?;
    if row.version_id != aggregate.open()?.id {
        let message = "it belongs to a version that doesn't change any more";
        return Err(UserError::at("attachmentId", ErrorCode::WrongState, message).into());
    }
    Ok((row, aggregate))
}

async fn next_position(unit: &Unit<'_>, version: &str) -> WriteResult<i64> {
    let there = of_version(unit, version).await?;
    if there.len() >= MOST_ATTACHMENTS {
        let message = format!("a lesson has {MOST_ATTACHMENTS} files at most");
        return Err(UserError::at("lessonId", ErrorCode::TooMany, message).into());
    }
    Ok(there.last().map_or(1, |last| last.position + 1))
}

fn say(row: &mut Model, words: Words) {
    let Words { caption, alternative_text, people_shown, transcript, transcript_language } = words;
    row.caption = caption.unwrap_or(std::mem::take(&mut row.caption));
    row.alternative_text = alternative_text.unwrap_or(std::mem::take(&mut row.alternative_text));
    row.people_shown = people_shown.map_or(row.people_shown, Code);
    row.transcript = transcript.unwrap_or(std::mem::take(&mut row.transcript));
    if let Some(language) = transcript_language {
        row.transcript_language = language.map(LanguageTag::into_string);
    }
}

fn accept(row: &mut Model, checked: &Checked) -> WriteResult<()> {
    row.state = Code(row.state.0.apply(AttachmentAction::Accept)?);
    row.kind = Code(checked.media.kind());
    checked.media.name().clone_into(&mut row.media_type);
    row.size_bytes = i64::try_from(checked.bytes).unwrap_or(i64::MAX);
    row.width = checked.pixels.map(|(width, _)| i64::from(width));
    row.height = checked.pixels.map(|(_, height)| i64::from(height));
    row.digest = Some(checked.digest.clone());
    Ok(())
}

async fn store(unit: &Unit<'_>, mut row: Model) -> WriteResult<()> {
    row.revision += 1;
    row.updated_at = unit.now().micros();
    ActiveModel::from(row).reset_all().update(unit.transaction()).await?;
    Ok(())
}

/// Notes the change. The lesson's own revision stays: whoever is writing its texts meanwhile isn't
/// disturbed by a photo.
async fn touched(unit: &Unit<'_>, aggregate: &Aggregate, action: &'static str) -> WriteResult<()> {
    let (now, id) = (unit.now().micros(), aggregate.lesson.id.as_str());
    // Files are those of the open version, which isn't for everyone once another is published.
    unit.execute(
        "UPDATE lessons SET updated_at = $1 WHERE id = $2 AND published_version_id IS NULL",
        [now.into(), id.into()],
    )
    .await?;
    unit.execute(
        "UPDATE lesson_versions SET updated_at = $1 WHERE lesson_id = $2 \
         AND state IN ('DRAFT', 'SUBMITTED', 'IN_REVIEW', 'CHANGES_REQUESTED')",
        [now.into(), id.into()],
    )
    .await?;
    aggregate.note(unit, action, &["attachments"]).await
}

/// What a version's files lack before it can be handed in: how many aren't checked, are recordings
/// without a transcript, or show people who weren't asked.
pub(super) fn lacking(files: &[Model]) -> (usize, usize, usize) {
    let count = |wanted: &dyn Fn(&Model) -> bool| files.iter().filter(|file| wanted(file)).count();
    (
        count(&|file| file.state.0 != AttachmentState::Ready),
        count(&|file| {
            file.kind.0 == AttachmentKind::Audio
                && (file.transcript.trim().is_empty() || file.transcript_language.is_none())
        }),
        count(&|file| file.people_shown.0 == PeopleShown::NotAsked),
    )
}
