//! Recordings are written anew: the sound as it came, and nothing of what is said beside it, such as
//! names, places and dates. Each kind is copied by what belongs to the sound, so that what isn't known
//! here stays out too.

mod boxes;
mod chunks;
mod frames;
mod input;
mod pages;

use std::fs::File;
use std::io;

use maip_domain::lessons::MediaType;

/// Why a recording isn't written anew.
#[derive(Debug, thiserror::Error)]
pub(super) enum SoundError {
    /// There is more in it than sound, or none.
    #[error("not sound alone")]
    NotSound,
    /// It is broken or cut short.
    #[error("it can't be read")]
    Unreadable,
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Writes the sound of a recording to an empty file. In pieces: a long one takes no more memory.
pub(super) fn copy(from: File, to: &mut File, media: MediaType) -> Result<(), SoundError> {
    match media {
        MediaType::Mp3 => frames::copy::<frames::Mpeg>(from, to),
        MediaType::Aac => frames::copy::<frames::Adts>(from, to),
        MediaType::Wav => chunks::copy(from, to),
        MediaType::Ogg => pages::copy(from, to),
        MediaType::Mp4 => boxes::copy(from, to),
        MediaType::Jpeg | MediaType::Png | MediaType::Webp | MediaType::Pdf => Err(SoundError::NotSound),
    }
}
