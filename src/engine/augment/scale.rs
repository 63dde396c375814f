//! Nearest-neighbour scaling about the centre. Draws nothing.

use crate::domain::ImageShape;

/// Replaces `image` by itself resized to `height` x `width`, laid centred on a square of zeros whose side is the
/// largest of the four lengths, and cut to its old size at the centre.
///
/// Resizing takes source pixel `floor(target * old / new)`, computed in single precision as `PyTorch`'s
/// `F.interpolate` with mode `nearest` does.
///
/// # Shapes
///
/// `image` is `[c, h, w]`; `height` and `width` are at least 1.
pub(super) fn rescale(image: &mut [f32], shape: ImageShape, height: usize, width: usize) {
    let square = height.max(width).max(shape.height).max(shape.width);
    let rows = source_positions(shape.height, height, square);
    let columns = source_positions(shape.width, width, square);
    let source = image.to_vec();
    for (plane, source) in image.chunks_exact_mut(shape.plane()).zip(source.chunks_exact(shape.plane())) {
        for (target, row) in plane.chunks_exact_mut(shape.width).zip(&rows) {
            for (value, column) in target.iter_mut().zip(&columns) {
                *value = match (row, column) {
                    (Some(row), Some(column)) => source[row * shape.width + column],
                    _ => 0.0,
                };
            }
        }
    }
}

/// For each position along a side of the result: the position in the source, or `None` outside the resized image.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // single, as published
fn source_positions(old: usize, new: usize, square: usize) -> Vec<Option<usize>> {
    let (cut, margin) = ((square - old) / 2, (square - new) / 2);
    let ratio = old as f32 / new as f32;
    (0..old)
        .map(|position| {
            let resized = (position + cut).checked_sub(margin).filter(|&resized| resized < new)?;
            Some(((resized as f32 * ratio).floor() as usize).min(old - 1))
        })
        .collect()
}
