//! The datasets of the papers: their published mean and deviation, classes, sizes and licences.
//!
//! How a dataset is recognised:
//!
//! * MNIST, Fashion-MNIST and USPS share file names. They are told apart by the checksum of their content (shape, labels
//!   and pixels), whatever the files are called; only then do they get their name.
//! * IDX or `.npz` images of another content but of the right shape, in a folder or file named after MNIST or Fashion-MNIST
//!   (`mnist`, `FashionMNIST`, `my-mnist-half`; also one level up, for `MNIST/raw`), get the published mean and deviation,
//!   but keep the name of their folder or file: a part of MNIST is not shown as MNIST. `kmnist` or `emnist` are not `mnist`.
//! * CIFAR-10, CIFAR-100 and SVHN are known by their format. They get their name when both splits have the official
//!   number of images, and otherwise keep that of their folder or file.

use std::path::Path;

use crate::domain::{ImageShape, Normalization};

/// A dataset that the papers report on.
#[derive(Debug, PartialEq)]
pub struct KnownDataset {
    /// Its name in the published code.
    pub name: &'static str,
    /// The shape of its images.
    pub shape: ImageShape,
    /// The number of training images.
    pub train_len: usize,
    /// The number of test images.
    pub test_len: usize,
    /// One name a class.
    pub class_names: &'static [&'static str],
    /// The licence, as far as one is stated.
    pub licence: &'static str,
    /// [`DatasetInfo::checksum`](crate::domain::DatasetInfo::checksum) of the official files, where known.
    pub checksum: Option<&'static str>,
    /// Published mean and deviation, a channel each; empty when none are published.
    mean: &'static [f32],
    std: &'static [f32],
}

const DIGITS: &[&str] = &["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

/// Handwritten digits (`LeCun`, Cortes, Burges).
pub static MNIST: KnownDataset = KnownDataset {
    name: "MNIST",
    shape: ImageShape::new(1, 28, 28),
    train_len: 60_000,
    test_len: 10_000,
    class_names: DIGITS,
    licence: "no formal licence (LeCun, Cortes, Burges)",
    checksum: Some("60c4a90839e82780fe8abdb11f058b3fdc26fbcb429bccd1d2ee2c497bd013ad"),
    mean: &[0.1307],
    std: &[0.3081],
};

/// Pictures of clothes (Xiao, Rasul, Vollgraf 2017).
pub static FASHION_MNIST: KnownDataset = KnownDataset {
    name: "FashionMNIST",
    shape: ImageShape::new(1, 28, 28),
    train_len: 60_000,
    test_len: 10_000,
    class_names: &[
        "T-shirt/top",
        "Trouser",
        "Pullover",
        "Dress",
        "Coat",
        "Sandal",
        "Shirt",
        "Sneaker",
        "Bag",
        "Ankle boot",
    ],
    licence: "MIT (Zalando SE)",
    checksum: Some("4633030ac3f51bd852120e2d024df5a06199bb10df29dbafdb08eda626af6a81"),
    mean: &[0.2861],
    std: &[0.3530],
};

/// Digits from envelopes (Hull 1994), 16x16, quantised to 8 bits.
pub static USPS: KnownDataset = KnownDataset {
    name: "USPS",
    shape: ImageShape::new(1, 16, 16),
    train_len: 7_291,
    test_len: 2_007,
    class_names: DIGITS,
    licence: "none stated",
    checksum: Some("3a3dbdb77dcda3e2f0e7594db5e1e396ed07c153a3212f283a33ad49a0cd8fce"),
    mean: &[],
    std: &[],
};

/// House numbers (Netzer et al. 2011).
pub static SVHN: KnownDataset = KnownDataset {
    name: "SVHN",
    shape: ImageShape::new(3, 32, 32),
    train_len: 73_257,
    test_len: 26_032,
    class_names: DIGITS,
    licence: "for non-commercial use only (Netzer et al. 2011)",
    checksum: None,
    mean: &[0.4377, 0.4438, 0.4728],
    std: &[0.1980, 0.2010, 0.1970],
};

/// Small photographs of ten things (Krizhevsky 2009).
pub static CIFAR10: KnownDataset = KnownDataset {
    name: "CIFAR10",
    shape: ImageShape::new(3, 32, 32),
    train_len: 50_000,
    test_len: 10_000,
    class_names: &["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"],
    licence: "no formal licence (Krizhevsky 2009)",
    checksum: None,
    mean: &[0.4914, 0.4822, 0.4465],
    std: &[0.2023, 0.1994, 0.2010],
};

/// Small photographs of a hundred things (Krizhevsky 2009); the fine labels.
pub static CIFAR100: KnownDataset = KnownDataset {
    name: "CIFAR100",
    shape: ImageShape::new(3, 32, 32),
    train_len: 50_000,
    test_len: 10_000,
    #[rustfmt::skip]
    class_names: &[
        "apple", "aquarium_fish", "baby", "bear", "beaver", "bed", "bee", "beetle", "bicycle", "bottle",
        "bowl", "boy", "bridge", "bus", "butterfly", "camel", "can", "castle", "caterpillar", "cattle",
        "chair", "chimpanzee", "clock", "cloud", "cockroach", "couch", "crab", "crocodile", "cup", "dinosaur",
        "dolphin", "elephant", "flatfish", "forest", "fox", "girl", "hamster", "house", "kangaroo", "keyboard",
        "lamp", "lawn_mower", "leopard", "lion", "lizard", "lobster", "man", "maple_tree", "motorcycle", "mountain",
        "mouse", "mushroom", "oak_tree", "orange", "orchid", "otter", "palm_tree", "pear", "pickup_truck", "pine_tree",
        "plain", "plate", "poppy", "porcupine", "possum", "rabbit", "raccoon", "ray", "road", "rocket",
        "rose", "sea", "seal", "shark", "shrew", "skunk", "skyscraper", "snail", "snake", "spider",
        "squirrel", "streetcar", "sunflower", "sweet_pepper", "table", "tank", "telephone", "television", "tiger", "tractor",
        "train", "trout", "tulip", "turtle", "wardrobe", "whale", "willow_tree", "wolf", "woman", "worm",
    ],
    licence: "no formal licence (Krizhevsky 2009)",
    checksum: None,
    mean: &[0.5071, 0.4867, 0.4408],
    std: &[0.2675, 0.2565, 0.2761],
};

/// Every known dataset, in the order of the documentation.
pub static ALL: [&KnownDataset; 6] = [&MNIST, &FASHION_MNIST, &SVHN, &CIFAR10, &CIFAR100, &USPS];

impl KnownDataset {
    /// The published mean and deviation, if there are any.
    #[must_use]
    pub fn normalization(&self) -> Option<Normalization> {
        (!self.mean.is_empty()).then(|| Normalization { mean: self.mean.to_vec(), std: self.std.to_vec() })
    }

    /// The names of the first `classes` classes, if there are so many.
    #[must_use]
    pub fn first_class_names(&self, classes: usize) -> Option<Vec<String>> {
        let names = self.class_names.get(..classes)?;
        Some(names.iter().map(|&name| name.to_owned()).collect())
    }
}

/// The known dataset with this checksum.
#[must_use]
pub fn by_checksum(checksum: &str) -> Option<&'static KnownDataset> {
    ALL.into_iter().find(|known| known.checksum == Some(checksum))
}

