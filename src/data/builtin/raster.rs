//! Turning strokes and outlines into pixels: a square canvas of coverages from 0 to 1.
//!
//! Coordinates are pixels; the centre of the first pixel is at (0.5, 0.5).
#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "pixel coordinates are small, and clamped to the canvas before they become indices"
)]

use super::strokes::Point;

/// A stretch of a stroke between two points, with the pen's radius at each.
#[derive(Debug, Clone, Copy)]
pub(super) struct Segment {
    pub(super) ends: [Point; 2],
    pub(super) radii: [f32; 2],
}

/// Coverages of `side` x `side` pixels, row by row.
#[derive(Debug, Clone)]
pub(super) struct Canvas {
    pub(super) side: usize,
    pub(super) values: Vec<f32>,
}

impl Canvas {
    /// An empty canvas.
    pub(super) fn new(side: usize) -> Self {
        Self { side, values: vec![0.0; side * side] }
    }

    /// Draws a stretch of a stroke; its edge fades from full to nothing over `softness` pixels.
    pub(super) fn stroke(&mut self, segment: &Segment, softness: f32) {
        let [start, end] = segment.ends;
        let reach = segment.radii[0].max(segment.radii[1]) + softness / 2.0;
        let (dx, dy) = (end.x - start.x, end.y - start.y);
        let per_length_squared = 1.0 / (dx * dx + dy * dy).max(1e-9);
        for row in self.pixels_within(start.y.min(end.y) - reach, start.y.max(end.y) + reach) {
            for column in self.pixels_within(start.x.min(end.x) - reach, start.x.max(end.x) + reach) {
                let (x, y) = (column as f32 + 0.5 - start.x, row as f32 + 0.5 - start.y);
                let t = ((x * dx + y * dy) * per_length_squared).clamp(0.0, 1.0);
                let (away_x, away_y) = (x - t * dx, y - t * dy);
                let distance = (away_x * away_x + away_y * away_y).sqrt();
                let radius = segment.radii[0] + t * (segment.radii[1] - segment.radii[0]);
                let coverage = ((radius - distance) / softness + 0.5).clamp(0.0, 1.0);
                let value = &mut self.values[row * self.side + column];
                *value = value.max(coverage);
            }
        }
    }

    /// Fills closed outlines by the even-odd rule, so that an outline within another is a hole.
    pub(super) fn fill(&mut self, outlines: &[Vec<Point>]) {
        /// Scan lines in a pixel; along a line the coverage is exact.
        const LINES: usize = 4;
        let mut crossings: Vec<f32> = Vec::new();
        for line in 0..self.side * LINES {
            let y = (line as f32 + 0.5) / LINES as f32;
            crossings.clear();
            for outline in outlines {
                let mut from = outline[outline.len() - 1];
                for &to in outline {
                    if (from.y <= y) != (to.y <= y) {
                        crossings.push(from.x + (y - from.y) / (to.y - from.y) * (to.x - from.x));
                    }
                    from = to;
                }
            }
            crossings.sort_unstable_by(f32::total_cmp);
            for span in crossings.chunks_exact(2) {
                for column in self.pixels_within(span[0] - 0.5, span[1] + 0.5) {
                    let left = column as f32;
                    let covered = (span[1].min(left + 1.0) - span[0].max(left)).max(0.0);
                    self.values[line / LINES * self.side + column] += covered / LINES as f32;
                }
            }
        }
    }

    /// Mixes in a 3x3 binomial blur: 0 leaves the canvas as it is, 1 leaves only the blur.
    pub(super) fn blur(&mut self, strength: f32) {
        let side = self.side;
        for stride in [1, side] {
            let sharp = self.values.clone();
            for (index, value) in self.values.iter_mut().enumerate() {
                let position = index / stride % side;
                let before = if position > 0 { sharp[index - stride] } else { 0.0 };
                let after = if position + 1 < side { sharp[index + stride] } else { 0.0 };
                *value += strength * ((before + after) / 4.0 - *value / 2.0);
            }
        }
    }

    /// The rows or columns whose pixel centres lie in `low..=high`.
    fn pixels_within(&self, low: f32, high: f32) -> std::ops::Range<usize> {
        let index = |value: f32| value.clamp(0.0, self.side as f32) as usize;
        index((low - 0.5).ceil())..index((high + 0.5).floor())
    }
}

/// A value from 0 to 1 as a byte.
pub(super) fn byte(value: f32) -> u8 {
    (value.clamp(0.0, 1.0) * 255.0).round() as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rectangle(left: f32, top: f32, right: f32, bottom: f32) -> Vec<Point> {
        vec![Point::new(left, top), Point::new(right, top), Point::new(right, bottom), Point::new(left, bottom)]
    }

    fn area(canvas: &Canvas) -> f32 {
        canvas.values.iter().sum()
    }

    #[test]
    fn a_filled_rectangle_covers_its_area_and_a_second_one_cuts_a_hole() {
        let mut canvas = Canvas::new(16);
        canvas.fill(&[rectangle(2.3, 2.5, 12.8, 10.5)]);
        assert!((area(&canvas) - 10.5 * 8.0).abs() < 1e-3);
        let mut canvas = Canvas::new(16);
        canvas.fill(&[rectangle(2.0, 2.0, 12.0, 12.0), rectangle(4.5, 4.0, 9.0, 8.0)]);
        assert!((area(&canvas) - (100.0 - 18.0)).abs() < 1e-3);
        assert!(canvas.values[6 * 16 + 6].abs() < 1e-6);
    }

    #[test]
    fn a_stroke_covers_about_its_length_times_its_width() {
        let mut canvas = Canvas::new(20);
        let segment = Segment { ends: [Point::new(4.0, 4.0), Point::new(14.0, 11.0)], radii: [1.5, 1.5] };
        canvas.stroke(&segment, 1.0);
        let expected = 149.0_f32.sqrt() * 3.0 + std::f32::consts::PI * 2.25;
        assert!((area(&canvas) / expected - 1.0).abs() < 0.05, "{} {expected}", area(&canvas));
    }

    #[test]
    fn what_lies_outside_is_cut_off() {
        let mut canvas = Canvas::new(8);
        canvas.stroke(&Segment { ends: [Point::new(-9.0, -9.0), Point::new(30.0, -5.0)], radii: [2.0, 2.0] }, 1.0);
        assert!(area(&canvas).abs() < 1e-6);
        canvas.fill(&[rectangle(-5.0, -5.0, 50.0, 50.0)]);
        assert!((area(&canvas) - 64.0).abs() < 1e-3);
    }

    #[test]
    fn blur_keeps_the_ink_away_from_the_edge() {
        let mut canvas = Canvas::new(9);
        canvas.values[4 * 9 + 4] = 1.0;
        canvas.blur(1.0);
        assert!((area(&canvas) - 1.0).abs() < 1e-6);
        assert!((canvas.values[4 * 9 + 4] - 0.25).abs() < 1e-6);
    }
}
