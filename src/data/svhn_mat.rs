//! SVHN's `train_32x32.mat` and `test_32x32.mat`: a strict reader of MAT version 5 files, plain or compressed.
//!
//! A file is a header of 128 bytes and a row of elements: a tag (type and size), the data, and padding to 8 bytes. A
//! variable is an element of elements: flags, dimensions, name and values; a compressed element is one variable behind
//! zlib. Wanted are `X`, `uint8`, height x width x channels x images, the first dimension fastest, and `y`, a label for each
//! image from 1 to 10, where 10 is the digit 0. Other variables are passed over.

use std::{
    io::{self, BufRead, BufReader, Read},
    path::Path,
};

use flate2::bufread::ZlibDecoder;

use crate::domain::ImageShape;

use super::{
    DataError, ImageSet,
    bounded::{bounded_product, expect_end, open_file, read_array, read_bytes},
    dataset::Reading,
};

/// The usual names, training images first.
pub(super) const NAMES: [&str; 2] = ["train_32x32.mat", "test_32x32.mat"];

// Types of elements.
const INT8: u32 = 1;
const UINT8: u32 = 2;
const INT32: u32 = 5;
const UINT32: u32 = 6;
const MATRIX: u32 = 14;
const COMPRESSED: u32 = 15;
/// The class of a `uint8` array.
const UINT8_CLASS: u8 = 9;
/// The classes of numeric arrays, from `double` to `uint64`.
const NUMERIC_CLASSES: std::ops::RangeInclusive<u8> = 6..=15;

/// Reads both splits from a folder.
///
/// # Errors
///
/// When a file is missing, is no MAT version 5 file, or its variables `X` and `y` are not as SVHN's.
pub(super) fn read(folder: &Path) -> Result<Reading, DataError> {
    let [train, test] = NAMES.map(|name| {
        let path = folder.join(name);
        open_file(&path).and_then(|file| read_split(&mut BufReader::new(file), &path.display().to_string()))
    });
    Ok(Reading {
        train: train?,
        test: test?,
        class_names: None,
        label_files: NAMES.map(|name| folder.join(name).display().to_string()),
    })
}

fn read_split(reader: &mut impl BufRead, file: &str) -> Result<ImageSet, DataError> {
    check_header(reader, file)?;
    let mut found = Variables::default();
    while !reader.fill_buf().map_err(|reason| DataError::unreadable(file, reason))?.is_empty() {
        let tag = Tag::read(reader, file)?;
        let mut element = reader.take(tag.size);
        match tag.kind {
            MATRIX => found.take(&mut element, file)?,
            COMPRESSED => {
                let mut inflated = ZlibDecoder::new(&mut element);
                let inner = Tag::read(&mut inflated, file)?;
                if inner.kind != MATRIX {
                    return Err(DataError::malformed(file, "a variable in a compressed element", inner));
                }
                let mut matrix = inflated.by_ref().take(inner.size);
                found.take(&mut matrix, file)?;
                skip(&mut matrix, file)?;
                expect_end(&mut inflated, file)?;
            }
            _ => {}
        }
        skip(&mut element, file)?;
    }
    found.finish(file)
}

/// Checks version and byte order.
fn check_header(reader: &mut impl Read, file: &str) -> Result<(), DataError> {
    let header: [u8; 128] = read_array(reader, "the MAT header", file)?;
    match header[124..] {
        [0, 1, b'I', b'M'] => Ok(()),
        [.., b'M', b'I'] => Err(DataError::malformed(file, "a little-endian MAT file", "a big-endian one")),
        [0, 2, b'I', b'M'] => {
            let found = "version 7.3, which is HDF5 (save it again with MATLAB's -v7)";
            Err(DataError::malformed(file, "a MAT file of version 5", found))
        }
        _ => {
            let found = format!("the bytes {:02x?} in the place of version and byte order", &header[124..]);
            Err(DataError::malformed(file, "the header of a MAT version 5 file", found))
        }
    }
}

/// Passes over what is left of a limited reader, all of which must be there.
fn skip<R: Read>(reader: &mut io::Take<R>, file: &str) -> Result<(), DataError> {
    io::copy(reader, &mut io::sink()).map_err(|reason| DataError::unreadable(file, reason))?;
    match reader.limit() {
        0 => Ok(()),
        left => Err(DataError::length(file, format!("{left} more bytes of an element"), "the end of the file")),
    }
}

/// What announces an element.
struct Tag {
    kind: u32,
    /// Bytes of data.
    size: u64,
    /// The data of an element of at most four bytes, which stand in the tag itself.
    inline: Option<[u8; 4]>,
}

impl Tag {
    fn read(reader: &mut impl Read, file: &str) -> Result<Self, DataError> {
        let [a, b, c, d, data @ ..]: [u8; 8] = read_array(reader, "the tag of an element", file)?;
        let (low, high) = (u16::from_le_bytes([a, b]), u16::from_le_bytes([c, d]));
        match high {
            0 => Ok(Self { kind: u32::from(low), size: u64::from(u32::from_le_bytes(data)), inline: None }),
            1..=4 => Ok(Self { kind: u32::from(low), size: u64::from(high), inline: Some(data) }),
            _ => Err(DataError::malformed(file, "a small element of at most 4 bytes", format!("one of {high}"))),
        }
    }

