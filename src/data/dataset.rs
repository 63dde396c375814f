//! A whole dataset, checked: both splits, the classes, the normalisation and a checksum.

use std::fmt::Write;

use sha2::{Digest, Sha256};

use crate::domain::{DatasetInfo, ImageShape, Normalization, NormalizationSource};

use super::{ClassIndex, DataError, ImageSet, normalization};

/// A dataset in memory.
#[derive(Debug, Clone, PartialEq)]
pub struct Dataset {
    /// All that is known of it besides its pixels.
    pub info: DatasetInfo,
    /// The training images.
    pub train: ImageSet,
    /// The test images.
    pub test: ImageSet,
    /// The training images of each class.
    pub train_index: ClassIndex,
}

impl Dataset {
    /// A dataset of two splits, after a check that they fit each other and `class_names`.
    ///
    /// Without a published `normalization` it is measured on the training images.
    ///
    /// # Errors
    ///
    /// When shapes, lengths, labels or channels disagree, there are fewer than two classes, or a class has no image in one
    /// of the splits. The sentence names the dataset by `name`.
    pub fn assemble(
        name: impl Into<String>,
        class_names: Vec<String>,
        train: ImageSet,
        test: ImageSet,
        normalization: Option<Normalization>,
    ) -> Result<Self, DataError> {
        let name = name.into();
        check(&name, &[name.clone(), name.clone()], &class_names, &train, &test)?;
        let sum = checksum(&train, &test);
        Self::from_checked(name, class_names, train, test, normalization, sum)
    }

    /// A dataset of parts that went through [`check`], with their [`checksum`].
    pub(super) fn from_checked(
        name: String,
        class_names: Vec<String>,
        train: ImageSet,
        test: ImageSet,
        normalization: Option<Normalization>,
        checksum: String,
    ) -> Result<Self, DataError> {
        let (normalization, normalization_source) = match normalization {
            Some(published) => (check_normalization(&name, published, train.shape)?, NormalizationSource::Published),
            None => (normalization::measure(&train), NormalizationSource::Measured),
        };
        let train_index = ClassIndex::new(&train.labels, class_names.len());
        let info = DatasetInfo {
            name,
            shape: train.shape,
            train_counts: train_index.counts(),
            test_counts: ClassIndex::new(&test.labels, class_names.len()).counts(),
            class_names,
            normalization,
            normalization_source,
            checksum,
        };
        Ok(Self { info, train, test, train_index })
    }
}

/// Checks that two splits form a dataset with these classes.
///
/// Sentences name `file`, or `label_files` (training, test) where a label is at fault.
pub(super) fn check(
    file: &str,
    label_files: &[String; 2],
    class_names: &[String],
    train: &ImageSet,
    test: &ImageSet,
) -> Result<(), DataError> {
    let shape = train.shape;
    if !matches!(shape.channels, 1 | 3) || shape.plane() == 0 {
        let expected = "images of 1 or 3 channels and at least one pixel";
        return Err(DataError::malformed(file, expected, format!("{shape} (channels x height x width)")));
    }
    if test.shape != shape {
        let expected = format!("test images of the shape of the training images, {shape}");
        return Err(DataError::malformed(file, expected, test.shape));
    }
    if class_names.len() < 2 {
        return Err(DataError::malformed(file, "at least 2 classes", class_names.len()));
    }
    for (file, split, set) in [(&label_files[0], "training", train), (&label_files[1], "test", test)] {
        check_split(file, split, class_names, set)?;
    }
    Ok(())
}

fn check_split(file: &str, split: &str, class_names: &[String], set: &ImageSet) -> Result<(), DataError> {
    let values = set.len().saturating_mul(set.shape.values());
    if set.pixels.len() != values {
        let expected = format!("{values} bytes for the {} {split} images", set.len());
        return Err(DataError::length(file, expected, set.pixels.len()));
    }
    if let Some(image) = set.labels.iter().position(|&label| label >= class_names.len()) {
        return Err(DataError::Label {
            file: file.to_owned(),
            expected: format!("{split} labels from 0 to {}", class_names.len() - 1),
            found: set.labels[image].to_string(),
            image,
        });
    }
    let counts = ClassIndex::new(&set.labels, class_names.len()).counts();
    match counts.iter().zip(class_names).find(|(count, _)| **count == 0) {
        None => Ok(()),
        Some((_, class)) => Err(DataError::EmptyClass {
            file: file.to_owned(),
            expected: format!("a {split} image for each of the {} classes", class_names.len()),
            class: class.clone(),
        }),
    }
}

fn check_normalization(file: &str, found: Normalization, shape: ImageShape) -> Result<Normalization, DataError> {
    let channels = found.mean.len() == shape.channels && found.std.len() == shape.channels;
    if channels
        && found.mean.iter().all(|mean| mean.is_finite())
        && found.std.iter().all(|&std| std.is_normal() && std > 0.0)
    {
        return Ok(found);
    }
    let expected = format!("a mean and a deviation above 0 for each of {} channels", shape.channels);
    Err(DataError::malformed(file, expected, format!("mean {:?} and deviation {:?}", found.mean, found.std)))
}

