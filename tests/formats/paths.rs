//! Recognising what lies at a path, and the built-in datasets.

use std::fs;

use dewpoint::{
    data,
    domain::{BuiltinDataset, DatasetSource},
};

use super::support::{assert_refused, folder, open, write};

#[test]
fn nothing_there() {
    let folder = folder();
    assert_refused(open(&folder.path().join("absent")), &["absent", "is missing"]);
    assert_refused(open(&folder.path().join("absent.npz")), &["absent.npz", "is missing"]);
}

#[test]
fn nothing_in_it() {
    let folder = folder();
    assert_refused(open(folder.path()), &[folder.path().to_str().unwrap(), "not recognised", "an empty folder"]);
    let file = write(folder.path().join("notes.txt"), "hello");
    assert_refused(open(folder.path()), &["1 other file"]);
    assert_refused(open(&file), &["notes.txt", "not recognised"]);
}

#[test]
fn two_datasets_in_one_folder() {
    let folder = folder();
    write(folder.path().join("train_32x32.mat"), "");
    write(folder.path().join("test_batch.bin"), "");
    assert_refused(open(folder.path()), &["CIFAR10 and SVHN"]);
}

#[test]
fn a_folder_in_place_of_a_file() {
    let folder = folder();
    fs::create_dir(folder.path().join("train_32x32.mat")).unwrap();
    write(folder.path().join("test_32x32.mat"), "");
    assert_refused(open(folder.path()), &["train_32x32.mat", "a folder"]);
}

#[test]
fn built_in_datasets_open() {
    for builtin in BuiltinDataset::ALL {
        let dataset = data::open(&DatasetSource::Builtin(builtin)).unwrap();
        assert_eq!(dataset.info.name, builtin.name());
        assert_eq!(dataset.info.classes(), 10);
    }
}