    /// The data of the element within a variable, with the padding taken off.
    fn data(&self, reader: &mut impl Read, file: &str) -> Result<Vec<u8>, DataError> {
        if let Some(inline) = self.inline {
            return Ok(inline.into_iter().take(usize::try_from(self.size).unwrap_or(0)).collect());
        }
        let data = read_bytes(reader, self.size, file)?;
        let padding = self.size.next_multiple_of(8) - self.size;
        read_bytes(reader, padding, file)?;
        Ok(data)
    }

    /// The data, if the element is of type `kind` and at most `limit` bytes.
    fn expect(
        &self,
        kind: u32,
        limit: u64,
        what: &str,
        reader: &mut impl Read,
        file: &str,
    ) -> Result<Vec<u8>, DataError> {
        if self.kind != kind || self.size > limit {
            let expected = format!("{what} as an element of type {kind} and at most {limit} bytes");
            return Err(DataError::malformed(file, expected, self));
        }
        self.data(reader, file)
    }
}

impl std::fmt::Display for Tag {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "type {} and {} bytes", self.kind, self.size)
    }
}

/// The variables of interest.
#[derive(Default)]
struct Variables {
    images: Option<(ImageShape, Vec<u8>)>,
    labels: Option<Vec<usize>>,
}

impl Variables {
    /// Reads a variable, if it is a wanted one.
    fn take(&mut self, reader: &mut impl Read, file: &str) -> Result<(), DataError> {
        let flags = Tag::read(reader, file)?.expect(UINT32, 8, "the flags of a variable", reader, file)?;
        let class = flags.first().copied().unwrap_or(0);
        if !NUMERIC_CLASSES.contains(&class) {
            return Ok(());
        }
        let dimensions = Tag::read(reader, file)?.expect(INT32, 128, "the dimensions of a variable", reader, file)?;
        let dimensions: Vec<u64> = dimensions
            .as_chunks()
            .0
            .iter()
            .map(|&bytes| u64::try_from(i32::from_le_bytes(bytes)))
            .collect::<Result<_, _>>()
            .map_err(|_| DataError::malformed(file, "dimensions of at least 0", "a negative one"))?;
        let name = Tag::read(reader, file)?.expect(INT8, 64, "the name of a variable", reader, file)?;
        match name.as_slice() {
            b"X" if self.images.is_none() => self.images = Some(read_images(class, &dimensions, reader, file)?),
            b"y" if self.labels.is_none() => self.labels = Some(read_labels(&dimensions, reader, file)?),
            b"X" | b"y" => return Err(DataError::malformed(file, "one variable X and one y", "two of one name")),
            _ => {}
        }
        Ok(())
    }

    fn finish(self, file: &str) -> Result<ImageSet, DataError> {
        let (Some((shape, pixels)), labels) = (self.images, self.labels) else {
            return Err(DataError::malformed(file, "the variables X and y", "no X"));
        };
        let labels = labels.ok_or_else(|| DataError::malformed(file, "the variables X and y", "no y"))?;
        let expected = pixels.len() / shape.values();
        if labels.len() != expected {
            let (images, labels_of) = (format!("X of {file}"), format!("y of {file}"));
            return Err(DataError::Count { images, labels: labels_of, expected, found: labels.len() });
        }
        Ok(ImageSet { shape, pixels, labels })
    }
}

fn read_images(
    class: u8,
    dimensions: &[u64],
    reader: &mut impl Read,
    file: &str,
) -> Result<(ImageShape, Vec<u8>), DataError> {
    // MATLAB drops a last dimension of 1.
    let (shape, count) = match *dimensions {
        [height, width, channels] => ([channels, height, width], 1),
        [height, width, channels, count] => ([channels, height, width], count),
        _ => ([0; 3], 0),
    };
    let total = bounded_product(&[shape[0], shape[1], shape[2], count], file)?;
    if class != UINT8_CLASS || !matches!(shape[0], 1 | 3) || total == 0 {
        let expected = format!("X as uint8 (class {UINT8_CLASS}) of height x width x (1 or 3) channels x images");
        return Err(DataError::malformed(file, expected, format!("class {class} of dimensions {dimensions:?}")));
    }
    let tag = Tag::read(reader, file)?;
    if tag.kind != UINT8 || tag.size != total {
        let expected = format!("{total} bytes of X, one for each of {dimensions:?}, as type {UINT8}");
        return Err(DataError::length(file, expected, tag));
    }
    let mut pixels = tag.data(reader, file)?;
    // Each is at most the product, which is the length of a vector.
    let [channels, height, width] = shape.map(|length| usize::try_from(length).unwrap_or(usize::MAX));
    let mut columns = vec![0; height * width];
    for plane in pixels.chunks_exact_mut(height * width) {
        columns.copy_from_slice(plane);
        for (position, pixel) in plane.iter_mut().enumerate() {
            *pixel = columns[position % width * height + position / width];
        }
    }
    Ok((ImageShape::new(channels, height, width), pixels))
}

