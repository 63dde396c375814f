//! CIFAR-10 and CIFAR-100.

use std::{fs, path::Path};

use dewpoint::domain::{ImageShape, NormalizationSource};

use super::support::{assert_refused, folder, gzip, noise, open, write};

/// `count` records of CIFAR-10 with the labels 0 to 9 in turn.
fn records(count: usize) -> Vec<u8> {
    (0..count).flat_map(|image| [vec![u8::try_from(image % 10).unwrap()], noise(3072)].concat()).collect()
}

/// One record of CIFAR-100 for each class.
fn fine_records() -> Vec<u8> {
    (0..100_u8).flat_map(|label| [vec![label / 5, label], noise(3072)].concat()).collect()
}

/// The members of a small CIFAR-10.
pub fn members() -> Vec<(String, Vec<u8>)> {
    [("data_batch_1.bin", records(20)), ("data_batch_2.bin", records(10)), ("test_batch.bin", records(10))]
        .map(|(name, bytes)| (format!("cifar-10-batches-bin/{name}"), bytes))
        .into()
}

fn header(name: &str, length: u64) -> tar::Header {
    let mut header = tar::Header::new_gnu();
    // Not `set_path`, which refuses what the tests need.
    header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
    header.set_size(length);
    header.set_mode(0o644);
    header.set_entry_type(tar::EntryType::Regular);
    header.set_cksum();
    header
}

pub fn tar(members: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, bytes) in members {
        builder.append(&header(name, bytes.len() as u64), bytes.as_slice()).unwrap();
    }
    builder.into_inner().unwrap()
}

#[track_caller]
fn assert_bad_archive(bytes: Vec<u8>, parts: &[&str]) {
    let folder = folder();
    let path = write(folder.path().join("cifar-10-binary.tar.gz"), bytes);
    assert_refused(open(&path), &[&["cifar-10-binary.tar.gz"], parts].concat());
}

fn write_members(folder: &Path) {
    for (name, bytes) in members() {
        write(folder.join(name), bytes);
    }
}

#[test]
fn folder_and_archive_are_the_same() {
    let place = folder();
    write_members(place.path());
    let inner = open(&place.path().join("cifar-10-batches-bin")).unwrap();
    let outer = open(place.path()).unwrap();
    let one_file = open(&place.path().join("cifar-10-batches-bin/test_batch.bin")).unwrap();
    let folder = folder();
    let packed = open(&write(folder.path().join("small.tar.gz"), gzip(&tar(&members())))).unwrap();
    let plain = open(&write(folder.path().join("small.tar"), tar(&members()))).unwrap();
    for other in [&outer, &one_file, &packed, &plain] {
        assert_eq!(other.info.checksum, inner.info.checksum);
    }
    assert_eq!(packed.info.name, "small");
    assert_eq!(packed.info.shape, ImageShape::new(3, 32, 32));
    assert_eq!(packed.info.train_counts, [3; 10]);
    assert_eq!(packed.info.class_names[9], "truck");
    assert_eq!(packed.info.normalization.mean, [0.4914, 0.4822, 0.4465]);
    assert_eq!(packed.info.normalization_source, NormalizationSource::Published);
    assert_eq!(packed.train.image(7), noise(3072));
    assert_eq!(packed.train.labels[20..23], [0, 1, 2]);
}

#[test]
fn cifar_100_has_fine_labels() {
    let folder = folder();
    let names = (0..100).map(|class| format!("class{class}")).collect::<Vec<_>>().join("\n");
    write(folder.path().join("train.bin"), fine_records());
    write(folder.path().join("test.bin"), fine_records());
    let dataset = open(folder.path()).unwrap();
    assert_eq!(dataset.info.class_names[99], "worm");
    assert_eq!(dataset.train.labels, (0..100).collect::<Vec<_>>());
    assert_eq!(dataset.info.normalization.std, [0.2675, 0.2565, 0.2761]);
    write(folder.path().join("fine_label_names.txt"), names);
    assert_eq!(open(folder.path()).unwrap().info.class_names[99], "class99");
    write(folder.path().join("fine_label_names.txt"), "one\ntwo\n");
    assert_refused(open(folder.path()), &["fine_label_names.txt", "100 class names", "found 2"]);
}

