//! Whether a recording is one, as far as that can be told without decoding it.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek as _, SeekFrom};

use maip_domain::lessons::MediaType;
use maip_domain::lessons::media_type::BEGINNING;

/// The head of a track's handler in MPEG-4, up to its type: what stands there for moving pictures.
const HANDLER: &[u8] = b"hdlr";
const PICTURES: &[u8] = b"vide";
/// Version, flags and a reserved word stand between the two.
const BETWEEN: usize = 8;

/// Whether this is sound alone.
pub(super) fn is_sound(mut file: File, media: MediaType) -> io::Result<bool> {
    match media {
        MediaType::Mp4 => Ok(!shows_pictures(BufReader::new(file))?),
        MediaType::Mp3 => sounds_after_tag(&mut file),
        MediaType::Wav => {
            let mut beginning = [0; BEGINNING];
            let read = read_up_to(&mut file, &mut beginning)?;
            Ok(beginning[..read].windows(4).any(|mark| mark == b"fmt "))
        }
        _ => Ok(true),
    }
}

/// Whether there is a track of pictures. The whole file is looked through, since the part that says so
/// may be at its end.
fn shows_pictures(mut file: impl Read) -> io::Result<bool> {
    let whole = HANDLER.len() + BETWEEN + PICTURES.len();
    let mut held = Vec::with_capacity(64 * 1024 + whole);
    let mut piece = vec![0; 64 * 1024];
    loop {
        let read = file.read(&mut piece)?;
        if read == 0 {
            return Ok(false);
        }
        held.extend_from_slice(&piece[..read]);
        let found = memchr::memmem::find_iter(&held, HANDLER).any(|at| {
            held.get(at + HANDLER.len() + BETWEEN..).is_some_and(|rest| rest.starts_with(PICTURES))
        });
        if found {
            return Ok(true);
        }
        // What may be the beginning of one is looked at again with what follows.
        let keep = held.len().min(whole - 1);
        held.drain(..held.len() - keep);
    }
}

/// Whether sound follows the tag with title and artist, where there is one.
fn sounds_after_tag(file: &mut File) -> io::Result<bool> {
    let mut head = [0; 10];
    let read = read_up_to(file, &mut head)?;
    if read < head.len() || !head.starts_with(b"ID3") {
        // It began with sound.
        return Ok(true);
    }
    // Seven bits a byte.
    let length = head[6..].iter().fold(0_u64, |length, byte| (length << 7) | u64::from(byte & 0x7f));
    file.seek(SeekFrom::Start(10 + length))?;
    // Some writers fill up with zeros.
    let mut reader = BufReader::new(file).bytes().skip_while(|byte| matches!(byte, Ok(0)));
    let mut beginning = Vec::new();
    for byte in reader.by_ref().take(4) {
        beginning.push(byte?);
    }
    Ok(MediaType::sniff(&beginning) == Some(MediaType::Mp3))
}

fn read_up_to(file: &mut File, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match file.read(&mut buffer[filled..])? {
            0 => break,
            read => filled += read,
        }
    }
    Ok(filled)
}
