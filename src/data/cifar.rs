//! CIFAR-10 and CIFAR-100 binary files, in a folder or in the official `.tar.gz`.
//!
//! A file is a row of records: one label byte (CIFAR-10) or two (CIFAR-100: coarse, fine), then 3 x 32 x 32 pixels, channel
//! by channel. Any whole number of records is taken; an archive is read in memory and never unpacked to the disk.

use std::{
    collections::BTreeMap,
    fs,
    io::{BufReader, Read},
    path::Path,
};

use crate::domain::ImageShape;

use super::{
    DataError, ImageSet,
    bounded::{MAX_BYTES, bounded_product, is_safe_member, open_file, open_maybe_gzip, read_bytes},
    catalog::{CIFAR10, CIFAR100, KnownDataset},
    dataset::Reading,
    error::printable,
};

const SHAPE: ImageShape = ImageShape::new(3, 32, 32);
/// The most that a list of class names may hold.
const MAX_NAMES_BYTES: u64 = 64 << 10;
/// Records in each of the five official training files of CIFAR-10.
const OFFICIAL_RECORDS: usize = 10_000;

/// Which of the two datasets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Variant {
    /// One label byte.
    Cifar10,
    /// Two label bytes.
    Cifar100,
}

impl Variant {
    /// The published facts.
    pub(super) fn known(self) -> &'static KnownDataset {
        match self {
            Self::Cifar10 => &CIFAR10,
            Self::Cifar100 => &CIFAR100,
        }
    }

    const fn label_bytes(self) -> usize {
        match self {
            Self::Cifar10 => 1,
            Self::Cifar100 => 2,
        }
    }

    /// The names of a training file and the test file, for sentences.
    pub(super) const fn file_names(self) -> [&'static str; 2] {
        match self {
            Self::Cifar10 => ["data_batch_1.bin", "test_batch.bin"],
            Self::Cifar100 => ["train.bin", "test.bin"],
        }
    }
}

/// What a file of the dataset is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    /// Training images, file number so-and-so from 1.
    Train(usize),
    Test,
    ClassNames,
}

/// The variant and role of a file, by its name.
fn role(name: &str) -> Option<(Variant, Role)> {
    Some(match name {
        "test_batch.bin" => (Variant::Cifar10, Role::Test),
        "batches.meta.txt" => (Variant::Cifar10, Role::ClassNames),
        "train.bin" => (Variant::Cifar100, Role::Train(1)),
        "test.bin" => (Variant::Cifar100, Role::Test),
        "fine_label_names.txt" => (Variant::Cifar100, Role::ClassNames),
        _ => {
            let number = name.strip_prefix("data_batch_")?.strip_suffix(".bin")?;
            (Variant::Cifar10, Role::Train(number.parse().ok().filter(|&number| number > 0)?))
        }
    })
}

/// The variant that a file with images belongs to, by its name.
pub(super) fn variant_of_name(name: &str) -> Option<Variant> {
    role(name).filter(|(_, role)| *role != Role::ClassNames).map(|(variant, _)| variant)
}

/// Reads the binary files of a folder.
///
/// # Errors
///
/// When a file is missing or holds no whole number of records, or a label is out of range.
pub(super) fn read_folder(folder: &Path, variant: Variant) -> Result<Reading, DataError> {
    let unreadable = |reason| DataError::unreadable(folder.display(), reason);
    let mut parts = Parts::default();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let Some((found, role)) = entry.file_name().to_str().and_then(role) else { continue };
        if found == variant {
            let file = open_file(&entry.path())?;
            let length = file.metadata().map_err(unreadable)?.len();
            let name = entry.path().display().to_string();
            parts.add(variant, role, &mut BufReader::new(file), length, &name)?;
        }
    }
    parts.finish(variant, folder)
}

