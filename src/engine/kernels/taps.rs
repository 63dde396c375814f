//! Which pixels of a plane make up each pixel of another: a sparse linear map, and its transpose.
//!
//! Numbers on the host, without tensors: `host` and `plain` apply them.

/// A linear map of planes: pixel `p` of the result is the sum over the taps `t` of `weights[t][p] * x[sources[t][p]]`.
///
/// Every pixel has the same number of taps; those it does not need have weight 0.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::engine) struct PlaneTaps {
    /// For every tap, the source of every pixel.
    pub sources: Vec<Vec<u32>>,
    /// For every tap, the weight of every pixel.
    pub weights: Vec<Vec<f64>>,
}

impl PlaneTaps {
    /// The taps `of_pixel` gives for each of `pixels` pixels, at most one a source and pixel.
    pub fn new(pixels: usize, of_pixel: impl Fn(usize) -> Vec<(usize, f64)>) -> Self {
        let taps: Vec<_> = (0..pixels).map(of_pixel).collect();
        Self::of_lists(&taps)
    }

    fn of_lists(taps: &[Vec<(usize, f64)>]) -> Self {
        let count = taps.iter().map(Vec::len).max().unwrap_or(0);
        let at = |tap: usize| taps.iter().map(move |list| list.get(tap).copied().unwrap_or((0, 0.0)));
        let index = |(source, _): (usize, f64)| u32::try_from(source).unwrap_or(u32::MAX);
        Self {
            sources: (0..count).map(|tap| at(tap).map(index).collect()).collect(),
            weights: (0..count).map(|tap| at(tap).map(|(_, weight)| weight).collect()).collect(),
        }
    }

    /// The adjoint map on planes of `pixels` pixels.
    fn transposed(&self, pixels: usize) -> Self {
        let mut lists = vec![Vec::new(); pixels];
        for (sources, weights) in self.sources.iter().zip(&self.weights) {
            for (pixel, (&source, &weight)) in sources.iter().zip(weights).enumerate() {
                if weight != 0.0 {
                    lists[source as usize].push((pixel, weight));
                }
            }
        }
        Self::of_lists(&lists)
    }
}

/// The taps of the images of a batch.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::engine) struct Taps {
    /// One for each image, or one for all of them.
    pub of_images: Vec<PlaneTaps>,
}

impl Taps {
    /// The adjoint map, on planes of `pixels` pixels.
    pub fn transposed(&self, pixels: usize) -> Self {
        Self { of_images: self.of_images.iter().map(|taps| taps.transposed(pixels)).collect() }
    }

    /// The most taps of an image.
    pub(super) fn count(&self) -> usize {
        self.of_images.iter().map(|taps| taps.sources.len()).max().unwrap_or(0)
    }

    /// The taps of image `image`.
    pub(super) fn of(&self, image: usize) -> Option<&PlaneTaps> {
        self.of_images.get(if self.of_images.len() == 1 { 0 } else { image })
    }
}
