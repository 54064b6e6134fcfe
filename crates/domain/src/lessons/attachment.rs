//! Files of a lesson: photos, documents, and audio, since many who have something to tell speak
//! rather than write.

use super::media_type::MediaType;
use crate::text::TextRule;
use crate::transition::ForbiddenTransition;

/// How many files one version has at most.
pub const MOST_ATTACHMENTS: usize = 20;
/// For so many hours what was announced may still be sent.
pub const UPLOAD_HOURS: i64 = 24;
/// How many files come with one request at most.
pub const MOST_WITH_A_REQUEST: usize = 10;

/// What is written below it.
pub const CAPTION: TextRule = TextRule { min: 0, max: 300, multiline: false, name: false };
/// What is said to those who don't see it.
pub const ALTERNATIVE: TextRule = TextRule { min: 0, max: 1_000, multiline: true, name: false };
/// What is said in it.
pub const TRANSCRIPT: TextRule = TextRule { min: 0, max: 20_000, multiline: true, name: false };

crate::closed_set! {
    /// What kind of file is attached to a lesson. May grow.
    pub enum AttachmentKind {
        /// A photo: JPEG, PNG or WebP.
        Photo = "PHOTO",
        /// A document: PDF.
        Document = "DOCUMENT",
        /// Someone speaks: MP3, AAC, Ogg or WAV. What is said is written in its transcript.
        Audio = "AUDIO",
    }
}

crate::closed_set! {
    /// How far a file is. Won't grow.
    pub enum AttachmentState {
        /// It was announced, and is yet to be sent or checked.
        Pending = "PENDING",
        /// It was checked, and is shown with its lesson.
        Ready = "READY",
        /// It was checked and not taken; `refusal` says why.
        Refused = "REFUSED",
    }
}

crate::closed_set! {
    /// What can happen to a file. Won't grow.
    pub enum AttachmentAction {
        /// It is what it should be.
        Accept = "ACCEPT",
        /// It isn't.
        Refuse = "REFUSE",
    }
}

crate::closed_set! {
    /// Why a file wasn't taken. May grow.
    pub enum AttachmentRefusal {
        /// Its content is of no type that is taken, or not of the type that it was said to be.
        Type = "TYPE",
        /// It is larger than files of its kind may be.
        TooLarge = "TOO_LARGE",
        /// It can't be read: broken, cut short, encrypted, or with more in it than is taken.
        Unreadable = "UNREADABLE",
    }
}

crate::closed_set! {
    /// Whether people can be recognised in a file, and have agreed to be shown. Won't grow.
    pub enum PeopleShown {
        /// Nobody can be recognised in it.
        Nobody = "NOBODY",
        /// All who can be recognised have agreed.
        Consented = "CONSENTED",
        /// Not all of them were asked yet: it can't be handed in so.
        NotAsked = "NOT_ASKED",
    }
}

impl AttachmentState {
    /// The state after the action.
    pub fn apply(self, action: AttachmentAction) -> Result<Self, ForbiddenTransition> {
        match (self, action) {
            (Self::Pending, AttachmentAction::Accept) => Ok(Self::Ready),
            (Self::Pending, AttachmentAction::Refuse) => Ok(Self::Refused),
            _ => Err(ForbiddenTransition::new(self, action)),
        }
    }
}

/// How large files may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AttachmentLimits {
    /// Bytes of a photo.
    pub photo_bytes: u64,
    /// Bytes of a document.
    pub document_bytes: u64,
    /// Bytes of a recording.
    pub audio_bytes: u64,
    /// Pixels of a photo. What it takes to decode one follows from it.
    pub photo_pixels: u64,
    /// Bytes of all files that an account has attached; nothing where that isn't limited.
    pub account_bytes: Option<u64>,
}

impl Default for AttachmentLimits {
    fn default() -> Self {
        Self {
            photo_bytes: 15 << 20,
            document_bytes: 20 << 20,
            audio_bytes: 50 << 20,
            photo_pixels: 50_000_000,
            account_bytes: Some(1 << 30),
        }
    }
}

impl AttachmentLimits {
    /// Bytes of a file of this kind.
    #[must_use]
    pub const fn bytes(&self, kind: AttachmentKind) -> u64 {
        match kind {
            AttachmentKind::Photo => self.photo_bytes,
            AttachmentKind::Document => self.document_bytes,
            AttachmentKind::Audio => self.audio_bytes,
        }
    }

    /// Bytes of any file.
    #[must_use]
    pub fn largest(&self) -> u64 {
        self.photo_bytes.max(self.document_bytes).max(self.audio_bytes)
    }

    /// What a file is by its beginning, if its size and what was said about it fit.
    pub fn admit(
        &self,
        beginning: &[u8],
        bytes: u64,
        declared: Option<&str>,
    ) -> Result<MediaType, AttachmentRefusal> {
        let found = MediaType::sniff(beginning).ok_or(AttachmentRefusal::Type)?;
        if declared.is_some_and(|declared| !found.is_called(declared)) {
            return Err(AttachmentRefusal::Type);
        }
        if bytes > self.bytes(found.kind()) { Err(AttachmentRefusal::TooLarge) } else { Ok(found) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use AttachmentAction as Act;
    use AttachmentState as S;

    #[test]
    fn a_file_is_judged_once() {
        let allowed = [(S::Pending, Act::Accept, S::Ready), (S::Pending, Act::Refuse, S::Refused)];
        crate::transition::tests::exactly(&allowed, S::apply);
    }

    #[test]
    fn a_file_is_admitted_by_its_content_and_never_by_its_name() {
        let limits = AttachmentLimits { photo_bytes: 10, ..AttachmentLimits::default() };
        let jpeg = b"\xff\xd8\xff\xe0....";
        let pdf = b"%PDF-1.7";
        for declared in [None, Some("image/jpeg"), Some("image/jpg"), Some("application/octet-stream")] {
            assert_eq!(limits.admit(jpeg, 10, declared), Ok(MediaType::Jpeg), "{declared:?}");
        }
        assert_eq!(limits.admit(jpeg, 11, None), Err(AttachmentRefusal::TooLarge));
        assert_eq!(limits.admit(pdf, 11, None), Ok(MediaType::Pdf));
        assert_eq!(limits.admit(pdf, 8, Some("image/jpeg")), Err(AttachmentRefusal::Type));
        assert_eq!(limits.admit(b"MZ\x90\0", 4, Some("image/jpeg")), Err(AttachmentRefusal::Type));
        assert_eq!(limits.admit(b"", 0, None), Err(AttachmentRefusal::Type));
    }
}
