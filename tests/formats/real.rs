//! Real datasets, where they lie beside the repository.

use std::path::PathBuf;

use dewpoint::{
    data::{Dataset, catalog, normalization},
    domain::{ImageShape, NormalizationSource},
};

use super::support::open;

/// A folder of real data, or `None` and a line that says so.
fn real(name: &str) -> Option<Dataset> {
    let path = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data")).join(name);
    if path.is_dir() {
        return Some(open(&path).unwrap());
    }
    println!("skipped: {} is not there", path.display());
    None
}

#[test]
fn mnist() {
    let Some(dataset) = real("mnist") else { return };
    assert_eq!(dataset.info.name, "MNIST");
    assert_eq!(dataset.info.shape, ImageShape::new(1, 28, 28));
    assert_eq!(dataset.info.train_counts, [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]);
    assert_eq!((dataset.info.train_len(), dataset.info.test_len()), (60_000, 10_000));
    assert_eq!(dataset.train.labels[..8], [5, 0, 4, 1, 9, 2, 1, 3]);
    // The published constants are the measured ones, to four digits.
    let measured = normalization::measure(&dataset.train);
    assert!((measured.mean[0] - dataset.info.normalization.mean[0]).abs() < 5e-5);
    assert!((measured.std[0] - dataset.info.normalization.std[0]).abs() < 5e-5);
}

#[test]
fn fashion_mnist() {
    let Some(dataset) = real("fashion-mnist") else { return };
    assert_eq!(dataset.info.name, "FashionMNIST");
    assert_eq!(dataset.info.train_counts, [6000; 10]);
    assert_eq!(dataset.info.class_names[9], "Ankle boot");
    assert_eq!(dataset.info.normalization, catalog::FASHION_MNIST.normalization().unwrap());
}

#[test]
fn usps() {
    let Some(dataset) = real("usps") else { return };
    assert_eq!(dataset.info.name, "USPS");
    assert_eq!(dataset.info.shape, ImageShape::new(1, 16, 16));
    assert_eq!((dataset.info.train_len(), dataset.info.test_len()), (7_291, 2_007));
    assert_eq!(dataset.info.normalization_source, NormalizationSource::Measured);
}

#[test]
fn a_part_of_cifar_10() {
    let Some(dataset) = real("cifar10-first5000") else { return };
    // Not CIFAR10, so that no result on it stands beside a published one.
    assert_eq!(dataset.info.name, "cifar10-first5000");
    assert_eq!((dataset.info.train_len(), dataset.info.test_len()), (4_000, 1_000));
    assert_eq!(dataset.info.normalization_source, NormalizationSource::Published);
    assert_eq!(dataset.train.labels[..5], [6, 9, 9, 4, 1]);
    assert_eq!(dataset.train.image(0)[..3], [59, 43, 50]);
}
