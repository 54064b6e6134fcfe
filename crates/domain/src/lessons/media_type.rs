//! What a file is, told by its content.

use super::attachment::AttachmentKind;

/// A type of files that is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MediaType {
    /// JPEG.
    Jpeg,
    /// PNG.
    Png,
    /// WebP.
    Webp,
    /// PDF.
    Pdf,
    /// MPEG layer 3.
    Mp3,
    /// AAC in an MPEG-4 or 3GP file, as telephones record.
    Mp4,
    /// AAC by itself.
    Aac,
    /// Opus or Vorbis in Ogg.
    Ogg,
    /// WAV.
    Wav,
}

/// The most that has to be seen of a file's beginning.
pub const BEGINNING: usize = 64;

impl MediaType {
    /// All of them.
    pub const ALL: [Self; 9] =
        [Self::Jpeg, Self::Png, Self::Webp, Self::Pdf, Self::Mp3, Self::Mp4, Self::Aac, Self::Ogg, Self::Wav];

    /// The type under which it is served.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Webp => "image/webp",
            Self::Pdf => "application/pdf",
            Self::Mp3 => "audio/mpeg",
            Self::Mp4 => "audio/mp4",
            Self::Aac => "audio/aac",
            Self::Ogg => "audio/ogg",
            Self::Wav => "audio/wav",
        }
    }

    /// The type with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|media| media.name() == name)
    }

    /// The ending of a file's name.
    #[must_use]
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::Webp => "webp",
            Self::Pdf => "pdf",
            Self::Mp3 => "mp3",
            Self::Mp4 => "m4a",
            Self::Aac => "aac",
            Self::Ogg => "ogg",
            Self::Wav => "wav",
        }
    }

    /// The type that a sender takes a file of this name for.
    #[must_use]
    pub fn by_file_name(name: &str) -> Option<Self> {
        let extension = name.rsplit_once('.')?.1.to_ascii_lowercase();
        match extension.as_str() {
            "jpeg" => Some(Self::Jpeg),
            "mp4" | "3gp" => Some(Self::Mp4),
            "oga" | "opus" => Some(Self::Ogg),
            extension => Self::ALL.into_iter().find(|media| media.extension() == extension),
        }
    }

    /// What kind of file it is.
    #[must_use]
    pub const fn kind(self) -> AttachmentKind {
        match self {
            Self::Jpeg | Self::Png | Self::Webp => AttachmentKind::Photo,
            Self::Pdf => AttachmentKind::Document,
            Self::Mp3 | Self::Mp4 | Self::Aac | Self::Ogg | Self::Wav => AttachmentKind::Audio,
        }
    }

    /// Whether a sender may mean this type by that name: programs have several names for the same,
    /// and one that means "some file".
    #[must_use]
    pub fn is_called(self, declared: &str) -> bool {
        let name = declared.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        let others: &[&str] = match self {
            Self::Jpeg => &["image/jpg", "image/pjpeg"],
            Self::Png => &["image/x-png"],
            Self::Webp => &[],
            Self::Pdf => &["application/x-pdf"],
            Self::Mp3 => &["audio/mp3", "audio/x-mp3", "audio/x-mpeg", "audio/mpeg3"],
            Self::Mp4 => &[
                "audio/m4a",
                "audio/x-m4a",
                "audio/aac",
                "audio/3gpp",
                "audio/3gp",
                "video/3gpp",
                "video/mp4",
            ],
            Self::Aac => &["audio/aacp", "audio/x-aac", "audio/vnd.dlna.adts"],
            Self::Ogg => &["audio/opus", "audio/vorbis", "application/ogg", "video/ogg"],
            Self::Wav => &["audio/x-wav", "audio/wave", "audio/vnd.wave"],
        };
        name == self.name()
            || others.contains(&name.as_str())
            || matches!(name.as_str(), "" | "application/octet-stream" | "binary/octet-stream")
    }

    /// The type that a sender means by this name, before there is anything to see.
    #[must_use]
    pub fn announced(declared: &str) -> Option<Self> {
        let plain = declared.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        let vague = Self::ALL.into_iter().all(|media| media.is_called(&plain));
        Self::from_name(&plain)
            .or_else(|| Self::ALL.into_iter().find(|media| !vague && media.is_called(&plain)))
    }

    /// The type of a file that begins so, of which [`BEGINNING`] bytes are enough.
    #[must_use]
    pub fn sniff(beginning: &[u8]) -> Option<Self> {
        let at =
            |place: usize, mark: &[u8]| beginning.get(place..).is_some_and(|rest| rest.starts_with(mark));
        if at(0, b"\xff\xd8\xff") {
            Some(Self::Jpeg)
        } else if at(0, b"\x89PNG\r\n\x1a\n") {
            Some(Self::Png)
        } else if at(0, b"RIFF") && at(8, b"WEBP") {
            Some(Self::Webp)
        } else if at(0, b"RIFF") && at(8, b"WAVE") {
            Some(Self::Wav)
        } else if at(0, b"%PDF-") {
            Some(Self::Pdf)
        } else if at(0, b"OggS") && (at(28, b"OpusHead") || at(28, b"\x01vorbis")) {
            Some(Self::Ogg)
        } else if at(4, b"ftyp") && beginning.get(8..12).is_some_and(is_audio_brand) {
            Some(Self::Mp4)
        } else if at(0, b"ID3") {
            Some(Self::Mp3)
        } else {
            frame(beginning)
        }
    }
}

