//! What is let through: by content, size and type. All of it is written anew on the way.

use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::sync::Arc;

use maip_domain::error_code::ErrorCode;
use maip_domain::lessons::{AttachmentKind, AttachmentRefusal, MediaType};
use sha2::{Digest as _, Sha256};

use super::pdf::process;
use super::photo::{Photo, encode_anew, memory};
use super::queue::QueueError;
use super::sound::{self, SoundError};
use super::spool::{Spooled, hex};
use super::{FILE, Files, SpoolError, StoreError, THUMBNAIL};
use crate::stopwatch::Stopwatch;
use crate::write::{UserError, WriteError};

/// How far from its end a PDF says that it ends.
const PDF_END: u64 = 1024;

/// Why a file isn't taken.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    /// It isn't what it should be.
    #[error("refused")]
    Refused(AttachmentRefusal),
    /// Too many files at a time, or this one took too long: later it may be taken.
    #[error("too many files at a time")]
    Busy,
    /// The store, or the disk on the way to it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<io::Error> for CheckError {
    fn from(error: io::Error) -> Self {
        Self::Store(error.into())
    }
}

impl From<QueueError> for CheckError {
    fn from(error: QueueError) -> Self {
        match error {
            QueueError::Busy => Self::Busy,
            QueueError::Io(error) => error.into(),
        }
    }
}

impl From<SoundError> for CheckError {
    fn from(error: SoundError) -> Self {
        match error {
            SoundError::NotSound => Self::Refused(AttachmentRefusal::Type),
            SoundError::Unreadable => UNREADABLE,
            SoundError::Io(error) => error.into(),
        }
    }
}

impl From<SpoolError> for CheckError {
    fn from(error: SpoolError) -> Self {
        match error {
            SpoolError::TooLarge => Self::Refused(AttachmentRefusal::TooLarge),
            SpoolError::Io(error) => error.into(),
        }
    }
}

/// A file that is let through, as it will be kept.
pub struct Checked {
    /// What it is.
    pub media: MediaType,
    /// Its size.
    pub bytes: u64,
    /// Its SHA-256, hexadecimal.
    pub digest: String,
    /// Width and height of a photo.
    pub pixels: Option<(u32, u32)>,
    made: Made,
}

/// What was made of a file, yet to be stored.
enum Made {
    Photo(Photo),
    File(Spooled),
}

impl std::fmt::Debug for Checked {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Checked")
            .field("media", &self.media)
            .field("bytes", &self.bytes)
            .finish_non_exhaustive()
    }
}

impl Files {
    /// Looks at a file that was received. `declared` is the type that its sender gave. While it waits
    /// for its turn, the stopwatch stands still.
    ///
    /// # Errors
    /// [`CheckError::Refused`] with the reason; [`CheckError::Busy`] where the line is full.
    pub async fn check(
        &self,
        spooled: &Arc<Spooled>,
        declared: Option<&str>,
        watch: &Stopwatch,
    ) -> Result<Checked, CheckError> {
        let media =
            self.limits.admit(&spooled.beginning, spooled.bytes, declared).map_err(CheckError::Refused)?;
        let (spooled, spool) = (Arc::clone(spooled), self.spool.clone());
        let bytes = spooled.bytes;
        match media.kind() {
            AttachmentKind::Photo => {
                let (weighed, most_pixels) = (Arc::clone(&spooled), self.limits.photo_pixels);
                let weigh = move || memory(weighed.open()?, media, most_pixels).map_err(|_| UNREADABLE);
                let work = move || look_at_photo(&spooled, media, most_pixels);
                self.photos.run(watch, weigh, work).await?
            }
            AttachmentKind::Document => {
                let cleaner = self.cleaner.clone();
                let work = move || {
                    if !ends_as_pdf(&spooled)? {
                        return Err(UNREADABLE);
                    }
                    let clean = spool.make::<CheckError>(|to| {
                        cleaner.clean(spooled.open()?, to.try_clone()?)?.map_err(|_| UNREADABLE)
                    })?;
                    Ok(Checked::file(media, clean))
                };
                self.others.run(watch, move || Ok(process::memory(bytes)), work).await?
            }
            AttachmentKind::Audio => {
                let work = move || {
                    let sound = spool.make::<CheckError>(|to| {
                        sound::copy(spooled.open()?, to, media).map_err(CheckError::from)
                    })?;
                    Ok(Checked::file(media, sound))
                };
                // It takes some buffers.
                self.others.run(watch, || Ok(1 << 20), work).await?
            }
        }
    }

    /// Keeps a file under a key of its own.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn keep(&self, key: &str, checked: &mut Checked) -> Result<(), StoreError> {
        match &mut checked.made {
            Made::Photo(photo) => {
                self.store.put(key, THUMBNAIL, std::mem::take(&mut photo.thumbnail)).await?;
                self.store.put(key, FILE, std::mem::take(&mut photo.bytes)).await
            }
            Made::File(file) => self.store.put_spooled(key, FILE, file).await,
        }
    }
}

impl Checked {
    fn file(media: MediaType, file: Spooled) -> Self {
        Self { media, bytes: file.bytes, digest: file.digest.clone(), pixels: None, made: Made::File(file) }
    }
}

const UNREADABLE: CheckError = CheckError::Refused(AttachmentRefusal::Unreadable);

fn look_at_photo(spooled: &Spooled, media: MediaType, most_pixels: u64) -> Result<Checked, CheckError> {
    let photo = encode_anew(spooled.open()?, media, most_pixels).map_err(|_| UNREADABLE)?;
    Ok(Checked {
        media: photo.media,
        bytes: u64::try_from(photo.bytes.len()).unwrap_or(u64::MAX),
        digest: hex(&Sha256::digest(&photo.bytes)),
        pixels: Some((photo.width, photo.height)),
        made: Made::Photo(photo),
    })
}

fn ends_as_pdf(spooled: &Spooled) -> io::Result<bool> {
    let mut file = spooled.open()?;
    file.seek(SeekFrom::Start(spooled.bytes.saturating_sub(PDF_END)))?;
    let mut end = Vec::new();
    file.take(PDF_END).read_to_end(&mut end)?;
    Ok(memchr::memmem::find(&end, b"%%EOF").is_some())
}

/// What is said of a refusal, for a person.
#[must_use]
pub(super) fn refusal_message(refusal: AttachmentRefusal) -> &'static str {
    match refusal {
        AttachmentRefusal::Type => {
            "photos (JPEG, PNG, WebP), PDF and sound (MP3, AAC or M4A, Ogg, WAV) are taken, and the content has to be \
             of the type that was said"
        }
        AttachmentRefusal::TooLarge => "the file is larger than files of its kind may be",
        AttachmentRefusal::Unreadable => {
            "the file can't be read: it is broken, cut short or encrypted, or takes too much to be read"
        }
    }
}

impl From<CheckError> for WriteError {
    fn from(error: CheckError) -> Self {
        match error {
            CheckError::Refused(refusal) => {
                UserError::at("file", ErrorCode::from(refusal), refusal_message(refusal)).into()
            }
            CheckError::Busy => Self::LineFull,
            CheckError::Store(error) => error.into(),
        }
    }
}
