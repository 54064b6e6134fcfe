//! MP3, and AAC by itself: frames, each with its length in its head. Tags stand before, behind and at
//! times between them.

use std::fs::File;
use std::io::{BufWriter, Write as _};

use super::SoundError;
use super::input::Input;

/// How far a frame is looked for where none follows the last.
const SEARCHED: u64 = 1 << 20;
/// The head of a tag.
const TAG_HEAD: usize = 10;
/// A head, and that of the frame behind the longest.
const AHEAD: usize = 8191 + HEAD;
const HEAD: usize = 7;

/// A kind of frames.
pub(super) trait Frames {
    /// The length of a frame with this head, and what all heads of a stream have in common.
    fn head(bytes: &[u8]) -> Option<(usize, u32)>;
}

/// MPEG layer 3.
pub(super) struct Mpeg;
/// AAC.
pub(super) struct Adts;

const KILOBITS_1: [usize; 15] = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
const KILOBITS_2: [usize; 15] = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
const HERTZ: [usize; 3] = [44_100, 48_000, 32_000];

impl Frames for Mpeg {
    fn head(bytes: &[u8]) -> Option<(usize, u32)> {
        let &[0xff, second, third, ..] = bytes else { return None };
        let (version, layer) = ((second >> 3) & 3, (second >> 1) & 3);
        if second & 0xe0 != 0xe0 || version == 1 || layer != 1 {
            return None;
        }
        // Version 1 has frames of 1152 samples; 2 and 2.5 have half of that, and lower rates.
        let (kilobits, samples, slower) = match version {
            3 => (KILOBITS_1, 144, 1),
            2 => (KILOBITS_2, 72, 2),
            _ => (KILOBITS_2, 72, 4),
        };
        let kilobits = *kilobits.get(usize::from(third >> 4)).filter(|kilobits| **kilobits > 0)?;
        let hertz = HERTZ.get(usize::from((third >> 2) & 3))? / slower;
        let length = samples * kilobits * 1000 / hertz + usize::from((third >> 1) & 1);
        Some((length, u32::from(second & 0xfe) << 8 | u32::from(third & 0x0c)))
    }
}

impl Frames for Adts {
    fn head(bytes: &[u8]) -> Option<(usize, u32)> {
        let &[0xff, second, third, fourth, fifth, sixth, _, ..] = bytes else { return None };
        if second & 0xf6 != 0xf0 || (third >> 2) & 15 > 12 {
            return None;
        }
        let length = usize::from(fourth & 3) << 11 | usize::from(fifth) << 3 | usize::from(sixth >> 5);
        (length > HEAD).then_some((length, u32::from(second & 0xf8) << 8 | u32::from(third & 0xfc)))
    }
}

/// Copies the frames alone.
pub(super) fn copy<F: Frames>(from: File, to: &mut File) -> Result<(), SoundError> {
    let mut from = Input::new(from);
    let mut to = BufWriter::new(to);
    let mut common = None;
    let mut searched = 0;
    while let Some(skipped) = tag(&mut from)? {
        from.skip(skipped)?;
    }
    // Some writers fill up with zeros.
    while from.see(1)? == [0] {
        from.skip(1)?;
    }
    loop {
        let ahead = from.see(AHEAD)?;
        if ahead.len() < HEAD {
            break;
        }
        let known = |found: &(usize, u32)| common.is_none_or(|common| common == found.1);
        match F::head(ahead).filter(known) {
            Some((length, _)) if ahead.len() < length => break,
            // After something else, one frame alone may be there by chance.
            Some((length, kind))
                if searched == 0
                    || ahead.len() == length
                    || F::head(&ahead[length..]).is_some_and(|next| next.1 == kind) =>
            {
                common = Some(kind);
                searched = 0;
                from.copy(u64::try_from(length).unwrap_or(u64::MAX), &mut to)?;
            }
            _ if common.is_none() => return Err(SoundError::NotSound),
            _ => {
                let skipped = tag(&mut from)?.unwrap_or(1);
                searched += skipped;
                if searched > SEARCHED {
                    break;
                }
                from.skip(skipped)?;
            }
        }
    }
    if common.is_none() {
        return Err(SoundError::Unreadable);
    }
    Ok(to.flush()?)
}

/// The length of a tag that stands here.
fn tag(from: &mut Input) -> Result<Option<u64>, SoundError> {
    let head = from.see(TAG_HEAD)?;
    if head.len() < TAG_HEAD || !head.starts_with(b"ID3") {
        return Ok(None);
    }
    // Seven bits a byte; a footer repeats the head.
    let length = head[6..].iter().fold(0_u64, |length, byte| (length << 7) | u64::from(byte & 0x7f));
    Ok(Some(10 + length + if head[5] & 0x10 == 0 { 0 } else { 10 }))
}
