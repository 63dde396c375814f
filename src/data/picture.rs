//! One picture of an image folder: decoding within limits, orientation, size and channels.

use std::path::Path;

use image::{
    DynamicImage, ImageBuffer, ImageDecoder, ImageError, ImageReader, Limits, Pixel,
    imageops::{self, FilterType},
};

use crate::domain::ImageShape;

use super::{
    DataError,
    bounded::{bounded_product, open_file},
};

/// The largest width and height of a picture.
const MAX_SIDE: u32 = 8192;
/// The most that decoding one picture may allocate.
const MAX_DECODE_BYTES: u64 = 512 << 20;

/// File name endings that are read.
const READ: [&str; 6] = ["png", "jpg", "jpeg", "bmp", "gif", "webp"];
/// Endings of pictures that are not read: to pass over them would leave a part of the dataset out.
const NOT_READ: [&str; 16] = [
    "tif", "tiff", "avif", "heic", "heif", "jp2", "jxl", "jfif", "pgm", "ppm", "pbm", "pnm", "tga", "ico", "dds", "psd",
];

/// What the name of a file says about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FileKind {
    /// A picture to decode.
    Picture,
    /// A picture in a format that is not read.
    OtherPicture,
    /// Something else.
    Other,
}

/// Judges a file by the ending of its name.
pub(super) fn kind_of(path: &Path) -> FileKind {
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase()).unwrap_or_default();
    match ending.as_str() {
        ending if READ.contains(&ending) => FileKind::Picture,
        ending if NOT_READ.contains(&ending) => FileKind::OtherPicture,
        _ => FileKind::Other,
    }
}

/// Decodes a picture; of an animation its first frame. The format is taken from the content, not from the name.
///
/// # Errors
///
/// When it is no picture, damaged, or larger than 8192 x 8192 pixels or 512 MiB once decoded.
pub(super) fn decode(path: &Path) -> Result<DynamicImage, DataError> {
    let file = path.display().to_string();
    let fault = |reason: ImageError| match reason {
        ImageError::Limits(_) => too_large(&file, &format!("more than {MAX_DECODE_BYTES} bytes to decode it")),
        other => DataError::Picture { file: file.clone(), reason: other.to_string() },
    };
    let reader = std::io::BufReader::new(open_file(path)?);
    let mut reader =
        ImageReader::new(reader).with_guessed_format().map_err(|reason| DataError::unreadable(&file, reason))?;
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(MAX_DECODE_BYTES);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(fault)?;
    let (width, height) = decoder.dimensions();
    if width > MAX_SIDE || height > MAX_SIDE || decoder.total_bytes() > MAX_DECODE_BYTES {
        return Err(too_large(&file, &format!("{width} x {height} pixels")));
    }
    let orientation = decoder.orientation().map_err(fault)?;
    let mut picture = DynamicImage::from_decoder(decoder).map_err(fault)?;
    picture.apply_orientation(orientation);
    Ok(picture)
}

fn too_large(file: &str, found: &str) -> DataError {
    let limit = format!("{MAX_SIDE} x {MAX_SIDE} pixels and {MAX_DECODE_BYTES} bytes once decoded");
    DataError::TooLarge { file: file.to_owned(), limit, found: found.to_owned() }
}

/// The bytes of a picture as `[c, h, w]` and their shape: of 1 channel (its lightness) or 3 (RGB, an alpha channel is
/// dropped), and, if a side is chosen, its central square scaled to `side` x `side` pixels.
pub(super) fn planes(picture: &DynamicImage, side: Option<u32>, channels: usize) -> (ImageShape, Vec<u8>) {
    if channels == 1 { flatten(picture.to_luma8(), side, channels) } else { flatten(picture.to_rgb8(), side, channels) }
}

fn flatten<P>(buffer: ImageBuffer<P, Vec<u8>>, side: Option<u32>, channels: usize) -> (ImageShape, Vec<u8>)
where
    P: Pixel<Subpixel = u8> + 'static,
{
    let buffer = match side {
        Some(side) if buffer.dimensions() != (side, side) => square(&buffer, side),
        _ => buffer,
    };
    let shape = ImageShape::new(channels, buffer.height() as usize, buffer.width() as usize);
    let interleaved = buffer.into_raw();
    let plane = |channel: usize| interleaved.iter().skip(channel).step_by(channels).copied();
    (shape, (0..channels).flat_map(plane).collect())
}

/// The central square, scaled by averaging. Cut before scaling: a picture of one pixel by thousands would otherwise be
/// blown up first.
fn square<P>(buffer: &ImageBuffer<P, Vec<u8>>, side: u32) -> ImageBuffer<P, Vec<u8>>
where
    P: Pixel<Subpixel = u8> + 'static,
{
    let (width, height) = buffer.dimensions();
    let cut = width.min(height);
    let centre = imageops::crop_imm(buffer, (width - cut) / 2, (height - cut) / 2, cut, cut);
    imageops::resize(&*centre, side, side, FilterType::Triangle)
}

/// A side that was chosen, as the picture library takes it.
///
/// # Errors
///
/// When it is 0 or too large, or `count` pictures of that side are more than memory may hold.
pub(super) fn check_side(side: usize, count: usize, folder: &str) -> Result<u32, DataError> {
    let checked = u32::try_from(side).ok().filter(|side| (1..=MAX_SIDE).contains(side)).ok_or_else(|| {
        let expected = format!("from 1 to {MAX_SIDE} pixels");
        DataError::Choice { option: "side", expected, found: side.to_string() }
    })?;
    bounded_product(&[count as u64, 3, u64::from(checked), u64::from(checked)], folder)?;
    Ok(checked)
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{GrayImage, Rgb, RgbImage};

    #[test]
    fn planes_are_apart() {
        let picture = RgbImage::from_fn(2, 1, |x, _| Rgb([u8::try_from(x).unwrap(), 100, 200]));
        let (shape, bytes) = planes(&picture.into(), None, 3);
        assert_eq!((shape, bytes), (ImageShape::new(3, 1, 2), vec![0, 1, 100, 100, 200, 200]));
    }

    #[test]
    fn the_central_square_is_scaled() {
        // Black, white, black thirds: only the white one is kept.
        let picture = GrayImage::from_fn(12, 4, |x, _| [if (4..8).contains(&x) { 255 } else { 0 }].into());
        let (shape, bytes) = planes(&picture.into(), Some(2), 1);
        assert_eq!((shape, bytes), (ImageShape::new(1, 2, 2), vec![255; 4]));
    }

    #[test]
    fn grey_stays_grey_through_rgb() {
        let picture = DynamicImage::from(GrayImage::from_fn(9, 9, |x, y| [u8::try_from(x * 25 + y).unwrap()].into()));
        let (_, grey) = planes(&picture, Some(5), 1);
        let (_, colours) = planes(&picture, Some(5), 3);
        assert!(colours.chunks_exact(25).all(|plane| plane == grey));
    }

    #[test]
    fn names_tell_kinds() {
        assert_eq!(kind_of(Path::new("a/b.JPEG")), FileKind::Picture);
        assert_eq!(kind_of(Path::new("a/b.tif")), FileKind::OtherPicture);
        assert_eq!(kind_of(Path::new("a/labels.csv")), FileKind::Other);
        assert_eq!(kind_of(Path::new("a/png")), FileKind::Other);
    }

    #[test]
    fn sides_are_bounded() {
        assert_eq!(check_side(32, 1000, "x").unwrap(), 32);
        assert!(check_side(0, 1, "x").is_err() && check_side(9000, 1, "x").is_err());
        assert!(check_side(8192, 100, "x").is_err());
    }
}
