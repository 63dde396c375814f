//! Values of a block at sixteen planes that lie side by side: what `planes` does along a plane, done place by place.

use super::planes::{Planes, inverse_deviation};
use crate::engine::kernels::{
    interleaved::Lanes,
    simd::{LANES, at_least},
};

/// `y` of planes `x`, in their stead; to the bit that of each plane alone.
#[inline(always)]
pub(super) fn value(planes: Planes, x: &mut [Lanes], [scale, shift]: [Lanes; 2]) {
    let len = planes.len() as f32;
    let mean = by_lane([&sum(x, |x| *x)], |[sum]| sum / len);
    let squares = sum(x, |x| by_lane([x, &mean], |[x, mean]| (x - mean) * (x - mean)));
    let r = by_lane([&squares], |[squares]| inverse_deviation(squares / len));
    let value = |x: &Lanes| {
        by_lane([x, &mean, &r, &scale, &shift], |[x, mean, r, scale, shift]| {
            at_least(planes.floor, (x - mean) * r * scale + shift)
        })
    };
    if planes.pooled {
        pool([planes.height, planes.width], x, |[a, b, c, d]| {
            by_lane([&value(a), &value(b), &value(c), &value(d)], |[a, b, c, d]| 0.25 * ((a + c) + (b + d)))
        });
    } else {
        for x in x {
            *x = value(x);
        }
    }
}

/// What `window` makes of windows of two by two, row by row, in the stead of the planes `x` with `sides`.
#[inline(always)]
pub(super) fn pool([height, width]: [usize; 2], x: &mut [Lanes], window: impl Fn([&Lanes; 4]) -> Lanes) {
    let mut found = 0;
    for row in 0..height / 2 {
        for column in 0..width / 2 {
            let start = 2 * (row * width + column);
            // Nothing that is read later lies before a window.
            x[found] = window([start, start + 1, start + width, start + width + 1].map(|place| &x[place]));
            found += 1;
        }
    }
}

/// What `work` makes of the values of each lane.
#[inline(always)]
pub(super) fn by_lane<const N: usize>(values: [&Lanes; N], work: impl Fn([f32; N]) -> f32) -> Lanes {
    let mut found = [0.0; LANES];
    for lane in 0..LANES {
        found[lane] = work(values.map(|values| values[lane]));
    }
    found
}

/// The sums of what `term` makes of every place, in the order of [`sums`](crate::engine::kernels::simd::sums).
#[inline(always)]
fn sum(x: &[Lanes], term: impl Fn(&Lanes) -> Lanes) -> Lanes {
    let add = |sum: &Lanes, x: &Lanes| by_lane([sum, x], |[sum, x]| sum + x);
    let (groups, rest) = x.as_chunks::<LANES>();
    let mut sums = [[0.0; LANES]; LANES];
    for group in groups {
        for k in 0..LANES {
            sums[k] = add(&sums[k], &term(&group[k]));
        }
    }
    let mut half = LANES / 2;
    while half > 0 {
        for k in 0..half {
            sums[k] = add(&sums[k], &sums[k + half]);
        }
        half /= 2;
    }
    rest.iter().fold(sums[0], |sum, x| add(&sum, &term(x)))
}
