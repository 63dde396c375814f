//! One file of golden values.

use std::{collections::HashMap, path::Path};

use dewpoint::{
    domain::{Activation, Architecture, ConvNetSpec, ImageShape, NormalizationLayer, Pooling},
    engine::Network,
};
use safetensors::{Dtype, SafeTensors};
use serde_json::Value;

/// Errors of a parameter's gradient are relative to its norm, but at least to this share of the whole gradient's norm.
pub const GRADIENT_FLOOR: f64 = 1e-3;

/// The Euclidean norm, in double precision.
pub fn norm(values: &[f32]) -> f64 {
    values.iter().map(|value| f64::from(*value).powi(2)).sum::<f64>().sqrt()
}

/// `|found - expected| / max(|expected|, floor)`.
pub fn relative_error(found: &[f32], expected: &[f32], floor: f64) -> f64 {
    assert_eq!(found.len(), expected.len());
    let difference: f64 =
        found.iter().zip(expected).map(|(a, b)| (f64::from(*a) - f64::from(*b)).powi(2)).sum::<f64>().sqrt();
    if difference == 0.0 { 0.0 } else { difference / norm(expected).max(floor) }
}

/// The tensors and metadata of one file.
pub struct Case {
    pub name: String,
    bytes: Vec<u8>,
    metadata: HashMap<String, String>,
}

impl Case {
    pub fn open(path: &Path) -> Self {
        let bytes = std::fs::read(path).unwrap();
        let (_, header) = SafeTensors::read_metadata(&bytes).unwrap();
        let metadata = header.metadata().clone().unwrap_or_default();
        Self { name: path.file_stem().unwrap().to_string_lossy().into_owned(), bytes, metadata }
    }

    pub fn find(&self, name: &str) -> Option<Vec<f32>> {
        let tensors = SafeTensors::deserialize(&self.bytes).unwrap();
        let tensor = tensors.tensor(name).ok()?;
        assert_eq!(tensor.dtype(), Dtype::F32, "{name}");
        Some(tensor.data().as_chunks::<4>().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect())
    }

    pub fn get(&self, name: &str) -> Vec<f32> {
        self.find(name).unwrap_or_else(|| panic!("{} has no tensor {name}", self.name))
    }

    pub fn labels(&self, name: &str) -> Vec<usize> {
        let tensors = SafeTensors::deserialize(&self.bytes).unwrap();
        let tensor = tensors.tensor(name).unwrap();
        assert_eq!(tensor.dtype(), Dtype::I32);
        tensor.data().as_chunks::<4>().0.iter().map(|bytes| i32::from_le_bytes(*bytes) as usize).collect()
    }

    pub fn integers(&self, name: &str) -> Option<Vec<i32>> {
        let tensors = SafeTensors::deserialize(&self.bytes).unwrap();
        let tensor = tensors.tensor(name).ok()?;
        assert_eq!(tensor.dtype(), Dtype::I32, "{name}");
        Some(tensor.data().as_chunks::<4>().0.iter().map(|bytes| i32::from_le_bytes(*bytes)).collect())
    }

    fn json(&self, key: &str) -> Value {
        serde_json::from_str(&self.metadata[key]).unwrap()
    }

    pub fn number(&self, key: &str) -> usize {
        self.metadata[key].parse().unwrap()
    }

    pub fn classes(&self) -> usize {
        self.number("num_classes")
    }

    pub fn shape(&self) -> ImageShape {
        if self.name.ends_with("1x28x28") { ImageShape::new(1, 28, 28) } else { ImageShape::new(3, 32, 32) }
    }

    pub fn ipcs(&self) -> Vec<usize> {
        serde_json::from_value(self.json("ipcs")).unwrap()
    }

    /// How far PyTorch's own single precision is from the values, where the file says it.
    pub fn single_precision_error(&self, ipc: Option<usize>, quantity: &str) -> f64 {
        let errors = self.json("f32_relerr");
        let errors = ipc.map_or(&errors, |ipc| &errors[format!("ipc{ipc}")]);
        errors[quantity].as_f64().unwrap_or(0.0)
    }

    pub fn parameter_order(&self) -> Vec<String> {
        serde_json::from_value(self.json("param_order")).unwrap()
    }

    /// Whether a relu or max-pool decision may flip: the networks of full width.
    pub fn is_large(&self) -> bool {
        self.has_formula_parameters() && !self.name.starts_with("mlp")
    }

