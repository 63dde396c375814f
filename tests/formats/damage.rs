//! Random damage to one file of each format: refused or read, but never a panic, and never for long.

use std::{fs, path::Path};

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use zip::CompressionMethod;

use super::{
    cifar, idx, npz, pictures,
    support::{folder, gzip, open, write},
    svhn,
};

/// Opens `dataset` many times, `file` of it being damaged anew each time.
fn damage(dataset: &Path, file: &Path) {
    let good = fs::read(file).unwrap();
    open(dataset).unwrap();
    let mut random = ChaCha8Rng::seed_from_u64(good.len() as u64);
    let mut draw = |below: usize| usize::try_from(random.next_u64() % below as u64).unwrap();
    for _ in 0..100 {
        let mut bad = good.clone();
        for _ in 0..=draw(3) {
            // Headers stand at the beginning, and often enough at the end.
            let near = draw(bad.len().min(160));
            let place = [near, bad.len() - 1 - near, draw(bad.len())][draw(3)];
            bad[place] = [0, 1, 0x7f, 0x80, 0xff, u8::try_from(draw(256)).unwrap()][draw(6)];
        }
        if draw(4) == 0 {
            bad.truncate(draw(good.len()));
        }
        fs::write(file, bad).unwrap();
        if let Err(error) = open(dataset) {
            assert!(!error.to_string().is_empty());
        }
    }
    fs::write(file, good).unwrap();
}

#[test]
fn damaged_idx() {
    for pack in [|bytes: &[u8]| bytes.to_vec(), gzip] {
        let folder = folder();
        for (name, bytes) in idx::NAMES.iter().zip(idx::good()) {
            write(folder.path().join(name), pack(&bytes));
        }
        for name in idx::NAMES {
            damage(folder.path(), &folder.path().join(name));
        }
    }
}

#[test]
fn damaged_cifar() {
    let folder = folder();
    for pack in [|bytes: &[u8]| bytes.to_vec(), gzip] {
        let archive = write(folder.path().join("small.tar.gz"), pack(&cifar::tar(&cifar::members())));
        damage(&archive, &archive);
    }
}

#[test]
fn damaged_npz() {
    let folder = folder();
    for method in [CompressionMethod::Stored, CompressionMethod::Deflated] {
        let file = write(folder.path().join("small.npz"), npz::pack(&npz::good(), method));
        damage(&file, &file);
    }
}

#[test]
fn damaged_mat() {
    let folder = folder();
    svhn::write_good(folder.path());
    for name in [svhn::TRAIN, svhn::TEST] {
        damage(folder.path(), &folder.path().join(name));
    }
}

#[test]
fn damaged_pictures() {
    let folder = folder();
    for ending in ["png", "jpg", "bmp", "gif", "webp"] {
        pictures::write_good(folder.path());
        let file = folder.path().join("test/b").join(format!("3.{ending}"));
        pictures::save(&file, 4, 3, [200, 100, 0]);
        damage(folder.path(), &file);
    }
}