fn read_labels(dimensions: &[u64], reader: &mut impl Read, file: &str) -> Result<Vec<usize>, DataError> {
    let ([count, 1] | [1, count]) = *dimensions else {
        return Err(DataError::malformed(file, "y as one column", format!("dimensions {dimensions:?}")));
    };
    let tag = Tag::read(reader, file)?;
    let Some(width) = number_width(tag.kind) else {
        return Err(DataError::malformed(file, "y as numbers", tag));
    };
    let total = bounded_product(&[count, width as u64], file)?;
    if tag.size != total {
        return Err(DataError::length(file, format!("{total} bytes of y for {count} labels"), tag));
    }
    let bytes = tag.data(reader, file)?;
    let label = |(image, bytes): (usize, &[u8])| {
        let value = number(tag.kind, bytes).unwrap_or(f64::NAN);
        // A digit is its own label, but for 10, which is the digit 0.
        (1_u8..=10)
            .find(|&digit| value.total_cmp(&f64::from(digit)).is_eq())
            .map(|digit| usize::from(digit % 10))
            .ok_or_else(|| {
                let expected = "labels from 1 to 10".to_owned();
                DataError::Label { file: file.to_owned(), expected, found: value.to_string(), image }
            })
    };
    bytes.chunks_exact(width).enumerate().map(label).collect()
}

/// Bytes of a number of type `kind`.
const fn number_width(kind: u32) -> Option<usize> {
    match kind {
        INT8 | UINT8 => Some(1),
        3 | 4 => Some(2),
        INT32 | UINT32 | 7 => Some(4),
        9 | 12 | 13 => Some(8),
        _ => None,
    }
}

/// A little-endian number of type `kind`; MATLAB stores an array in the smallest type that holds its values.
fn number(kind: u32, bytes: &[u8]) -> Option<f64> {
    fn array<const N: usize>(bytes: &[u8]) -> Option<[u8; N]> {
        bytes.try_into().ok()
    }
    Some(match kind {
        INT8 => f64::from(i8::from_le_bytes(array(bytes)?)),
        UINT8 => f64::from(u8::from_le_bytes(array(bytes)?)),
        3 => f64::from(i16::from_le_bytes(array(bytes)?)),
        4 => f64::from(u16::from_le_bytes(array(bytes)?)),
        INT32 => f64::from(i32::from_le_bytes(array(bytes)?)),
        UINT32 => f64::from(u32::from_le_bytes(array(bytes)?)),
        7 => f64::from(f32::from_le_bytes(array(bytes)?)),
        9 => f64::from_le_bytes(array(bytes)?),
        12 => i64::from_le_bytes(array(bytes)?) as f64,
        13 => u64::from_le_bytes(array(bytes)?) as f64,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_elements_stand_in_their_tag() {
        let tag = Tag::read(&mut [1, 0, 1, 0, b'X', 9, 9, 9].as_slice(), "x").unwrap();
        assert_eq!((tag.kind, tag.data(&mut io::empty(), "x").unwrap()), (INT8, vec![b'X']));
        assert!(Tag::read(&mut [1, 0, 5, 0, 0, 0, 0, 0].as_slice(), "x").is_err());
        assert!(Tag::read(&mut [1, 0].as_slice(), "x").is_err());
    }

    #[test]
    fn numbers_of_every_type() {
        for (kind, bytes) in [
            (INT8, 7_i8.to_le_bytes().to_vec()),
            (UINT8, vec![7]),
            (3, 7_i16.to_le_bytes().to_vec()),
            (4, 7_u16.to_le_bytes().to_vec()),
            (INT32, 7_i32.to_le_bytes().to_vec()),
            (UINT32, 7_u32.to_le_bytes().to_vec()),
            (7, 7_f32.to_le_bytes().to_vec()),
            (9, 7_f64.to_le_bytes().to_vec()),
            (12, 7_i64.to_le_bytes().to_vec()),
            (13, 7_u64.to_le_bytes().to_vec()),
        ] {
            assert_eq!(number_width(kind), Some(bytes.len()));
            assert!((number(kind, &bytes).unwrap() - 7.0).abs() < 1e-12, "type {kind}");
        }
        assert_eq!(number_width(8), None);
    }

    #[test]
    fn headers_of_other_files() {
        let header = |end: [u8; 4]| [vec![b' '; 124], end.to_vec()].concat();
        assert!(check_header(&mut header([0, 1, b'I', b'M']).as_slice(), "x").is_ok());
        for (bytes, part) in [
            (header([1, 0, b'M', b'I']), "big-endian"),
            (header([0, 2, b'I', b'M']), "7.3"),
            (header([9; 4]), "09"),
            (vec![0; 100], "MAT header"),
        ] {
            let error = check_header(&mut bytes.as_slice(), "a.mat").unwrap_err().to_string();
            assert!(error.contains("a.mat") && error.contains(part), "{error}");
        }
    }
}
