//! Which operations are drawn, and how strong they are.
//!
//! The strengths are those of torchvision, which DC-BENCH uses: `level` runs from 0 to 1.

use rand::{RngExt, seq::SliceRandom};
use rand_chacha::ChaCha8Rng;

use super::Operation;
use crate::domain::{EvaluationAugmentation, ImageShape};

/// Black pixels around an image that a window is taken out of.
const PADDING: i64 = 4;
/// How far brightness, contrast and saturation are changed at the most, and how far the hue is turned.
const JITTER: f64 = 0.4;
const HUE: f64 = 0.2;
/// The strength of `RandAugment`: 9 of 30.
const RAND_LEVEL: f64 = 9.0 / 30.0;
/// The strengths of `AutoAugment` are in ninths.
const AUTO_LEVELS: f64 = 9.0;
/// The largest shift, as a share of the side.
const TRANSLATION: f64 = 150.0 / 331.0;
const SHEAR: f64 = 0.3;
const ROTATION_DEGREES: f64 = 30.0;
/// The largest change of the factors of brightness, colour, contrast and sharpness.
const ENHANCEMENT: f64 = 0.9;

/// An operation without its strength, by the names of the papers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Identity,
    ShearX,
    ShearY,
    TranslateX,
    TranslateY,
    Rotate,
    Brightness,
    Color,
    Contrast,
    Sharpness,
    Posterize,
    Solarize,
    AutoContrast,
    Equalize,
    Invert,
}

use Kind::{
    AutoContrast, Brightness, Color, Contrast, Equalize, Identity, Invert, Posterize, Rotate, Sharpness, ShearX,
    ShearY, Solarize, TranslateX, TranslateY,
};

/// The operations of `RandAugment`.
const RAND: [Kind; 14] = [
    Identity,
    ShearX,
    ShearY,
    TranslateX,
    TranslateY,
    Rotate,
    Brightness,
    Color,
    Contrast,
    Sharpness,
    Posterize,
    Solarize,
    AutoContrast,
    Equalize,
];

/// An operation of `AutoAugment`: what, how likely in tenths, and how strong in ninths.
type Step = (Kind, u32, u32);

/// The policy that Cubuk et al. (CVPR 2019) found for CIFAR-10, from their appendix.
const CIFAR10: [[Step; 2]; 25] = [
    [(Invert, 1, 0), (Contrast, 2, 6)],
    [(Rotate, 7, 2), (TranslateX, 3, 9)],
    [(Sharpness, 8, 1), (Sharpness, 9, 3)],
    [(ShearY, 5, 8), (TranslateY, 7, 9)],
    [(AutoContrast, 5, 0), (Equalize, 9, 0)],
    [(ShearY, 2, 7), (Posterize, 3, 7)],
    [(Color, 4, 3), (Brightness, 6, 7)],
    [(Sharpness, 3, 9), (Brightness, 7, 9)],
    [(Equalize, 6, 0), (Equalize, 5, 0)],
    [(Contrast, 6, 7), (Sharpness, 6, 5)],
    [(Color, 7, 7), (TranslateX, 5, 8)],
    [(Equalize, 3, 0), (AutoContrast, 4, 0)],
    [(TranslateY, 4, 3), (Sharpness, 2, 6)],
    [(Brightness, 9, 6), (Color, 2, 8)],
    [(Solarize, 5, 2), (Invert, 0, 0)],
    [(Equalize, 2, 0), (AutoContrast, 6, 0)],
    [(Equalize, 2, 0), (Equalize, 6, 0)],
    [(Color, 9, 9), (Equalize, 6, 0)],
    [(AutoContrast, 8, 0), (Solarize, 2, 8)],
    [(Brightness, 1, 3), (Color, 7, 0)],
    [(Solarize, 4, 5), (AutoContrast, 9, 0)],
    [(TranslateY, 9, 9), (TranslateY, 7, 9)],
    [(AutoContrast, 9, 0), (Solarize, 8, 3)],
    [(Equalize, 8, 0), (Invert, 1, 0)],
    [(TranslateY, 7, 9), (AutoContrast, 9, 0)],
];

