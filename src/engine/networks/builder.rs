//! Puts layers together and keeps track of the size of the maps.
//!
//! Two rules make every network work on small images, and change nothing at the published sizes: a pooling is left out
//! where a side is smaller than its window, and a final average over a fixed window shrinks to the map.

use crate::{
    domain::{Activation, ImageShape, NormalizationLayer, Pooling},
    engine::{
        kernels::{Window, block::After},
        layers::{
            ActivationLayer, Affine, AveragePooling, BatchNormalization, Block, Convolution, Layer, Linear,
            LocalResponse, MaxPooling, Normalization, OverlappingMaxPooling, Residual,
        },
        parameters::{ParameterKind, ParameterSpec},
    },
};

/// Groups of group norm in the published code.
const GROUPS: usize = 4;

pub(super) struct Builder {
    pub layers: Vec<Box<dyn Layer>>,
    pub specs: Vec<ParameterSpec>,
    pub batch_norms: Vec<usize>,
    /// Channels, height and width of the maps so far.
    pub maps: ImageShape,
    /// Values of the patches and maps of one image so far, for an estimate of memory.
    pub map_values: usize,
    /// Values of the largest patches of one image so far.
    pub patch_values: usize,
    /// Multiplications of parameters and values for one image, layer by layer.
    pub multiplications: Vec<usize>,
    /// See [`Convolution::careful`], for the convolutions that follow.
    pub careful: bool,
    /// See [`Network::matches_plainly`](super::Network).
    pub matches_plainly: bool,
    /// The last layer, where one that follows may be made one with it.
    open: Option<OpenLayer>,
}

#[derive(Clone, Copy)]
struct OpenLayer {
    kind: OpenKind,
    /// Layers with it.
    layers: usize,
}

#[derive(Clone, Copy)]
enum OpenKind {
    /// A [`Block`], which may take in what follows.
    Block(Affine, After),
    /// A ReLU, which a max pooling may take in.
    Relu,
}

/// Maps of a convolution's size that it and the normalisation and activation behind it keep.
const MAPS_KEPT: usize = 12;

/// Maps of its size that a local response norm keeps.
const RESPONSE_MAPS_KEPT: usize = 8;

/// Size, padding and bias of a convolution with stride 1 unless said otherwise.
#[derive(Debug, Clone, Copy)]
pub(super) struct ConvolutionSpec {
    pub out: usize,
    pub size: usize,
    pub stride: usize,
    pub padding: usize,
    pub bias: bool,
}

impl ConvolutionSpec {
    pub(super) const fn new(out: usize, size: usize, padding: usize) -> Self {
        Self { out, size, stride: 1, padding, bias: true }
    }
}

impl Builder {
    pub(super) const fn new(shape: ImageShape) -> Self {
        Self {
            layers: Vec::new(),
            specs: Vec::new(),
            batch_norms: Vec::new(),
            maps: shape,
            map_values: 0,
            patch_values: 0,
            multiplications: Vec::new(),
            careful: false,
            matches_plainly: false,
            open: None,
        }
    }

    /// Adds a parameter and returns its position.
    fn parameter(&mut self, name: String, shape: Vec<usize>, kind: ParameterKind) -> usize {
        self.specs.push(ParameterSpec { name, shape, kind });
        self.specs.len() - 1
    }

    pub(super) fn convolution(&mut self, name: &str, spec: ConvolutionSpec) {
        let ConvolutionSpec { out, size, stride, padding, bias } = spec;
        let window = Window { size, stride, padding };
        let inputs = self.maps.channels;
        let kind = ParameterKind::Uniform { fan_in: inputs * size * size };
        let weight = self.parameter(format!("{name}.weight"), vec![out, inputs, size, size], kind);
        let bias = bias.then(|| self.parameter(format!("{name}.bias"), vec![out], kind));
        self.layers.push(Box::new(Convolution { weight, bias, window, careful: self.careful }));
        self.maps = ImageShape::new(out, window.count(self.maps.height), window.count(self.maps.width));
        self.multiplications.push(inputs * size * size * self.maps.values());
        let patches = inputs * size * size * self.maps.plane();
        self.patch_values = self.patch_values.max(patches);
        self.map_values += patches + MAPS_KEPT * self.maps.values();
    }

    /// A linear layer on all values of the maps.
    pub(super) fn linear(&mut self, name: &str, out: usize) {
        let fan_in = self.maps.values();
        let kind = ParameterKind::Uniform { fan_in };
        let weight = self.parameter(format!("{name}.weight"), vec![out, fan_in], kind);
        let bias = self.parameter(format!("{name}.bias"), vec![out], kind);
        self.layers.push(Box::new(Linear { weight, bias }));
        self.maps = ImageShape::new(out, 1, 1);
        self.multiplications.push(fan_in * out);
    }