/// SHA-256 over shape, labels and pixels of both splits, in hexadecimal.
///
/// Hashed are, split by split, the image's channels, height and width, the number of images and the labels, each as 8
/// little-endian bytes, and then the pixels: how the files were packed does not matter.
#[must_use]
pub(super) fn checksum(train: &ImageSet, test: &ImageSet) -> String {
    let mut hasher = Sha256::new();
    for set in [train, test] {
        for number in [set.shape.channels, set.shape.height, set.shape.width, set.len()] {
            hasher.update((number as u64).to_le_bytes());
        }
        for &label in &set.labels {
            hasher.update((label as u64).to_le_bytes());
        }
        hasher.update(&set.pixels);
    }
    hasher.finalize().iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// What a reader found in files, before it is checked as a whole.
#[derive(Debug)]
pub(super) struct Reading {
    /// The training images.
    pub train: ImageSet,
    /// The test images.
    pub test: ImageSet,
    /// One name a class, where the files give them.
    pub class_names: Option<Vec<String>>,
    /// Where the training and the test labels stand.
    pub label_files: [String; 2],
}

/// The number of classes behind numbered labels: the highest one and those below it.
///
/// # Errors
///
/// When a label is so high that not every class below it can have an image: a number from nowhere would otherwise become
/// millions of empty classes.
pub(super) fn count_classes(labels: &[usize], file: &str) -> Result<usize, DataError> {
    match labels.iter().enumerate().max_by_key(|&(_, label)| label) {
        None => Ok(0),
        Some((_, &highest)) if highest < labels.len() => Ok(highest + 1),
        Some((image, highest)) => Err(DataError::Label {
            file: file.to_owned(),
            expected: format!("labels below {}, the number of training images", labels.len()),
            found: highest.to_string(),
            image,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(labels: &[usize]) -> ImageSet {
        let pixels = (0..labels.len() * 4).map(|value| u8::try_from(value % 251).unwrap()).collect();
        ImageSet { shape: ImageShape::new(1, 2, 2), pixels, labels: labels.to_vec() }
    }

    fn names(classes: usize) -> Vec<String> {
        (0..classes).map(|class| format!("class {class}")).collect()
    }

    #[test]
    fn parts_that_fit_are_counted_and_measured() {
        let dataset = Dataset::assemble("tiny", names(2), set(&[0, 1, 1]), set(&[1, 0]), None).unwrap();
        assert_eq!(dataset.info.train_counts, [1, 2]);
        assert_eq!(dataset.info.test_counts, [1, 1]);
        assert_eq!(dataset.info.normalization_source, NormalizationSource::Measured);
        assert_eq!(dataset.train_index.of(1), [1, 2]);
        // Golden: `sha256sum` over the bytes that the documentation of `checksum` lists.
        assert_eq!(dataset.info.checksum, "1a59b257cebd30cfec97da5a57af4be452f3d92267fc0f448de33ff73839283a");
        let published = Normalization { mean: vec![0.1], std: vec![0.2] };
        let dataset = Dataset::assemble("tiny", names(2), set(&[0, 1]), set(&[1, 0]), Some(published.clone())).unwrap();
        assert_eq!(dataset.info.normalization, published);
        assert_eq!(dataset.info.normalization_source, NormalizationSource::Published);
    }

    #[test]
    fn the_checksum_sees_every_part() {
        let base = checksum(&set(&[0, 1]), &set(&[1, 0]));
        let mut pixel = set(&[0, 1]);
        pixel.pixels[3] ^= 1;
        assert_ne!(checksum(&pixel, &set(&[1, 0])), base);
        assert_ne!(checksum(&set(&[1, 0]), &set(&[1, 0])), base);
        assert_ne!(checksum(&set(&[0, 1]), &set(&[0, 1])), base);
        let mut shape = set(&[0, 1]);
        shape.shape = ImageShape::new(1, 1, 4);
        assert_ne!(checksum(&shape, &set(&[1, 0])), base);
    }

    #[test]
    fn parts_that_do_not_fit_are_refused() {
        let good = || set(&[0, 1]);
        let sentence =
            |names, train, test| Dataset::assemble("tiny", names, train, test, None).unwrap_err().to_string();
        let mut wide = good();
        wide.shape = ImageShape::new(1, 1, 4);
        let mut short = good();
        short.pixels.pop();
        let mut four = good();
        four.shape = ImageShape::new(4, 1, 1);
        for (error, parts) in [
            (sentence(names(2), good(), wide), ["tiny", "1x2x2", "1x1x4"]),
            (sentence(names(2), short, good()), ["tiny", "8 bytes", "found 7"]),
            (sentence(names(2), four, good()), ["tiny", "1 or 3 channels", "4x1x1"]),
            (sentence(names(1), set(&[0]), set(&[0])), ["tiny", "at least 2 classes", "found 1"]),
            (sentence(names(2), good(), set(&[0, 1, 2])), ["tiny", "test labels from 0 to 1", "found 2 at image 2"]),
            (sentence(names(3), set(&[0, 2]), good()), ["tiny", "a training image for each", "\"class 1\""]),
            (sentence(names(2), good(), set(&[])), ["tiny", "a test image for each", "\"class 0\""]),
        ] {
            assert!(parts.iter().all(|part| error.contains(part)), "{error}");
        }
        for (mean, std) in [(vec![0.1; 3], vec![0.2; 3]), (vec![0.1], vec![0.0]), (vec![f32::NAN], vec![1.0])] {
            let bad = Some(Normalization { mean, std });
            assert!(Dataset::assemble("tiny", names(2), good(), good(), bad).is_err());
        }
    }

    #[test]
    fn labels_from_nowhere_do_not_become_classes() {
        assert_eq!(count_classes(&[0, 2, 1], "x").unwrap(), 3);
        assert_eq!(count_classes(&[], "x").unwrap(), 0);
        let error = count_classes(&[0, 1, usize::MAX], "labels.npy").unwrap_err().to_string();
        assert!(error.contains("labels.npy") && error.contains("below 3") && error.contains("image 2"), "{error}");
    }
}
