//! Convolutions of few channels on tensors in single precision in the CPU's memory, without patches or tiles.
//!
//! The loops are in `canvas`; patches are the oracle.

mod canvas;

use burn::tensor::{Device, Tensor, TensorData};

use super::{
    Window,
    block::Tail,
    host::{self, Held},
};
use crate::engine::transfer::{Maps, Matrix};
use canvas::{Canvas, Filters};

/// From so many channels on both sides, tiles are better, and matrix products where those do not apply.
const MOST_CHANNELS: usize = 15;

/// The values of maps.
pub(in crate::engine) struct Planes(Held);

impl From<Maps> for Planes {
    fn from(maps: Maps) -> Self {
        Self(Held::of(maps))
    }
}

/// A convolution on maps of given dimensions.
#[derive(Debug, Clone, Copy)]
pub(in crate::engine) struct Direct {
    channels: usize,
    outputs: usize,
    images: usize,
    /// The input's planes, and those of the output, on which the adjoint is a convolution too.
    forward: Canvas,
    adjoint: Canvas,
}

impl Direct {
    /// The convolution of `maps` with `outputs` filters; `None` where another way is better.
    pub(in crate::engine) fn new(maps: &Maps, outputs: usize, window: Window) -> Option<Self> {
        let [channels, images, h, w] = maps.dims();
        let Window { size, stride, padding } = window;
        let output = [window.count(h), window.count(w)];
        let pays = channels.min(outputs) <= MOST_CHANNELS && stride == 1 && size > 1 && !output.contains(&0);
        let canvas = |[height, width]: [usize; 2], border| Canvas { height, width, border, size };
        let border = padding.cast_signed();
        (pays && host::runs_on(maps)).then(|| Self {
            channels,
            outputs,
            images,
            forward: canvas([h, w], border),
            adjoint: canvas(output, size.cast_signed() - 1 - border),
        })
    }

    /// The sum of the convolutions of planes with filters, `[out, in * size * size]`, and a bias, and `tail` done to it;
    /// `fused` where a product may be rounded together with the sum it is added to.
    pub(in crate::engine) fn output(
        &self,
        terms: &[(&Matrix, &Planes)],
        bias: Option<&Matrix>,
        tail: Option<&Tail>,
        fused: bool,
    ) -> Maps {
        let (channels, taps) = (self.channels, self.taps());
        let filters = values_of_filters(terms);
        let filters = Filters::new(self.outputs, terms.len() * channels, taps, |output, channel, tap| {
            filters[channel / channels][(output * channels + channel % channels) * taps + tap]
        });
        let bias = bias.map(|bias| host::values(bias.clone()));
        let values = self.forward.convolve(self.images, &planes(terms), &filters, bias.as_deref(), tail, fused);
        let sides = self.forward.output();
        let [rows, columns] = tail.map_or(sides, |tail| tail.output(sides));
        host::tensor(values, [self.outputs, self.images, rows, columns], &terms[0].0.device())
    }

    /// The adjoint of [`Direct::output`] with respect to the planes, at the sum of `terms`.
    pub(in crate::engine) fn input(&self, terms: &[(&Matrix, &Planes)]) -> Maps {
        let (channels, outputs, taps) = (self.channels, self.outputs, self.taps());
        let filters = values_of_filters(terms);
        // The filters turned around, in channels and outputs as in places.
        let filters = Filters::new(channels, terms.len() * outputs, taps, |channel, output, tap| {
            filters[output / outputs][(output % outputs * channels + channel) * taps + taps - 1 - tap]
        });
        let values = self.adjoint.convolve(self.images, &planes(terms), &filters, None, None, true);
        let [rows, columns] = self.adjoint.output();
        host::tensor(values, [self.channels, self.images, rows, columns], &terms[0].0.device())
    }

    /// The gradient of the filters, for that of the output.
    pub(in crate::engine) fn filter_gradient(&self, input: &Planes, delta: &Planes, device: &Device) -> Matrix {
        let values = self.forward.filter_gradient(self.images, &input.0, &delta.0);
        let columns = self.channels * self.taps();
        Tensor::from_data(TensorData::new(values, [self.outputs, columns]), device)
    }

    const fn taps(&self) -> usize {
        self.forward.size * self.forward.size
    }
}

fn values_of_filters(terms: &[(&Matrix, &Planes)]) -> Vec<Vec<f32>> {
    terms.iter().map(|(filters, _)| host::values((*filters).clone())).collect()
}

