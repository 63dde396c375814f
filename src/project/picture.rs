//! A synthetic set as one picture, and back: a row a class, a column an image. Writes no file.

use std::{fs::File, io::BufReader, path::Path};

use super::{ProjectError, Recipe};
use crate::domain::{ImageShape, SyntheticSet};

/// Small images are enlarged by a whole factor until their longer side has so many pixels.
const SIDE: usize = 56;
/// A sheet larger than this on a side is not enlarged, or less.
const ENLARGED_SHEET: usize = 4096;
/// Pixels between the images and around them.
pub(super) const GAP: usize = 2;
/// The grey of gaps and empty cells.
const GAP_VALUE: u8 = 128;
/// The most bytes of a sheet.
const MOST_BYTES: usize = 1 << 28;
/// The keyword of the PNG text that holds the recipe.
const RECIPE_KEYWORD: &str = "dewpoint-recipe";
/// The most bytes of a recipe.
const MOST_RECIPE_BYTES: usize = 16 << 20;

/// A picture in memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactSheet {
    /// Pixels across.
    pub width: usize,
    /// Pixels down.
    pub height: usize,
    /// Bytes a pixel: 1 for grey, 3 for RGB.
    pub channels: usize,
    /// The bytes, row by row, pixel by pixel.
    pub pixels: Vec<u8>,
}

/// Draws all images of `set`: de-normalised, a row a class and a column an image, small ones enlarged by a whole factor.
///
/// Images with fewer than three channels show the first one in grey, others the first three as RGB.
///
/// # Errors
///
/// [`ProjectError::PictureTooLarge`] beyond 256 MiB.
pub fn contact_sheet(set: &SyntheticSet) -> Result<ContactSheet, ProjectError> {
    let shape = set.images.shape;
    let counts = set.counts();
    let (rows, columns) = (counts.len(), counts.iter().copied().max().unwrap_or(0));
    let sides = |factor: usize| {
        let side = |cells: usize, pixels: usize| {
            pixels.saturating_mul(factor).saturating_add(GAP).saturating_mul(cells).saturating_add(GAP)
        };
        (side(columns, shape.width), side(rows, shape.height))
    };
    let fits = |factor: usize| sides(factor).0.max(sides(factor).1) <= ENLARGED_SHEET;
    let wanted = SIDE.div_ceil(shape.height.max(shape.width).max(1));
    let factor = (2..=wanted).rev().find(|&factor| fits(factor)).unwrap_or(1);
    let (width, height) = sides(factor);
    let channels = shown_channels(shape);
    let bytes = width.saturating_mul(height).saturating_mul(channels);
    if bytes > MOST_BYTES {
        return Err(ProjectError::PictureTooLarge { width, height });
    }

    let mut sheet = ContactSheet { width, height, channels, pixels: vec![GAP_VALUE; bytes] };
    let mut filled = vec![0; rows];
    for (index, &class) in set.images.labels.iter().enumerate() {
        let left = GAP + filled[class] * (shape.width * factor + GAP);
        let top = GAP + class * (shape.height * factor + GAP);
        filled[class] += 1;
        let image = set.display_bytes(index);
        for (channel, plane) in image.chunks_exact(shape.plane().max(1)).take(channels).enumerate() {
            for y in 0..shape.height * factor {
                let line = &plane[y / factor * shape.width..][..shape.width];
                let start = ((top + y) * width + left) * channels + channel;
                for x in 0..shape.width * factor {
                    sheet.pixels[start + x * channels] = line[x / factor];
                }
            }
        }
    }
    Ok(sheet)
}

impl ContactSheet {
    /// The sheet as the bytes of a PNG file, with `recipe` as its text `dewpoint-recipe`.
    ///
    /// # Errors
    ///
    /// [`ProjectError::PictureTooLarge`] when a side is beyond the format, or there is no pixel.
    pub fn to_png(&self, recipe: Option<&str>) -> Result<Vec<u8>, ProjectError> {
        self.encode(recipe, png::Filter::default())
    }

    /// As [`ContactSheet::to_png`], with lines as they are, which a few lines of any language can read.
    ///
    /// # Errors
    ///
    /// Those of [`ContactSheet::to_png`].
    pub(super) fn to_plain_png(&self, recipe: Option<&str>) -> Result<Vec<u8>, ProjectError> {
        self.encode(recipe, png::Filter::NoFilter)
    }

    fn encode(&self, recipe: Option<&str>, filter: png::Filter) -> Result<Vec<u8>, ProjectError> {
        let (width, height) = (self.width, self.height);
        self.try_to_encode(recipe, filter).ok_or(ProjectError::PictureTooLarge { width, height })
    }

