//! MPEG-4 and 3GP: boxes in boxes. The sound is found by its distance from the beginning, so what is
//! taken out is filled up with nothing, and every byte that stays keeps its place.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};

use super::SoundError;

const MOST_BOXES: usize = 10_000;
/// Where a `hdlr` says what kind of track it is, and where a name may begin behind that.
const HANDLER_KIND: u64 = 8;
const HANDLER_NAME: u64 = 12;

/// Which boxes stay in a box of this name; four blanks are the file.
fn wanted(within: [u8; 4]) -> &'static [&'static [u8; 4]] {
    match &within {
        b"    " => &[b"ftyp", b"styp", b"moov", b"moof", b"mdat", b"sidx"],
        b"moov" => &[b"mvhd", b"trak", b"mvex"],
        b"trak" => &[b"tkhd", b"edts", b"mdia"],
        b"edts" => &[b"elst"],
        b"mdia" => &[b"mdhd", b"hdlr", b"minf"],
        b"minf" => &[b"smhd", b"dinf", b"stbl"],
        b"dinf" => &[b"dref"],
        b"stbl" => &[
            b"stsd", b"stts", b"ctts", b"stsc", b"stsz", b"stz2", b"stco", b"co64", b"stss", b"sdtp",
            b"sgpd", b"sbgp",
        ],
        b"mvex" => &[b"mehd", b"trex"],
        b"moof" => &[b"mfhd", b"traf"],
        b"traf" => &[b"tfhd", b"tfdt", b"trun", b"sgpd", b"sbgp"],
        _ => &[],
    }
}

/// What is done to the copy.
#[derive(Default)]
struct Changes {
    /// Where boxes get the name of one that is empty.
    emptied: Vec<u64>,
    /// What becomes zeros: from where, how long.
    cleared: Vec<(u64, u64)>,
    boxes: usize,
    tracks: usize,
    sound: bool,
}

/// Copies a recording, without what isn't needed to play it.
pub(super) fn copy(mut from: File, to: &mut File) -> Result<(), SoundError> {
    let end = from.seek(SeekFrom::End(0))?;
    let mut changes = Changes::default();
    changes.walk(&mut from, *b"    ", 0, end)?;
    if changes.tracks == 0 || !changes.sound {
        return Err(SoundError::NotSound);
    }
    from.rewind()?;
    io::copy(&mut from, to)?;
    for at in changes.emptied {
        to.seek(SeekFrom::Start(at + 4))?;
        to.write_all(b"free")?;
    }
    for (at, length) in changes.cleared {
        to.seek(SeekFrom::Start(at))?;
        io::copy(&mut io::repeat(0).take(length), to)?;
    }
    Ok(())
}

impl Changes {
    /// Looks through the boxes between two places, which are in one of this name.
    fn walk(&mut self, file: &mut File, within: [u8; 4], mut at: u64, end: u64) -> Result<(), SoundError> {
        while at < end {
            self.boxes += 1;
            let mut head = [0; 8];
            // Nothing is cut off, but for a few bytes at the end of a box, which are some writers' mark.
            if end - at < 8 {
                self.cleared.push((at, end - at));
                return Ok(());
            }
            file.seek(SeekFrom::Start(at))?;
            file.read_exact(&mut head)?;
            let [a, b, c, d, name @ ..] = head;
            let (length, body) = match u32::from_be_bytes([a, b, c, d]) {
                0 => (end - at, 8),
                1 => {
                    let mut long = [0; 8];
                    file.read_exact(&mut long).map_err(|_| SoundError::Unreadable)?;
                    (u64::from_be_bytes(long), 16)
                }
                length => (u64::from(length), 8),
            };
            if length < body || length > end - at || self.boxes > MOST_BOXES {
                return Err(SoundError::Unreadable);
            }
            let (inner, next) = (at + body, at + length);
            if wanted(within).contains(&&name) {
                self.keep(file, name, inner, next)?;
            } else {
                self.emptied.push(at);
                self.cleared.push((inner, next - inner));
            }
            at = next;
        }
        Ok(())
    }

    /// Looks at a box that stays.
    fn keep(&mut self, file: &mut File, name: [u8; 4], at: u64, end: u64) -> Result<(), SoundError> {
        match &name {
            b"mvhd" | b"tkhd" | b"mdhd" => self.clear_dates(file, at, end),
            b"hdlr" => {
                // A track of pictures, or of places along the way.
                if bytes::<4>(file, at + HANDLER_KIND, end)? != *b"soun" {
                    return Err(SoundError::NotSound);
                }
                self.tracks += 1;
                self.cleared.push((at + HANDLER_NAME, end - at - HANDLER_NAME));
                Ok(())
            }
            b"dref" => only_here(file, at, end),
            b"mdat" => {
                self.sound |= end > at;
                Ok(())
            }
            _ if wanted(name).is_empty() => Ok(()),
            _ => {
                let tracks = self.tracks;
                self.walk(file, name, at, end)?;
                // One that doesn't say what it is.
                if &name == b"trak" && self.tracks != tracks + 1 {
                    return Err(SoundError::Unreadable);
                }
                Ok(())
            }
        }
    }

    /// When it was made and changed, behind the version.
    fn clear_dates(&mut self, file: &mut File, at: u64, end: u64) -> Result<(), SoundError> {
        let [version] = bytes::<1>(file, at, end)?;
        let length = if version == 1 { 16 } else { 8 };
        if at + 4 + length > end {
            return Err(SoundError::Unreadable);
        }
        self.cleared.push((at + 4, length));
        Ok(())
    }
}

/// The sound has to be in this file: an address of another one would say something.
fn only_here(file: &mut File, at: u64, end: u64) -> Result<(), SoundError> {
    let [.., a, b, c, d] = bytes::<8>(file, at, end)?;
    let count = u64::from(u32::from_be_bytes([a, b, c, d]));
    if count > 16 || end - at != 8 + 12 * count {
        return Err(SoundError::Unreadable);
    }
    for number in 0..count {
        let entry = bytes::<12>(file, at + 8 + 12 * number, end)?;
        if entry[11] & 1 == 0 {
            return Err(SoundError::Unreadable);
        }
    }
    Ok(())
}

fn bytes<const N: usize>(file: &mut File, at: u64, end: u64) -> Result<[u8; N], SoundError> {
    let mut bytes = [0; N];
    if end.saturating_sub(at) < u64::try_from(N).unwrap_or(u64::MAX) {
        return Err(SoundError::Unreadable);
    }
    file.seek(SeekFrom::Start(at))?;
    file.read_exact(&mut bytes)?;
    Ok(bytes)
}
