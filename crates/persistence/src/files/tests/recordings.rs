//! Recordings with everything that recorders write into them: a place, a name, a date, a picture.

use lofty::file::{AudioFile as _, TaggedFileExt as _};
use lofty::probe::Probe;
use lofty::tag::TagExt as _;
use ogg::{PacketWriteEndInfo, PacketWriter};

use super::*;

const PLACE: &[u8] = b"+15.7861-035.0058/";
const NAME: &[u8] = b"Ada Banda";

/// Something that says where and by whom.
fn said() -> Vec<u8> {
    [PLACE, b" ", NAME].concat()
}

fn id3v2() -> Vec<u8> {
    let text = [b"\x03".as_slice(), &said()].concat();
    let frame = [b"TIT2\0\0\0".as_slice(), &[u8::try_from(text.len()).unwrap(), 0, 0], &text].concat();
    [b"ID3\x04\0\0\0\0\0".as_slice(), &[u8::try_from(frame.len()).unwrap()], &frame].concat()
}

fn id3v1() -> Vec<u8> {
    let mut tag = [b"TAG".as_slice(), &said()].concat();
    tag.resize(128, 0);
    tag
}

fn ape() -> Vec<u8> {
    let text = said();
    let length = |length: usize| u32::try_from(length).unwrap().to_le_bytes();
    let item = [&length(text.len())[..], &[0; 4], b"Artist\0", &text].concat();
    let head = |flags: u32| {
        [
            b"APETAGEX".as_slice(),
            &length(2000),
            &length(item.len() + 32),
            &length(1),
            &flags.to_le_bytes(),
            &[0; 8],
        ]
        .concat()
    };
    [head(0xa000_0000), item.clone(), head(0x8000_0000)].concat()
}

/// Frames of silence.
fn frames() -> Vec<u8> {
    let mut frame = b"\xff\xfb\x90\x64".to_vec();
    frame.resize(417, 0);
    frame.repeat(40)
}

fn mp3() -> Vec<u8> {
    let frames = frames();
    let (before, after) = frames.split_at(417 * 20);
    // A tag of a radio's title stands between the frames.
    [id3v2(), vec![0; 30], before.to_vec(), id3v2(), after.to_vec(), ape(), id3v1()].concat()
}

fn aac() -> Vec<u8> {
    let mut frame = b"\xff\xf1\x50\x80\x04\x1f\xfc".to_vec();
    frame.resize(32, 0);
    [frame.repeat(50), id3v1()].concat()
}

fn ogg(packets: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut writer = PacketWriter::new(&mut bytes);
    for (number, packet) in packets.iter().enumerate() {
        let end = match number {
            0 | 1 => PacketWriteEndInfo::EndPage,
            _ if number + 1 == packets.len() => PacketWriteEndInfo::EndStream,
            _ => PacketWriteEndInfo::NormalPacket,
        };
        let position = if number < 2 { 0 } else { 960 * u64::try_from(number).unwrap() };
        writer.write_packet(packet.clone(), 7, end, position).unwrap();
    }
    bytes
}

fn comments(mark: &[u8], end: &[u8]) -> Vec<u8> {
    let text = |text: &[u8]| [&u32::try_from(text.len()).unwrap().to_le_bytes()[..], text].concat();
    let location = [b"LOCATION=".as_slice(), &said()].concat();
    [mark, &text(NAME), &1_u32.to_le_bytes(), &text(&location), end].concat()
}

fn opus() -> Vec<u8> {
    let head = b"OpusHead\x01\x02\x38\x01\x80\xbb\0\0\0\0\0".to_vec();
    let mut packets = vec![head, comments(b"OpusTags", PLACE)];
    packets.extend(vec![b"\xfc\xff\xfe".to_vec(); 300]);
    ogg(&packets)
}

fn vorbis() -> Vec<u8> {
    let head = b"\x01vorbis\0\0\0\0\x01\x44\xac\0\0\0\0\0\0\0\xfa\0\0\0\0\0\0\xb8\x01".to_vec();
    let mut packets = vec![head, comments(b"\x03vorbis", b"\x01"), b"\x05vorbis\0\0".to_vec()];
    packets.extend(vec![b"\0\0".to_vec(); 50]);
    ogg(&packets)
}