    fn try_to_encode(&self, recipe: Option<&str>, filter: png::Filter) -> Option<Vec<u8>> {
        let mut bytes = Vec::new();
        let (width, height) = (u32::try_from(self.width).ok()?, u32::try_from(self.height).ok()?);
        let mut encoder = png::Encoder::new(&mut bytes, width, height);
        encoder.set_color(if self.channels == 1 { png::ColorType::Grayscale } else { png::ColorType::Rgb });
        encoder.set_depth(png::BitDepth::Eight);
        encoder.set_filter(filter);
        if let Some(recipe) = recipe {
            encoder.add_itxt_chunk(RECIPE_KEYWORD.to_owned(), recipe.to_owned()).ok()?;
        }
        let mut writer = encoder.write_header().ok()?;
        writer.write_image_data(&self.pixels).ok()?;
        writer.finish().ok()?;
        Some(bytes)
    }
}

/// Reads the PNG file `path` of a sheet.
///
/// # Errors
///
/// [`ProjectError::Read`]; [`ProjectError::Damaged`] for anything but a grey or RGB picture of 8 bits and at most 256 MiB.
pub(super) fn read_sheet(path: &Path) -> Result<ContactSheet, ProjectError> {
    let damaged = |problem: String| ProjectError::damaged(path, problem);
    let file = BufReader::new(File::open(path).map_err(ProjectError::reading(path))?);
    let mut reader = png::Decoder::new_with_limits(file, png::Limits { bytes: MOST_BYTES })
        .read_info()
        .map_err(|error| damaged(format!("it is no whole PNG ({error})")))?;
    let channels = match reader.output_color_type() {
        (png::ColorType::Grayscale, png::BitDepth::Eight) => 1,
        (png::ColorType::Rgb, png::BitDepth::Eight) => 3,
        (color, depth) => {
            return Err(damaged(format!("it should be grey or RGB of 8 bits, but is {color:?} {depth:?}")));
        }
    };
    let bytes = reader.output_buffer_size().filter(|&bytes| bytes <= MOST_BYTES);
    let mut pixels = vec![0; bytes.ok_or_else(|| damaged("it is too large".to_owned()))?];
    let info = reader.next_frame(&mut pixels).map_err(|error| damaged(format!("it is no whole PNG ({error})")))?;
    Ok(ContactSheet { width: info.width as usize, height: info.height as usize, channels, pixels })
}

/// What the images of the contact sheet `path` were made with; `None` for a PNG file that does not say.
///
/// # Errors
///
/// [`ProjectError::Read`]; [`ProjectError::Damaged`] for a file that is no PNG or whose recipe cannot be read;
/// [`ProjectError::NewerFormat`].
pub fn read_sheet_recipe(path: &Path) -> Result<Option<Recipe>, ProjectError> {
    let damaged = |error: png::DecodingError| ProjectError::damaged(path, format!("it is no whole PNG ({error})"));
    let file = BufReader::new(File::open(path).map_err(ProjectError::reading(path))?);
    let reader = png::Decoder::new_with_limits(file, png::Limits { bytes: MOST_BYTES }).read_info().map_err(damaged)?;
    let found = reader.info().utf8_text.iter().find(|text| text.keyword == RECIPE_KEYWORD).cloned();
    let Some(mut text) = found else { return Ok(None) };
    text.decompress_text_with_limit(MOST_RECIPE_BYTES).map_err(damaged)?;
    Recipe::decode(path, &text.get_text().map_err(damaged)?).map(Some)
}

/// The factor by which [`contact_sheet`] enlarged images of `shape`, `counts` of each class; `None` when the sheet is of
/// other images.
pub(super) fn enlargement(sheet: &ContactSheet, shape: ImageShape, counts: &[usize]) -> Option<usize> {
    let columns = counts.iter().copied().max().filter(|&columns| columns > 0)?;
    let cell = (sheet.width.checked_sub(GAP)? / columns).checked_sub(GAP)?;
    let factor = cell.checked_div(shape.width).filter(|&factor| factor > 0)?;
    let side = |cells: usize, pixels: usize| cells.checked_mul(pixels.checked_mul(factor)?.checked_add(GAP)?);
    let fits = sheet.channels == shown_channels(shape)
        && side(columns, shape.width)?.checked_add(GAP)? == sheet.width
        && side(counts.len(), shape.height)?.checked_add(GAP)? == sheet.height
        && sheet.pixels.len() == sheet.width * sheet.height * sheet.channels;
    fits.then_some(factor)
}

/// The channels of a picture of images of `shape`.
pub(super) const fn shown_channels(shape: ImageShape) -> usize {
    if shape.channels < 3 { 1 } else { 3 }
}