fn planes<'a>(terms: &[(&Matrix, &'a Planes)]) -> Vec<&'a [f32]> {
    terms.iter().map(|(_, planes)| &*planes.0).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{
        device::ComputeDevice,
        kernels::plain,
        test_support::{assert_close, random_maps},
    };

    const CASES: [(usize, usize, usize, [usize; 4]); 8] = [
        (6, 5, 2, [1, 3, 28, 28]),
        (16, 5, 0, [6, 5, 14, 14]),
        (6, 5, 0, [3, 2, 6, 5]),
        (17, 3, 1, [3, 9, 8, 7]),
        (9, 3, 3, [1, 2, 7, 5]),
        (1, 3, 0, [2, 1, 3, 3]),
        (2, 5, 4, [20, 2, 5, 9]),
        (3, 2, 0, [4, 1, 2, 40]),
    ];

    fn matrix(rows: usize, columns: usize, seed: u64, device: &ComputeDevice) -> Matrix {
        random_maps([1, 1, rows, columns], seed, device).reshape([rows, columns])
    }

    #[test]
    fn every_rule_agrees_with_patches() {
        let device = ComputeDevice::cpu();
        for (outputs, size, padding, input) in CASES {
            let window = Window { size, stride: 1, padding };
            let [channels, images, ..] = input;
            let x = random_maps(input, 1, &device);
            let direct = Direct::new(&x, outputs, window).unwrap();
            let columns = channels * size * size;
            let (w, v) = (matrix(outputs, columns, 2, &device), matrix(outputs, columns, 3, &device));
            let bias = matrix(outputs, 1, 4, &device);
            let patches = plain::patches(x.clone(), window);
            let other = random_maps(input, 5, &device);
            let of_other = plain::patches(other.clone(), window);
            let (x, other) = (Planes::from(x), Planes::from(other));
            let [y, unfused] =
                [true, false].map(|fused| direct.output(&[(&w, &x), (&v, &other)], Some(&bias), None, fused));
            let [_, _, rows, row] = y.dims();
            let oracle = w.clone().matmul(patches.clone()) + v.clone().matmul(of_other) + bias;
            let oracle = oracle.reshape([outputs, images, rows, row]);
            assert_close(&y, &oracle, 1e-4);
            assert_close(&unfused, &oracle, 1e-4);

            let delta = random_maps(y.dims(), 6, &device);
            let delta_matrix: Matrix = delta.clone().reshape([outputs, images * rows * row]);
            let delta = Planes::from(delta);
            let oracle = (w.clone() + v.clone()).transpose().matmul(delta_matrix.clone());
            let found = direct.input(&[(&w, &delta), (&v, &delta)]);
            assert_close(&found, &plain::scatter(oracle, input, window), 1e-4);
            let found = direct.filter_gradient(&x, &delta, device.tensor_device());
            assert_close(&found, &delta_matrix.matmul(patches.transpose()), 1e-3);
        }
    }

    #[test]
    fn results_do_not_depend_on_the_number_of_threads() {
        let device = ComputeDevice::cpu();
        let (outputs, window) = (6, Window { size: 5, stride: 1, padding: 2 });
        let x = random_maps([3, 21, 12, 12], 1, &device);
        let weight = matrix(outputs, 75, 2, &device);
        let direct = Direct::new(&x, outputs, window).unwrap();
        let input = Planes::from(x);
        let results = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| {
                let y = Planes::from(direct.output(&[(&weight, &input)], None, None, true));
                let x = host::values(direct.input(&[(&weight, &y)]));
                let gradient = host::values(direct.filter_gradient(&input, &y, device.tensor_device()));
                [y.0.to_vec(), x, gradient].concat().into_iter().map(f32::to_bits).collect::<Vec<_>>()
            })
        };
        assert_eq!(results(1), results(3));
    }

    #[test]
    fn other_ways_are_left_to_them() {
        let device = ComputeDevice::cpu();
        let maps = |channels| random_maps([channels, 1, 4, 4], 1, &device);
        let window = Window { size: 3, stride: 1, padding: 1 };
        assert!(Direct::new(&maps(16), 16, window).is_none(), "tiles");
        assert!(Direct::new(&maps(3), 16, Window { stride: 2, ..window }).is_none(), "strides");
        assert!(Direct::new(&maps(3), 16, Window { size: 1, ..window }).is_none(), "a plain product");
        assert!(Direct::new(&maps(3), 16, Window { size: 7, ..window }).is_none(), "no window fits");
        let double = random_maps([3, 1, 4, 4], 1, &ComputeDevice::cpu_in_double_precision());
        assert!(Direct::new(&double, 16, window).is_none(), "double precision");
    }
}
