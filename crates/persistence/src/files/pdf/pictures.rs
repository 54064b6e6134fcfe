//! Photos in a document: scanners and telephones put theirs in as they are, with place and time.

use lopdf::{Object, Stream};

/// Takes out of a JPEG what isn't picture or colour. One that is packed once more is unpacked.
pub(super) fn without_words(stream: &mut Stream, most: usize) {
    let filters: Vec<Vec<u8>> =
        stream.filters().map(|all| all.into_iter().map(<[u8]>::to_vec).collect()).unwrap_or_default();
    let Some((last, before)) = filters.split_last() else { return };
    if last != b"DCTDecode" && last != b"DCT" {
        return;
    }
    let unpacked = if before.is_empty() {
        None
    } else {
        let mut outer = stream.clone();
        let names = before.iter().map(|name| Object::Name(name.clone())).collect::<Vec<_>>();
        outer.dict.set("Filter", names);
        match outer.decompressed_content_with_limit(most) {
            Ok(content) => Some(content),
            Err(_) => return stream.set_content(Vec::new()),
        }
    };
    let picture = stripped(unpacked.as_deref().unwrap_or(&stream.content));
    if unpacked.is_some() {
        stream.dict.set("Filter", Object::Name(b"DCTDecode".to_vec()));
        stream.dict.remove(b"DecodeParms");
    }
    stream.set_content(picture.unwrap_or_default());
}

const START: u8 = 0xd8;
const END: u8 = 0xd9;
const SCAN: u8 = 0xda;
const COLOUR_PROFILE: u8 = 0xe2;
const COLOUR_TRANSFORM: u8 = 0xee;
const COMMENT: u8 = 0xfe;

/// The segments that it takes to show a JPEG, up to its end; nothing where it isn't one.
fn stripped(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut kept = Vec::with_capacity(bytes.len());
    let mut rest = bytes.strip_prefix(&[0xff, START])?;
    kept.extend([0xff, START]);
    loop {
        let mark = rest.iter().position(|byte| *byte != 0xff)?;
        if mark == 0 {
            return None;
        }
        let name = rest[mark];
        rest = &rest[mark + 1..];
        if name == END {
            kept.extend([0xff, END]);
            return Some(kept);
        }
        let length = usize::from(u16::from_be_bytes([*rest.first()?, *rest.get(1)?]));
        let segment = rest.get(..length.max(2))?;
        rest = &rest[segment.len()..];
        let wanted = match name {
            COLOUR_PROFILE => segment[2..].starts_with(b"ICC_PROFILE\0"),
            COLOUR_TRANSFORM => true,
            0xe0..=0xef | COMMENT => false,
            _ => true,
        };
        if wanted {
            kept.extend([0xff, name]);
            kept.extend(segment);
        }
        if name == SCAN {
            let length = scan(rest);
            kept.extend(&rest[..length]);
            rest = &rest[length..];
            if rest.is_empty() {
                // Cut short: what there is can be shown.
                return Some(kept);
            }
        }
    }
}

/// How long the picture's data are that stand here: up to a mark that doesn't belong to them.
fn scan(bytes: &[u8]) -> usize {
    let ends = |at: &usize| matches!(bytes.get(at + 1), Some(next) if *next != 0 && *next != 0xff && !(0xd0..=0xd7).contains(next));
    memchr::memchr_iter(0xff, bytes).find(ends).unwrap_or(bytes.len())
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use image::{DynamicImage, ImageFormat, RgbImage};

    use super::*;

    #[test]
    fn a_photo_in_a_document_says_nothing_beside_what_it_shows() {
        let mut plain = Cursor::new(Vec::new());
        let picture = DynamicImage::from(RgbImage::from_fn(40, 30, |x, _| {
            image::Rgb([u8::try_from(x).unwrap(), 9, 9])
        }));
        picture.write_to(&mut plain, ImageFormat::Jpeg).unwrap();
        let plain = plain.into_inner();
        let said = |name: u8, text: &[u8]| {
            let length = u16::try_from(text.len() + 2).unwrap().to_be_bytes();
            [&[0xff, name], &length[..], text].concat()
        };
        let talkative = [
            &plain[..2],
            &said(0xe1, b"Exif\0\0 15 47 S, 35 00 E"),
            &said(0xe2, b"MPF\0 15 47 S"),
            &said(0xfe, b"by Ada"),
            &plain[2..],
            b"after the end: 15 47 S",
        ]
        .concat();
        let kept = stripped(&talkative).unwrap();
        for canary in [b"15 47 S".as_slice(), b"by Ada", b"Exif"] {
            assert!(memchr::memmem::find(&kept, canary).is_none(), "{}", canary.escape_ascii());
        }
        let (one, other) =
            (image::load_from_memory(&kept).unwrap(), image::load_from_memory(&plain).unwrap());
        assert_eq!(one, other);
        for broken in
            [b"".as_slice(), b"\xff\xd8", b"\xff\xd8\xff\xe1\0", b"\xff\xd8\xff\xe1\xff\xffx", b"GIF"]
        {
            assert_eq!(stripped(broken), None);
        }
    }
}
