//! A folder of pictures for each class.

use std::{fs, path::Path};

use dewpoint::domain::{ImageShape, NormalizationSource, ReadOptions, Seed, Split};
use image::{DynamicImage, GrayImage, Luma, Rgb, RgbImage};

use super::support::{assert_refused, folder, open, open_with, write};

/// A picture of one colour.
pub fn save(path: impl AsRef<Path>, width: u32, height: u32, colour: [u8; 3]) {
    fs::create_dir_all(path.as_ref().parent().unwrap()).unwrap();
    RgbImage::from_pixel(width, height, Rgb(colour)).save(path).unwrap();
}

/// `train/` and `test/`, each with the classes a and b of two pictures.
pub fn write_good(root: &Path) {
    for (split, class, value) in [("train", "a", 10), ("train", "b", 20), ("test", "a", 30), ("test", "b", 40)] {
        for file in ["1.png", "2.png"] {
            save(root.join(split).join(class).join(file), 4, 3, [value, 0, value]);
        }
    }
}

fn side(side: usize) -> ReadOptions {
    ReadOptions { side: Some(side), ..ReadOptions::default() }
}

#[test]
fn given_splits() {
    for test_name in ["test", "val"] {
        let folder = folder();
        write_good(folder.path());
        fs::rename(folder.path().join("test"), folder.path().join(test_name)).unwrap();
        let dataset = open(folder.path()).unwrap();
        assert_eq!(dataset.info.class_names, ["a", "b"]);
        assert_eq!(dataset.info.shape, ImageShape::new(3, 3, 4));
        assert_eq!((dataset.info.train_counts, dataset.info.test_counts), (vec![2, 2], vec![2, 2]));
        assert_eq!(dataset.train.image(2), [[20; 12], [0; 12], [20; 12]].concat());
        assert_eq!(dataset.test.image(0)[0], 30);
        assert_eq!(dataset.info.normalization_source, NormalizationSource::Measured);
    }
}

#[test]
fn every_picture_format() {
    let folder = folder();
    for class in ["1", "2", "10"] {
        for ending in ["png", "jpg", "JPEG", "bmp", "gif", "webp"] {
            save(folder.path().join(class).join(format!("x.{ending}")), 8, 8, [200, 100, 50]);
        }
    }
    let dataset = open(folder.path()).unwrap();
    assert_eq!(dataset.info.class_names, ["1", "2", "10"]);
    assert_eq!(dataset.info.train_len() + dataset.info.test_len(), 18);
    for set in [&dataset.train, &dataset.test] {
        for image in 0..set.len() {
            for (&found, wanted) in set.image(image).iter().zip([[200_u8; 64], [100; 64], [50; 64]].as_flattened()) {
                // JPEG is not exact.
                assert!(found.abs_diff(*wanted) <= 3);
            }
        }
    }
}

#[test]
fn a_seeded_split() {
    let folder = folder();
    for class in ["a", "b"] {
        for file in 0..10 {
            save(folder.path().join(class).join(format!("{file}.png")), 2, 2, [file, 1, 2]);
        }
    }
    let split = |test_fraction, seed| ReadOptions {
        split: Some(Split { test_fraction, seed: Seed(seed) }),
        ..ReadOptions::default()
    };
    let dataset = open_with(folder.path(), split(0.3, 1)).unwrap();
    assert_eq!((&dataset.info.train_counts, &dataset.info.test_counts), (&vec![7, 7], &vec![3, 3]));
    assert_eq!(open_with(folder.path(), split(0.3, 1)).unwrap(), dataset);
    assert_ne!(open_with(folder.path(), split(0.3, 2)).unwrap().info.checksum, dataset.info.checksum);
    // Every picture is in exactly one split.
    let mut seen: Vec<u8> = (0..7).map(|image| dataset.train.image(image)[0]).collect();
    seen.extend((0..3).map(|image| dataset.test.image(image)[0]));
    seen.sort_unstable();
    assert_eq!(seen, (0..10).collect::<Vec<_>>());
    assert_eq!(open(folder.path()).unwrap().info.test_counts, [2, 2]);
    for fraction in [0.0, 1.0, -0.5, f64::NAN] {
        assert_refused(open_with(folder.path(), split(fraction, 1)), &["test fraction", "above 0 and below 1"]);
    }
    for file in 1..10 {
        fs::remove_file(folder.path().join("b").join(format!("{file}.png"))).unwrap();
    }
    assert_refused(open(folder.path()), &["b", "at least 2 pictures", "found 1"]);
}

