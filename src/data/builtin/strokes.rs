//! Points, knots and the smooth curves through them.

/// A point, or a displacement; `y` points down.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Point {
    pub(super) x: f32,
    pub(super) y: f32,
}

impl Point {
    /// A point from its coordinates.
    pub(super) const fn new(x: f32, y: f32) -> Self {
        Self { x, y }
    }

    /// The point turned about the origin, clockwise on the screen.
    pub(super) fn rotated(self, angle: f32) -> Self {
        let (sin, cos) = angle.sin_cos();
        Self::new(cos * self.x - sin * self.y, sin * self.x + cos * self.y)
    }
}

/// A point that the pen passes, smoothly or with a sharp turn.
#[derive(Debug, Clone, Copy)]
pub(super) struct Knot {
    pub(super) at: Point,
    pub(super) corner: bool,
}

/// A knot that is passed smoothly.
pub(super) const fn smooth(x: f32, y: f32) -> Knot {
    Knot { at: Point::new(x, y), corner: false }
}

/// A knot at which the pen turns sharply.
pub(super) const fn corner(x: f32, y: f32) -> Knot {
    Knot { at: Point::new(x, y), corner: true }
}

/// The pen's path through the knots as a polyline: Catmull-Rom curves that start afresh at every corner.
pub(super) fn trace(knots: &[Knot], steps: u8) -> Vec<Point> {
    let mut path: Vec<Point> = knots.first().map(|knot| knot.at).into_iter().collect();
    for (index, pair) in knots.windows(2).enumerate() {
        let [start, end] = [pair[0], pair[1]];
        // A neighbour beyond a corner or an end has no say in the direction there.
        let before = if start.corner || index == 0 { start } else { knots[index - 1] };
        let after = if end.corner { end } else { *knots.get(index + 2).unwrap_or(&end) };
        for step in 1..=steps {
            let t = f32::from(step) / f32::from(steps);
            let blend = |p0: f32, p1: f32, p2: f32, p3: f32| {
                let (a, b, c) = (3.0 * (p1 - p2) + p3 - p0, 2.0 * p0 - 5.0 * p1 + 4.0 * p2 - p3, p2 - p0);
                p1 + 0.5 * t * (c + t * (b + t * a))
            };
            path.push(Point::new(
                blend(before.at.x, start.at.x, end.at.x, after.at.x),
                blend(before.at.y, start.at.y, end.at.y, after.at.y),
            ));
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pen_passes_every_knot() {
        let knots = [corner(0.0, 0.0), smooth(1.0, 0.5), corner(2.0, 0.0), smooth(2.0, 1.0)];
        let path = trace(&knots, 5);
        assert_eq!(path.len(), 16);
        for (index, knot) in knots.iter().enumerate() {
            let point = path[5 * index];
            assert!((point.x - knot.at.x).abs() < 1e-6 && (point.y - knot.at.y).abs() < 1e-6);
        }
    }

    #[test]
    fn between_corners_the_path_is_straight() {
        for point in trace(&[corner(0.0, 0.0), corner(1.0, 2.0)], 4) {
            assert!((point.y - 2.0 * point.x).abs() < 1e-6);
        }
    }
}