/// What `augmentation` does to one batch; `None` where it does not work on bytes.
pub(super) fn draw(
    augmentation: EvaluationAugmentation,
    shape: ImageShape,
    rng: &mut ChaCha8Rng,
) -> Option<Vec<Operation>> {
    match augmentation {
        EvaluationAugmentation::FlipCrop => Some(flip_crop(rng)),
        EvaluationAugmentation::ColorJitter => {
            let mut operations = flip_crop(rng);
            operations.extend(jitter(rng));
            Some(operations)
        }
        EvaluationAugmentation::AutoAugment => Some(auto_augment(shape, rng)),
        EvaluationAugmentation::RandAugment => {
            let kind = RAND[index(RAND.len(), rng)];
            Some(operation(kind, RAND_LEVEL, sign(rng), shape).into_iter().collect())
        }
        EvaluationAugmentation::Published
        | EvaluationAugmentation::None
        | EvaluationAugmentation::CropScaleRotate
        | EvaluationAugmentation::CropNoise
        | EvaluationAugmentation::Dsa(_)
        | EvaluationAugmentation::DsaCutMix(_) => None,
    }
}

fn flip_crop(rng: &mut ChaCha8Rng) -> Vec<Operation> {
    let mut offset = || rng.random_range(-PADDING..=PADDING);
    let mut operations = vec![Operation::Shift { columns: offset(), rows: offset() }];
    if rng.random() {
        operations.push(Operation::Flip);
    }
    operations
}

fn jitter(rng: &mut ChaCha8Rng) -> [Operation; 4] {
    let mut factor = || rng.random_range(1.0 - JITTER..=1.0 + JITTER);
    let [brightness, contrast, saturation] = [factor(), factor(), factor()];
    let mut operations = [
        Operation::Brightness(brightness),
        Operation::Contrast(contrast),
        Operation::Saturation(saturation),
        Operation::Hue(rng.random_range(-HUE..=HUE)),
    ];
    operations.shuffle(rng);
    operations
}

fn auto_augment(shape: ImageShape, rng: &mut ChaCha8Rng) -> Vec<Operation> {
    let steps = CIFAR10[index(CIFAR10.len(), rng)];
    let drawn = steps.into_iter().filter_map(|(kind, likelihood, strength)| {
        let (is_done, sign) = (10.0 * rng.random::<f64>() < f64::from(likelihood), sign(rng));
        operation(kind, f64::from(strength) / AUTO_LEVELS, sign, shape).filter(|_| is_done)
    });
    drawn.collect()
}

/// A fixed-width integer draws the same numbers on every platform.
fn index(count: usize, rng: &mut ChaCha8Rng) -> usize {
    rng.random_range(0..u32::try_from(count).unwrap_or(1)) as usize
}

fn sign(rng: &mut ChaCha8Rng) -> f64 {
    if rng.random() { 1.0 } else { -1.0 }
}

