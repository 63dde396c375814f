//! What a machine offers to compute on, and what a person asked for.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The device a person asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeviceChoice {
    /// A discrete or integrated GPU if there is one, else the CPU.
    Auto,
    /// The CPU.
    Cpu,
    /// The adapter with this number in the list of devices; the first real GPU without a number.
    Gpu(Option<usize>),
}

/// A text that names no device.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("unknown device \"{0}\"; write auto, cpu, gpu, or gpu:N with a number from `dewpoint devices`")]
pub struct InvalidDeviceChoice(pub String);

impl FromStr for DeviceChoice {
    type Err = InvalidDeviceChoice;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "auto" => Ok(Self::Auto),
            "cpu" => Ok(Self::Cpu),
            "gpu" => Ok(Self::Gpu(None)),
            _ => text
                .strip_prefix("gpu:")
                .and_then(|number| number.parse().ok())
                .map(|number| Self::Gpu(Some(number)))
                .ok_or_else(|| InvalidDeviceChoice(text.to_owned())),
        }
    }
}

impl fmt::Display for DeviceChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Auto => f.write_str("auto"),
            Self::Cpu => f.write_str("cpu"),
            Self::Gpu(None) => f.write_str("gpu"),
            Self::Gpu(Some(number)) => write!(f, "gpu:{number}"),
        }
    }
}

/// What kind of adapter a driver reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AdapterKind {
    /// A card of its own.
    DiscreteGpu,
    /// Shares memory with the CPU.
    IntegratedGpu,
    /// A GPU seen through a virtual machine.
    VirtualGpu,
    /// A software rasteriser: the driver computes on the CPU.
    Software,
    /// The driver does not say.
    Other,
    /// The CPU itself, without a graphics driver.
    Cpu,
}

impl fmt::Display for AdapterKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::DiscreteGpu => "discrete GPU",
            Self::IntegratedGpu => "integrated GPU",
            Self::VirtualGpu => "virtual GPU",
            Self::Software => "software rasteriser",
            Self::Other => "other",
            Self::Cpu => "CPU",
        })
    }
}

/// A compute device of this machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceInfo {
    /// The number behind `gpu:`; `None` for the CPU.
    pub number: Option<usize>,
    /// Its position among the adapters of its interface; 0 for the CPU.
    pub position: usize,
    /// The name the driver gives.
    pub name: String,
    /// The graphics interface (`vulkan`, `metal`, `dx12`, `gl`) or, for the CPU, the tensor library's backend.
    pub backend: String,
    /// What kind of device it is.
    pub kind: AdapterKind,
    /// Its memory in bytes, where it says.
    pub memory_bytes: Option<u64>,
}

impl DeviceInfo {
    /// Whether it is a card or part of one that computes itself, not a driver that computes on the CPU.
    #[must_use]
    pub const fn is_real_gpu(&self) -> bool {
        matches!(self.kind, AdapterKind::DiscreteGpu | AdapterKind::IntegratedGpu)
    }

    /// Name, backend and kind in one phrase; the name of the CPU says it all.
    #[must_use]
    pub fn describe(&self) -> String {
        if self.kind == AdapterKind::Cpu {
            return self.name.clone();
        }
        format!("{} ({}, {})", self.name, self.backend, self.kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices_survive_a_round_trip() {
        for text in ["auto", "cpu", "gpu", "gpu:0", "gpu:12"] {
            assert_eq!(text.parse::<DeviceChoice>().unwrap().to_string(), text);
        }
        for text in ["", "GPU", "gpu:", "gpu:x", "gpu:-1", "cuda"] {
            assert_eq!(text.parse::<DeviceChoice>(), Err(InvalidDeviceChoice(text.to_owned())));
        }
    }
}
