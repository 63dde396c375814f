//! SVHN's MAT files.

use std::{fs, io::Write, path::Path};

use dewpoint::domain::{ImageShape, NormalizationSource};
use flate2::{Compression, write::ZlibEncoder};

use super::support::{assert_refused, folder, noise, open, write};

pub const TRAIN: &str = "train_32x32.mat";
pub const TEST: &str = "test_32x32.mat";
const UINT8: u32 = 2;

fn element(kind: u32, data: &[u8]) -> Vec<u8> {
    let mut bytes = kind.to_le_bytes().to_vec();
    bytes.extend(u32::try_from(data.len()).unwrap().to_le_bytes());
    bytes.extend_from_slice(data);
    bytes.resize(bytes.len().next_multiple_of(8), 0);
    bytes
}

/// A variable whose values are of type `kind`.
fn variable(name: &str, class: u8, dimensions: &[i32], kind: u32, values: &[u8]) -> Vec<u8> {
    let dimensions: Vec<u8> = dimensions.iter().flat_map(|length| length.to_le_bytes()).collect();
    // A name of up to four bytes stands in its tag.
    let mut small = vec![1, 0, u8::try_from(name.len()).unwrap(), 0];
    small.extend_from_slice(name.as_bytes());
    small.resize(8, 0);
    let name = if name.len() <= 4 { small } else { element(1, name.as_bytes()) };
    let parts = [element(6, &[class, 0, 0, 0, 0, 0, 0, 0]), element(5, &dimensions), name, element(kind, values)];
    element(14, &parts.concat())
}

fn compressed(variable: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(variable).unwrap();
    let data = encoder.finish().unwrap();
    // A compressed element has no padding.
    [15_u32.to_le_bytes().as_slice(), &u32::try_from(data.len()).unwrap().to_le_bytes(), &data].concat()
}

fn mat(variables: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = b"MATLAB 5.0 MAT-file".to_vec();
    bytes.resize(124, b' ');
    bytes.extend([0, 1, b'I', b'M']);
    bytes.extend(variables.concat());
    bytes
}

/// Ten images, 2 rows by 3 columns, RGB.
fn images() -> Vec<u8> {
    variable("X", 9, &[2, 3, 3, 10], UINT8, &noise(180))
}

fn labels() -> Vec<u8> {
    variable("y", 9, &[10, 1], UINT8, &[1, 9, 2, 3, 4, 5, 6, 7, 8, 10])
}

pub fn write_good(folder: &Path) {
    write(folder.join(TRAIN), mat(&[images(), labels()]));
    write(folder.join(TEST), mat(&[compressed(&images()), compressed(&labels())]));
}

#[track_caller]
fn assert_bad(bytes: Vec<u8>, parts: &[&str]) {
    let folder = folder();
    write_good(folder.path());
    write(folder.path().join(TEST), bytes);
    assert_refused(open(folder.path()), &[&[TEST], parts].concat());
}

#[test]
fn plain_and_compressed_are_the_same() {
    let folder = folder();
    write_good(folder.path());
    let dataset = open(folder.path()).unwrap();
    assert_eq!(dataset.train, dataset.test);
    assert_eq!(dataset.info.shape, ImageShape::new(3, 2, 3));
    // Ten is the digit 0.
    assert_eq!(dataset.train.labels, [1, 9, 2, 3, 4, 5, 6, 7, 8, 0]);
    // In the file the row changes fastest, then the column.
    let file = noise(180);
    assert_eq!(dataset.train.image(0)[..6], [file[0], file[2], file[4], file[1], file[3], file[5]]);
    assert_eq!(dataset.train.image(1)[0], file[18]);
    assert_eq!(open(&folder.path().join(TEST)).unwrap(), dataset);
    // Constants published for 3x32x32 do not hold for other sizes.
    assert_eq!(dataset.info.normalization_source, NormalizationSource::Measured);
}

