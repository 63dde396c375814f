//! The MNIST family.

use std::{fs, path::Path};

use dewpoint::domain::{IdxFiles, ImageShape, NormalizationSource, ReadOptions};

use super::support::{assert_refused, folder, gzip, noise, open, open_with, write};

pub const NAMES: [&str; 4] =
    ["train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"];

fn images(count: u32, height: u32, width: u32) -> Vec<u8> {
    let mut bytes = vec![0, 0, 8, 3];
    bytes.extend([count, height, width].iter().flat_map(|length| length.to_be_bytes()));
    bytes.extend(noise((count * height * width) as usize));
    bytes
}

fn labels(labels: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0, 0, 8, 1];
    bytes.extend(u32::try_from(labels.len()).unwrap().to_be_bytes());
    bytes.extend(labels);
    bytes
}

/// Three training and two test images of two classes.
pub fn good() -> [Vec<u8>; 4] {
    [images(3, 4, 5), labels(&[0, 1, 1]), images(2, 4, 5), labels(&[1, 0])]
}

fn write_all(folder: &Path, files: &[Vec<u8>; 4]) {
    for (name, bytes) in NAMES.iter().zip(files) {
        write(folder.join(name), bytes);
    }
}

/// Writes good files but for one, and checks how the folder is refused.
#[track_caller]
fn assert_bad(file: usize, bytes: Vec<u8>, parts: &[&str]) {
    let folder = folder();
    let mut files = good();
    files[file] = bytes;
    write_all(folder.path(), &files);
    assert_refused(open(folder.path()), parts);
}

#[test]
fn plain_and_gzipped_are_the_same() {
    let folder = folder();
    let (plain, packed) = (folder.path().join("plain"), folder.path().join("packed"));
    write_all(&plain, &good());
    for (name, bytes) in NAMES.iter().zip(good()) {
        write(packed.join(format!("{name}.gz")), gzip(&bytes));
    }
    let plain = open(&plain).unwrap();
    let packed = open(&packed).unwrap();
    assert_eq!(plain.train, packed.train);
    assert_eq!(plain.info.checksum, packed.info.checksum);
    assert_eq!(plain.info.name, "plain");
    assert_eq!(plain.info.shape, ImageShape::new(1, 4, 5));
    assert_eq!(plain.info.class_names, ["0", "1"]);
    assert_eq!((plain.info.train_counts, plain.info.test_counts), (vec![1, 2], vec![1, 1]));
    assert_eq!(plain.train.image(1), &noise(60)[20..40]);
    assert_eq!(plain.train.labels, [0, 1, 1]);
    assert_eq!(plain.info.normalization_source, NormalizationSource::Measured);
}

#[test]
fn other_names_can_be_given() {
    let folder = folder();
    let files = ["a.idx", "b", "c.gz", "d"];
    for (name, bytes) in files.iter().zip(good()) {
        write(folder.path().join(name), bytes);
    }
    let [train_images, train_labels, test_images, test_labels] = files.map(Into::into);
    let named = IdxFiles { train_images, train_labels, test_images, test_labels };
    let options = |idx| ReadOptions { idx: Some(idx), ..ReadOptions::default() };
    assert_eq!(open_with(folder.path(), options(named.clone())).unwrap().info.train_counts, [1, 2]);
    let from_file = open_with(&folder.path().join("a.idx"), options(named.clone())).unwrap();
    assert_eq!(from_file.info.train_counts, [1, 2]);
    let wrong = IdxFiles { test_images: "absent".into(), ..named };
    assert_refused(open_with(folder.path(), options(wrong)), &["absent", "is missing"]);
}

#[test]
fn a_folder_named_after_mnist_gets_its_normalisation_but_not_its_name() {
    let folder = folder();
    let files = [images(3, 28, 28), labels(&[0, 1, 1]), images(2, 28, 28), labels(&[1, 0])];
    for (place, name, mean, class) in
        [("my MNIST", "my MNIST", 0.1307, "1"), ("FashionMNIST/raw", "FashionMNIST", 0.2861, "Trouser")]
    {
        let path = folder.path().join(place);
        write_all(&path, &files);
        let dataset = open(&path).unwrap();
        assert_eq!(dataset.info.normalization.mean, [mean]);
        assert_eq!(dataset.info.normalization_source, NormalizationSource::Published);
        assert_eq!(dataset.info.class_names[1], class);
        assert_eq!(dataset.info.name, name);
    }
    // The folder above `raw`, as some downloads are laid out, and one of the files stand for it.
    assert_eq!(open(&folder.path().join("FashionMNIST")).unwrap().info.normalization.mean, [0.2861]);
    assert!(open(&folder.path().join("my MNIST").join(NAMES[2])).is_ok());
    let other = folder.path().join("kmnist");
    write_all(&other, &files);
    assert_eq!(open(&other).unwrap().info.normalization_source, NormalizationSource::Measured);
}