    pub(super) fn normalization(&mut self, name: &str, layer: NormalizationLayer) {
        let ImageShape { channels, height, width } = self.maps;
        let shape = if layer == NormalizationLayer::Layer { vec![channels, height, width] } else { vec![channels] };
        let groups = match layer {
            NormalizationLayer::None => return,
            NormalizationLayer::Batch | NormalizationLayer::Instance => channels,
            NormalizationLayer::Group => GROUPS,
            NormalizationLayer::Layer => 1,
        };
        let scale = self.parameter(format!("{name}.weight"), shape.clone(), ParameterKind::Scale);
        let shift = self.parameter(format!("{name}.bias"), shape, ParameterKind::Shift);
        let affine = Affine { scale, shift };
        match layer {
            NormalizationLayer::Batch => {
                self.layers.push(Box::new(BatchNormalization { index: self.batch_norms.len(), affine }));
                self.batch_norms.push(channels);
            }
            NormalizationLayer::Instance => self.block(affine, After::Nothing),
            _ => self.layers.push(Box::new(Normalization { groups, affine })),
        }
    }

    pub(super) fn activation(&mut self, activation: Activation) {
        if let (Activation::Relu, Some(OpenKind::Block(affine, After::Nothing))) = (activation, self.open_kind()) {
            self.layers.pop();
            self.block(affine, After::Relu);
            return;
        }
        self.layers.push(Box::new(ActivationLayer(activation)));
        if activation == Activation::Relu {
            self.open = Some(OpenLayer { kind: OpenKind::Relu, layers: self.layers.len() });
        }
    }

    /// What the last layer is, where one that follows may be made one with it.
    fn open_kind(&self) -> Option<OpenKind> {
        self.open.filter(|open| open.layers == self.layers.len()).map(|open| open.kind)
    }

    fn block(&mut self, affine: Affine, after: After) {
        self.layers.push(Box::new(Block::new(self.maps.channels, affine, after)));
        self.open = Some(OpenLayer { kind: OpenKind::Block(affine, after), layers: self.layers.len() });
    }

    pub(super) fn relu(&mut self) {
        self.activation(Activation::Relu);
    }

    /// Two-by-two pooling; left out where a side is 1.
    pub(super) fn pooling(&mut self, pooling: Pooling) {
        if self.maps.height < 2 || self.maps.width < 2 {
            return;
        }
        match pooling {
            Pooling::None => return,
            Pooling::Max => {
                let rectified = matches!(self.open_kind(), Some(OpenKind::Relu));
                if rectified {
                    self.layers.pop();
                }
                self.layers.push(Box::new(MaxPooling { rectified }));
            }
            Pooling::Average => match self.open_kind() {
                Some(OpenKind::Block(affine, After::Relu)) => {
                    self.layers.pop();
                    self.block(affine, After::ReluAndPooling);
                }
                _ => self.layers.push(Box::new(AveragePooling { size: 2 })),
            },
        }
        self.maps = ImageShape::new(self.maps.channels, self.maps.height / 2, self.maps.width / 2);
    }

    /// Max pooling over windows that may overlap; a window that reaches over the border needs no larger map.
    pub(super) fn overlapping_max_pooling(&mut self, window: Window) {
        self.layers.push(Box::new(OverlappingMaxPooling { window }));
        let ImageShape { channels, height, width } = self.maps;
        self.maps = ImageShape::new(channels, window.count(height), window.count(width));
    }

    pub(super) fn local_response(&mut self, layer: LocalResponse) {
        self.layers.push(Box::new(layer));
        self.map_values += RESPONSE_MAPS_KEPT * self.maps.values();
    }

    /// The mean over windows of `size`, or of the map where that is smaller.
    pub(super) fn average(&mut self, size: usize) {
        let size = size.min(self.maps.height).min(self.maps.width);
        if size > 1 {
            self.layers.push(Box::new(AveragePooling { size }));
            self.maps = ImageShape::new(self.maps.channels, self.maps.height / size, self.maps.width / size);
        }
    }

    /// The sum of two branches from the maps so far; both must end in maps of one shape.
    pub(super) fn residual(&mut self, main: impl FnOnce(&mut Self), shortcut: impl FnOnce(&mut Self)) {
        let before = std::mem::take(&mut self.layers);
        self.open = None;
        let input = self.maps;
        main(self);
        let output = self.maps;
        let main = std::mem::take(&mut self.layers);
        self.maps = input;
        self.open = None;
        shortcut(self);
        debug_assert_eq!(self.maps, output, "branches of one shape");
        let shortcut = std::mem::replace(&mut self.layers, before);
        self.open = None;
        self.layers.push(Box::new(Residual { main, shortcut }));
    }
}
