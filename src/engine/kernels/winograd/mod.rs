//! Convolutions with stride 1 and windows of 3 or 5 as products of transformed tiles, on slices.
//!
//! A convolution becomes one matrix product for each place of a tile: `M_p = U_p V_p` with `U = G w Gᵀ`, `V = Bᵀ x B` and
//! `y = Aᵀ M A`, 2.25 to 4 times fewer multiplications than the direct way. Each transformation is linear, so the other
//! rules are made of adjoints: with `dM = A δ Aᵀ`, `δx = B (Uᵀ dM) Bᵀ` and `∂w = Gᵀ (dM Vᵀ) G`.
//!
//! Maps are transformed with sixteen channels side by side ([`tiles`]). Filters are transformed where they are used, and products
//! transformed back where they are made, in room that is used again ([`products`]): neither of them is kept.

mod matrices;
mod products;
mod tiles;

use super::{Window, block::Tail, simd::LANES};
use matrices::{Adjoint, F2x3, F2x5, F4x3, Filter, Input, Output};
use products::{Product, filters_of_product, maps_of_product};
pub(in crate::engine) use tiles::Tiles;
use tiles::{Canvas, tiles_of_maps};

/// Fewer channels than this do not pay for the transformations.
const LEAST_CHANNELS: usize = 16;
/// What it takes to transform a filter for each [`Scheme`], in multiplications.
const FILTER_WORK: [usize; 3] = [26, 44, 60];

/// Outputs of a tile along a side, and taps of the filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scheme {
    F2x3,
    F4x3,
    F2x5,
}

/// How the maps of a convolution are cut into tiles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::engine) struct Tiling {
    scheme: Scheme,
    images: usize,
    channels: usize,
    outputs: usize,
    /// Height and width of the input, of the output, and tiles along them.
    input: [usize; 2],
    output: [usize; 2],
    tiles: [usize; 2],
    padding: usize,
}

impl Tiling {
    /// The tiling of maps `[channels, images, h, w]` for a convolution with `outputs` filters; `None` where the direct way is
    /// better.
    pub(super) fn new([channels, images, h, w]: [usize; 4], window: Window, outputs: usize) -> Option<Self> {
        let output = [window.count(h), window.count(w)];
        if window.stride != 1 || channels.min(outputs) < LEAST_CHANNELS {
            return None;
        }
        let schemes: &[Scheme] = match window.size {
            3 => &[Scheme::F2x3, Scheme::F4x3],
            5 => &[Scheme::F2x5],
            _ => return None,
        };
        let tiling = |&scheme: &Scheme| {
            let tiles = scheme.tiles(output);
            Self { scheme, images, channels, outputs, input: [h, w], output, tiles, padding: window.padding }
        };
        let direct = window.size * window.size * images * output[0] * output[1];
        let best = schemes.iter().map(tiling).min_by_key(Self::work)?;
        (best.work() < direct).then_some(best)
    }

    /// With the smallest tiles, which round least.
    pub(in crate::engine) fn small(self) -> Self {
        let scheme = if self.scheme == Scheme::F4x3 { Scheme::F2x3 } else { self.scheme };
        Self { scheme, tiles: scheme.tiles(self.output), ..self }
    }

    /// Multiplications for each filter and channel, and what it takes to transform the filter.
    const fn work(&self) -> usize {
        self.scheme.places() * self.count() + FILTER_WORK[self.scheme as usize] * LANES
    }

    /// Tiles of all images.
    const fn count(&self) -> usize {
        self.images * self.tiles_of_image()
    }

    const fn tiles_of_image(&self) -> usize {
        self.tiles[0] * self.tiles[1]
    }

    /// The input maps' dimensions.
    pub(super) const fn input_dims(&self) -> [usize; 4] {
        [self.channels, self.images, self.input[0], self.input[1]]
    }

    /// The filters' dimensions.
    pub(super) const fn filter_dims(&self) -> [usize; 2] {
        let (_, _, taps) = self.scheme.sizes();
        [self.outputs, self.channels * taps * taps]
    }

    /// The output maps' dimensions, behind `tail`.
    pub(super) fn output_dims(&self, tail: Option<&Tail>) -> [usize; 4] {
        let [height, width] = tail.map_or(self.output, |tail| tail.output(self.output));
        [self.outputs, self.images, height, width]
    }

    /// The input's planes under its tiles, and the output's under those of a gradient.
    const fn input_canvas(&self) -> Canvas {
        self.canvas(self.input, self.padding, self.scheme.side())
    }

    const fn output_canvas(&self) -> Canvas {
        self.canvas(self.output, 0, self.scheme.outputs())
    }