/// Reads the `.tar.gz` (or `.tar`) of either dataset.
///
/// # Errors
///
/// As for [`read_folder`]; also when a member's path leaves the archive, or the archive is damaged.
pub(super) fn read_archive(path: &Path) -> Result<(Variant, Reading), DataError> {
    let archive_name = path.display().to_string();
    let unreadable = |reason| DataError::unreadable(&archive_name, reason);
    // One byte more than allowed tells an archive of exactly the limit from a larger one.
    let mut archive = tar::Archive::new(open_maybe_gzip(path)?.take(MAX_BYTES + 1));
    let mut parts = Parts::default();
    let mut variant = None;
    let mut names = Vec::new();
    // Raw: the crate would read the members that hold long names whole, however long they claim to be.
    for entry in archive.entries().map_err(unreadable)?.raw(true) {
        let mut entry = entry.map_err(unreadable)?;
        let member = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        if !is_safe_member(&member) {
            return Err(DataError::unsafe_path(&archive_name, &member));
        }
        let name = member.rsplit('/').next().unwrap_or_default();
        if !entry.header().entry_type().is_file() {
            continue;
        }
        let Some((found, role)) = role(name) else {
            names.push(name.to_owned());
            continue;
        };
        if *variant.get_or_insert(found) != found {
            return Err(DataError::malformed(archive_name, "either CIFAR-10 or CIFAR-100", "files of both"));
        }
        let length = entry.size();
        parts.add(found, role, &mut entry, length, &printable(&format!("{archive_name}: {member}")))?;
    }
    let mut rest = archive.into_inner();
    // To the end, where the checksum of the compressed stream is.
    std::io::copy(&mut rest, &mut std::io::sink()).map_err(unreadable)?;
    if rest.limit() == 0 {
        let limit = format!("{MAX_BYTES} bytes unpacked");
        return Err(DataError::TooLarge { file: archive_name, limit, found: "more".to_owned() });
    }
    let Some(variant) = variant else {
        names.truncate(5);
        let found = if names.is_empty() { "no file".to_owned() } else { format!("only {}", names.join(", ")) };
        let expected = "the binary version of CIFAR, with data_batch_1.bin or train.bin";
        return Err(DataError::malformed(archive_name, expected, found));
    };
    Ok((variant, parts.finish(variant, path)?))
}

/// The files read so far.
#[derive(Default)]
struct Parts {
    train: BTreeMap<usize, ImageSet>,
    test: Option<ImageSet>,
    class_names: Option<Vec<String>>,
}

impl Parts {
    fn add(
        &mut self,
        variant: Variant,
        role: Role,
        reader: &mut impl Read,
        length: u64,
        file: &str,
    ) -> Result<(), DataError> {
        let seen = match role {
            Role::Train(number) => self.train.insert(number, read_records(reader, length, variant, file)?).is_some(),
            Role::Test => self.test.replace(read_records(reader, length, variant, file)?).is_some(),
            Role::ClassNames => self.class_names.replace(read_names(reader, length, variant, file)?).is_some(),
        };
        if seen {
            return Err(DataError::malformed(file, "one file of this name", "two"));
        }
        Ok(())
    }

    /// Joins the files, none of which may be missing.
    ///
    /// How many files a smaller set has cannot be known, so they must be numbered without a gap; but five it is as soon as
    /// one of them has the official length, or else four fifths of CIFAR-10 would pass for CIFAR-10.
    fn finish(self, variant: Variant, origin: &Path) -> Result<Reading, DataError> {
        let place = |name: &str| {
            if origin.is_dir() {
                origin.join(name).display().to_string()
            } else {
                format!("{}: {name}", origin.display())
            }
        };
        let missing = |name: &str| {
            let found = match self.train.len() {
                0 => "no training file".to_owned(),
                files => format!("{files} training file(s), numbered {:?}", self.train.keys().collect::<Vec<_>>()),
            };
            let expected = format!("this file of the binary version of {}", variant.known().name);
            Err(DataError::Missing { file: place(name), expected, found })
        };
        let official = variant == Variant::Cifar10 && self.train.values().any(|set| set.len() == OFFICIAL_RECORDS);
        let last = self.train.keys().max().copied().unwrap_or(1).max(if official { 5 } else { 1 });
        let [first_name, test_name] = variant.file_names();
        if let Some(absent) = (1..=last).find(|number| !self.train.contains_key(number)) {
            return missing(&first_name.replace('1', &absent.to_string()));
        }
        let Some(test) = self.test else { return missing(test_name) };
        let mut train = ImageSet { shape: SHAPE, pixels: Vec::new(), labels: Vec::new() };
        for part in self.train.into_values() {
            train.pixels.extend(part.pixels);
            train.labels.extend(part.labels);
        }
        let label_files = [first_name, test_name].map(place);
        Ok(Reading { train, test, class_names: self.class_names, label_files })
    }
}