#[test]
fn grey_and_colour() {
    let folder = folder();
    for class in ["a", "b"] {
        save(folder.path().join(class).join("1.png"), 4, 4, [7, 7, 7]);
        GrayImage::from_pixel(4, 4, Luma([9])).save(folder.path().join(class).join("2.png")).unwrap();
    }
    let channels = |channels| ReadOptions { channels: Some(channels), ..ReadOptions::default() };
    let grey = open(folder.path()).unwrap();
    assert_eq!(grey.info.shape, ImageShape::new(1, 4, 4));
    assert_eq!(open_with(folder.path(), channels(1)).unwrap(), grey);
    assert_eq!(open_with(folder.path(), channels(3)).unwrap().info.shape, ImageShape::new(3, 4, 4));
    // One coloured picture is enough.
    save(folder.path().join("b/3.png"), 4, 4, [255, 0, 0]);
    assert_eq!(open(folder.path()).unwrap().info.shape.channels, 3);
    assert_eq!(open_with(folder.path(), channels(1)).unwrap().info.shape.channels, 1);
    assert_refused(open_with(folder.path(), channels(2)), &["channels", "found 2"]);
}

#[test]
fn sixteen_bits_and_alpha() {
    let folder = folder();
    for class in ["a", "b"] {
        for (file, picture) in [
            ("1.png", DynamicImage::ImageLuma16(image::ImageBuffer::from_pixel(3, 3, Luma([0x8000])))),
            ("2.png", DynamicImage::ImageRgba8(image::ImageBuffer::from_pixel(3, 3, image::Rgba([128, 128, 128, 0])))),
        ] {
            fs::create_dir_all(folder.path().join(class)).unwrap();
            picture.save(folder.path().join(class).join(file)).unwrap();
        }
    }
    let dataset = open(folder.path()).unwrap();
    assert_eq!(dataset.info.shape, ImageShape::new(1, 3, 3));
    assert!(dataset.train.pixels.iter().chain(&dataset.test.pixels).all(|&byte| byte == 128));
}

#[test]
fn sizes() {
    let folder = folder();
    write_good(folder.path());
    assert_eq!(open_with(folder.path(), side(8)).unwrap().info.shape, ImageShape::new(3, 8, 8));
    save(folder.path().join("train/b/3.png"), 5, 3, [1, 2, 3]);
    assert_refused(open(folder.path()), &["3.png", "4 x 3", "5 x 3", "choose a side"]);
    let dataset = open_with(folder.path(), side(2)).unwrap();
    assert_eq!(dataset.info.shape, ImageShape::new(3, 2, 2));
    assert_eq!(dataset.train.image(4), [1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3]);
    // A strip of one pixel by thousands.
    save(folder.path().join("train/b/3.png"), 1, 8000, [1, 2, 3]);
    assert_eq!(open_with(folder.path(), side(64)).unwrap().train.image(4)[0], 1);
    for (wanted, found) in [(0, "found 0"), (100_000, "found 100000")] {
        assert_refused(open_with(folder.path(), side(wanted)), &["side", found]);
    }
}

#[test]
fn what_is_passed_over() {
    let folder = folder();
    write_good(folder.path());
    for name in ["train/a/Thumbs.db", "train/a/.DS_Store", "train/.hidden/x.png", "labels.csv", "__MACOSX/a/._1.png"] {
        write(folder.path().join(name), "x");
    }
    write(folder.path().join("test/a/notes.txt"), "x");
    save(folder.path().join("train/a/more/3.png"), 4, 3, [1, 2, 3]);
    let dataset = open(folder.path()).unwrap();
    assert_eq!(dataset.info.class_names, ["a", "b"]);
    assert_eq!(dataset.info.train_counts, [3, 2]);
}

#[test]
fn a_train_may_be_a_class() {
    let folder = folder();
    for class in ["car", "train"] {
        for file in ["1.png", "2.png"] {
            save(folder.path().join(class).join(file), 2, 2, [1, 2, 3]);
        }
    }
    assert_eq!(open(folder.path()).unwrap().info.class_names, ["car", "train"]);
}

