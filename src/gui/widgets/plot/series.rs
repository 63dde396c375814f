//! The arithmetic of drawn lines: smoothing, the band around it, and fewer points where many share a pixel.
//!
//! A NaN is a gap everywhere: it is never averaged, and the line is broken there.

use std::{collections::VecDeque, ops::Range};

/// How a line is made smoother.
#[derive(Debug, Clone, Copy, PartialEq, Default, serde::Serialize, serde::Deserialize)]
pub enum Smoothing {
    /// As measured.
    #[default]
    Off,
    /// An exponential moving average that keeps this share of what was before, from 0 to below 1; begun without a bias.
    Exponential(f64),
    /// The mean of so many points around each.
    Window(usize),
}

impl Smoothing {
    /// Whether the line differs from the measured one.
    #[must_use]
    pub fn is_on(self) -> bool {
        match self {
            Self::Off => false,
            Self::Exponential(kept) => kept > 0.0,
            Self::Window(points) => points > 1,
        }
    }

    /// Points on either side that the band spans: about as many as the average reaches.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // between 1 and 1,000
    fn reach(self) -> usize {
        match self {
            Self::Off => 0,
            Self::Exponential(kept) => (1.0 / (1.0 - kept.clamp(0.0, 0.999))).round() as usize,
            Self::Window(points) => points / 2,
        }
    }
}

/// `values` smoothed; gaps stay gaps.
#[must_use]
pub fn smooth(values: &[f64], smoothing: Smoothing) -> Vec<f64> {
    match smoothing {
        Smoothing::Exponential(kept) if smoothing.is_on() => exponential(values, kept.min(0.999)),
        Smoothing::Window(points) if smoothing.is_on() => window(values, points / 2),
        _ => values.to_vec(),
    }
}

fn exponential(values: &[f64], kept: f64) -> Vec<f64> {
    let (mut sum, mut weight) = (0.0, 0.0);
    let step = |&value: &f64| {
        if !value.is_finite() {
            return f64::NAN;
        }
        sum = kept * sum + (1.0 - kept) * value;
        weight = kept * weight + (1.0 - kept);
        sum / weight
    };
    values.iter().map(step).collect()
}

fn window(values: &[f64], half: usize) -> Vec<f64> {
    let (mut sums, mut counts) = (vec![0.0], vec![0_usize]);
    for (index, &value) in values.iter().enumerate() {
        let counted = value.is_finite();
        sums.push(sums[index] + if counted { value } else { 0.0 });
        counts.push(counts[index] + usize::from(counted));
    }
    let mean = |(index, value): (usize, &f64)| {
        let (low, high) = (index.saturating_sub(half), (index + half + 1).min(values.len()));
        if value.is_finite() { (sums[high] - sums[low]) / (counts[high] - counts[low]) as f64 } else { f64::NAN }
    };
    values.iter().enumerate().map(mean).collect()
}

/// The smallest and the largest value within reach of each, widened to hold the smoothed one; NaN in gaps.
#[must_use]
pub fn envelope(values: &[f64], smoothed: &[f64], smoothing: Smoothing) -> Vec<[f64; 2]> {
    let reach = smoothing.reach();
    let low = extremes(values, reach, |a, b| a <= b);
    let high = extremes(values, reach, |a, b| a >= b);
    let both = low.into_iter().zip(high).zip(smoothed);
    both.map(|((low, high), &value)| if value.is_nan() { [f64::NAN; 2] } else { [low.min(value), high.max(value)] })
        .collect()
}

/// The extreme of the values at most `reach` away from each, in linear time.
fn extremes(values: &[f64], reach: usize, before: impl Fn(f64, f64) -> bool) -> Vec<f64> {
    // Places of values that no later one in the window beats; the front is the extreme.
    let mut best: VecDeque<usize> = VecDeque::new();
    let mut next = 0;
    let mut found = Vec::with_capacity(values.len());
    for index in 0..values.len() {
        while next < values.len() && next <= index + reach {
            if values[next].is_finite() {
                while best.back().is_some_and(|&last| before(values[next], values[last])) {
                    best.pop_back();
                }
                best.push_back(next);
            }
            next += 1;
        }
        while best.front().is_some_and(|&first| first + reach < index) {
            best.pop_front();
        }
        found.push(best.front().map_or(f64::NAN, |&first| values[first]));
    }
    found
}