#[test]
fn the_official_size_gets_the_published_constants() {
    let folder = folder();
    let images = variable("X", 9, &[32, 32, 3, 10], UINT8, &noise(30_720));
    let doubles: Vec<u8> = (1..=10).flat_map(|label| f64::from(label).to_le_bytes()).collect();
    let labels = variable("y", 6, &[10, 1], 9, &doubles);
    let other = variable("a_long_name", 6, &[1, 1], 9, &[0; 8]);
    let bytes = mat(&[compressed(&labels), other, compressed(&images)]);
    write(folder.path().join(TRAIN), &bytes);
    write(folder.path().join(TEST), bytes);
    let dataset = open(folder.path()).unwrap();
    assert_eq!(dataset.info.normalization.mean, [0.4377, 0.4438, 0.4728]);
    assert_eq!(dataset.info.normalization_source, NormalizationSource::Published);
    // Ten images are not SVHN.
    assert_eq!(dataset.info.name, folder.path().file_name().unwrap().to_str().unwrap());
}

#[test]
fn a_missing_file() {
    for name in [TRAIN, TEST] {
        let folder = folder();
        write_good(folder.path());
        fs::remove_file(folder.path().join(name)).unwrap();
        assert_refused(open(folder.path()), &[name, "is missing"]);
    }
}

#[test]
fn headers_of_other_files() {
    assert_bad(b"not a mat file".to_vec(), &["MAT header"]);
    assert_bad(vec![7; 300], &["version 5"]);
    let mut hdf5 = mat(&[images(), labels()]);
    hdf5[125] = 2;
    assert_bad(hdf5, &["version 5", "7.3"]);
}

#[test]
fn truncated_and_damaged() {
    let whole = mat(&[images(), labels()]);
    for cut in [1, 9, 40, 100, 200] {
        assert_bad(whole[..whole.len() - cut].to_vec(), &["wrong length"]);
    }
    let packed = mat(&[compressed(&images()), compressed(&labels())]);
    for cut in [1, 20, 60] {
        assert_bad(packed[..packed.len() - cut].to_vec(), &[]);
    }
    // The checksum at the end of a compressed variable.
    let mut flipped = compressed(&images());
    *flipped.last_mut().unwrap() ^= 1;
    assert_bad(mat(&[flipped, compressed(&labels())]), &["cannot be read"]);
    // More behind a compressed variable than it says.
    let longer = compressed(&[images(), vec![0; 50 << 20]].concat());
    assert_bad(mat(&[longer, labels()]), &["more"]);
}

#[test]
fn variables_that_do_not_fit() {
    assert_bad(mat(&[labels()]), &["no X"]);
    assert_bad(mat(&[images()]), &["no y"]);
    assert_bad(mat(&[images(), images(), labels()]), &["two of one name"]);
    assert_bad(mat(&[variable("X", 6, &[2, 3, 3, 10], UINT8, &noise(180)), labels()]), &["uint8", "class 6"]);
    assert_bad(mat(&[variable("X", 9, &[2, 3, 2, 15], UINT8, &noise(180)), labels()]), &["[2, 3, 2, 15]"]);
    assert_bad(mat(&[variable("X", 9, &[2, 3, 3, 11], UINT8, &noise(180)), labels()]), &["198 bytes"]);
    assert_bad(mat(&[variable("X", 9, &[2, -3, 3, 10], UINT8, &noise(180)), labels()]), &["negative"]);
    assert_bad(mat(&[images(), variable("y", 9, &[9, 1], UINT8, &[1; 9])]), &["each of the 10 images", "9 labels"]);
    assert_bad(mat(&[images(), variable("y", 9, &[5, 2], UINT8, &[1; 10])]), &["[5, 2]"]);
    for (label, found) in [(0, "found 0"), (11, "found 11")] {
        let labels = variable("y", 9, &[10, 1], UINT8, &[1, 2, 3, label, 5, 6, 7, 8, 9, 10]);
        assert_bad(mat(&[images(), labels]), &["1 to 10", found, "image 3"]);
    }
    assert_bad(mat(&[images(), variable("y", 9, &[10, 1], UINT8, &[1; 10])]), &["class with no image", "class \"0\""]);
}

#[test]
fn dimensions_that_ask_for_too_much() {
    let huge = variable("X", 9, &[i32::MAX, i32::MAX, 3, i32::MAX], UINT8, &[0; 8]);
    assert_bad(mat(&[huge.clone(), labels()]), &["too large", "4294967296"]);
    assert_bad(mat(&[compressed(&huge), labels()]), &["too large"]);
}
