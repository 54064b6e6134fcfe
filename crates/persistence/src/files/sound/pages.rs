//! Opus and Vorbis in Ogg: packets, of which the second is the comments.

use std::fs::File;
use std::io::{BufReader, BufWriter, Write as _};

use ogg::{OggReadError, PacketReader, PacketWriteEndInfo, PacketWriter};

use super::SoundError;

/// Comments that say nothing, not even by which program.
const OPUS: &[u8] = b"OpusTags\0\0\0\0\0\0\0\0";
const VORBIS: &[u8] = b"\x03vorbis\0\0\0\0\0\0\0\0\x01";

/// Copies the packets, but for the comments.
pub(super) fn copy(from: File, to: &mut File) -> Result<(), SoundError> {
    let mut from = PacketReader::new(BufReader::new(from));
    let mut to = PacketWriter::new(BufWriter::new(to));
    let first = from.read_packet().map_err(unreadable)?.ok_or(SoundError::Unreadable)?;
    let (silent, heads) = if first.data.starts_with(b"OpusHead") {
        (OPUS, 2)
    } else if first.data.starts_with(b"\x01vorbis") {
        (VORBIS, 3)
    } else {
        return Err(SoundError::NotSound);
    };
    let stream = first.stream_serial();
    let mut number = 0;
    let mut next = Some(first);
    while let Some(packet) = next {
        next = from.read_packet().map_err(unreadable)?;
        // A second stream, beside this one or behind it, may be anything.
        if packet.stream_serial() != stream || next.as_ref().is_some_and(ogg::Packet::first_in_stream) {
            return Err(SoundError::NotSound);
        }
        let end = if next.is_none() {
            PacketWriteEndInfo::EndStream
        } else if packet.last_in_page() {
            PacketWriteEndInfo::EndPage
        } else {
            PacketWriteEndInfo::NormalPacket
        };
        let position = packet.absgp_page();
        if number == 1 {
            let mark = if heads == 2 { &OPUS[..8] } else { &VORBIS[..7] };
            if !packet.data.starts_with(mark) {
                return Err(SoundError::Unreadable);
            }
            to.write_packet(silent, stream, end, position)?;
        } else {
            to.write_packet(packet.data, stream, end, position)?;
        }
        number += 1;
    }
    if number <= heads {
        return Err(SoundError::Unreadable);
    }
    Ok(to.into_inner().flush()?)
}

fn unreadable(error: OggReadError) -> SoundError {
    match error {
        OggReadError::ReadError(error) if error.kind() != std::io::ErrorKind::UnexpectedEof => error.into(),
        _ => SoundError::Unreadable,
    }
}