#[test]
fn a_missing_file() {
    for (file, name) in NAMES.iter().enumerate() {
        let folder = folder();
        write_all(folder.path(), &good());
        fs::remove_file(folder.path().join(NAMES[file])).unwrap();
        assert_refused(open(folder.path()), &[name, "is missing"]);
    }
}

#[test]
fn a_wrong_magic_number() {
    assert_bad(0, labels(&[0; 3]), &[NAMES[0], "0x00000803", "found 0x00000801"]);
    assert_bad(3, images(2, 4, 5), &[NAMES[3], "0x00000801", "found 0x00000803"]);
    assert_bad(2, b"<html>Not found</html>".to_vec(), &[NAMES[2], "0x3c68746d"]);
}

#[test]
fn truncated_files() {
    let cut = |bytes: &[u8], by: usize| bytes[..bytes.len() - by].to_vec();
    assert_bad(0, cut(&good()[0], 1), &[NAMES[0], "60 bytes", "only 59"]);
    assert_bad(1, cut(&good()[1], 2), &[NAMES[1], "3 bytes", "only 1"]);
    assert_bad(0, vec![0, 0, 8, 3, 0, 0], &[NAMES[0], "header"]);
    assert_bad(2, vec![], &[NAMES[2], "magic number"]);
    let packed = gzip(&images(2, 40, 40));
    assert_bad(2, cut(&packed, packed.len() / 2), &[NAMES[2], "3200 bytes"]);
    assert_bad(2, cut(&packed, 4), &[NAMES[2], "cut off"]);
}

#[test]
fn damaged_gzip() {
    let mut packed = gzip(&good()[0]);
    let checksum = packed.len() - 8;
    packed[checksum] ^= 1;
    assert_bad(0, packed, &[NAMES[0], "cannot be read"]);
}

#[test]
fn more_bytes_than_the_header_says() {
    assert_bad(0, [good()[0].clone(), vec![0]].concat(), &[NAMES[0], "more"]);
    // A decompression bomb stops one byte after the announced end.
    let bomb = [good()[0].clone(), vec![0; 50 << 20]].concat();
    assert_bad(0, gzip(&bomb), &[NAMES[0], "more"]);
}

#[test]
fn a_header_that_asks_for_too_much() {
    let mut huge = vec![0, 0, 8, 3];
    huge.extend([u32::MAX, 28, 28].iter().flat_map(|length| length.to_be_bytes()));
    assert_bad(0, gzip(&huge), &[NAMES[0], "too large", "4294967296"]);
}

#[test]
fn counts_that_disagree() {
    assert_bad(1, labels(&[0, 1]), &[NAMES[0], NAMES[1], "each of the 3 images", "found 2 labels"]);
    assert_bad(2, images(4, 4, 5), &[NAMES[2], NAMES[3], "each of the 4 images", "found 2 labels"]);
    assert_bad(2, images(2, 5, 4), &["1x4x5", "1x5x4"]);
}

#[test]
fn labels_out_of_range() {
    assert_bad(3, labels(&[0, 2]), &[NAMES[3], "from 0 to 1", "found 2 at image 1"]);
    assert_bad(1, labels(&[0, 200, 1]), &[NAMES[1], "below 3", "found 200 at image 1"]);
}

#[test]
fn a_class_without_images() {
    assert_bad(1, labels(&[0, 2, 2]), &[NAMES[1], "3 classes", "class \"1\""]);
    assert_bad(3, labels(&[1, 1]), &[NAMES[3], "test image", "class \"0\""]);
    assert_bad(0, images(0, 4, 5), &[NAMES[0], "each of the 0 images"]);
}
