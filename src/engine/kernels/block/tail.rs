//! What follows a convolution in the value pass, done to each plane while it is in the first-level cache.

use rayon::prelude::*;

use super::{
    After,
    planes::{self, Planes},
    side_by_side::{self, by_lane},
};
use crate::engine::{
    kernels::{
        host::{self, Held},
        interleaved::{Lanes, lanes_of},
        simd::{relu, vectorized},
    },
    transfer::{Maps, Matrix},
};

/// The value of the layer behind a convolution.
pub(in crate::engine) enum Tail {
    Relu,
    /// Max pooling over windows of two by two, where `rectified` with a ReLU before it.
    MaxPooling {
        rectified: bool,
    },
    /// A block, with the scale and shift of each channel.
    Block {
        after: After,
        scale: Vec<f32>,
        shift: Vec<f32>,
    },
}

/// The larger of two; what is not a number counts as larger.
#[inline(always)]
fn larger(a: f32, b: f32) -> f32 {
    if b > a || b.is_nan() { b } else { a }
}

impl Tail {
    pub(in crate::engine) fn block(after: After, affine: [&Matrix; 2]) -> Self {
        let [scale, shift] = affine.map(|values| host::values(values.clone()));
        Self::Block { after, scale, shift }
    }

    /// Height and width behind maps of `sides`.
    pub(in crate::engine::kernels) const fn output(&self, sides @ [height, width]: [usize; 2]) -> [usize; 2] {
        match self {
            Self::Relu => sides,
            Self::MaxPooling { .. } => [height / 2, width / 2],
            Self::Block { after, .. } => Planes::new(1, height, width, *after).output(),
        }
    }

    /// The value at a plane `x` of `channel` with `sides`; `line` is room for a row.
    #[inline(always)]
    pub(in crate::engine::kernels) fn plane(
        &self,
        channel: usize,
        [height, width]: [usize; 2],
        x: &[f32],
        y: &mut [f32],
        line: &mut [f32],
    ) {
        match self {
            Self::Relu => {
                for (y, x) in y.iter_mut().zip(x) {
                    *y = relu(*x);
                }
            }
            Self::MaxPooling { rectified } => {
                let least = if *rectified { 0.0 } else { f32::NEG_INFINITY };
                for (y, x) in y.chunks_exact_mut(width / 2).zip(x.chunks_exact(2 * width)) {
                    let (first, second) = x.split_at(width);
                    for (line, (first, second)) in line.iter_mut().zip(first.iter().zip(second)) {
                        *line = larger(larger(least, *first), *second);
                    }
                    for (y, pair) in y.iter_mut().zip(line.as_chunks::<2>().0) {
                        *y = larger(pair[0], pair[1]);
                    }
                }
            }
            Self::Block { after, scale, shift } => {
                let planes = Planes::new(1, height, width, *after);
                planes::value(planes, x, y, [scale[channel], shift[channel]]);
            }
        }
    }

    /// The values at sixteen planes `x` side by side, from `channel` on, in their stead; see [`Tail::output`].
    #[inline(always)]
    pub(in crate::engine::kernels) fn side_by_side(&self, channel: usize, sides: [usize; 2], x: &mut [Lanes]) {
        match self {
            Self::Relu => {
                for x in x.iter_mut().flatten() {
                    *x = relu(*x);
                }
            }
            Self::MaxPooling { rectified } => {
                let least = if *rectified { 0.0 } else { f32::NEG_INFINITY };
                side_by_side::pool(sides, x, |window| {
                    by_lane(window, |[a, b, c, d]| larger(larger(larger(least, a), c), larger(larger(least, b), d)))
                });
            }
            Self::Block { after, scale, shift } => {
                let [scale, shift] = [scale, shift].map(|values| lanes_of(&values[channel..]));
                side_by_side::value(Planes::new(1, sides[0], sides[1], *after), x, [scale, shift]);
            }
        }
    }

    /// The value at `maps`.
    pub(in crate::engine) fn apply(&self, maps: Maps) -> Maps {
        // A plane of features is a single value: too short a loop.
        if matches!(self, Self::Relu) {
            return host::rectified(maps);
        }
        let [channels, images, height, width] = maps.dims();
        let device = maps.device();
        let sides = [height, width];
        let [rows, columns] = self.output(sides);
        let (len, output_len) = (height * width, rows * columns);
        let x = Held::of(maps);
        let mut y = vec![0.0; channels * images * output_len];
        let planes = y.par_chunks_mut(images * output_len).zip(x.par_chunks(images * len)).enumerate();
        planes.for_each(|(channel, (y, x))| {
            let mut line = vec![0.0; width];
            vectorized(
                #[inline(always)]
                || {
                    for (x, y) in x.chunks_exact(len).zip(y.chunks_exact_mut(output_len)) {
                        self.plane(channel, sides, x, y, &mut line);
                    }
                },
            );
        });
        host::tensor(y, [channels, images, rows, columns], &device)
    }
}
