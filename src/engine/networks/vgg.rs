//! VGG11: eight 3x3 convolutions with normalisation, five max poolings, one linear layer.

use super::{Builder, builder::ConvolutionSpec};
use crate::domain::{NormalizationLayer, Pooling};

pub(super) fn build(builder: &mut Builder, batch_norm: bool, classes: usize) {
    let normalization = if batch_norm { NormalizationLayer::Batch } else { NormalizationLayer::Instance };
    let blocks =
        [(64, true), (128, true), (256, false), (256, true), (512, false), (512, true), (512, false), (512, true)];
    for (index, (out, pooled)) in blocks.into_iter().enumerate() {
        let number = index + 1;
        let padding = if index == 0 && builder.maps.channels == 1 { 3 } else { 1 };
        builder.convolution(&format!("conv{number}"), ConvolutionSpec::new(out, 3, padding));
        builder.normalization(&format!("norm{number}"), normalization);
        builder.relu();
        if pooled {
            builder.pooling(Pooling::Max);
        }
    }
    builder.linear("classifier", classes);
}
