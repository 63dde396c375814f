//! Crop, cutout, flip, scale and rotation as sparse maps of a plane. Draws nothing.

use crate::engine::kernels::PlaneTaps;

/// Pixels taken from `rows` and `columns` further on; zero outside.
pub(super) fn crop(h: usize, w: usize, [rows, columns]: [i64; 2]) -> PlaneTaps {
    let moved = |position: usize, shift: i64, side: usize| {
        i64::try_from(position).ok().and_then(|at| usize::try_from(at + shift).ok()).filter(|&at| at < side)
    };
    PlaneTaps::new(h * w, |pixel| match (moved(pixel / w, rows, h), moved(pixel % w, columns, w)) {
        (Some(y), Some(x)) => vec![(y * w + x, 1.0)],
        _ => Vec::new(),
    })
}

/// The side of the square that cutout removes from `side` pixels: half of it, rounded.
pub(super) const fn cutout_side(side: usize) -> usize {
    side.div_ceil(2)
}

/// Zero in a square of half the side that begins half of its own side before `row` and `column`.
pub(super) fn cutout(h: usize, w: usize, [row, column]: [i64; 2]) -> PlaneTaps {
    let inside = |position: usize, middle: i64, side: usize| {
        let length = i64::try_from(cutout_side(side)).unwrap_or(0);
        let start = middle - length / 2;
        i64::try_from(position).is_ok_and(|position| (start..start + length).contains(&position))
    };
    PlaneTaps::new(h * w, |pixel| {
        if inside(pixel / w, row, h) && inside(pixel % w, column, w) { Vec::new() } else { vec![(pixel, 1.0)] }
    })
}

/// Left and right exchanged, if `mirrored`.
pub(super) fn flip(h: usize, w: usize, mirrored: bool) -> PlaneTaps {
    PlaneTaps::new(h * w, |pixel| {
        let (y, x) = (pixel / w, pixel % w);
        vec![(y * w + if mirrored { w - 1 - x } else { x }, 1.0)]
    })
}

/// Bilinear samples at `matrix (x, y)`, where -1 and 1 are the outer edges of the image; a corner of the four outside the
/// image counts as zero (`affine_grid` and `grid_sample` of PyTorch, without aligned corners).
pub(super) fn affine(h: usize, w: usize, matrix: &[[f64; 2]; 2]) -> PlaneTaps {
    let (height, width) = (h as f64, w as f64);
    PlaneTaps::new(h * w, |pixel| {
        let x = (2.0 * (pixel % w) as f64 + 1.0) / width - 1.0;
        let y = (2.0 * (pixel / w) as f64 + 1.0) / height - 1.0;
        let column = ((matrix[0][0] * x + matrix[0][1] * y + 1.0) * width - 1.0) / 2.0;
        let row = ((matrix[1][0] * x + matrix[1][1] * y + 1.0) * height - 1.0) / 2.0;
        let mut taps = Vec::with_capacity(4);
        for (y, of_row) in neighbours(row, h) {
            for (x, of_column) in neighbours(column, w) {
                taps.push((y * w + x, of_row * of_column));
            }
        }
        taps
    })
}

/// The pixels on both sides of `position` that lie in the image, and their shares.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // checked to lie in the image
fn neighbours(position: f64, side: usize) -> impl Iterator<Item = (usize, f64)> {
    let before = position.floor();
    let share = position - before;
    [(before, 1.0 - share), (before + 1.0, share)]
        .into_iter()
        .filter(move |&(at, share)| at >= 0.0 && at < side as f64 && share > 0.0)
        .map(|(at, share)| (at as usize, share))
}
