//! What the tests of all formats share.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
};

use dewpoint::{
    data::{self, DataError, Dataset},
    domain::{DatasetSource, ReadOptions},
};
use tempfile::TempDir;

/// A temporary folder, removed at the end of the test.
pub fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

/// Writes a file, and the folders around it.
pub fn write(path: impl AsRef<Path>, bytes: impl AsRef<[u8]>) -> PathBuf {
    let path = path.as_ref();
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
    path.to_owned()
}

pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Bytes that differ from their neighbours.
pub fn noise(length: usize) -> Vec<u8> {
    (0..length).map(|position| u8::try_from((position * 7 + position / 256) % 256).unwrap()).collect()
}

pub fn open_with(path: &Path, options: ReadOptions) -> Result<Dataset, DataError> {
    data::open(&DatasetSource::Files { path: path.to_owned(), options })
}

pub fn open(path: &Path) -> Result<Dataset, DataError> {
    open_with(path, ReadOptions::default())
}

/// Checks that a dataset is refused with one sentence that holds all `parts`.
#[track_caller]
pub fn assert_refused(result: Result<Dataset, DataError>, parts: &[&str]) {
    let Err(error) = result else { panic!("the dataset should be refused") };
    let sentence = error.to_string();
    println!("{sentence}");
    for part in parts.iter().chain(&["expected", "found"]) {
        assert!(sentence.contains(part), "\"{part}\" is not in: {sentence}");
    }
    assert!(!sentence.contains('\n') && sentence.len() < 600, "{sentence}");
}
