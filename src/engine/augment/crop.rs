//! Shifting an image by cropping it out of a padded one. Draws nothing.

use crate::domain::ImageShape;

/// Pixels of padding on each side; the published `crop`.
pub(super) const PADDING: u8 = 4;

/// Replaces `image` by the window of its size that begins at `row` and `column` of the image padded by [`PADDING`].
///
/// `row = column = 4` leaves the image as it is; a larger `row` moves it up, a larger `column` to the left.
///
/// # Shapes
///
/// `image` is `[c, h, w]`; `fill` holds the padding value of each channel.
pub(super) fn pad_crop(image: &mut [f32], shape: ImageShape, row: usize, column: usize, fill: &[f32]) {
    let padding = usize::from(PADDING);
    let source = image.to_vec();
    // A window position as a position in the unpadded image, or `None` in the padding.
    let inside = |window: usize, offset: usize, side: usize| {
        (window + offset).checked_sub(padding).filter(|&position| position < side)
    };
    for (channel, (plane, &fill)) in image.chunks_exact_mut(shape.plane()).zip(fill).enumerate() {
        for (y, target) in plane.chunks_exact_mut(shape.width).enumerate() {
            let from = inside(y, row, shape.height).map(|y| channel * shape.plane() + y * shape.width);
            for (x, value) in target.iter_mut().enumerate() {
                *value = match (from, inside(x, column, shape.width)) {
                    (Some(start), Some(x)) => source[start + x],
                    _ => fill,
                };
            }
        }
    }
}