/// Takes apart what [`contact_sheet`] drew of images of `shape`, `counts` of each class: the bytes of the images, one
/// plane after another, and their shape, which has the channels of the sheet. `None` when the sheet is of other images.
pub(super) fn take_apart(sheet: &ContactSheet, shape: ImageShape, counts: &[usize]) -> Option<(ImageShape, Vec<u8>)> {
    let factor = enlargement(sheet, shape, counts)?;
    let shape = ImageShape { channels: sheet.channels, ..shape };
    let mut bytes = Vec::with_capacity(counts.iter().sum::<usize>() * shape.values());
    for (class, &count) in counts.iter().enumerate() {
        let top = GAP + class * (shape.height * factor + GAP);
        for image in 0..count {
            let left = GAP + image * (shape.width * factor + GAP);
            for channel in 0..shape.channels {
                for y in 0..shape.height {
                    let start = ((top + y * factor) * sheet.width + left) * shape.channels + channel;
                    let line = sheet.pixels[start..].iter().step_by(factor * shape.channels);
                    bytes.extend(line.take(shape.width));
                }
            }
        }
    }
    Some((shape, bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{ImageBatch, Normalization};

    fn set(shape: ImageShape, counts: &[usize], value: impl Fn(usize) -> f32) -> SyntheticSet {
        let labels: Vec<usize> =
            counts.iter().enumerate().flat_map(|(class, &count)| std::iter::repeat_n(class, count)).collect();
        let values = (0..labels.len() * shape.values()).map(value).collect();
        let names = (0..counts.len()).map(|class| class.to_string()).collect();
        let normalization = Normalization { mean: vec![0.5; shape.channels], std: vec![0.5; shape.channels] };
        SyntheticSet::new(ImageBatch { shape, values, labels }, names, normalization).unwrap()
    }

    #[test]
    fn cells_lie_where_they_should() {
        // Image 0 is black, image 1 white, image 2 white; class 1 has one image and an empty cell.
        let shape = ImageShape::new(1, 28, 28);
        let sheet = contact_sheet(&set(shape, &[2, 1], |i| if i < 784 { -1.0 } else { 1.0 })).unwrap();
        assert_eq!((sheet.width, sheet.height, sheet.channels), (2 * 58 + 2, 2 * 58 + 2, 1));
        let at = |x: usize, y: usize| sheet.pixels[y * sheet.width + x];
        assert_eq!([at(0, 0), at(1, 1), at(2, 2), at(57, 57), at(58, 57), at(59, 57)], [128, 128, 0, 0, 128, 128]);
        assert_eq!([at(60, 2), at(115, 57), at(116, 57)], [255, 255, 128]);
        assert_eq!([at(2, 60), at(57, 115), at(60, 60), at(115, 115)], [255, 255, 128, 128]);
    }

    #[test]
    fn colours_are_interleaved_and_enlarged_by_whole_pixels() {
        let shape = ImageShape::new(3, 2, 2);
        // Red from 0 to 3 fortieths below the middle, green black, blue white.
        let value = |i: usize| [(i as f32) / 10.0 - 1.0, -1.0, 1.0][i / 4];
        let sheet = contact_sheet(&set(shape, &[1], value)).unwrap();
        assert_eq!((sheet.width, sheet.height), (60, 60), "2 pixels by 28, and the gaps");
        let at = |x: usize, y: usize| &sheet.pixels[(y * 60 + x) * 3..][..3];
        assert_eq!([at(2, 2), at(29, 29)], [[0, 0, 255]; 2]);
        assert_eq!([at(30, 2), at(57, 29)], [[13, 0, 255]; 2]);
        assert_eq!([at(30, 30), at(57, 57)], [[38, 0, 255]; 2]);
        assert_eq!(at(58, 2), [128; 3]);
    }

    #[test]
    fn many_images_keep_a_sane_size() {
        let sides = |shape, counts: &[usize]| {
            let sheet = contact_sheet(&set(shape, counts, |_| 0.0)).unwrap();
            (sheet.width, sheet.height)
        };
        assert_eq!(sides(ImageShape::new(1, 28, 28), &[50; 10]), (50 * 58 + 2, 10 * 58 + 2));
        assert_eq!(sides(ImageShape::new(3, 32, 32), &[50; 100]), (50 * 34 + 2, 100 * 34 + 2));
        assert_eq!(sides(ImageShape::new(1, 64, 96), &[1; 2]), (100, 134));
        assert_eq!(sides(ImageShape::new(2, 28, 28), &[1]), (60, 60));
        // Few pixels, but unequal counts leave a great many empty cells.
        let mut counts = [1; 2000];
        counts[0] = 20_000;
        let huge = set(ImageShape::new(1, 1, 1), &counts, |_| 0.0);
        assert!(matches!(contact_sheet(&huge), Err(ProjectError::PictureTooLarge { .. })));
    }

    #[test]
    fn a_sheet_is_taken_apart_exactly() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sheet.png");
        for (shape, counts) in [
            (ImageShape::new(1, 28, 28), vec![2, 1]),
            (ImageShape::new(3, 16, 20), vec![1, 0, 3]),
            (ImageShape::new(2, 5, 3), vec![4]),
            (ImageShape::new(3, 64, 96), vec![1, 1]),
            (ImageShape::new(3, 32, 32), vec![50; 100]),
        ] {
            let set = set(shape, &counts, |i| ((i * 37) % 211) as f32 / 105.0 - 1.0);
            std::fs::write(&path, contact_sheet(&set).unwrap().to_png(None).unwrap()).unwrap();
            let (found, bytes) = take_apart(&read_sheet(&path).unwrap(), shape, &counts).unwrap();
            assert_eq!(found.channels, if shape.channels == 3 { 3 } else { 1 });
            let expected = (0..set.images.len()).flat_map(|index| {
                let image = set.display_bytes(index);
                image[..found.values()].to_vec()
            });
            assert!(bytes.iter().copied().eq(expected), "{shape}");
        }
    }

    #[test]
    fn a_sheet_of_other_images_is_refused() {
        let shape = ImageShape::new(1, 28, 28);
        let sheet = contact_sheet(&set(shape, &[2, 1], |_| 0.0)).unwrap();
        assert!(take_apart(&sheet, shape, &[2, 1]).is_some());
        for counts in [vec![2], vec![1, 1], vec![2, 1, 1], vec![], vec![0, 0], vec![usize::MAX, 1]] {
            assert_eq!(take_apart(&sheet, shape, &counts), None, "{counts:?}");
        }
        for shape in [ImageShape::new(3, 28, 28), ImageShape::new(1, 28, 27), ImageShape::new(1, 0, 0)] {
            assert_eq!(take_apart(&sheet, shape, &[2, 1]), None, "{shape}");
        }
    }

    #[test]
    fn a_broken_sheet_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sheet.png");
        let good = contact_sheet(&set(ImageShape::new(1, 8, 8), &[2], |_| 0.0)).unwrap().to_png(None).unwrap();
        for bytes in [&good[..good.len() / 2], &good[..20], b"", b"no png"] {
            std::fs::write(&path, bytes).unwrap();
            assert!(matches!(read_sheet(&path), Err(ProjectError::Damaged { .. })));
        }
        assert!(matches!(read_sheet(folder.path()), Err(ProjectError::Damaged { .. } | ProjectError::Read { .. })));
        assert!(matches!(read_sheet(&folder.path().join("none")), Err(ProjectError::Read { .. })));
    }

    #[test]
    fn a_recipe_comes_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("set.png");
        let write = |recipe: Option<&str>| {
            let sheet = contact_sheet(&set(ImageShape::new(1, 8, 8), &[2], |_| 0.0)).unwrap();
            std::fs::write(&path, sheet.to_png(recipe).unwrap()).unwrap();
        };
        write(None);
        assert_eq!(read_sheet_recipe(&path).unwrap(), None);
        let recipe = Recipe { run: crate::project::fixtures::record(2), experiment: 1 };
        write(Some(&recipe.encode(&path).unwrap()));
        assert_eq!(read_sheet_recipe(&path).unwrap(), Some(recipe));
        write(Some("{\"run\": {\"format\": 7}, \"experiment\": 0}"));
        assert!(matches!(read_sheet_recipe(&path), Err(ProjectError::NewerFormat { .. })));
        write(Some("{"));
        assert!(matches!(read_sheet_recipe(&path), Err(ProjectError::Damaged { .. })));
        std::fs::write(&path, "no png").unwrap();
        assert!(matches!(read_sheet_recipe(&path), Err(ProjectError::Damaged { .. })));
    }

    #[test]
    fn a_png_gives_back_pixels_and_recipe() {
        for channels in [1, 3] {
            let sheet = contact_sheet(&set(ImageShape::new(channels, 16, 16), &[3, 2], |i| (i % 97) as f32 / 97.0));
            let sheet = sheet.unwrap();
            let bytes = sheet.to_png(Some("{\"name\": \"naïve\"}")).unwrap();
            let mut reader = png::Decoder::new(std::io::Cursor::new(bytes)).read_info().unwrap();
            let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
            reader.next_frame(&mut pixels).unwrap();
            assert_eq!(pixels, sheet.pixels);
            let text = &reader.info().utf8_text[0];
            assert_eq!(
                (text.keyword.as_str(), text.get_text().unwrap().as_str()),
                ("dewpoint-recipe", "{\"name\": \"naïve\"}")
            );
        }
        let empty = ContactSheet { width: 0, height: 2, channels: 1, pixels: Vec::new() };
        assert!(empty.to_png(None).is_err());
    }
}