/// MNIST or Fashion-MNIST, by the words in the name of a folder or file, or of the folder above it.
#[must_use]
pub fn by_path(path: &Path) -> Option<&'static KnownDataset> {
    let mut known = path.ancestors().take(2).filter_map(Path::file_name).map(|name| {
        let name = name.to_string_lossy().to_lowercase();
        let has = |wanted: &[&str]| name.split(|c: char| !c.is_alphanumeric()).any(|word| wanted.contains(&word));
        if has(&["fashion", "fashionmnist", "fmnist"]) {
            Some(&FASHION_MNIST)
        } else {
            has(&["mnist"]).then_some(&MNIST)
        }
    });
    known.find_map(|known| known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_entry_is_whole() {
        for known in ALL {
            assert!(known.mean.len() == known.std.len(), "{}", known.name);
            assert!(known.mean.is_empty() || known.mean.len() == known.shape.channels, "{}", known.name);
            let classes = if known == &CIFAR100 { 100 } else { 10 };
            assert_eq!(known.class_names.len(), classes);
            if let Some(checksum) = known.checksum {
                assert_eq!(by_checksum(checksum), Some(known));
            }
        }
        assert!(CIFAR100.class_names.is_sorted());
    }

    #[test]
    fn folders_speak_by_whole_words() {
        for name in ["mnist", "data/MNIST", "MNIST/raw", "my-mnist-half", "mnist.npz"] {
            assert_eq!(by_path(Path::new(name)), Some(&MNIST), "{name}");
        }
        for name in ["fashion", "FashionMNIST/raw", "fashion-mnist", "fashion_mnist.npz", "mnist/fashion"] {
            assert_eq!(by_path(Path::new(name)), Some(&FASHION_MNIST), "{name}");
        }
        for name in ["", "/", "kmnist", "emnist", "notMNIST", "usps", "old-fashioned", "mnist/a/b"] {
            assert_eq!(by_path(Path::new(name)), None, "{name}");
        }
    }
}
