//! The spatial operations in tensor operations alone: they run on every device and are the oracle of the faster ones.

use burn::tensor::{Int, Tensor, TensorData, activation::relu, s};

use super::{Taps, Window};
use crate::engine::transfer::{Maps, Matrix};

pub(super) fn product_plus(a: Matrix, b: Matrix, c: Option<Matrix>) -> Matrix {
    let values = a.matmul(b);
    match c {
        Some(c) => values + c,
        None => values,
    }
}

pub(super) fn patches(maps: Maps, window: Window) -> Tensor<2> {
    let [c, n, h, w] = maps.dims();
    let Window { size, stride, padding } = window;
    let (rows, columns) = (window.count(h), window.count(w));
    let windows: Tensor<5> = pad(maps, padding).unfold(2, size, stride);
    let windows: Tensor<6> = windows.unfold(3, size, stride);
    // [c, n, rows, columns, size, size] to [c, size, size, n, rows, columns]
    windows.permute([0, 4, 5, 1, 2, 3]).reshape([c * size * size, n * rows * columns])
}

pub(super) fn scatter(patches: Tensor<2>, dims: [usize; 4], window: Window) -> Maps {
    let [c, n, h, w] = dims;
    let Window { size, stride, padding } = window;
    let (rows, columns) = (window.count(h), window.count(w));
    let (padded_h, padded_w) = (h + 2 * padding, w + 2 * padding);
    let patches = patches.reshape([c, size, size, n, rows, columns]);
    let mut sum = Tensor::zeros([c, n, padded_h, padded_w], (&patches.device(), patches.dtype()));
    for i in 0..size {
        for j in 0..size {
            let part = patches.clone().slice(s![.., i..=i, j..=j, .., .., ..]).reshape([c, n, rows, columns]);
            let part = dilate(part, stride);
            let [_, _, part_h, part_w] = part.dims();
            sum = sum + part.pad((j, padded_w - part_w - j, i, padded_h - part_h - i), 0.0);
        }
    }
    sum.slice(s![.., .., padding..padding + h, padding..padding + w])
}

pub(super) fn window_sums(maps: Maps, size: usize) -> Maps {
    let [c, n, h, w] = maps.dims();
    let (rows, columns) = (h / size, w / size);
    maps.slice(s![.., .., 0..rows * size, 0..columns * size])
        .reshape([c * n, rows, size, columns, size])
        .sum_dim(4)
        .sum_dim(2)
        .reshape([c, n, rows, columns])
}

pub(super) fn spread(maps: Maps, dims: [usize; 4], size: usize) -> Maps {
    let [c, n, rows, columns] = maps.dims();
    let [_, _, h, w] = dims;
    maps.reshape([c * n, rows, 1, columns, 1])
        .repeat(&[1, 1, size, 1, size])
        .reshape([c, n, rows * size, columns * size])
        .pad((0, w - columns * size, 0, h - rows * size), 0.0)
}

pub(super) fn largest(maps: Maps, size: usize) -> Maps {
    let [c, n, h, w] = maps.dims();
    let (rows, columns) = (h / size, w / size);
    let float = maps.dtype();
    let windows = maps
        .slice(s![.., .., 0..rows * size, 0..columns * size])
        .reshape([c * n * rows, size, columns, size])
        .permute([0, 2, 1, 3])
        .reshape([c * n * rows * columns, size * size]);
    let first = windows.argmax(1);
    let mask = first.one_hot::<3>(size * size).float().cast(float);
    mask.reshape([c * n * rows, columns, size, size])
        .permute([0, 2, 1, 3])
        .reshape([c, n, rows * size, columns * size])
        .pad((0, w - columns * size, 0, h - rows * size), 0.0)
}

pub(super) fn rectify(maps: Maps) -> (Maps, Maps) {
    let values = relu(maps);
    (values.clone(), values.sign())
}

pub(super) fn resample(maps: Maps, taps: &Taps) -> Maps {
    let dims @ [c, n, h, w] = maps.dims();
    let (device, float) = (maps.device(), maps.dtype());
    let planes: Tensor<3> = maps.reshape([c, n, h * w]);
    let rows = taps.of_images.len();
    let mut sum = planes.zeros_like();
    for tap in 0..taps.count() {
        let of_rows = || taps.of_images.iter().map(|taps| (taps.sources.get(tap), taps.weights.get(tap)));
        let sources: Vec<i32> = of_rows()
            .flat_map(|(sources, _)| match sources {
                Some(sources) => sources.iter().map(|&source| i32::try_from(source).unwrap_or(i32::MAX)).collect(),
                None => vec![0; h * w],
            })
            .collect();
        let weights: Vec<f64> =
            of_rows().flat_map(|(_, weights)| weights.map_or_else(|| vec![0.0; h * w], Clone::clone)).collect();
        let weights = Tensor::<3>::from_data(TensorData::new(weights, [1, rows, h * w]), (&device, float));
        let taken = if rows == 1 {
            let sources = Tensor::<1, Int>::from_data(TensorData::new(sources, [h * w]), &device);
            planes.clone().select(2, sources)
        } else {
            let sources = Tensor::<3, Int>::from_data(TensorData::new(sources, [1, rows, h * w]), &device);
            planes.clone().gather(2, sources.repeat(&[c, 1, 1]))
        };
        sum = sum + taken * weights;
    }
    sum.reshape(dims)
}

fn pad(maps: Maps, padding: usize) -> Maps {
    if padding == 0 { maps } else { maps.pad((padding, padding, padding, padding), 0.0) }
}

/// Puts `stride - 1` zeros between neighbours.
fn dilate(maps: Maps, stride: usize) -> Maps {
    if stride == 1 {
        return maps;
    }
    let [c, n, h, w] = maps.dims();
    maps.reshape([c * n, h, 1, w, 1])
        .pad([(0, 0), (0, 0), (0, stride - 1), (0, 0), (0, stride - 1)], 0.0)
        .reshape([c, n, h * stride, w * stride])
        .slice(s![.., .., 0..(h - 1) * stride + 1, 0..(w - 1) * stride + 1])
}
