//! `ConvNet`: blocks of 3x3 convolution, normalisation, activation and pooling; one linear layer.

use super::{Builder, builder::ConvolutionSpec};
use crate::domain::ConvNetSpec;

pub(super) fn build(builder: &mut Builder, spec: ConvNetSpec, classes: usize) {
    for block in 1..=spec.depth {
        // Grey images are padded from 28 to 32 pixels.
        let padding = if block == 1 && builder.maps.channels == 1 { 3 } else { 1 };
        builder.convolution(&format!("conv{block}"), ConvolutionSpec::new(spec.width, 3, padding));
        builder.normalization(&format!("norm{block}"), spec.normalization);
        builder.activation(spec.activation);
        builder.pooling(spec.pooling);
    }
    builder.linear("classifier", classes);
}
