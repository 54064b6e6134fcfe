//! Values that the server knows without the database: the limits on requests.

use maip_domain::lessons::attachment::{MOST_ATTACHMENTS, MOST_WITH_A_REQUEST};
use maip_domain::lessons::{AttachmentKind, MediaType};
use maip_persistence::read::declare::{Entity, Field};

use super::connection::MAX_SIZE;
use crate::limits::ApiSettings;

/// The JSON of such a field; null for one that isn't known, which a test excludes.
pub(crate) fn value(entity: &Entity, field: &Field, settings: &ApiSettings) -> Box<str> {
    let number = match (entity.name, field.name) {
        ("ViewerLimits", "maxDepth") => settings.max_depth.to_string(),
        ("ViewerLimits", "maxCost") => settings.max_cost.to_string(),
        ("ViewerLimits", "maxAliases") => settings.max_aliases.to_string(),
        ("ViewerLimits", "maxPageSize") => MAX_SIZE.to_string(),
        ("ViewerLimits", "maxBodyBytes") => settings.max_body_bytes.to_string(),
        ("ViewerLimits", "timeoutMilliseconds") => settings.time_limit.as_millis().to_string(),
        ("ViewerLimits", "requestsPerMinute") => {
            settings.requests_per_minute.map_or_else(|| "null".to_owned(), |requests| requests.to_string())
        }
        ("ViewerLimits", "maxPhotoBytes") => settings.attachments.photo_bytes.to_string(),
        ("ViewerLimits", "maxPhotoPixels") => settings.attachments.photo_pixels.to_string(),
        ("ViewerLimits", "maxDocumentBytes") => settings.attachments.document_bytes.to_string(),
        ("ViewerLimits", "maxAudioBytes") => settings.attachments.audio_bytes.to_string(),
        ("ViewerLimits", "maxFilesPerLesson") => MOST_ATTACHMENTS.to_string(),
        ("ViewerLimits", "maxFilesPerRequest") => MOST_WITH_A_REQUEST.to_string(),
        ("ViewerLimits", "maxStoredMebibytes") => settings
            .attachments
            .account_bytes
            .map_or_else(|| "null".to_owned(), |bytes| (bytes >> 20).to_string()),
        ("ViewerLimits", "photoTypes") => types(AttachmentKind::Photo),
        ("ViewerLimits", "documentTypes") => types(AttachmentKind::Document),
        ("ViewerLimits", "audioTypes") => types(AttachmentKind::Audio),
        _ => "null".to_owned(),
    };
    number.into()
}

/// The types of files of a kind, as JSON.
fn types(kind: AttachmentKind) -> String {
    let types = MediaType::ALL.into_iter().filter(|media| media.kind() == kind).map(MediaType::name);
    types.collect::<serde_json::Value>().to_string()
}
