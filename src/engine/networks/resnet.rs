//! `ResNet18` for small images, and its variant with average pooling in place of strides.

use super::{Builder, builder::ConvolutionSpec};
use crate::domain::{NormalizationLayer, Pooling};

pub(super) fn build(builder: &mut Builder, batch_norm: bool, average_pooling: bool, classes: usize) {
    let normalization = if batch_norm { NormalizationLayer::Batch } else { NormalizationLayer::Instance };
    // See `Network::matches_plainly` and `Convolution::careful`.
    builder.matches_plainly = true;
    builder.careful = true;
    builder.convolution("conv1", ConvolutionSpec { bias: false, ..ConvolutionSpec::new(64, 3, 1) });
    builder.normalization("norm1", normalization);
    builder.relu();
    for (stage, out) in [64, 128, 256, 512].into_iter().enumerate() {
        for block in 0..2 {
            let halve = stage > 0 && block == 0;
            let name = format!("layer{}.{block}", stage + 1);
            Block { name, out, halve, average_pooling, normalization }.build(builder);
        }
    }
    if !average_pooling {
        builder.average(4);
    }
    builder.linear("classifier", classes);
}

/// Two 3x3 convolutions beside a shortcut.
struct Block {
    name: String,
    out: usize,
    /// Whether the sides are halved, by stride or by pooling.
    halve: bool,
    average_pooling: bool,
    normalization: NormalizationLayer,
}

impl Block {
    fn build(&self, builder: &mut Builder) {
        let Self { name, out, halve, average_pooling, normalization } = self;
        let stride = if *halve && !average_pooling { 2 } else { 1 };
        let pooling = if *halve && *average_pooling { Pooling::Average } else { Pooling::None };
        let changes = *halve || builder.maps.channels != *out;
        builder.residual(
            |builder| {
                let conv = ConvolutionSpec { stride, bias: false, ..ConvolutionSpec::new(*out, 3, 1) };
                builder.convolution(&format!("{name}.conv1"), conv);
                builder.normalization(&format!("{name}.norm1"), *normalization);
                builder.relu();
                builder.pooling(pooling);
                builder.convolution(&format!("{name}.conv2"), ConvolutionSpec { stride: 1, ..conv });
                builder.normalization(&format!("{name}.norm2"), *normalization);
            },
            |builder| {
                if changes {
                    let conv = ConvolutionSpec { stride, bias: false, ..ConvolutionSpec::new(*out, 1, 0) };
                    builder.convolution(&format!("{name}.shortcut.conv"), conv);
                    builder.pooling(pooling);
                    builder.normalization(&format!("{name}.shortcut.norm"), *normalization);
                }
            },
        );
        builder.relu();
    }
}