fn chunk(name: [u8; 4], content: &[u8]) -> Vec<u8> {
    let padding = vec![0; content.len() % 2];
    [&name[..], &u32::try_from(content.len()).unwrap().to_le_bytes(), content, &padding].concat()
}

const FORM: &[u8] = b"\x01\0\x01\0\x40\x1f\0\0\x40\x1f\0\0\x01\0\x08\0";

fn riff(chunks: &[Vec<u8>]) -> Vec<u8> {
    let chunks = chunks.concat();
    [b"RIFF".as_slice(), &u32::try_from(chunks.len() + 4).unwrap().to_le_bytes(), b"WAVE", &chunks].concat()
}

fn wav() -> Vec<u8> {
    let info = [b"INFO".to_vec(), chunk(*b"IART", &said())].concat();
    let said = said();
    riff(&[
        chunk(*b"bext", &said),
        chunk(*b"fmt ", FORM),
        chunk(*b"LIST", &info),
        chunk(*b"data", &[128; 8_001]),
        chunk(*b"id3 ", &id3v2()),
        chunk(*b"iXML", &said),
    ])
}

fn mp4_box(name: &[u8], content: &[u8]) -> Vec<u8> {
    [&u32::try_from(content.len() + 8).unwrap().to_be_bytes()[..], name, content].concat()
}

/// A recording of a telephone, with a track of this kind.
fn mp4(kind: [u8; 4]) -> Vec<u8> {
    let date = NAME[..8].to_vec();
    let dated = |more: &[u8]| [&[0; 4][..], &date, more].concat();
    let rate = 8_000_u32.to_be_bytes();
    let length = 16_000_u32.to_be_bytes();
    let description = [
        &[0; 4][..],
        &1_u32.to_be_bytes(),
        &mp4_box(
            b"mp4a",
            &[&[0; 6][..], &[0, 1], &[0; 8], &[0, 1, 0, 16], &[0; 4], &[0x1f, 0x40, 0, 0]].concat(),
        ),
    ]
    .concat();
    let table = [
        mp4_box(b"stsd", &description),
        mp4_box(b"stts", &[0; 8]),
        mp4_box(b"stsc", &[0; 8]),
        mp4_box(b"stsz", &[0; 12]),
        mp4_box(b"stco", &[0; 8]),
    ]
    .concat();
    let reference = [&[0; 4][..], &1_u32.to_be_bytes(), &mp4_box(b"url ", &[0, 0, 0, 1])].concat();
    let inside = [
        mp4_box(b"smhd", &[0; 8]),
        mp4_box(b"dinf", &mp4_box(b"dref", &reference)),
        mp4_box(b"stbl", &table),
    ]
    .concat();
    let handler = [&[0; 8][..], &kind, &[0; 12], NAME, b"\0"].concat();
    let media = [
        mp4_box(b"mdhd", &dated(&[&rate[..], &length, &[0x55, 0xc4, 0, 0]].concat())),
        mp4_box(b"hdlr", &handler),
        mp4_box(b"minf", &inside),
    ]
    .concat();
    let track = [mp4_box(b"tkhd", &dated(&[0; 72])), mp4_box(b"mdia", &media)].concat();
    let place = [&u16::try_from(PLACE.len()).unwrap().to_be_bytes()[..], b"\x15\xc7", PLACE].concat();
    let artist = mp4_box(b"\xa9ART", &mp4_box(b"data", &[&[0, 0, 0, 1, 0, 0, 0, 0], NAME].concat()));
    let items =
        [mp4_box(b"hdlr", b"\0\0\0\0\0\0\0\0mdirappl\0\0\0\0\0\0\0\0\0"), mp4_box(b"ilst", &artist)].concat();
    let user = [mp4_box(b"\xa9xyz", &place), mp4_box(b"meta", &[&[0; 4][..], &items].concat())].concat();
    let movie = [
        mp4_box(b"mvhd", &dated(&[&rate[..], &length, &[0; 80]].concat())),
        mp4_box(b"trak", &track),
        mp4_box(b"udta", &user),
    ]
    .concat();
    [
        mp4_box(b"ftyp", b"M4A \0\0\0\0M4A isom"),
        mp4_box(b"free", &said()),
        mp4_box(b"mdat", &[1; 4_000]),
        mp4_box(b"moov", &movie),
        mp4_box(b"uuid", &[&[7; 16][..], &said()].concat()),
    ]
    .concat()
}