    /// Planes under tiles of `side`, one step from the next.
    const fn canvas(&self, [height, width]: [usize; 2], padding: usize, side: usize) -> Canvas {
        let step = self.scheme.outputs();
        let sides = [(self.tiles[0] - 1) * step + side, (self.tiles[1] - 1) * step + side];
        Canvas { height, width, padding, sides, tiles: self.tiles, step }
    }
}

impl Scheme {
    /// Side of a tile, its outputs along a side, and the filter's taps.
    const fn sizes(self) -> (usize, usize, usize) {
        match self {
            Self::F2x3 => (4, 2, 3),
            Self::F4x3 => (6, 4, 3),
            Self::F2x5 => (6, 2, 5),
        }
    }

    /// Tiles along the sides of an output.
    fn tiles(self, output: [usize; 2]) -> [usize; 2] {
        output.map(|side| side.div_ceil(self.outputs()))
    }

    const fn side(self) -> usize {
        self.sizes().0
    }

    const fn outputs(self) -> usize {
        self.sizes().1
    }

    const fn places(self) -> usize {
        self.side() * self.side()
    }
}

/// An expression for each scheme `S`, with the side of its tiles, their outputs and the filter's taps along a side.
macro_rules! by_scheme {
    ($tiling:expr, |$S:ident, $N:ident, $M:ident, $R:ident| $result:expr) => {
        match $tiling.scheme {
            Scheme::F2x3 => by_scheme!(@ $S = F2x3, $N = 4, $M = 2, $R = 3, $result),
            Scheme::F4x3 => by_scheme!(@ $S = F4x3, $N = 6, $M = 4, $R = 3, $result),
            Scheme::F2x5 => by_scheme!(@ $S = F2x5, $N = 6, $M = 2, $R = 5, $result),
        }
    };
    (@ $S:ident = $scheme:ty, $N:ident = $n:literal, $M:ident = $m:literal, $R:ident = $r:literal, $result:expr) => {{
        type $S = $scheme;
        const $N: usize = $n;
        const $M: usize = $m;
        const $R: usize = $r;
        // Not every rule needs all of them.
        let _ = [$N, $M, $R];
        $result
    }};
}

/// `V = Bᵀ x B` of maps `x`.
pub(super) fn input_tiles(tiling: &Tiling, maps: &[f32]) -> Tiles {
    let sides = [tiling.channels, tiling.images];
    by_scheme!(tiling, |S, N, M, R| tiles_of_maps::<Input<S>, N, N>(tiling.input_canvas(), maps, sides))
}

/// `dM = A δ Aᵀ` of maps `δ`.
pub(super) fn output_tiles(tiling: &Tiling, maps: &[f32]) -> Tiles {
    let sides = [tiling.outputs, tiling.images];
    by_scheme!(tiling, |S, N, M, R| tiles_of_maps::<Adjoint<Output<S>>, M, N>(tiling.output_canvas(), maps, sides))
}

/// `y = Aᵀ M A + bias` of the sum `M` of the products `U V` of filters and tiles, and what `tail` makes of it.
pub(super) fn output_maps(
    tiling: &Tiling,
    terms: &[(&[f32], &Tiles)],
    bias: Option<&[f32]>,
    tail: Option<&Tail>,
) -> Vec<f32> {
    let Tiling { images, channels, outputs, .. } = *tiling;
    let canvas = tiling.output_canvas();
    by_scheme!(tiling, |S, N, M, R| {
        let product = Product { terms, images, channels: outputs, inner: channels, steps: [channels * R * R, R * R] };
        maps_of_product::<Output<S>, Filter<S>, N, M, R>(canvas, &product, bias, tail)
    })
}

/// `δx = B dV Bᵀ` of the sum `dV` of the products `Uᵀ dM` of filters and tiles.
pub(super) fn input_maps(tiling: &Tiling, terms: &[(&[f32], &Tiles)]) -> Vec<f32> {
    let Tiling { images, channels, outputs, .. } = *tiling;
    let canvas = tiling.input_canvas();
    by_scheme!(tiling, |S, N, M, R| {
        let product = Product { terms, images, channels, inner: outputs, steps: [R * R, channels * R * R] };
        maps_of_product::<Adjoint<Input<S>>, Filter<S>, N, N, R>(canvas, &product, None, None)
    })
}

/// `∂w = Gᵀ (dM Vᵀ) G`.
pub(super) fn filter_gradient(tiling: &Tiling, delta: &Tiles, input: &Tiles) -> Vec<f32> {
    let sides = [tiling.outputs, tiling.channels];
    by_scheme!(tiling, |S, N, M, R| {
        filters_of_product::<Adjoint<Filter<S>>, N, R>(delta, input, tiling.count(), sides)
    })
}