#[test]
fn missing_files() {
    for name in ["data_batch_1.bin", "test_batch.bin"] {
        let folder = folder();
        write_members(folder.path());
        fs::remove_file(folder.path().join("cifar-10-batches-bin").join(name)).unwrap();
        assert_refused(open(folder.path()), &[name, "is missing"]);
        let members: Vec<_> = members().into_iter().filter(|(member, _)| !member.ends_with(name)).collect();
        assert_bad_archive(gzip(&tar(&members)), &[name, "is missing"]);
    }
}

#[test]
fn no_whole_number_of_records() {
    for (bytes, found) in [(records(2)[1..].to_vec(), "6145"), (vec![], "0 bytes")] {
        let folder = folder();
        write_members(folder.path());
        let bad = write(folder.path().join("cifar-10-batches-bin/test_batch.bin"), &bytes);
        assert_refused(open(folder.path()), &[bad.to_str().unwrap(), "3073 bytes", found]);
        let mut members = members();
        members[2].1 = bytes;
        assert_bad_archive(gzip(&tar(&members)), &["test_batch.bin", "3073 bytes", found]);
    }
}

#[test]
fn labels_out_of_range() {
    let folder = folder();
    write_members(folder.path());
    let mut bytes = records(3);
    bytes[3073] = 10;
    let bad = write(folder.path().join("cifar-10-batches-bin/data_batch_2.bin"), bytes);
    assert_refused(open(folder.path()), &[bad.to_str().unwrap(), "from 0 to 9", "found 10 at image 1"]);
}

#[test]
fn a_class_without_images() {
    let folder = folder();
    write_members(folder.path());
    write(folder.path().join("cifar-10-batches-bin/test_batch.bin"), records(9));
    assert_refused(open(folder.path()), &["test_batch.bin", "10 classes", "class \"truck\""]);
}

#[test]
fn archives_that_are_damaged() {
    let packed = gzip(&tar(&members()));
    assert_bad_archive(packed[..packed.len() / 2].to_vec(), &[]);
    assert_bad_archive(packed[..packed.len() - 4].to_vec(), &["cannot be read"]);
    let mut flipped = packed.clone();
    let checksum = flipped.len() - 8;
    flipped[checksum] ^= 1;
    assert_bad_archive(flipped, &["cannot be read"]);
    assert_bad_archive(vec![7; 2000], &["cannot be read"]);
    let python = [("cifar-10-batches-py/data_batch_1".to_owned(), vec![1, 2, 3])];
    assert_bad_archive(gzip(&tar(&python)), &["binary version", "only data_batch_1"]);
    assert_bad_archive(gzip(&tar(&[])), &["no file"]);
}

#[test]
fn archives_with_members_that_do_not_belong() {
    for name in ["../test_batch.bin", "/test_batch.bin", "a/../../test_batch.bin", "..\\evil"] {
        let mut members = members();
        members.push((name.to_owned(), vec![1]));
        assert_bad_archive(gzip(&tar(&members)), &["climbs out", name]);
    }
    let twice = [members(), members()].concat();
    assert_bad_archive(gzip(&tar(&twice)), &["data_batch_1.bin", "one file of this name"]);
    let both = [members(), vec![("cifar-100-binary/test.bin".to_owned(), fine_records())]].concat();
    assert_bad_archive(gzip(&tar(&both)), &["files of both"]);
}

#[test]
fn archives_that_ask_for_too_much() {
    let huge = header("cifar-10-batches-bin/data_batch_1.bin", 3073 << 24);
    assert_bad_archive(gzip(huge.as_bytes()), &["data_batch_1.bin", "too large", "4294967296"]);
    // A member that claims more than the archive holds.
    let cut = header("cifar-10-batches-bin/data_batch_1.bin", 3073 << 12);
    assert_bad_archive(gzip(&[cut.as_bytes().as_slice(), &[0; 5000]].concat()), &["data_batch_1.bin"]);
    // A long name of gigabytes is not read into memory.
    let mut long = header("././@LongLink", 1 << 31);
    long.set_entry_type(tar::EntryType::GNULongName);
    long.set_cksum();
    assert_bad_archive(gzip(&[long.as_bytes().as_slice(), &[b'a'; 5000]].concat()), &[]);
}
