//! Photos, documents and recordings of a lesson.

use std::time::Duration;

use async_graphql::{InputObject, MaybeUndefined};
use maip_domain::error_code::ErrorCode;
use maip_domain::id::{AttachmentId, LessonId};
use maip_domain::lessons::attachment::{ALTERNATIVE, CAPTION, TRANSCRIPT};
use maip_domain::lessons::{MediaType, PeopleShown};
use maip_domain::text;
use maip_persistence::files::{self, INCOMING, Sent, UPLOAD_SECONDS};
use maip_persistence::lessons::attachments::{self, Judgement, NewAttachment, Words};
use maip_persistence::lessons::read::LESSON_ATTACHMENT;
use maip_persistence::read::declare::Scalar;
use maip_persistence::services::Services;
use maip_persistence::write::{Refusal, UserError, WriteResult, Written};
use serde_json::json;

use super::PAYLOAD;
use crate::mutation::{Extra, ExtraType, MutationContext, Payload, Typed, ValueField, ValueObject};
use crate::schema::Closed;
use crate::schema::scalars::{Id, Language, Upload};

const ATTACHMENT: Payload =
    Payload::of("attachment", &LESSON_ATTACHMENT, "The file as it is now, as far as you see it.");

pub static ATTACH: Typed<AttachLessonFileInput> = Typed {
    name: "attachLessonFile",
    description: "Attaches a photo (JPEG, PNG, WebP), a PDF or a recording (MP3, AAC or M4A, Ogg, WAV) to the version of a lesson \
                  that is being written. The request is sent by the GraphQL multipart request specification. The file is told \
                  by its content; photos are encoded anew, without place, time and device.",
    payload: ATTACHMENT,
    run: |cx, input| Box::pin(attach(cx, input)),
};

pub static REQUEST_UPLOAD: Typed<RequestAttachmentUploadInput> = Typed {
    name: "requestAttachmentUpload",
    description: "Announces a file that is sent by itself, for which `upload` says how: to the store where that can take it, \
                  else to this server. Then call `completeAttachmentUpload`; a file that has come is checked without it too, some seconds or minutes later. \
                  What isn't sent within 24 hours is forgotten.",
    payload: ATTACHMENT.with(&[Extra {
        name: "upload",
        description: "Where to send the file; null where it is READY or REFUSED already.",
        of: ExtraType::Object(&UPLOAD_TARGET),
    }]),
    run: |cx, input| Box::pin(request_upload(cx, input)),
};

pub static COMPLETE_UPLOAD: Typed<CompleteAttachmentUploadInput> = Typed {
    name: "completeAttachmentUpload",
    description: "Has a file checked that was announced and sent. It is READY then, or REFUSED for a reason; calling it again \
                  changes nothing.",
    payload: ATTACHMENT,
    run: |cx, input| Box::pin(complete_upload(cx, input)),
};

pub static DESCRIBE: Typed<UpdateLessonAttachmentInput> = Typed {
    name: "updateLessonAttachment",
    description: "Changes what is said about a file of the version that is being written. What you leave out stays as it is.",
    payload: ATTACHMENT,
    run: |cx, input| Box::pin(describe(cx, input)),
};

pub static REMOVE: Typed<RemoveLessonAttachmentInput> = Typed {
    name: "removeLessonAttachment",
    description: "Takes a file away from the version that is being written. Published versions that have it keep it.",
    payload: PAYLOAD,
    run: |cx, input| Box::pin(remove(cx, input)),
};

static UPLOAD_TARGET: ValueObject = ValueObject {
    name: "UploadTarget",
    description: "Where a file is to be sent, and how. It is a secret: whoever has it can send the file.",
    fields: &[
        ValueField {
            name: "method",
            description: "The method of HTTP: `PUT`, with the bytes of the file as its body.",
            scalar: Scalar::Text,
            nullable: false,
        },
        ValueField {
            name: "url",
            description: "The address; resolve it against that of the API. No credentials are to be sent with it.",
            scalar: Scalar::Text,
            nullable: false,
        },
        ValueField {
            name: "expiresAt",
            description: "Until when it can be used; a new request gives a new one.",
            scalar: Scalar::Instant,
            nullable: false,
        },
    ],
};