/// An operation at `level`, to the one side or the other where it has two.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // small whole numbers
fn operation(kind: Kind, level: f64, sign: f64, shape: ImageShape) -> Option<Operation> {
    // Cut to whole pixels, as published.
    let shift = |side: usize| (sign * (level * TRANSLATION * side as f64).trunc()) as i64;
    let factor = 1.0 + sign * level * ENHANCEMENT;
    Some(match kind {
        Identity => return None,
        ShearX => Operation::ShearX(sign * level * SHEAR),
        ShearY => Operation::ShearY(sign * level * SHEAR),
        TranslateX => Operation::Shift { columns: shift(shape.width), rows: 0 },
        TranslateY => Operation::Shift { columns: 0, rows: shift(shape.height) },
        Rotate => Operation::Rotate(sign * level * ROTATION_DEGREES),
        Brightness => Operation::Brightness(factor),
        Color => Operation::Saturation(factor),
        Contrast => Operation::Contrast(factor),
        Sharpness => Operation::Sharpness(factor),
        Posterize => Operation::Posterize(8 - (4.0 * level).round() as u32),
        Solarize => Operation::Solarize(255.0 * (1.0 - level)),
        AutoContrast => Operation::AutoContrast,
        Equalize => Operation::Equalize,
        Invert => Operation::Invert,
    })
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;

    const SHAPE: ImageShape = ImageShape::new(3, 32, 32);

    #[test]
    fn strengths_are_the_published_ones() {
        let at = |kind, level, sign| operation(kind, level, sign, SHAPE).unwrap();
        assert_eq!(at(TranslateX, 1.0, -1.0), Operation::Shift { columns: -14, rows: 0 });
        assert_eq!(at(TranslateY, 3.0 / 9.0, 1.0), Operation::Shift { columns: 0, rows: 4 });
        let bits: Vec<_> = (0..10).map(|level| at(Posterize, f64::from(level) / 9.0, 1.0)).collect();
        assert_eq!(bits, [8, 8, 7, 7, 6, 6, 5, 5, 4, 4].map(Operation::Posterize));
        assert_eq!(at(Posterize, RAND_LEVEL, 1.0), Operation::Posterize(7));
        let close = |a: f64, b: f64| (a - b).abs() < 1e-12;
        assert!(matches!(at(Solarize, RAND_LEVEL, 1.0), Operation::Solarize(from) if close(from, 178.5)));
        assert!(matches!(at(Rotate, RAND_LEVEL, -1.0), Operation::Rotate(degrees) if close(degrees, -9.0)));
        assert!(matches!(at(Color, RAND_LEVEL, -1.0), Operation::Saturation(factor) if close(factor, 0.73)));
        assert_eq!(operation(Identity, 1.0, 1.0, SHAPE), None);
        // No strength, no change.
        for (kind, neutral) in [
            (ShearX, Operation::ShearX(0.0)),
            (Rotate, Operation::Rotate(0.0)),
            (Brightness, Operation::Brightness(1.0)),
            (Posterize, Operation::Posterize(8)),
            (Solarize, Operation::Solarize(255.0)),
        ] {
            assert_eq!(at(kind, 0.0, 1.0), neutral);
        }
    }

    #[test]
    fn jitter_and_crops_stay_in_their_ranges_and_fill_them() {
        let mut rng = ChaCha8Rng::seed_from_u64(3);
        let (mut shifts, mut flips, mut first) = (Vec::new(), 0, std::collections::BTreeSet::new());
        for _ in 0..400 {
            let operations = draw(EvaluationAugmentation::ColorJitter, SHAPE, &mut rng).unwrap();
            let mut tones = operations.len();
            for operation in &operations {
                match *operation {
                    Operation::Shift { columns, rows } => shifts.extend([columns, rows]),
                    Operation::Flip => flips += 1,
                    Operation::Hue(turn) => assert!(turn.abs() <= 0.2),
                    Operation::Brightness(factor) | Operation::Contrast(factor) | Operation::Saturation(factor) => {
                        assert!((0.6..=1.4).contains(&factor));
                    }
                    other => panic!("{other:?}"),
                }
                if matches!(operation, Operation::Shift { .. } | Operation::Flip) {
                    tones -= 1;
                }
            }
            assert_eq!(tones, 4);
            first.insert(format!("{:?}", operations[operations.len() - 4]).chars().next());
        }
        assert_eq!((shifts.iter().min(), shifts.iter().max()), (Some(&-4), Some(&4)));
        assert!((150..250).contains(&flips), "{flips}");
        assert_eq!(first.len(), 4, "each of the four comes first");
    }

    #[test]
    fn every_operation_and_pair_is_drawn() {
        let mut rng = ChaCha8Rng::seed_from_u64(4);
        let mut drawn = |augmentation, times| -> Vec<Vec<Operation>> {
            (0..times).map(|_| draw(augmentation, SHAPE, &mut rng).unwrap()).collect()
        };
        let rand = drawn(EvaluationAugmentation::RandAugment, 2000);
        let kinds: std::collections::BTreeSet<String> = rand.iter().map(|one| format!("{one:?}")).collect();
        // Ten of the fourteen have two sides: three shears and turns, two shifts, four factors.
        assert_eq!(kinds.len(), 5 + 9 * 2, "{kinds:?}");
        assert!(rand.iter().all(|operations| operations.len() < 2));
        let auto = drawn(EvaluationAugmentation::AutoAugment, 4000);
        assert!(auto.iter().all(|operations| operations.len() <= 2));
        let of = |wanted: Operation| auto.iter().filter(|operations| operations.contains(&wanted)).count();
        // Equalize stands in seven pairs, in two of them twice.
        let equalize = [0.9, 0.8, 0.3, 0.2, 0.68, 0.6, 0.8].iter().sum::<f64>() / 25.0 * 4000.0;
        assert!((of(Operation::Equalize) as f64 - equalize).abs() < 120.0, "{} {equalize}", of(Operation::Equalize));
        assert!(of(Operation::Invert) > 10 && of(Operation::Posterize(5)) > 10);
    }
}