/// The points between `low` and `high`, and one more on either side, so that the line leaves the picture. `xs` ascends.
#[must_use]
pub fn visible(xs: &[f64], low: f64, high: f64) -> Range<usize> {
    let start = xs.partition_point(|&x| x < low).saturating_sub(1);
    let end = (xs.partition_point(|&x| x <= high) + 1).min(xs.len());
    start.min(end)..end
}

/// The lines without gaps that remain of the points in `range`, with at most about `pixels` points: where there are more,
/// the smallest and the largest of each bucket are kept, in their order.
#[must_use]
pub fn decimate(xs: &[f64], ys: &[f64], range: Range<usize>, pixels: f32) -> Vec<Vec<[f64; 2]>> {
    let mut runs = vec![Vec::new()];
    let stretch = Buckets::new(xs, &range, pixels);
    for bucket in stretch.of(xs, ys, range) {
        match bucket {
            None => runs.push(Vec::new()),
            Some(indices) => {
                let pick = |better: fn(f64, f64) -> bool| {
                    indices.clone().reduce(|best, index| if better(ys[index], ys[best]) { index } else { best })
                };
                let (Some(low), Some(high)) = (pick(|a, b| a < b), pick(|a, b| a > b)) else { continue };
                let Some(run) = runs.last_mut() else { continue };
                run.push([xs[low.min(high)], ys[low.min(high)]]);
                if low != high {
                    run.push([xs[low.max(high)], ys[low.max(high)]]);
                }
            }
        }
    }
    runs.retain(|run| !run.is_empty());
    runs
}

/// The bands without gaps that remain of `[low, high]` pairs, as `[x, low, high]`.
#[must_use]
pub fn decimate_band(xs: &[f64], band: &[[f64; 2]], range: Range<usize>, pixels: f32) -> Vec<Vec<[f64; 3]>> {
    let lows: Vec<f64> = band.iter().map(|pair| pair[0]).collect();
    let mut runs = vec![Vec::new()];
    for bucket in Buckets::new(xs, &range, pixels).of(xs, &lows, range) {
        match bucket {
            None => runs.push(Vec::new()),
            Some(indices) => {
                let middle = f64::midpoint(xs[indices.start], xs[indices.end - 1]);
                let first = [middle, f64::INFINITY, f64::NEG_INFINITY];
                let entry =
                    band[indices].iter().fold(first, |[x, low, high], pair| [x, low.min(pair[0]), high.max(pair[1])]);
                if let Some(run) = runs.last_mut() {
                    run.push(entry);
                }
            }
        }
    }
    runs.retain(|run| !run.is_empty());
    runs
}

/// Stretches of the x axis whose points are drawn as one.
struct Buckets {
    origin: f64,
    /// Buckets a unit of x; `None` where every point stands for itself.
    density: Option<f64>,
}

impl Buckets {
    fn new(xs: &[f64], range: &Range<usize>, pixels: f32) -> Self {
        let (count, buckets) = (range.len(), (f64::from(pixels) / 2.0).max(1.0));
        let ends = xs.get(range.start).zip(range.end.checked_sub(1).and_then(|last| xs.get(last)));
        let (origin, width) = ends.map_or((0.0, 0.0), |(first, last)| (*first, last - first));
        let crowded = count as f64 > 2.0 * buckets && width > 0.0;
        Self { origin, density: crowded.then(|| buckets / width) }
    }

