//! Golden values of the published code's functions (`PyTorch` and `SciPy`, single precision), and properties of the draws.

use rand::SeedableRng;
use safetensors::SafeTensors;

use super::*;

/// One golden file.
struct Golden(Vec<u8>);

impl Golden {
    fn open(name: &str) -> Self {
        let path = format!("{}/tests/golden/dc_augment_{name}.safetensors", env!("CARGO_MANIFEST_DIR"));
        Self(std::fs::read(path).unwrap())
    }

    fn words(&self, name: &str) -> Vec<[u8; 4]> {
        let file = SafeTensors::deserialize(&self.0).unwrap();
        let data = file.tensor(name).unwrap().data();
        data.chunks_exact(4).map(|word| word.try_into().unwrap()).collect()
    }

    /// How many draws of `kind` there are: of colour images one, of grey ones four.
    fn draws(&self, kind: &str) -> usize {
        let file = SafeTensors::deserialize(&self.0).unwrap();
        let draws = (0..4).take_while(|draw| file.tensor(&format!("{kind}{draw}.y")).is_ok()).count();
        assert!(draws > 0, "no golden {kind}");
        draws
    }

    fn floats(&self, name: &str) -> Vec<f32> {
        self.words(name).into_iter().map(f32::from_le_bytes).collect()
    }

    fn integers(&self, name: &str) -> Vec<i32> {
        self.words(name).into_iter().map(i32::from_le_bytes).collect()
    }
}

const CASES: [(&str, ImageShape); 2] =
    [("1x28x28", ImageShape::new(1, 28, 28)), ("3x32x32", ImageShape::new(3, 32, 32))];

/// Applies `change(image, arguments, channel means)` to each image of `x` and returns the largest difference to the
/// golden result, over the draws of `kind` in the file.
fn largest_difference(
    name: &str,
    shape: ImageShape,
    kind: &str,
    arguments: &str,
    change: impl Fn(&mut [f32], &[i32], &[f32]),
) -> f32 {
    let golden = Golden::open(name);
    let means = golden.floats("channel_mean");
    let mut largest = 0.0_f32;
    for draw in 0..golden.draws(kind) {
        let mut images = golden.floats("x");
        let count = images.len() / shape.values();
        let arguments = golden.integers(&format!("{kind}{draw}.{arguments}"));
        let of_each = arguments.len() / count;
        for (image, arguments) in images.chunks_exact_mut(shape.values()).zip(arguments.chunks_exact(of_each)) {
            change(image, arguments, &means);
        }
        let expected = golden.floats(&format!("{kind}{draw}.y"));
        assert_eq!(images.len(), expected.len());
        largest = images.iter().zip(&expected).fold(largest, |worst, (a, b)| worst.max((a - b).abs()));
    }
    largest
}

#[allow(clippy::cast_sign_loss)]
fn index(value: i32) -> usize {
    value as usize
}

#[test]
fn crops_equal_the_published_ones() {
    for (name, shape) in CASES {
        let difference = largest_difference(name, shape, "crop", "row_col", |image, at, means| {
            pad_crop(image, shape, index(at[0]), index(at[1]), means);
        });
        assert!(difference == 0.0, "{name}: {difference}");
    }
}

#[test]
fn scalings_equal_the_published_ones() {
    for (name, shape) in CASES {
        let difference = largest_difference(name, shape, "scale", "h_w", |image, sides, _| {
            rescale(image, shape, index(sides[0]), index(sides[1]));
        });
        assert!(difference == 0.0, "{name}: {difference}");
    }
}

#[test]
fn rotations_equal_scipys() {
    for (name, shape) in CASES {
        let difference = largest_difference(name, shape, "rotate", "angle_deg", |image, degrees, means| {
            rotate(image, shape, f64::from(degrees[0]), mean_of(means));
        });
        println!("{name}: largest difference {difference:e}");
        assert!(difference < 1e-6, "{name}: {difference}");
    }
}

#[test]
fn channel_means_equal_the_published_ones() {
    for (name, shape) in CASES {
        let golden = Golden::open(name);
        let means = channel_means(&golden.floats("x"), shape);
        for (mean, expected) in means.iter().zip(golden.floats("channel_mean")) {
            assert!((mean - expected).abs() < 1e-7);
        }
    }
}