    fn has_formula_parameters(&self) -> bool {
        self.metadata.get("formula_params").is_some_and(|text| text == "true")
    }

    pub fn architecture(&self) -> Architecture {
        let name = &self.metadata["arch"];
        if name != "ConvNet" {
            return name.parse().unwrap();
        }
        let narrow = ConvNetSpec { width: 8, ..ConvNetSpec::default() };
        if let Some(norm) = self.metadata.get("norm") {
            return Architecture::ConvNet(ConvNetSpec { normalization: normalization(norm), ..narrow });
        }
        let Some(note) = self.metadata.get("note") else { return Architecture::ConvNet(narrow) };
        let choices: Value = serde_json::from_str(&note[note.find('{').unwrap()..]).unwrap();
        let text = |key: &str| choices[key].as_str().unwrap().to_owned();
        let number = |key: &str| choices[key].as_u64().unwrap() as usize;
        Architecture::ConvNet(ConvNetSpec {
            width: number("width"),
            depth: number("depth"),
            activation: match text("act").as_str() {
                "sigmoid" => Activation::Sigmoid,
                "relu" => Activation::Relu,
                "leakyrelu" => Activation::LeakyRelu,
                "swish" => Activation::Swish,
                other => panic!("activation {other}"),
            },
            pooling: match text("pool").as_str() {
                "none" => Pooling::None,
                "maxpooling" => Pooling::Max,
                "avgpooling" => Pooling::Average,
                other => panic!("pooling {other}"),
            },
            normalization: normalization(&text("norm")),
        })
    }

    /// The name of batch norm number `index`: parameters named `norm` come in pairs, in the order of the network.
    pub fn batch_norm_name(&self, index: usize) -> String {
        self.parameter_order()
            .iter()
            .filter_map(|name| name.strip_suffix(".weight").filter(|name| name.contains("norm")))
            .nth(index)
            .unwrap()
            .to_owned()
    }

    pub fn parameters(&self, network: &Network) -> Vec<Vec<f32>> {
        if !self.has_formula_parameters() {
            return self.parameter_order().iter().map(|name| self.get(&format!("param.{name}"))).collect();
        }
        let sums: Vec<f64> = serde_json::from_value(self.json("param_sums_f64")).unwrap();
        let specs = network.parameter_specs();
        let drawn: Vec<Vec<f32>> = specs
            .iter()
            .enumerate()
            .map(|(index, spec)| {
                let is_scale = spec.name.contains("norm") && spec.name.ends_with(".weight");
                (0..spec.len())
                    .map(|element| {
                        let value = formula(index as u64, element as u64);
                        let value = if spec.shape.len() > 1 {
                            (6.0 / spec.columns() as f64).sqrt() * value
                        } else if is_scale {
                            1.0 + 0.1 * value
                        } else {
                            0.1 * value
                        };
                        value as f32
                    })
                    .collect()
            })
            .collect();
        for (values, expected) in drawn.iter().zip(sums) {
            let sum: f64 = values.iter().map(|value| f64::from(*value)).sum();
            assert!((sum - expected).abs() < 1e-2, "{}: the parameter formula disagrees", self.name);
        }
        drawn
    }

    /// Of one value a parameter, those of the parameters that layer-wise distances compare.
    pub fn matched_parts(&self, name: &str) -> Vec<f32> {
        let shapes: Vec<Vec<usize>> = serde_json::from_value(self.json("param_shapes")).unwrap();
        self.get(name).into_iter().zip(shapes).filter(|(_, shape)| shape.len() > 1).map(|(value, _)| value).collect()
    }
}

fn normalization(name: &str) -> NormalizationLayer {
    match name {
        "none" => NormalizationLayer::None,
        "batch" | "batchnorm" => NormalizationLayer::Batch,
        "layer" | "layernorm" => NormalizationLayer::Layer,
        "instance" | "instancenorm" => NormalizationLayer::Instance,
        "group" | "groupnorm" => NormalizationLayer::Group,
        other => panic!("normalisation {other}"),
    }
}

/// Element `element` of parameter `parameter` before scaling, in [-1, 1): the formula of the collection's README.
fn formula(parameter: u64, element: u64) -> f64 {
    let n = (parameter + 1).wrapping_mul(1 << 32).wrapping_add(element);
    let z = n.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    let z = z ^ (z >> 31);
    (z >> 40) as f64 / f64::from(1 << 23) - 1.0
}
