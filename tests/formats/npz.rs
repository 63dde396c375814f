//! `NumPy` arrays.

use std::{
    io::{Cursor, Write},
    path::PathBuf,
};

use dewpoint::{
    data::{DataError, Dataset},
    domain::{ImageShape, NormalizationSource},
};
use tempfile::TempDir;
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

use super::support::{assert_refused, folder, noise, open, write};

fn npy(descr: &str, shape: &str, values: &[u8]) -> Vec<u8> {
    let mut header = format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}");
    // NumPy pads to a multiple of 64 bytes and ends with a newline.
    while (10 + header.len() + 1) % 64 != 0 {
        header.push(' ');
    }
    header.push('\n');
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend(u16::try_from(header.len()).unwrap().to_le_bytes());
    bytes.extend_from_slice(header.as_bytes());
    bytes.extend_from_slice(values);
    bytes
}

pub type Members = Vec<(&'static str, Vec<u8>)>;

/// Two grey training images and two test images of two classes.
pub fn good() -> Members {
    let labels: Vec<u8> = [0_i64, 1].iter().flat_map(|label| label.to_le_bytes()).collect();
    vec![
        ("x_train.npy", npy("|u1", "(2, 3, 4)", &noise(24))),
        ("y_train.npy", npy("<i8", "(2,)", &labels)),
        ("x_test.npy", npy("|u1", "(2, 3, 4)", &noise(24))),
        ("y_test.npy", npy("|u1", "(2, 1)", &[1, 0])),
    ]
}

fn with(name: &'static str, bytes: Vec<u8>) -> Members {
    let mut members = good();
    members.retain(|(member, _)| *member != name);
    members.push((name, bytes));
    members
}

pub fn pack(members: &Members, method: CompressionMethod) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in members {
        writer.start_file(*name, SimpleFileOptions::default().compression_method(method)).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn write_npz(members: &Members) -> (TempDir, PathBuf) {
    let folder = folder();
    let path = write(folder.path().join("small.npz"), pack(members, CompressionMethod::Deflated));
    (folder, path)
}

fn read(members: &Members) -> Result<Dataset, DataError> {
    let (_folder, path) = write_npz(members);
    open(&path)
}

#[track_caller]
fn assert_bad(members: &Members, parts: &[&str]) {
    assert_refused(read(members), &[&["small.npz"], parts].concat());
}

#[test]
fn stored_and_deflated() {
    let folder = folder();
    let deflated = read(&good()).unwrap();
    let stored = open(&write(folder.path().join("small.npz"), pack(&good(), CompressionMethod::Stored))).unwrap();
    assert_eq!(stored, deflated);
    assert_eq!(stored.info.name, "small");
    assert_eq!(stored.info.shape, ImageShape::new(1, 3, 4));
    assert_eq!((stored.train.labels.as_slice(), stored.test.labels.as_slice()), ([0, 1].as_slice(), [1, 0].as_slice()));
    assert_eq!(stored.train.pixels, noise(24));
    assert_eq!(stored.info.normalization_source, NormalizationSource::Measured);
}

#[test]
fn colours_first_or_last() {
    let mut last = good();
    last[0].1 = npy("|u1", "(2, 2, 2, 3)", &noise(24));
    last[2].1 = npy("|u1", "(2, 2, 2, 3)", &noise(24));
    let last = read(&last).unwrap();
    let mut first = good();
    first[0].1 = npy("|u1", "(2, 3, 2, 2)", &last.train.pixels);
    first[2].1 = npy("|u1", "(2, 3, 2, 2)", &last.test.pixels);
    let first = read(&first).unwrap();
    assert_eq!(first, last);
    assert_eq!(first.info.shape, ImageShape::new(3, 2, 2));
    let interleaved = noise(24);
    assert_eq!(first.train.image(0)[..4], [interleaved[0], interleaved[3], interleaved[6], interleaved[9]]);
}

#[test]
fn a_missing_array() {
    for name in ["x_train.npy", "y_train.npy", "x_test.npy", "y_test.npy"] {
        let members = good().into_iter().filter(|(member, _)| *member != name).collect();
        assert_bad(&members, &[name.trim_end_matches(".npy"), "x_train, y_train, x_test, y_test"]);
    }
}

#[test]
fn other_types_and_orders() {
    assert_bad(&with("x_train.npy", npy("<f4", "(2, 3, 4)", &[0; 96])), &["x_train", "uint8", "<f4"]);
    assert_bad(&with("x_train.npy", npy("<u2", "(2, 3, 4)", &[0; 48])), &["x_train", "uint8", "<u2"]);
    assert_bad(&with("x_train.npy", npy("|i1", "(2, 3, 4)", &[0; 24])), &["x_train", "uint8", "|i1"]);
    assert_bad(&with("y_test.npy", npy("<f8", "(2,)", &[0; 16])), &["y_test", "integers", "<f8"]);
    assert_bad(&with("y_test.npy", npy("|u1", "(2, 2)", &[0; 4])), &["y_test", "(n,)", "[2, 2]"]);
    assert_bad(&with("x_test.npy", npy("|u1", "(24,)", &[0; 24])), &["x_test", "(n, h, w)", "[24]"]);
    assert_bad(&with("x_test.npy", npy("|u1", "(2, 2, 3, 2)", &[0; 24])), &["x_test", "1 or 3 channels"]);
    assert_bad(&with("x_test.npy", npy("|u1", "(0, 3, 4)", &[])), &["x_test", "at least one image"]);
    let mut fortran = npy("|u1", "(2, 3, 4)", &noise(24));
    let place = fortran.windows(5).position(|window| window == b"False").unwrap();
    fortran[place..place + 5].copy_from_slice(b"True ");
    assert_bad(&with("x_test.npy", fortran), &["x_test", "ascontiguousarray", "Fortran"]);
}

#[test]
fn truncated_and_damaged() {
    assert_bad(&with("x_test.npy", npy("|u1", "(2, 3, 4)", &noise(23))), &["x_test", "wrong length"]);
    assert_bad(&with("x_test.npy", npy("|u1", "(2, 3, 4)", &noise(25))), &["x_test", "wrong length"]);
    assert_bad(&with("y_test.npy", b"\x93NUM".to_vec()), &["y_test", "magic number"]);
    assert_bad(&with("y_test.npy", vec![7; 200]), &["y_test", "magic number"]);
    assert_bad(&with("y_test.npy", npy("|u1", "(two,)", &[0, 1])), &["y_test", "shape", "(two,)"]);
    let folder = folder();
    let whole = pack(&good(), CompressionMethod::Stored);
    for bytes in [whole[..whole.len() / 2].to_vec(), vec![], b"not a zip".to_vec()] {
        let path = write(folder.path().join("cut.npz"), bytes);
        assert_refused(open(&path), &["cut.npz", "zip"]);
    }
    // A flipped pixel shows in the checksum of the member.
    let mut flipped = whole.clone();
    let place = whole.windows(24).position(|window| window == noise(24)).unwrap();
    flipped[place + 5] ^= 1;
    assert_refused(open(&write(folder.path().join("flipped.npz"), flipped)), &["flipped.npz", "x_train"]);
}

#[test]
fn shapes_that_ask_for_too_much() {
    let huge = npy("|u1", "(60000000, 1024, 1024)", &noise(24));
    assert_bad(&with("x_train.npy", huge), &["x_train", "too large", "4294967296"]);
    let claimed = npy("|u1", "(4000, 1000, 1000)", &noise(24));
    assert_bad(&with("x_train.npy", claimed), &["x_train", "wrong length", "4000000"]);
    let bomb = npy("|u1", "(2, 3, 4)", &vec![0; 20 << 20]);
    assert_bad(&with("x_train.npy", bomb), &["x_train", "wrong length"]);
}

#[test]
fn members_that_climb_out() {
    for name in ["../x_train.npy", "/x_train.npy", "a/../../b.npy", "..\\b.npy"] {
        assert_bad(&with(name, vec![]), &["climbs out", name]);
    }
}

#[test]
fn labels_that_do_not_fit() {
    assert_bad(&with("y_test.npy", npy("|u1", "(2,)", &[0, 2])), &["y_test", "from 0 to 1", "found 2 at image 1"]);
    assert_bad(&with("y_test.npy", npy("|i1", "(2,)", &[0, 255])), &["y_test", "at least 0", "negative", "image 1"]);
    assert_bad(&with("y_train.npy", npy("<u4", "(2,)", &[0, 0, 0, 0, 255, 255, 255, 255])), &["y_train", "4294967295"]);
    assert_bad(&with("y_train.npy", npy("|u1", "(3,)", &[0, 1, 1])), &["y_train", "each of the 2 images", "3 labels"]);
    assert_bad(&with("y_test.npy", npy("|u1", "(2,)", &[1, 1])), &["y_test", "class \"0\""]);
}