/// A file, sent with the request.
#[derive(InputObject)]
pub struct AttachLessonFileInput {
    /// The id, where you make it: sending the same again then gives the same file.
    id: Option<Id<AttachmentId>>,
    /// The lesson.
    lesson_id: Id<LessonId>,
    /// The file: null in `operations`, and named in `map`.
    file: Upload,
    #[graphql(flatten)]
    words: AttachmentWordsInput,
}

/// A file that is sent by itself.
#[derive(InputObject)]
pub struct RequestAttachmentUploadInput {
    /// The id, where you make it: sending the same again then gives the same file, and a new address.
    id: Option<Id<AttachmentId>>,
    /// The lesson.
    lesson_id: Id<LessonId>,
    /// What the file is, such as `image/jpeg`: what is sent has to be of this type.
    media_type: String,
    /// Its size in bytes: no more is taken.
    size_bytes: i32,
    #[graphql(flatten)]
    words: AttachmentWordsInput,
}

/// Which file was sent.
#[derive(InputObject)]
pub struct CompleteAttachmentUploadInput {
    /// The file.
    attachment_id: Id<AttachmentId>,
}

/// What is said about a file.
#[derive(InputObject)]
pub struct UpdateLessonAttachmentInput {
    /// The file.
    attachment_id: Id<AttachmentId>,
    /// The `revision` of the file that you read, if it matters.
    expected_revision: Option<i32>,
    #[graphql(flatten)]
    words: AttachmentWordsInput,
}

/// Which file is taken away.
#[derive(InputObject)]
pub struct RemoveLessonAttachmentInput {
    /// The file.
    attachment_id: Id<AttachmentId>,
}

/// What is said about a file.
#[derive(InputObject)]
pub struct AttachmentWordsInput {
    /// What is written below it, in 300 characters at most.
    caption: Option<String>,
    /// What it shows, for those who don't see it, in 1,000 characters at most.
    alternative_text: Option<String>,
    /// Whether people can be recognised in it, and have agreed to be shown; `NOT_ASKED` unless said, and a lesson can't be
    /// handed in so.
    people_shown: Option<Closed<PeopleShown>>,
    /// What is said in it, in 20,000 characters at most. A recording needs it before the lesson is handed in.
    transcript: Option<String>,
    /// The language of the transcript. A recording needs it before the lesson is handed in.
    transcript_language: MaybeUndefined<Language>,
}

impl AttachmentWordsInput {
    fn check(self, refusal: &mut Refusal) -> Words {
        let Self { caption, alternative_text, people_shown, transcript, transcript_language } = self;
        let mut checked = |field: &str, text: Option<String>, rule| {
            text.and_then(|text| refusal.take(field, text::check(&text, rule)))
        };
        Words {
            caption: checked("caption", caption, &CAPTION),
            alternative_text: checked("alternativeText", alternative_text, &ALTERNATIVE),
            transcript: checked("transcript", transcript, &TRANSCRIPT),
            people_shown: people_shown.map(|people| people.0),
            transcript_language: match transcript_language {
                MaybeUndefined::Undefined => None,
                MaybeUndefined::Null => Some(None),
                MaybeUndefined::Value(language) => Some(Some(language.0)),
            },
        }
    }
}

async fn attach(cx: &MutationContext<'_>, input: AttachLessonFileInput) -> WriteResult<Written> {
    let mut refusal = Refusal::default();
    let id = input.id.map(|id| id.at("id")).transpose()?;
    let lesson = input.lesson_id.at("lessonId")?;
    let words = input.words.check(&mut refusal);
    let upload = cx.file(&input.file, &mut refusal);
    let upload = refusal.finish_with(upload)?;
    let unit = cx.begin().await?;
    attachments::may_attach(&unit, &lesson).await?;
    unit.abandon().await?;
    let (key, checked) =
        files::take_in(cx.services, &upload.file, upload.declared.as_deref(), cx.watch).await?;
    let unit = cx.begin().await?;
    let new = NewAttachment { id, lesson, words };
    match attachments::attach(&unit, new, key.clone(), &checked).await {
        Ok(written) => unit.commit(written).await,
        Err(error) => {
            unit.abandon().await?;
            files::forget(cx.services, &key).await?;
            Err(error)
        }
    }
}

