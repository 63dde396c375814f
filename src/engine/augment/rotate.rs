//! Rotation about the centre by cubic-spline interpolation. Draws nothing.
//!
//! Computes what `scipy.ndimage.rotate` computes with its defaults (order 3, prefilter, mode `constant`, reshape):
//! spline coefficients with mirrored borders (Unser, Aldroubi and Eden, IEEE TSP 1993), double precision inside, and
//! the fill value wherever the source position lies outside the pixel centres.

use crate::domain::ImageShape;

/// The pole of the cubic B-spline filter, `sqrt(3) - 2`.
const POLE: f64 = -0.267_949_192_431_122_7;
/// Mirrored coefficients kept before and behind each line, so that all four taps lie in memory.
const BEFORE: usize = 1;
const BEHIND: usize = 2;

/// Replaces `image` by itself rotated by `degrees` (from the rows towards the columns), cut to its old size at the
/// centre of the enlarged canvas; positions outside the image become `fill`.
///
/// # Shapes
///
/// `image` is `[c, h, w]`; all channels turn alike.
#[allow(clippy::cast_possible_truncation)] // sides of images; values return to single
pub(super) fn rotate(image: &mut [f32], shape: ImageShape, degrees: f64, fill: f64) {
    let (sin, cos) = degrees.to_radians().sin_cos();
    let (height, width) = (shape.height as f64, shape.width as f64);
    let canvas = [(width * sin).abs() + (height * cos).abs(), (height * sin).abs() + (width * cos).abs()]
        .map(|side| (side + 0.5).floor());
    // The corner of the cut in the canvas; negative where the canvas is smaller than the image.
    let corner = [((canvas[0] - height) / 2.0).trunc(), ((canvas[1] - width) / 2.0).trunc()];
    let centre = canvas.map(|side| (side - 1.0) / 2.0);
    let offset = [
        (height - 1.0) / 2.0 - (cos * centre[0] + sin * centre[1]),
        (width - 1.0) / 2.0 - (-sin * centre[0] + cos * centre[1]),
    ];

    let splines: Vec<Spline> = image.chunks_exact(shape.plane()).map(|plane| Spline::new(plane, shape)).collect();
    for y in 0..shape.height {
        let canvas_y = y as f64 + corner[0];
        for x in 0..shape.width {
            let canvas_x = x as f64 + corner[1];
            let row = offset[0] + cos * canvas_y + sin * canvas_x;
            let column = offset[1] - sin * canvas_y + cos * canvas_x;
            let target = y * shape.width + x;
            if (0.0..=height - 1.0).contains(&row) && (0.0..=width - 1.0).contains(&column) {
                let (row, column) = (Taps::at(row), Taps::at(column));
                for (channel, spline) in splines.iter().enumerate() {
                    image[channel * shape.plane() + target] = spline.value(&row, &column) as f32;
                }
            } else {
                for channel in 0..splines.len() {
                    image[channel * shape.plane() + target] = fill as f32;
                }
            }
        }
    }
}

/// The four neighbours of a position along one axis: the padded index of the first, and the weights.
struct Taps {
    start: usize,
    weights: [f64; 4],
}

impl Taps {
    /// The taps of a position that is at least 0.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    fn at(position: f64) -> Self {
        let floor = position.floor();
        let (near, far) = (position - floor, 1.0 - (position - floor));
        let first = far * far * far / 6.0;
        let second = (near * near * (near - 2.0) * 3.0 + 4.0) / 6.0;
        let third = (far * far * (far - 2.0) * 3.0 + 4.0) / 6.0;
        // The first neighbour lies one before `floor`, which the margin of one makes up for.
        Self { start: floor as usize, weights: [first, second, third, 1.0 - first - second - third] }
    }
}

/// The spline coefficients of one channel, with a margin on every side.
struct Spline {
    coefficients: Vec<f64>,
    /// Coefficients a padded line.
    stride: usize,
}

impl Spline {
    fn new(plane: &[f32], shape: ImageShape) -> Self {
        let ImageShape { height, width, .. } = shape;
        let mut lines: Vec<f64> = plane.iter().map(|&value| f64::from(value)).collect();
        filter_columns(&mut lines, width);
        for line in lines.chunks_exact_mut(width) {
            filter_columns(line, 1);
        }

        let stride = BEFORE + width + BEHIND;
        let columns: Vec<usize> = (0..stride).map(|position| mirrored(position, width)).collect();
        let mut coefficients = Vec::with_capacity((BEFORE + height + BEHIND) * stride);
        for position in 0..BEFORE + height + BEHIND {
            let start = mirrored(position, height) * width;
            coefficients.extend(columns.iter().map(|column| lines[start + column]));
        }
        Self { coefficients, stride }
    }

    fn value(&self, row: &Taps, column: &Taps) -> f64 {
        let mut sum = 0.0;
        for (line, weight) in row.weights.iter().enumerate() {
            let start = (row.start + line) * self.stride + column.start;
            let taps = &self.coefficients[start..start + 4];
            sum += weight * taps.iter().zip(&column.weights).map(|(value, weight)| value * weight).sum::<f64>();
        }
        sum
    }
}

/// The index in `0..side` that a padded position mirrors about the outermost pixel centres.
fn mirrored(padded: usize, side: usize) -> usize {
    let period = 2 * (side - 1);
    if period == 0 {
        return 0;
    }
    // One period more keeps the difference above zero.
    let position = (padded + period - BEFORE) % period;
    position.min(period - position)
}

/// Turns samples into the coefficients of the cubic spline through them, along the rows' direction.
///
/// `lines` holds lines of `width` values each; every column is filtered by itself, all of them in step, so that the
/// recurrence runs over whole lines.
#[allow(clippy::cast_possible_truncation, clippy::cast_possible_wrap)] // far below 2^31 lines
fn filter_columns(lines: &mut [f64], width: usize) {
    let count = lines.len() / width;
    if count < 2 {
        return;
    }
    for value in lines.iter_mut() {
        *value *= (1.0 - POLE) * (1.0 - 1.0 / POLE);
    }

    // The causal filter starts with the sum over the mirrored, endlessly repeated line.
    let last_power = POLE.powi((count - 1) as i32);
    for column in 0..width {
        let mut power = POLE;
        let mut sum = lines[column] + last_power * lines[(count - 1) * width + column];
        for line in 1..count - 1 {
            sum += power * (lines[line * width + column] + last_power * lines[(count - 1 - line) * width + column]);
            power *= POLE;
        }
        lines[column] = sum / (1.0 - last_power * last_power);
    }
    for line in 1..count {
        let (done, rest) = lines.split_at_mut(line * width);
        for (value, previous) in rest[..width].iter_mut().zip(&done[(line - 1) * width..]) {
            *value += POLE * previous;
        }
    }

    let last = (count - 1) * width;
    for column in 0..width {
        let previous = lines[last - width + column];
        lines[last + column] = (POLE * previous + lines[last + column]) * POLE / (POLE * POLE - 1.0);
    }
    for line in (0..count - 1).rev() {
        let (rest, done) = lines.split_at_mut((line + 1) * width);
        for (value, next) in rest[line * width..].iter_mut().zip(&done[..width]) {
            *value = POLE * (next - *value);
        }
    }
}