#[test]
fn corrupt_pictures_among_good_ones() {
    let folder = folder();
    write_good(folder.path());
    let good = fs::read(folder.path().join("train/a/1.png")).unwrap();
    let bad = folder.path().join("test/b/3.png");
    let mut flipped = good.clone();
    let middle = good.len() - 20;
    flipped[middle] ^= 0xff;
    for bytes in [b"no picture".to_vec(), vec![], good[..good.len() / 2].to_vec(), flipped] {
        write(&bad, bytes);
        assert_refused(open(folder.path()), &["3.png", "not a readable picture"]);
    }
    fs::remove_file(&bad).unwrap();
    write(folder.path().join("train/a/3.tif"), "II*");
    assert_refused(open(folder.path()), &["3.tif", "another format"]);
}

#[test]
fn a_picture_too_large() {
    let chunk = |kind: &[u8; 4], data: &[u8]| {
        let mut crc = flate2::Crc::new();
        crc.update(kind);
        crc.update(data);
        let length = u32::try_from(data.len()).unwrap().to_be_bytes();
        [length.as_slice(), kind, data, &crc.sum().to_be_bytes()].concat()
    };
    let mut header = [60_000_u32.to_be_bytes(), 50_000_u32.to_be_bytes()].concat();
    header.extend([8, 2, 0, 0, 0]);
    let parts = [b"\x89PNG\r\n\x1a\n".to_vec(), chunk(b"IHDR", &header), chunk(b"IDAT", &[0; 20]), chunk(b"IEND", &[])];
    let folder = folder();
    write_good(folder.path());
    write(folder.path().join("train/a/bomb.png"), parts.concat());
    assert_refused(open(folder.path()), &["bomb.png", "too large", "8192", "60000 x 50000"]);
}

#[test]
fn missing_folders_and_classes() {
    let folder = folder();
    write_good(folder.path());
    let root = folder.path();
    fs::rename(root.join("test/b"), root.join("test/c")).unwrap();
    assert_refused(open(root), &["b", "is missing", "to be the same"]);
    fs::rename(root.join("test/c"), root.join("b")).unwrap();
    assert_refused(open(root), &["b", "is missing", "to be the same"]);
    fs::create_dir(root.join("test/b")).unwrap();
    assert_refused(open(root), &["b", "class with no image"]);
    fs::remove_dir_all(root.join("test")).unwrap();
    assert_refused(open(root), &["test", "is missing"]);
    fs::rename(root.join("train"), root.join("test")).unwrap();
    assert_refused(open(root), &["train", "is missing"]);
    fs::create_dir(root.join("train")).unwrap();
    assert_refused(open(root), &["train", "an empty folder"]);
}

#[test]
fn a_folder_of_loose_pictures() {
    let folder = folder();
    save(folder.path().join("1.png"), 2, 2, [1, 2, 3]);
    assert_refused(open(folder.path()), &["a folder of pictures for each class", "1 other file"]);
    save(folder.path().join("only/1.png"), 2, 2, [1, 2, 3]);
    save(folder.path().join("only/2.png"), 2, 2, [1, 2, 3]);
    assert_refused(open(folder.path()), &["at least 2 classes"]);
}

#[cfg(unix)]
#[test]
fn links() {
    use std::os::unix::fs::symlink;
    let folder = folder();
    write_good(folder.path());
    let root = folder.path();
    // To a picture and to a class: followed.
    symlink(root.join("train/a/1.png"), root.join("train/a/3.png")).unwrap();
    let elsewhere = self::folder();
    fs::rename(root.join("test/b"), elsewhere.path().join("b")).unwrap();
    symlink(elsewhere.path().join("b"), root.join("test/b")).unwrap();
    assert_eq!(open(root).unwrap().info.train_counts, [3, 2]);
    // Around in a loop, to itself, and to nothing: refused.
    let link = root.join("train/a/loop");
    symlink(root, &link).unwrap();
    assert_refused(open(root), &["loop", "a link to a folder"]);
    fs::remove_file(&link).unwrap();
    symlink(root.join("train/a/self.png"), root.join("train/a/self.png")).unwrap();
    assert_refused(open(root), &["self.png", "cannot be read"]);
    fs::remove_file(root.join("train/a/self.png")).unwrap();
    symlink(root.join("absent.png"), root.join("train/a/dangling.png")).unwrap();
    assert_refused(open(root), &["dangling.png", "is missing"]);
}