async fn request_upload(
    cx: &MutationContext<'_>,
    input: RequestAttachmentUploadInput,
) -> WriteResult<Written> {
    let mut refusal = Refusal::default();
    let id = input.id.map(|id| id.at("id")).transpose()?;
    let lesson = input.lesson_id.at("lessonId")?;
    let words = input.words.check(&mut refusal);
    let media = MediaType::announced(&input.media_type);
    if media.is_none() {
        let message = "photos (JPEG, PNG, WebP), PDF and sound (MP3, AAC or M4A, Ogg, WAV) are taken";
        refusal.push(UserError::at("mediaType", ErrorCode::FileType, message));
    }
    let bytes = u64::try_from(input.size_bytes).ok().filter(|bytes| *bytes > 0);
    if bytes.is_none() {
        refusal.push(UserError::at("sizeBytes", ErrorCode::Invalid, "a file has at least one byte"));
    }
    if let (Some(media), Some(bytes)) = (media, bytes) {
        let most = cx.services.files.limits.bytes(media.kind());
        if bytes > most {
            let message = format!("files of this kind have {most} bytes at most");
            refusal.push(UserError::at("sizeBytes", ErrorCode::FileTooLarge, message));
        }
    }
    refusal.finish()?;
    let (Some(media), Some(bytes)) = (media, bytes) else { return Ok(Written::default()) };
    let unit = cx.begin().await?;
    let id = attachments::announce(&unit, NewAttachment { id, lesson, words }, media, bytes).await?;
    let announced = attachments::announced(&unit, &id).await?;
    let mut written = Written::record(id.as_str());
    if let Some((key, bytes)) = announced {
        written = written.with("upload", target(cx.services, &id, &key, bytes).await?);
    }
    unit.commit(written).await
}

/// Where an announced file is to be sent.
async fn target(services: &Services, id: &str, key: &str, bytes: u64) -> WriteResult<serde_json::Value> {
    let now = services.now();
    let lifetime = Duration::from_secs(UPLOAD_SECONDS.unsigned_abs());
    let (url, expires) = match services.files.store.upload_address(key, INCOMING, lifetime).await? {
        Some(url) => (url, now.plus_seconds(UPLOAD_SECONDS)),
        None => services.files.addresses.upload(id, bytes, now),
    };
    Ok(json!({ "method": "PUT", "url": url, "expiresAt": expires.micros() }))
}

async fn complete_upload(
    cx: &MutationContext<'_>,
    input: CompleteAttachmentUploadInput,
) -> WriteResult<Written> {
    let id = input.attachment_id.at("attachmentId")?;
    let unit = cx.begin().await?;
    let Some(announced) = attachments::to_be_checked(&unit, &id).await? else {
        return unit.commit(Written::record(id.into_string())).await;
    };
    unit.abandon().await?;
    let sent = files::take_sent(cx.services, &announced, cx.watch).await?;
    let judgement = match &sent {
        Sent::Taken(checked) => Judgement::Accepted(checked),
        Sent::Refused(refusal) => Judgement::Refused(*refusal),
        Sent::Nothing => {
            let unit = cx.begin().await?;
            // Background work has had it checked meanwhile.
            if attachments::to_be_checked(&unit, &id).await?.is_none() {
                return unit.commit(Written::record(id.into_string())).await;
            }
            let message = "nothing has been sent yet: see `upload` of `requestAttachmentUpload`";
            return Err(UserError::at("attachmentId", ErrorCode::WrongState, message).into());
        }
    };
    let unit = cx.begin().await?;
    let written = attachments::judge(&unit, &id, judgement).await?;
    unit.commit(written).await
}

async fn describe(cx: &MutationContext<'_>, input: UpdateLessonAttachmentInput) -> WriteResult<Written> {
    let mut refusal = Refusal::default();
    let id = input.attachment_id.at("attachmentId")?;
    let words = input.words.check(&mut refusal);
    refusal.finish()?;
    let unit = cx.begin().await?;
    let written = attachments::describe(&unit, &id, input.expected_revision.map(i64::from), words).await?;
    unit.commit(written).await
}

async fn remove(cx: &MutationContext<'_>, input: RemoveLessonAttachmentInput) -> WriteResult<Written> {
    let id = input.attachment_id.at("attachmentId")?;
    let unit = cx.begin().await?;
    let written = attachments::remove(&unit, &id).await?;
    unit.commit(written).await
}
