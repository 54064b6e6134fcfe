//! Files of versions of lessons.

use maip_domain::lessons::{AttachmentKind, AttachmentRefusal, AttachmentState, PeopleShown};
use maip_domain::policy::rules::lessons::LESSON_ATTACHMENT as LESSON_ATTACHMENT_POLICY;
use maip_domain::policy::{Attribute, Related};

use super::{LESSON, LESSON_VERSION};
use crate::files::{address_end, bound_to};
use crate::read::declare::{
    Entity, FilterType, Join, Scalar, Sort, Source, by_number, closed, field, filter, one, optional, sourced,
};

/// Where a part of a file is, and what its address is bound to; null where there is no such part.
macro_rules! place {
    ($part:literal, $there:literal) => {
        Source::Address(concat!(
            "CASE WHEN {t}.state = 'READY'",
            $there,
            " THEN {t}.id || '/",
            $part,
            "|' || ",
            bound_to!("{l}", "{v}"),
            " END"
        ))
    };
}

/// A file.
pub static LESSON_ATTACHMENT: Entity = Entity {
    name: "LessonAttachment",
    description: "A photo, a document or a recording that belongs to one edition of a lesson, and is seen with it.",
    prefix: Some("attachment"),
    table: "lesson_attachments",
    key: "id",
    policy: &LESSON_ATTACHMENT_POLICY,
    joins: &[
        Join { name: "l", table: "lessons", on: "{l}.id = {t}.lesson_id" },
        Join { name: "v", table: "lesson_versions", on: "{v}.id = {t}.version_id" },
    ],
    attributes: &[
        (Attribute::State, "{t}.state"),
        (Attribute::EditionState, "{v}.state"),
        (Attribute::HandedIn, "CASE WHEN {v}.submitted_at IS NOT NULL THEN 'YES' END"),
        (Attribute::ParentState, "{l}.status"),
        (Attribute::Visibility, "{l}.visibility"),
        (Attribute::Platform, "{l}.platform_id"),
        (Attribute::Country, "{l}.country_code"),
        (Attribute::Region, "{l}.region"),
        (Attribute::Owner, "{l}.author_id"),
        (
            Attribute::RecorderOrganisation,
            "(SELECT k.organisation_id FROM api_tokens k WHERE k.id = {l}.recorded_by_token)",
        ),
    ],
    related: &[(
        Related::Contributors,
        "SELECT x.account_id AS v FROM lesson_contributors x WHERE x.lesson_id = {t}.lesson_id",
    )],
    fields: &[
        field("id", Scalar::Id, "{t}.id", "Its id. A revision carries its files over under ids of its own."),
        field("kind", Scalar::Enum(closed::<AttachmentKind>), "{t}.kind", "What kind of file it is."),
        field("state", Scalar::Enum(closed::<AttachmentState>), "{t}.state", "How far it is."),
        optional(
            "refusal",
            Scalar::Enum(closed::<AttachmentRefusal>),
            "{t}.refusal",
            "Why it wasn't taken, where its state is REFUSED.",
        ),
        field(
            "mediaType",
            Scalar::Text,
            "{t}.media_type",
            "What it is, such as `image/jpeg`; as announced, while it is PENDING.",
        ),
        field("sizeBytes", Scalar::Int, "{t}.size_bytes", "Its size; as announced, while it is PENDING."),
        optional("width", Scalar::Int, "{t}.width", "The width of a photo in pixels."),
        optional("height", Scalar::Int, "{t}.height", "The height of a photo in pixels."),
        field("caption", Scalar::Text, "{t}.caption", "What is written below it; may be empty."),
        field(
            "alternativeText",
            Scalar::Text,
            "{t}.alternative_text",
            "What it shows, for those who don't see it; may be empty.",
        ),
        field(
            "peopleShown",
            Scalar::Enum(closed::<PeopleShown>),
            "{t}.people_shown",
            "Whether people can be recognised in it, and have agreed to be shown.",
        ),
        field(
            "transcript",
            Scalar::Text,
            "{t}.transcript",
            "What is said in it, in writing; may be empty in a draft.",
        ),
        optional(
            "transcriptLanguage",
            Scalar::Language,
            "{t}.transcript_language",
            "The language of the transcript.",
        ),
        sourced(
            "url",
            Scalar::Text,
            true,
            place!("file", ""),
            "Where to fetch it, without credentials, until `urlExpiresAt`; resolve it against the address of the API. \
             Ask for a new one then, and don't keep it. Null until it is READY.",
        ),
        sourced(
            "thumbnailUrl",
            Scalar::Text,
            true,
            place!("thumbnail", " AND {t}.kind = 'PHOTO'"),
            "Where to fetch a small picture of a photo, of 400 pixels at most a side, as JPEG. Else as `url`.",
        ),
        optional(
            "urlExpiresAt",
            Scalar::Instant,
            concat!("CASE WHEN {t}.state = 'READY' THEN ", address_end!(), " END"),
            "When `url` and `thumbnailUrl` end: between 10 and 20 minutes from now. They end at once when the lesson \
             is withdrawn or shown to others than before.",
        ),
        field("createdAt", Scalar::Instant, "{t}.created_at", "When it was attached."),
        field("updatedAt", Scalar::Instant, "{t}.updated_at", "When it last changed."),
        field(
            "revision",
            Scalar::Int,
            "{t}.revision",
            "Name it as `expectedRevision` when you change what is said about it.",
        ),
    ],
    relations: &[
        one("version", &LESSON_VERSION, true, "{t}.id = {p}.version_id", "The version to which it belongs."),
        one("lesson", &LESSON, true, "{t}.id = {p}.lesson_id", "The lesson."),
    ],
    filters: &[filter(
        "kind",
        FilterType::AnyOf(Scalar::Enum(closed::<AttachmentKind>)),
        "{t}.kind IN {in}",
        "Of one of these kinds.",
    )],
    sorts: &[Sort {
        code: "POSITION",
        description: "In the order in which they were attached.",
        columns: &[by_number("{t}.position")],
        descending: false,
    }],
};