/// The records of one file of `length` bytes.
fn read_records(reader: &mut impl Read, length: u64, variant: Variant, file: &str) -> Result<ImageSet, DataError> {
    let label_bytes = variant.label_bytes();
    let size = label_bytes + SHAPE.values();
    bounded_product(&[length], file)?;
    if length == 0 || !length.is_multiple_of(size as u64) {
        return Err(DataError::length(
            file,
            format!("a whole number of records of {size} bytes"),
            format!("{length} bytes"),
        ));
    }
    let mut set = ImageSet { shape: SHAPE, pixels: Vec::new(), labels: Vec::new() };
    let classes = variant.known().class_names.len();
    for image in 0..length / size as u64 {
        let record = read_bytes(reader, size as u64, file)?;
        let (labels, pixels) = record.split_at(label_bytes);
        let label = labels.last().copied().map_or(0, usize::from);
        if label >= classes {
            return Err(DataError::Label {
                file: file.to_owned(),
                expected: format!("labels from 0 to {}", classes - 1),
                found: label.to_string(),
                image: usize::try_from(image).unwrap_or(usize::MAX),
            });
        }
        set.labels.push(label);
        set.pixels.extend_from_slice(pixels);
    }
    Ok(set)
}

/// The class names, one a line.
fn read_names(reader: &mut impl Read, length: u64, variant: Variant, file: &str) -> Result<Vec<String>, DataError> {
    if length > MAX_NAMES_BYTES {
        let limit = format!("{MAX_NAMES_BYTES} bytes of class names");
        return Err(DataError::TooLarge { file: file.to_owned(), limit, found: format!("{length} bytes") });
    }
    let bytes = read_bytes(reader, length, file)?;
    let text = String::from_utf8_lossy(&bytes);
    let names: Vec<String> = text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect();
    let classes = variant.known().class_names.len();
    if names.len() != classes {
        return Err(DataError::malformed(file, format!("{classes} class names, one a line"), names.len()));
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fine_labels_count() {
        let mut bytes = vec![19, 99];
        bytes.extend(std::iter::repeat_n(7, 3072));
        let set = read_records(&mut bytes.as_slice(), 3074, Variant::Cifar100, "train.bin").unwrap();
        assert_eq!((set.labels.as_slice(), set.pixels.len()), ([99].as_slice(), 3072));
        assert!(set.pixels.iter().all(|&pixel| pixel == 7));
    }

    #[test]
    fn names_tell_roles() {
        assert_eq!(role("data_batch_3.bin"), Some((Variant::Cifar10, Role::Train(3))));
        assert_eq!(role("data_batch_0.bin"), None);
        assert_eq!(role("data_batch_1"), None);
        assert_eq!(variant_of_name("test.bin"), Some(Variant::Cifar100));
        assert_eq!(variant_of_name("batches.meta.txt"), None);
    }

    #[test]
    fn a_gap_between_training_files_is_seen() {
        let set = |records: usize| ImageSet { shape: SHAPE, pixels: Vec::new(), labels: vec![0; records] };
        let parts = |train: &[(usize, usize)]| Parts {
            train: train.iter().map(|&(number, records)| (number, set(records))).collect(),
            test: Some(set(1)),
            class_names: None,
        };
        let finish = |train: &[(usize, usize)]| parts(train).finish(Variant::Cifar10, Path::new("set"));
        assert!(finish(&[(1, 4000), (2, 7)]).is_ok());
        for (train, part) in [
            (vec![(1, 9), (3, 9)], "data_batch_2.bin"),
            (vec![(1, 10_000), (2, 10_000), (3, 10_000), (4, 10_000)], "data_batch_5.bin"),
            (vec![], "data_batch_1.bin"),
        ] {
            let error = finish(&train).unwrap_err().to_string();
            assert!(error.contains(part), "{error}");
        }
    }
}
