//! Maps as transformed tiles, and the planes under tiles.

use std::ops::Range;

use rayon::prelude::*;

use super::matrices::Transformation;
use crate::engine::kernels::{
    interleaved::{Lanes, interleave},
    room::with_room,
    simd::{Arithmetic, LANES, vectorized_fused},
};

/// Transformed maps: `[block of channels, place, tile]` with the channels of a block side by side, zeros behind the last; tiles
/// are in the order of images, rows and columns, and their places a [`pitch`] apart.
pub(in crate::engine) struct Tiles(pub(super) Vec<Lanes>);

/// From one row of `count` lanes to the next: an odd number, so that what stands below one another is not kept in the same lines
/// of the cache.
pub(super) const fn pitch(count: usize) -> usize {
    count | 1
}

/// The planes of an image under overlapping or touching tiles, padded so that every tile lies inside.
#[derive(Debug, Clone, Copy)]
pub(super) struct Canvas {
    pub height: usize,
    pub width: usize,
    pub padding: usize,
    pub sides: [usize; 2],
    /// Tiles along a column and a row, and the step from one to the next.
    pub tiles: [usize; 2],
    pub step: usize,
}

impl Canvas {
    pub(super) const fn len(self) -> usize {
        self.sides[0] * self.sides[1]
    }

    /// Values of a plane.
    pub(super) const fn plane(self) -> usize {
        self.height * self.width
    }

    /// Tiles of an image.
    pub(super) const fn count(self) -> usize {
        self.tiles[0] * self.tiles[1]
    }

    /// Where each tile begins.
    #[inline(always)]
    pub(super) fn tiles(self) -> impl Iterator<Item = usize> {
        let [rows, columns] = self.tiles;
        (0..rows).flat_map(move |row| (0..columns).map(move |column| (row * self.sides[1] + column) * self.step))
    }

    /// Where each row of the plane lies.
    #[inline(always)]
    fn rows(self) -> impl Iterator<Item = Range<usize>> {
        (self.padding..self.padding + self.height).map(move |row| {
            let start = row * self.sides[1] + self.padding;
            start..start + self.width
        })
    }

    /// Copies planes that lie side by side to their place.
    #[inline(always)]
    fn draw(self, canvas: &mut [Lanes], planes: &[Lanes]) {
        for (places, row) in self.rows().zip(planes.chunks_exact(self.width)) {
            canvas[places].copy_from_slice(row);
        }
    }

    /// What `T` makes of every tile of side `I` of the maps of a block of channels: `[place, tile]`.
    #[inline(always)]
    fn transform<T: Transformation<I, O>, const I: usize, const O: usize>(
        self,
        arithmetic: Arithmetic,
        maps: &[f32],
        images: usize,
        room: &mut [Lanes],
        tiles: &mut [Lanes],
    ) {
        let plane = self.plane();
        let (canvas, interleaved) = room.split_at_mut(self.len());
        let (pitch, lanes) = (pitch(images * self.count()), maps.len() / (images * plane));
        let mut planes: [&[f32]; LANES] = [&[]; LANES];
        canvas.fill([0.0; LANES]);
        for image in 0..images {
            for (lane, plane_of_lane) in planes[..lanes].iter_mut().enumerate() {
                *plane_of_lane = &maps[(lane * images + image) * plane..][..plane];
            }
            interleave(&planes[..lanes], interleaved);
            self.draw(canvas, interleaved);
            for (tile, start) in (image * self.count()..).zip(self.tiles()) {
                let load = |place| canvas[start + place / I * self.sides[1] + place % I];
                let store = |place, y: &Lanes| tiles[place * pitch + tile] = *y;
                T::apply(arithmetic, load, store);
            }
        }
    }

    /// Moves the planes from their place to the beginning, row behind row.
    #[inline(always)]
    pub(super) fn cut_out(self, canvas: &mut [Lanes]) {
        for (row, places) in self.rows().enumerate() {
            canvas.copy_within(places, row * self.width);
        }
    }
}

/// What `T` makes of every tile of side `I` of maps `[channels, images, height, width]`.
pub(super) fn tiles_of_maps<T: Transformation<I, O>, const I: usize, const O: usize>(
    canvas: Canvas,
    maps: &[f32],
    [channels, images]: [usize; 2],
) -> Tiles {
    let of_block = O * O * pitch(images * canvas.count());
    let mut tiles = vec![[0.0; LANES]; channels.div_ceil(LANES) * of_block];
    let blocks = tiles.par_chunks_mut(of_block).zip(maps.par_chunks(LANES * images * canvas.plane()));
    blocks.for_each(|(tiles, maps)| {
        with_room((canvas.len() + canvas.plane()) * LANES, |room| {
            let (room, _) = room.as_chunks_mut();
            vectorized_fused(
                #[inline(always)]
                |arithmetic| canvas.transform::<T, I, O>(arithmetic, maps, images, room, tiles),
            );
        });
    });
    Tiles(tiles)
}
