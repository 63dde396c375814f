//! The IDX files of the MNIST family, plain or gzipped.
//!
//! A big-endian header: two zero bytes, the type of the values (8 is the unsigned byte), the number of dimensions, and the
//! length of each; then the values, the last dimension fastest.

use std::{io::Read, path::Path};

use crate::domain::{IdxFiles, ImageShape};

use super::{
    DataError, ImageSet,
    bounded::{bounded_product, expect_end, open_maybe_gzip, read_array, read_bytes},
    dataset::Reading,
};

/// The usual names, without `.gz`; some unpackers write a dot for the last but one hyphen.
const NAMES: [[&str; 2]; 4] = [
    ["train-images-idx3-ubyte", "train-images.idx3-ubyte"],
    ["train-labels-idx1-ubyte", "train-labels.idx1-ubyte"],
    ["t10k-images-idx3-ubyte", "t10k-images.idx3-ubyte"],
    ["t10k-labels-idx1-ubyte", "t10k-labels.idx1-ubyte"],
];

/// Whether a file is called as one of MNIST's.
pub(super) fn is_idx_name(name: &str) -> bool {
    let plain = name.strip_suffix(".gz").unwrap_or(name);
    NAMES.iter().any(|names| names.contains(&plain))
}

/// The four files of a folder, when at least one of them is there under a usual name; a plain file goes before a gzipped
/// one. For an absent file stands the path where it should be.
pub(super) fn find(folder: &Path) -> Option<IdxFiles> {
    let [train_images, train_labels, test_images, test_labels] = NAMES.map(|names| {
        let candidates = names.iter().flat_map(|name| [(*name).to_owned(), format!("{name}.gz")]);
        candidates.map(|name| folder.join(name)).find(|path| path.is_file()).ok_or_else(|| folder.join(names[0]))
    });
    let any = [&train_images, &train_labels, &test_images, &test_labels].iter().any(|path| path.is_ok());
    let either = |path: Result<_, _>| path.unwrap_or_else(|absent| absent);
    any.then(|| IdxFiles {
        train_images: either(train_images),
        train_labels: either(train_labels),
        test_images: either(test_images),
        test_labels: either(test_labels),
    })
}

/// Reads both splits.
///
/// # Errors
///
/// When a file is missing, is not IDX of unsigned bytes, or its length or number of records does not fit.
pub(super) fn read(files: &IdxFiles) -> Result<Reading, DataError> {
    Ok(Reading {
        train: read_split(&files.train_images, &files.train_labels)?,
        test: read_split(&files.test_images, &files.test_labels)?,
        class_names: None,
        label_files: [&files.train_labels, &files.test_labels].map(|path| path.display().to_string()),
    })
}

fn read_split(images: &Path, labels: &Path) -> Result<ImageSet, DataError> {
    // Labels first: they are small, and most mistakes show in them.
    let label_file = labels.display().to_string();
    let (_, bytes) = read_values::<1>(&mut open_maybe_gzip(labels)?, "labels", &label_file)?;
    let image_file = images.display().to_string();
    let ([count, height, width], pixels) = read_values::<3>(&mut open_maybe_gzip(images)?, "grey images", &image_file)?;
    if count != bytes.len() {
        return Err(DataError::Count { images: image_file, labels: label_file, expected: count, found: bytes.len() });
    }
    if pixels.is_empty() {
        return Err(DataError::malformed(image_file, "at least one image of at least one pixel", "none"));
    }
    let labels = bytes.into_iter().map(usize::from).collect();
    Ok(ImageSet { shape: ImageShape::new(1, height, width), pixels, labels })
}

/// The lengths of `D` dimensions and the unsigned bytes they hold.
fn read_values<const D: usize>(
    reader: &mut impl Read,
    what: &str,
    file: &str,
) -> Result<([usize; D], Vec<u8>), DataError> {
    let magic: [u8; 4] = read_array(reader, "the IDX magic number", file)?;
    if magic[..3] != [0, 0, 8] || usize::from(magic[3]) != D {
        let expected = format!("the IDX magic number 0x{:08x} of {what}", 0x0800 + D);
        return Err(DataError::malformed(file, expected, format!("0x{:08x}", u32::from_be_bytes(magic))));
    }
    let mut lengths = [0; D];
    for length in &mut lengths {
        *length = u32::from_be_bytes(read_array(reader, "the IDX header", file)?);
    }
    let total = bounded_product(&lengths.map(u64::from), file)?;
    let values = read_bytes(reader, total, file)?;
    expect_end(reader, file)?;
    // A `u32` fits the `usize` of every system that this program runs on.
    Ok((lengths.map(|length| length as usize), values))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn idx(kind: u8, lengths: &[u32], values: &[u8]) -> Vec<u8> {
        let mut bytes = vec![0, 0, kind, u8::try_from(lengths.len()).unwrap()];
        bytes.extend(lengths.iter().flat_map(|length| length.to_be_bytes()));
        bytes.extend_from_slice(values);
        bytes
    }

    #[test]
    fn values_and_lengths() {
        let bytes = idx(8, &[2, 1, 3], &[1, 2, 3, 4, 5, 6]);
        let (lengths, values) = read_values::<3>(&mut bytes.as_slice(), "images", "x").unwrap();
        assert_eq!((lengths, values), ([2, 1, 3], vec![1, 2, 3, 4, 5, 6]));
    }

    #[test]
    fn headers_that_do_not_fit() {
        for (bytes, part) in [
            (idx(8, &[2, 1, 3], &[0; 5]), "6 bytes of content, found only 5"),
            (idx(8, &[2, 1, 3], &[0; 7]), "found more"),
            (idx(13, &[2, 1, 3], &[0; 6]), "found 0x00000d03"),
            (idx(8, &[2], &[0; 2]), "0x00000803 of images, found 0x00000801"),
            (idx(8, &[2, 1, 3], &[])[..9].to_vec(), "IDX header"),
            (vec![0, 0], "IDX magic number"),
            (idx(8, &[u32::MAX; 3], &[]), "too large"),
        ] {
            let error = read_values::<3>(&mut bytes.as_slice(), "images", "a-file").unwrap_err().to_string();
            assert!(error.contains(part) && error.contains("a-file"), "{error}");
        }
    }

    #[test]
    fn usual_names() {
        assert!(is_idx_name("train-images-idx3-ubyte.gz") && is_idx_name("t10k-labels.idx1-ubyte"));
        assert!(!is_idx_name("train-images-idx3-ubyte.zip") && !is_idx_name("labels"));
    }
}
