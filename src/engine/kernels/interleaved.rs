//! Planes with sixteen side by side, so that a loop over places does sixteen planes at once, and back.

use super::simd::LANES;

/// A value of sixteen planes.
pub(super) type Lanes = [f32; LANES];

/// Sixteen values of sixteen planes.
type Square = [Lanes; LANES];

/// The first sixteen values, or as many as there are, and zeros.
#[inline(always)]
pub(super) fn lanes_of(values: &[f32]) -> Lanes {
    if let Some(lanes) = values.first_chunk() {
        return *lanes;
    }
    let mut lanes = [0.0; LANES];
    for (lane, value) in lanes.iter_mut().zip(values) {
        *lane = *value;
    }
    lanes
}

/// Lays `planes`, of which each has a value for every one of `places` at least, side by side, and zeros behind the last.
#[inline(always)]
pub(super) fn interleave(planes: &[&[f32]], places: &mut [Lanes]) {
    let mut square = [[0.0; LANES]; LANES];
    for (chunk, places) in places.chunks_mut(LANES).enumerate() {
        for (row, plane) in square.iter_mut().zip(planes) {
            *row = lanes_of(&plane[chunk * LANES..]);
        }
        for row in &mut square[planes.len()..] {
            *row = [0.0; LANES];
        }
        transpose(&mut square);
        for (place, row) in places.iter_mut().zip(&square) {
            *place = *row;
        }
    }
}

/// Takes the first `count` of planes that lie side by side apart, to `planes` that begin `step` from one another.
#[inline(always)]
pub(super) fn separate(places: &[Lanes], planes: &mut [f32], step: usize, count: usize) {
    let mut square = [[0.0; LANES]; LANES];
    for (chunk, places) in places.chunks(LANES).enumerate() {
        for (row, place) in square.iter_mut().zip(places) {
            *row = *place;
        }
        transpose(&mut square);
        for (lane, row) in square[..count].iter().enumerate() {
            let plane = &mut planes[lane * step + chunk * LANES..];
            if let (LANES, Some(plane)) = (places.len(), plane.first_chunk_mut()) {
                *plane = *row;
            } else {
                for (value, found) in plane[..places.len()].iter_mut().zip(row) {
                    *value = *found;
                }
            }
        }
    }
}

/// Exchanges rows and columns.
#[inline(always)]
fn transpose(square: &mut Square) {
    // Where the bits of a value's row and column are read as one number, each turn moves it round by one bit.
    let mut turned = [[0.0; LANES]; LANES];
    turn(square, &mut turned);
    turn(&turned, square);
    turn(square, &mut turned);
    turn(&turned, square);
}

/// Interleaves each row of the upper half with that of the lower half.
#[inline(always)]
fn turn(square: &Square, turned: &mut Square) {
    const HALF: usize = LANES / 2;
    for row in 0..HALF {
        for k in 0..HALF {
            turned[2 * row][2 * k] = square[row][k];
            turned[2 * row][2 * k + 1] = square[row + HALF][k];
            turned[2 * row + 1][2 * k] = square[row][k + HALF];
            turned[2 * row + 1][2 * k + 1] = square[row + HALF][k + HALF];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::kernels::simd::vectorized;

    #[test]
    fn planes_lie_side_by_side_and_come_back() {
        for (count, len) in [(16, 64), (16, 49), (5, 7), (1, 16), (16, 1)] {
            let planes: Vec<Vec<f32>> = (0..count).map(|p| (0..len).map(|k| (p * len + k) as f32).collect()).collect();
            let slices: Vec<&[f32]> = planes.iter().map(Vec::as_slice).collect();
            let mut places = vec![[-1.0; LANES]; len];
            // Planes may lie in a larger room.
            let step = len + 3;
            let mut back = vec![-1.0; count * step];
            vectorized(
                #[inline(always)]
                || {
                    interleave(&slices, &mut places);
                    separate(&places, &mut back, step, count);
                },
            );
            for (k, place) in places.iter().enumerate() {
                for (lane, value) in place.iter().enumerate() {
                    let expected = planes.get(lane).map_or(0.0, |plane| plane[k]);
                    assert!((value - expected).abs() < f32::EPSILON, "{count} planes of {len}: {value} at {k}, {lane}");
                }
            }
            for (found, plane) in back.chunks(step).zip(&planes) {
                assert_eq!(found[..len], plane[..]);
                assert_eq!(found[len..], [-1.0; 3]);
            }
        }
    }
}
