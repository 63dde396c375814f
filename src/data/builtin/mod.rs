//! The embedded datasets: drawn by the program, so that everything can be tried without a download.
//!
//! Every image is a pure function of the seed, its split and its position. The classes take turns (image `i` has label
//! `i % 10`), so that any run of consecutive images is balanced too.

mod dice;
mod digits;
mod paint;
mod raster;
mod shapes;
mod skeletons;
mod strokes;

use crate::{
    data::ImageSet,
    domain::{BuiltinDataset, ImageShape, Seed},
};
use dice::Dice;

/// Classes in each of the datasets.
const CLASSES: usize = 10;

/// What it takes to draw a dataset.
struct Recipe {
    class_names: [&'static str; CLASSES],
    shape: ImageShape,
    train_images: usize,
    test_images: usize,
    /// Draws one image of a class into `[channels, height, width]` values.
    draw: fn(class: usize, dice: &mut Dice, pixels: &mut [u8]),
}

/// Draws a dataset: the names of its classes, the training images and the test images.
#[must_use]
pub fn generate(which: BuiltinDataset, seed: Seed) -> (Vec<String>, ImageSet, ImageSet) {
    let recipe = match which {
        BuiltinDataset::Digits => digits::RECIPE,
        BuiltinDataset::Shapes => shapes::RECIPE,
    };
    draw_dataset(which.name(), &recipe, seed)
}

/// Draws both splits, each from a stream of its own.
fn draw_dataset(name: &str, recipe: &Recipe, seed: Seed) -> (Vec<String>, ImageSet, ImageSet) {
    let stream = |split: &str| seed.stream(&format!("{name} {split}"));
    (
        recipe.class_names.map(str::to_owned).to_vec(),
        draw_split(recipe, stream("train"), recipe.train_images),
        draw_split(recipe, stream("test"), recipe.test_images),
    )
}

/// Draws `count` images, each from its own position of the stream.
fn draw_split(recipe: &Recipe, stream: Seed, count: usize) -> ImageSet {
    let mut pixels = vec![0; count * recipe.shape.values()];
    for (index, image) in pixels.chunks_exact_mut(recipe.shape.values()).enumerate() {
        (recipe.draw)(index % CLASSES, &mut Dice::new(stream.at(index)), image);
    }
    ImageSet { shape: recipe.shape, pixels, labels: (0..count).map(|index| index % CLASSES).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{collections::HashSet, sync::LazyLock};

    type Generated = (Vec<String>, ImageSet, ImageSet);

    /// Fewer shapes than the dataset has: enough to judge, and quick without optimisation too.
    const FEWER_SHAPES: Recipe = Recipe { train_images: 1_500, test_images: 500, ..shapes::RECIPE };

    static DIGITS: LazyLock<Generated> = LazyLock::new(|| generate(BuiltinDataset::Digits, Seed(0)));
    static SHAPES: LazyLock<Generated> = LazyLock::new(|| draw_dataset("shapes", &FEWER_SHAPES, Seed(0)));

    fn both() -> [(&'static Generated, Recipe); 2] {
        [(&*DIGITS, digits::RECIPE), (&*SHAPES, FEWER_SHAPES)]
    }

    fn images(set: &ImageSet) -> impl Iterator<Item = &[u8]> {
        set.pixels.chunks_exact(set.shape.values())
    }

    /// The share of test images nearest to their own class's mean of some features, over the training images.
    fn nearest_mean_accuracy(data: &Generated, features: fn(&[u8], ImageShape) -> Vec<f32>) -> f32 {
        let (_, train, test) = data;
        let mut means: Vec<Vec<f32>> = Vec::new();
        let share = 1.0 / f32::from(u16::try_from(train.labels.len() / CLASSES).unwrap());
        for (image, &label) in images(train).zip(&train.labels) {
            let values = features(image, train.shape);
            means.resize(CLASSES, vec![0.0; values.len()]);
            means[label].iter_mut().zip(values).for_each(|(mean, value)| *mean += share * value);
        }
        let mut right = 0_u16;
        for (image, &label) in images(test).zip(&test.labels) {
            let values = features(image, test.shape);
            let distance = |mean: &[f32]| mean.iter().zip(&values).map(|(a, b)| (a - b) * (a - b)).sum::<f32>();
            let distances: Vec<f32> = means.iter().map(|mean| distance(mean)).collect();
            right += u16::from(distances.iter().all(|other| *other >= distances[label]));
        }
        f32::from(right) / f32::from(u16::try_from(test.labels.len()).unwrap())
    }

    fn every_pixel(image: &[u8], _: ImageShape) -> Vec<f32> {
        image.iter().copied().map(f32::from).collect()
    }

    /// How much of each colour, brightness aside.
    fn tint(image: &[u8], shape: ImageShape) -> Vec<f32> {
        let sums = image.chunks_exact(shape.plane()).map(|plane| plane.iter().copied().map(f32::from).sum::<f32>());
        let sums: Vec<f32> = sums.collect();
        let total: f32 = sums.iter().sum();
        sums.iter().map(|sum| sum / total).collect()
    }

    #[test]
    fn sets_have_the_promised_sizes_and_are_balanced() {
        for ((names, train, test), recipe) in both() {
            assert_eq!(names.iter().collect::<HashSet<_>>().len(), CLASSES);
            for (set, count) in [(train, recipe.train_images), (test, recipe.test_images)] {
                assert_eq!(set.shape, recipe.shape);
                assert_eq!(set.labels.len(), count);
                assert_eq!(set.pixels.len(), count * recipe.shape.values());
                for class in 0..CLASSES {
                    assert_eq!(set.labels.iter().filter(|&&label| label == class).count(), count / CLASSES);
                }
            }
        }
    }

    #[test]
    fn a_seed_draws_the_same_images_and_another_one_others() {
        for recipe in [digits::RECIPE, shapes::RECIPE] {
            let draw = |seed| draw_split(&recipe, Seed(seed), 200).pixels;
            assert_eq!(draw(4), draw(4));
            let others = draw(5);
            assert!(
                draw(4).chunks(recipe.shape.values()).zip(others.chunks(recipe.shape.values())).all(|(a, b)| a != b)
            );
        }
    }

    #[test]
    fn an_image_depends_on_its_position_only() {
        for recipe in [digits::RECIPE, shapes::RECIPE] {
            let (few, many) = (draw_split(&recipe, Seed(1), 10), draw_split(&recipe, Seed(1), 30));
            assert_eq!(few.pixels, many.pixels[..few.pixels.len()]);
        }
    }

    #[test]
    fn no_image_occurs_twice() {
        for ((_, train, test), _) in both() {
            let distinct: HashSet<&[u8]> = images(train).chain(images(test)).collect();
            assert_eq!(distinct.len(), train.labels.len() + test.labels.len());
        }
    }

    #[test]
    fn digits_are_neither_blank_nor_blots() {
        let (_, train, test) = &*DIGITS;
        for (index, image) in images(train).chain(images(test)).enumerate() {
            let inked = image.iter().filter(|&&value| value > 96).count();
            assert!((15..350).contains(&inked), "image {index}: {inked} inked pixels");
        }
    }

    #[test]
    fn shapes_show_a_figure_and_some_ground() {
        let (_, train, test) = &*SHAPES;
        for (index, image) in images(train).chain(images(test)).enumerate() {
            let plane = train.shape.plane();
            let brightness =
                |pixel: usize| (0..3).map(|channel| u32::from(image[channel * plane + pixel])).sum::<u32>();
            let values: Vec<u32> = (0..plane).map(brightness).collect();
            let (low, high) = (values.iter().min().unwrap(), values.iter().max().unwrap());
            assert!(high - low > 120, "image {index}: brightness from {low} to {high}");
        }
    }

    #[test]
    fn class_means_tell_something_but_not_everything() {
        for (data, _) in both() {
            let accuracy = nearest_mean_accuracy(data, every_pixel);
            assert!((0.25..0.92).contains(&accuracy), "{accuracy}");
        }
    }

    #[test]
    fn colour_does_not_give_a_shape_away() {
        let accuracy = nearest_mean_accuracy(&SHAPES, tint);
        assert!(accuracy < 0.16, "{accuracy}");
    }
}
