//! Mean and standard deviation of repeated measurements.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Mean ± standard deviation over `n` values.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// The arithmetic mean.
    pub mean: f64,
    /// The population standard deviation (divisor `n`), as the papers report it.
    pub std: f64,
    /// The number of values.
    pub n: usize,
}

impl Summary {
    /// The summary of `values`; `None` when there are none.
    #[must_use]
    pub fn of(values: &[f64]) -> Option<Self> {
        (!values.is_empty()).then(|| Self { mean: mean(values), std: standard_deviation(values), n: values.len() })
    }
}

impl fmt::Display for Summary {
    /// In percent, for accuracies given as fractions: `91.7 ± 0.5 (n=100)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.1} ± {:.1} (n={})", 100.0 * self.mean, 100.0 * self.std, self.n)
    }
}

/// The arithmetic mean; 0 for no values.
#[must_use]
pub fn mean(values: &[f64]) -> f64 {
    if values.is_empty() { 0.0 } else { values.iter().sum::<f64>() / values.len() as f64 }
}

/// The population standard deviation (divisor `n`); 0 for no values.
#[must_use]
pub fn standard_deviation(values: &[f64]) -> f64 {
    if values.is_empty() {
        return 0.0;
    }
    let centre = mean(values);
    (values.iter().map(|value| (value - centre).powi(2)).sum::<f64>() / values.len() as f64).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn population_deviation() {
        let summary = Summary::of(&[0.9, 0.92, 0.94]).unwrap();
        assert!((summary.mean - 0.92).abs() < 1e-12);
        assert!((summary.std - 0.016_329_931_618_554_5).abs() < 1e-12);
        assert_eq!(summary.to_string(), "92.0 ± 1.6 (n=3)");
        assert_eq!(Summary::of(&[]), None);
    }
}
