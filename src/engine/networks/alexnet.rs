//! `AlexNet` for small images: five convolutions, three max poolings, one linear layer.

use super::{Builder, builder::ConvolutionSpec};
use crate::domain::{NormalizationLayer, Pooling};

pub(super) fn build(builder: &mut Builder, batch_norm: bool, classes: usize) {
    let first_padding = if builder.maps.channels == 1 { 4 } else { 2 };
    let normalization = if batch_norm { NormalizationLayer::Batch } else { NormalizationLayer::None };
    let blocks =
        [(128, 5, first_padding, true), (192, 5, 2, true), (256, 3, 1, false), (192, 3, 1, false), (192, 3, 1, true)];
    for (index, (out, size, padding, pooled)) in blocks.into_iter().enumerate() {
        let number = index + 1;
        builder.convolution(&format!("conv{number}"), ConvolutionSpec::new(out, size, padding));
        builder.normalization(&format!("norm{number}"), normalization);
        builder.relu();
        if pooled {
            builder.pooling(Pooling::Max);
        }
    }
    builder.linear("fc", classes);
}