    /// The points of each bucket, and `None` at each gap.
    fn of<'a>(
        &'a self,
        xs: &'a [f64],
        ys: &'a [f64],
        range: Range<usize>,
    ) -> impl Iterator<Item = Option<Range<usize>>> + 'a {
        let mut index = range.start;
        std::iter::from_fn(move || {
            if index >= range.end {
                return None;
            }
            let start = index;
            index += 1;
            if !ys[start].is_finite() {
                return Some(None);
            }
            if let Some(density) = self.density {
                let bucket = |x: f64| ((x - self.origin) * density).floor();
                let own = bucket(xs[start]).to_bits();
                while index < range.end && ys[index].is_finite() && bucket(xs[index]).to_bits() == own {
                    index += 1;
                }
            }
            Some(Some(start..index))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(a: &[f64], b: &[f64]) -> bool {
        a.len() == b.len() && a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-9 || a.is_nan() && b.is_nan())
    }

    #[test]
    fn an_exponential_average_begins_without_a_bias() {
        let smoothed = smooth(&[4.0, 0.0, f64::NAN, 0.0], Smoothing::Exponential(0.5));
        assert!(close(&smoothed, &[4.0, 4.0 / 3.0, f64::NAN, 4.0 / 7.0]), "{smoothed:?}");
        assert!(close(&smooth(&[3.0; 50], Smoothing::Exponential(0.99)), &[3.0; 50]));
    }

    #[test]
    fn a_window_averages_what_is_there() {
        let smoothed = smooth(&[1.0, 2.0, 6.0, f64::NAN, 10.0], Smoothing::Window(3));
        assert!(close(&smoothed, &[1.5, 3.0, 4.0, f64::NAN, 10.0]), "{smoothed:?}");
        assert!(close(&smooth(&[1.0, 2.0], Smoothing::Window(1)), &[1.0, 2.0]));
    }

    #[test]
    fn the_band_holds_the_measured_and_the_smoothed() {
        let values: Vec<f64> = (0..200).map(|index| f64::from(index * 37 % 101)).collect();
        for smoothing in [Smoothing::Window(9), Smoothing::Exponential(0.9)] {
            let smoothed = smooth(&values, smoothing);
            let band = envelope(&values, &smoothed, smoothing);
            let reach = smoothing.reach();
            for (index, pair) in band.iter().enumerate() {
                let near = &values[index.saturating_sub(reach)..(index + reach + 1).min(values.len())];
                let low = near.iter().copied().fold(smoothed[index], f64::min);
                let high = near.iter().copied().fold(smoothed[index], f64::max);
                assert!(close(pair, &[low, high]), "{index}");
            }
        }
    }

    #[test]
    fn few_points_are_kept_as_they_are() {
        let (xs, ys) = ([0.0, 1.0, 2.0, 3.0], [1.0, f64::NAN, 5.0, 4.0]);
        let runs = decimate(&xs, &ys, 0..4, 100.0);
        assert_eq!(runs, [vec![[0.0, 1.0]], vec![[2.0, 5.0], [3.0, 4.0]]]);
    }

    #[test]
    fn many_points_keep_their_extremes() {
        let xs: Vec<f64> = (0..10_000).map(f64::from).collect();
        let mut ys: Vec<f64> = xs.iter().map(|x| (x / 700.0).sin()).collect();
        (ys[1234], ys[5678]) = (50.0, -50.0);
        let runs = decimate(&xs, &ys, 0..xs.len(), 300.0);
        assert_eq!(runs.len(), 1);
        assert!(runs[0].len() <= 310, "{}", runs[0].len());
        assert!(runs[0].contains(&[1234.0, 50.0]) && runs[0].contains(&[5678.0, -50.0]));
        assert!(runs[0].windows(2).all(|pair| pair[0][0] < pair[1][0]), "in order");

        let band: Vec<[f64; 2]> = ys.iter().map(|y| [y - 1.0, y + 1.0]).collect();
        let runs = decimate_band(&xs, &band, 0..xs.len(), 300.0);
        assert!(runs[0].len() <= 160);
        let highest = runs[0].iter().map(|entry| entry[2]).fold(f64::MIN, f64::max);
        assert!((highest - 51.0).abs() < 1e-9);
    }

    #[test]
    fn the_visible_part_reaches_over_the_edges() {
        let xs: Vec<f64> = (0..10).map(f64::from).collect();
        assert_eq!(visible(&xs, 3.5, 5.5), 3..7);
        assert_eq!(visible(&xs, -9.0, 99.0), 0..10);
        assert_eq!(visible(&xs, 99.0, 100.0), 9..10);
        assert_eq!(visible(&[], 0.0, 1.0), 0..0);
    }
}