/// Whether recorders of sound write files of this brand. Some write pictures that move under the
/// same: whoever takes the file has to look for those.
fn is_audio_brand(brand: &[u8]) -> bool {
    [b"M4A ", b"M4B ", b"mp41", b"mp42", b"isom", b"iso2", b"3gp4", b"3gp5", b"3gp6"]
        .iter()
        .any(|known| brand == known.as_slice())
}

/// The type of a stream that begins with the head of an MPEG frame.
fn frame(beginning: &[u8]) -> Option<MediaType> {
    let &[first, second, third, ..] = beginning else { return None };
    if first != 0xff || second & 0xe0 != 0xe0 {
        return None;
    }
    let (version, layer) = ((second >> 3) & 3, (second >> 1) & 3);
    if second & 0xf6 == 0xf0 {
        // The head of AAC: layer 0, and a sampling rate that there is.
        return ((third >> 2) & 15 < 13).then_some(MediaType::Aac);
    }
    let (bits, rate) = (third >> 4, (third >> 2) & 3);
    (layer == 1 && version != 1 && bits != 0 && bits != 15 && rate != 3).then_some(MediaType::Mp3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_type_is_told_by_its_beginning() {
        let ogg = |codec: &[u8]| [b"OggS".as_slice(), &[0; 24], codec].concat();
        let cases: [(&[u8], MediaType); 13] = [
            (b"\xff\xd8\xff\xe1\0\0Exif", MediaType::Jpeg),
            (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", MediaType::Png),
            (b"RIFF\x10\0\0\0WEBPVP8 ", MediaType::Webp),
            (b"RIFF\x10\0\0\0WAVEfmt ", MediaType::Wav),
            (b"%PDF-1.4\n", MediaType::Pdf),
            (&ogg(b"OpusHead"), MediaType::Ogg),
            (&ogg(b"\x01vorbis"), MediaType::Ogg),
            (b"\0\0\0\x20ftypM4A \0\0\0\0", MediaType::Mp4),
            (b"\0\0\0\x18ftyp3gp4\0\0\0\0", MediaType::Mp4),
            (b"ID3\x04\0\0\0\0\0\0", MediaType::Mp3),
            (b"\xff\xfb\x90\x64", MediaType::Mp3),
            (b"\xff\xf3\x40\xc4", MediaType::Mp3),
            (b"\xff\xf1\x50\x80", MediaType::Aac),
        ];
        for (beginning, expected) in cases {
            assert_eq!(MediaType::sniff(beginning), Some(expected), "{}", beginning.escape_ascii());
        }
    }

    #[test]
    fn what_is_not_taken_is_not_told_for_something_that_is() {
        for beginning in [
            b"".as_slice(),
            b"\xff",
            b"GIF89a",
            b"<svg xmlns",
            b"<!doctype html>",
            b"PK\x03\x04",
            b"MZ\x90\0\x03",
            b"RIFF\x10\0\0\0AVI ",
            b"\0\0\0\x18ftypavif",
            b"\0\0\0\x18ftypheic",
            b"\x1aE\xdf\xa3",
            b"OggS\0\x02\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x80theora",
            b"\xff\xff\xff\xff",
            b" %PDF-1.4",
        ] {
            assert_eq!(MediaType::sniff(beginning), None, "{}", beginning.escape_ascii());
        }
    }

    #[test]
    fn a_type_has_the_names_that_programs_give_it_and_no_others() {
        for media in MediaType::ALL {
            assert!(media.is_called(media.name()) && media.is_called("application/octet-stream"));
            assert!(!media.is_called("text/html"));
            assert_eq!(MediaType::from_name(media.name()), Some(media));
        }
        assert_eq!(MediaType::announced("audio/aac"), Some(MediaType::Aac));
        assert_eq!(MediaType::announced("audio/x-m4a"), Some(MediaType::Mp4));
        assert_eq!(MediaType::by_file_name("IMG_0001.JPEG"), Some(MediaType::Jpeg));
        assert_eq!(MediaType::by_file_name("voice.note.m4a"), Some(MediaType::Mp4));
        assert_eq!(MediaType::by_file_name("jpg"), None);
        for vague in ["", "application/octet-stream", "text/html"] {
            assert_eq!(MediaType::announced(vague), None, "{vague}");
        }
        assert!(MediaType::Ogg.is_called("audio/ogg; codecs=opus"));
        assert!(MediaType::Jpeg.is_called("IMAGE/JPG"));
        assert!(!MediaType::Pdf.is_called("image/jpeg"));
    }
}