/// Values without a pattern.
fn ramp(shape: ImageShape, images: usize) -> Vec<f32> {
    (0..images * shape.values()).map(|i| ((i * 7919) % 1009) as f32 / 500.0 - 1.0).collect()
}

#[test]
fn neutral_arguments_change_nothing() {
    let shape = ImageShape::new(3, 9, 13);
    let original = ramp(shape, 1);
    let mut image = original.clone();
    pad_crop(&mut image, shape, 4, 4, &[9.0; 3]);
    rescale(&mut image, shape, 9, 13);
    assert_eq!(image, original);
    rotate(&mut image, shape, 0.0, 9.0);
    for (a, b) in image.iter().zip(&original) {
        assert!((a - b).abs() < 1e-6);
    }
}

#[test]
fn a_quarter_turn_moves_rows_to_columns() {
    let shape = ImageShape::new(1, 5, 5);
    let original = ramp(shape, 1);
    let mut image = original.clone();
    // Rounding may put the border pixels just outside, so only the inside is compared.
    rotate(&mut image, shape, 90.0, 0.0);
    for y in 1..4 {
        for x in 1..4 {
            assert!((image[y * 5 + x] - original[x * 5 + (4 - y)]).abs() < 1e-5);
        }
    }
}

#[test]
fn odd_shapes_are_survived() {
    for (height, width) in [(1, 1), (1, 7), (2, 2), (3, 40), (40, 3)] {
        let shape = ImageShape::new(2, height, width);
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let mut images = ramp(shape, 60);
        augment_batch(&mut images, shape, EvaluationAugmentation::CropScaleRotate, &mut rng);
        assert!(images.iter().all(|value| value.is_finite()));
    }
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    augment_batch(&mut [], ImageShape::new(1, 28, 28), EvaluationAugmentation::CropScaleRotate, &mut rng);
    augment_batch(&mut [], ImageShape::new(1, 0, 28), EvaluationAugmentation::CropNoise, &mut rng);
}

#[test]
fn only_named_augmentations_change_the_batch() {
    let shape = ImageShape::new(1, 8, 8);
    let original = ramp(shape, 20);
    let augmented = |augmentation, seed| {
        let mut images = original.clone();
        augment_batch(&mut images, shape, augmentation, &mut ChaCha8Rng::seed_from_u64(seed));
        images
    };
    assert_eq!(augmented(EvaluationAugmentation::None, 1), original);
    assert_eq!(augmented(EvaluationAugmentation::Published, 1), original);
    for augmentation in [EvaluationAugmentation::CropScaleRotate, EvaluationAugmentation::CropNoise] {
        let once = augmented(augmentation, 1);
        assert_ne!(once, original);
        assert_eq!(once, augmented(augmentation, 1), "the same draws give the same batch");
        assert_ne!(once, augmented(augmentation, 2));
    }
}

#[test]
fn noise_has_the_published_size() {
    let shape = ImageShape::new(1, 28, 28);
    let original = ramp(shape, 400);
    let mut images = original.clone();
    augment_batch(&mut images, shape, EvaluationAugmentation::CropNoise, &mut ChaCha8Rng::seed_from_u64(3));
    // Noise moves no value far, a crop moves almost every value; a crop in place is rare (1 in 64).
    let noisy: Vec<f64> = images
        .chunks_exact(shape.values())
        .zip(original.chunks_exact(shape.values()))
        .filter(|(a, b)| a != b && a.iter().zip(*b).all(|(a, b)| (a - b).abs() < 0.01))
        .flat_map(|(a, b)| a.iter().zip(b).map(|(a, b)| f64::from(a - b)))
        .collect();
    let count = noisy.len() / shape.values();
    assert!((150..250).contains(&count), "about half of 400 images: {count}");
    let deviation = crate::domain::standard_deviation(&noisy);
    assert!((deviation - 0.001).abs() < 2e-5, "{deviation}");
}

#[test]
fn sides_are_drawn_within_a_fifth() {
    let mut rng = ChaCha8Rng::seed_from_u64(5);
    let sides: Vec<usize> = (0..2000).map(|_| draw_side(28, &mut rng)).collect();
    assert_eq!((sides.iter().min(), sides.iter().max()), (Some(&22), Some(&33)));
}
