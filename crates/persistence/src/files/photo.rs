//! Photos are encoded anew: what is kept is the picture, upright, and nothing of where, when and
//! with which device it was taken.

use std::fs::File;
use std::io::{BufReader, Cursor};

use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::PngEncoder;
use image::codecs::webp::WebPEncoder;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits, Rgb, RgbImage};
use maip_domain::lessons::MediaType;

/// The longer side of what is kept: enough for a page of print.
const LONGEST_SIDE: u32 = 2560;
/// The longer side of a thumbnail.
const THUMBNAIL_SIDE: u32 = 400;
/// No sensible photo is longer.
const LONGEST_READ: u32 = 30_000;
/// Of JPEG, out of 100.
const QUALITY: u8 = 82;
const THUMBNAIL_QUALITY: u8 = 75;

/// A photo as it is kept.
pub(super) struct Photo {
    pub media: MediaType,
    pub bytes: Vec<u8>,
    pub width: u32,
    pub height: u32,
    /// JPEG, whatever the photo is.
    pub thumbnail: Vec<u8>,
}

/// It can't be read, or takes too much to be read.
pub(super) struct Unreadable;

impl From<ImageError> for Unreadable {
    fn from(error: ImageError) -> Self {
        tracing::debug!(%error, "a photo can't be read");
        Self
    }
}

/// So many bytes a pixel are taken at most while it is decoded: what a progressive JPEG holds back, and
/// the picture.
const BYTES_A_PIXEL: u64 = 10;

/// How much memory it will take to decode a photo, by what its first bytes say.
pub(super) fn memory(file: File, media: MediaType, most_pixels: u64) -> Result<u64, Unreadable> {
    let bytes = file.metadata().map_or(0, |about| about.len());
    let (width, height) = decoder(file, media, most_pixels)?.dimensions();
    Ok(bytes + BYTES_A_PIXEL * u64::from(width) * u64::from(height))
}

fn decoder(file: File, media: MediaType, most_pixels: u64) -> Result<impl ImageDecoder, Unreadable> {
    let format = match media {
        MediaType::Jpeg => ImageFormat::Jpeg,
        MediaType::Png => ImageFormat::Png,
        MediaType::Webp => ImageFormat::WebP,
        _ => return Err(Unreadable),
    };
    let mut reader = ImageReader::with_format(BufReader::new(file), format);
    let mut limits = Limits::no_limits();
    limits.max_image_width = Some(LONGEST_READ);
    limits.max_image_height = Some(LONGEST_READ);
    limits.max_alloc = Some(most_pixels.saturating_mul(8));
    reader.limits(limits);
    let decoder = reader.into_decoder()?;
    let (width, height) = decoder.dimensions();
    // What a few bytes claim to be is looked at before it is unpacked.
    if u64::from(width) * u64::from(height) > most_pixels
        || decoder.total_bytes() > most_pixels.saturating_mul(4)
    {
        return Err(Unreadable);
    }
    Ok(decoder)
}

/// Decodes and encodes. It takes a moment and a lot of memory: not for async threads, and not many
/// at a time.
pub(super) fn encode_anew(file: File, media: MediaType, most_pixels: u64) -> Result<Photo, Unreadable> {
    let mut decoder = decoder(file, media, most_pixels)?;
    let (width, height) = decoder.dimensions();
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut picture = DynamicImage::from_decoder(decoder)?;
    if width.max(height) > LONGEST_SIDE {
        picture = picture.thumbnail(LONGEST_SIDE, LONGEST_SIDE);
    }
    // Plain colours of 8 bits, with transparency where there is any.
    let transparent = picture.color().has_alpha();
    let mut picture = if transparent {
        DynamicImage::from(picture.into_rgba8())
    } else {
        DynamicImage::from(picture.into_rgb8())
    };
    picture.apply_orientation(orientation);
    let media = if media == MediaType::Webp && !transparent { MediaType::Jpeg } else { media };
    let mut bytes = Vec::new();
    match media {
        MediaType::Png => picture.write_with_encoder(PngEncoder::new(&mut bytes))?,
        // Without loss is all that can be written; drawings with transparency are small so.
        MediaType::Webp => picture.write_with_encoder(WebPEncoder::new_lossless(&mut bytes))?,
        _ => picture.write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, QUALITY))?,
    }
    let thumbnail = thumbnail(&picture)?;
    Ok(Photo { media, bytes, width: picture.width(), height: picture.height(), thumbnail })
}

fn thumbnail(picture: &DynamicImage) -> Result<Vec<u8>, Unreadable> {
    let small = if picture.width().max(picture.height()) > THUMBNAIL_SIDE {
        picture.thumbnail(THUMBNAIL_SIDE, THUMBNAIL_SIDE)
    } else {
        picture.clone()
    };
    let mut bytes = Cursor::new(Vec::new());
    on_white(&small).write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, THUMBNAIL_QUALITY))?;
    Ok(bytes.into_inner())
}

/// JPEG knows no transparency.
fn on_white(picture: &DynamicImage) -> RgbImage {
    if !picture.color().has_alpha() {
        return picture.to_rgb8();
    }
    let picture = picture.to_rgba8();
    RgbImage::from_fn(picture.width(), picture.height(), |x, y| {
        let [red, green, blue, alpha] = picture.get_pixel(x, y).0;
        let alpha = u16::from(alpha);
        let mixed = |colour: u8| {
            let mixed = (u16::from(colour) * alpha + 255 * (255 - alpha)) / 255;
            u8::try_from(mixed).unwrap_or(u8::MAX)
        };
        Rgb([mixed(red), mixed(green), mixed(blue)])
    })
}