fn properties(bytes: &[u8], what: &str) -> (std::time::Duration, Option<u32>, bool) {
    let read = Probe::new(Cursor::new(bytes)).guess_file_type().unwrap().read();
    let read = read.unwrap_or_else(|error| panic!("{what}: {error}"));
    let properties = read.properties();
    (properties.duration(), properties.sample_rate(), read.tags().iter().any(|tag| !tag.is_empty()))
}

#[tokio::test]
async fn a_recording_says_nothing_beside_what_is_heard() {
    let (files, _folder) = files(1_000_000);
    for (what, bytes) in [
        ("mp3", mp3()),
        ("aac", aac()),
        ("opus", opus()),
        ("vorbis", vorbis()),
        ("wav", wav()),
        ("mp4", mp4(*b"soun")),
    ] {
        let served = served(&files, &bytes).await.unwrap_or_else(|refusal| panic!("{what}: {refusal:?}"));
        for canary in [PLACE, NAME, &NAME[..8]] {
            assert!(memchr::memmem::find(&bytes, canary).is_some(), "{what}");
            assert!(memchr::memmem::find(&served, canary).is_none(), "{what}: {}", served.escape_ascii());
        }
        let (before, after) = (properties(&bytes, what), properties(&served, what));
        assert_eq!((before.2, after.2), (true, false), "{what} has tags");
        assert_eq!(before.1, after.1, "{what} plays as fast");
        assert!(before.0.abs_diff(after.0).as_millis() < 100, "{what} plays as long: {before:?} {after:?}");
        // Once more changes nothing.
        assert_eq!(self::served(&files, &served).await.unwrap(), served, "{what}");
    }
    assert_eq!(served(&files, &mp3()).await.unwrap(), frames());
}

#[tokio::test]
async fn a_recording_that_was_broken_off_is_whole_again_or_refused() {
    let (files, _folder) = files(1_000_000);
    // A recorder that was switched off: the length is not what there is.
    let mut wav = riff(&[chunk(*b"fmt ", FORM), chunk(*b"data", &[128; 8_000])]);
    wav[40..44].copy_from_slice(&u32::MAX.to_le_bytes());
    assert_eq!(
        served(&files, &wav).await.unwrap(),
        riff(&[chunk(*b"fmt ", FORM), chunk(*b"data", &[128; 8_000])])
    );
    let mut mp3 = frames();
    mp3.truncate(417 * 5 + 100);
    assert_eq!(served(&files, &mp3).await.unwrap(), frames()[..417 * 5]);
    let (opus, mp4) = (opus(), mp4(*b"soun"));
    for (what, bytes) in [
        ("opus", &opus[..opus.len() - 10]),
        ("mp4", &mp4[..mp4.len() - 10]),
        ("mp4 without its end", &mp4[..4_100]),
    ] {
        assert!(served(&files, bytes).await.is_err(), "{what}");
    }
}

#[tokio::test]
async fn what_holds_more_than_sound_is_no_recording() {
    let (files, _folder) = files(1_000_000);
    let twice = [opus(), opus()].concat();
    assert!(served(&files, &twice).await.is_err(), "a second stream");
    for (what, bytes) in [
        ("pictures that move", mp4(*b"vide")),
        ("places along the way", mp4(*b"meta")),
        ("a program behind a tag", [id3v2(), b"MZ\x90\0\0\0\0\0\0\0".to_vec()].concat()),
        ("a WAV of nothing", b"RIFF\x04\0\0\0WAVEnone".to_vec()),
    ] {
        assert_eq!(served(&files, &bytes).await.unwrap_err(), AttachmentRefusal::Type, "{what}");
    }
    for (what, bytes) in [
        ("no frame", b"\xff\xfb\x90\x64\0\0\0\0\0".to_vec()),
        ("a box longer than the file", b"\0\0\0\x18ftypM4A \0\0\0\0M4A isom\0\0\xff\xffmoov".to_vec()),
    ] {
        assert_eq!(served(&files, &bytes).await.unwrap_err(), AttachmentRefusal::Unreadable, "{what}");
    }
}
