//! The only place where a compute device is listed, chosen and opened.
//!
//! Graphics drivers can crash the process that asks them, so [`list_in_child`] asks in a child process and [`choose`]
//! works on the plain answer. A real GPU is opened through the tensor library, which compiles SPIR-V where Vulkan is
//! there. A software rasteriser is opened through OpenGL, where the tensor library writes WGSL: that of Debian 12 crashes
//! on its SPIR-V, which the tensor library always writes for Vulkan.

use std::{
    io::Read,
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use burn::tensor::{
    DType, Device, DeviceKind, Tensor,
    wgpu::{WgpuBackend, WgpuSetup, wgpu},
};
use thiserror::Error;

use super::EngineError;
use crate::domain::{AdapterKind, DeviceChoice, DeviceInfo};

/// The hidden argument with which the program asks itself for its adapters.
pub const PROBE_ARGUMENT: &str = "probe-adapters";
/// How long a child process may ask the drivers.
const PROBE_TIMEOUT: Duration = Duration::from_secs(30);

/// An opened device.
#[derive(Clone)]
pub struct ComputeDevice {
    device: Device,
    info: DeviceInfo,
    float: DType,
    /// The largest tensor that an operation can read.
    binding_bytes: u64,
}

/// Why there is no such device.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DeviceError {
    /// No adapter that computes on a GPU.
    #[error("no GPU was found; use --device cpu, or see `dewpoint devices`")]
    NoGpu,
    /// A number beyond the list.
    #[error("there is no adapter {number}: {count} found; see `dewpoint devices`")]
    NoAdapter {
        /// The number asked for.
        number: usize,
        /// How many adapters there are.
        count: usize,
    },
    /// The driver did not open the adapter.
    #[error("{name} cannot be opened: {message}; use --device cpu")]
    Open {
        /// The adapter.
        name: String,
        /// What the driver said.
        message: String,
    },
}

/// A device to open, and why it was chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// The device.
    pub info: DeviceInfo,
    /// The reason, to follow the device's description.
    pub reason: String,
}

/// Threads that compute on the CPU.
#[must_use]
pub fn cpu_threads() -> usize {
    rayon::current_num_threads()
}

/// The CPU as a device.
#[must_use]
pub fn cpu_info() -> DeviceInfo {
    DeviceInfo {
        number: None,
        position: 0,
        name: format!("CPU, {} threads", cpu_threads()),
        backend: "flex".into(),
        kind: AdapterKind::Cpu,
        memory_bytes: None,
    }
}

/// Every adapter of every graphics interface, asked in this process. A faulty driver can take the process down.
#[must_use]
pub fn list_adapters() -> Vec<DeviceInfo> {
    let mut found: Vec<DeviceInfo> = Vec::new();
    for (interface, _) in INTERFACES {
        for (position, adapter) in adapters(interface).iter().enumerate() {
            let info = describe(position, &adapter.get_info());
            // OpenGL shows the same cards again, with less.
            let again = interface == wgpu::Backends::GL
                && info.kind != AdapterKind::Software
                && found.iter().any(|other| other.kind != AdapterKind::Software);
            if !again {
                found.push(DeviceInfo { number: Some(found.len()), ..info });
            }
        }
    }
    found
}

/// The graphics interfaces, best first, and what the tensor library calls those it has a shader compiler for.
const INTERFACES: [(wgpu::Backends, Option<WgpuBackend>); 4] = [
    (wgpu::Backends::VULKAN, Some(WgpuBackend::Vulkan)),
    (wgpu::Backends::METAL, Some(WgpuBackend::Metal)),
    (wgpu::Backends::DX12, Some(WgpuBackend::Dx12)),
    (wgpu::Backends::GL, None),
];

fn adapters(interface: wgpu::Backends) -> Vec<wgpu::Adapter> {
    let descriptor =
        wgpu::InstanceDescriptor { backends: interface, ..wgpu::InstanceDescriptor::new_without_display_handle() };
    pollster::block_on(wgpu::Instance::new(descriptor).enumerate_adapters(interface))
}

fn describe(position: usize, info: &wgpu::AdapterInfo) -> DeviceInfo {
    DeviceInfo {
        number: None,
        position,
        name: info.name.clone(),
        backend: info.backend.to_str().to_owned(),
        kind: match info.device_type {
            wgpu::DeviceType::DiscreteGpu => AdapterKind::DiscreteGpu,
            wgpu::DeviceType::IntegratedGpu => AdapterKind::IntegratedGpu,
            wgpu::DeviceType::VirtualGpu => AdapterKind::VirtualGpu,
            wgpu::DeviceType::Cpu => AdapterKind::Software,
            wgpu::DeviceType::Other => AdapterKind::Other,
        },
        // The graphics interface does not tell.
        memory_bytes: None,
    }
}

/// What asking the drivers in a child process gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probe {
    /// The adapters; none where the child did not answer.
    pub adapters: Vec<DeviceInfo>,
    /// Why the child did not answer.
    pub warning: Option<String>,
}

/// Asks `program`, run with [`PROBE_ARGUMENT`], for its adapters; a driver that crashes or hangs costs only the child.
#[must_use]
pub fn list_in_child(program: &Path) -> Probe {
    let failed = |message: String| Probe { adapters: Vec::new(), warning: Some(message) };
    let child = Command::new(program)
        .arg(PROBE_ARGUMENT)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn();
    let mut child = match child {
        Ok(child) => child,
        Err(error) => return failed(format!("the graphics drivers could not be asked: {error}")),
    };
    let started = Instant::now();
    let status = loop {
        match child.try_wait() {
            Ok(Some(status)) => break status,
            Ok(None) if started.elapsed() < PROBE_TIMEOUT => std::thread::sleep(Duration::from_millis(5)),
            Ok(None) => {
                // Whether killing works or not, the answer is the same.
                let _ = child.kill();
                let _ = child.wait();
                let seconds = PROBE_TIMEOUT.as_secs();
                return failed(format!("a graphics driver did not answer within {seconds} seconds and is left out"));
            }
            Err(error) => return failed(format!("the graphics drivers could not be asked: {error}")),
        }
    };
    let mut answer = String::new();
    let read = child.stdout.take().map(|mut output| output.read_to_string(&mut answer));
    if !status.success() || !matches!(read, Some(Ok(_))) {
        return failed(format!("a graphics driver failed while it was asked ({status}) and is left out"));
    }
    match serde_json::from_str(&answer) {
        Ok(adapters) => Probe { adapters, warning: None },
        Err(error) => failed(format!("the graphics drivers gave no readable answer: {error}")),
    }
}

/// The device that `choice` means among `adapters`.
///
/// # Errors
///
/// When a GPU was asked for and is not there.
pub fn choose(choice: DeviceChoice, adapters: &[DeviceInfo]) -> Result<Choice, DeviceError> {
    let real = |kinds: &[AdapterKind]| adapters.iter().find(|adapter| kinds.contains(&adapter.kind)).cloned();
    let gpu = real(&[AdapterKind::DiscreteGpu]).or_else(|| real(&[AdapterKind::IntegratedGpu]));
    let (info, reason) = match choice {
        DeviceChoice::Cpu => (cpu_info(), "as asked".to_owned()),
        DeviceChoice::Gpu(Some(number)) => {
            let count = adapters.len();
            let info = adapters.get(number).cloned().ok_or(DeviceError::NoAdapter { number, count })?;
            (info, "as asked".to_owned())
        }
        DeviceChoice::Gpu(None) => {
            let other = || real(&[AdapterKind::VirtualGpu, AdapterKind::Other]);
            (gpu.or_else(other).ok_or(DeviceError::NoGpu)?, "the first GPU, as asked".to_owned())
        }
        DeviceChoice::Auto => match gpu {
            Some(info) => (info, "the first GPU found".to_owned()),
            None if adapters.is_empty() => (cpu_info(), "no GPU was found".to_owned()),
            None => {
                // The same rasteriser stands there once an interface.
                let mut names: Vec<_> =
                    adapters.iter().map(|adapter| format!("{} ({})", adapter.name, adapter.kind)).collect();
                names.dedup();
                (cpu_info(), format!("no GPU was found, only {}", names.join(", ")))
            }
        },
    };
    Ok(Choice { info, reason })
}

/// Whether tensors of `device` lie in the CPU's memory as plain slices.
pub(super) fn is_host(device: &Device) -> bool {
    *device == Device::flex()
}

impl ComputeDevice {
    /// The CPU.
    #[must_use]
    pub fn cpu() -> Self {
        Self { device: Device::flex(), info: cpu_info(), float: DType::F32, binding_bytes: u64::MAX }
    }

    /// The CPU in double precision, through the plain tensor operations alone: slow, and an oracle for everything else.
    #[must_use]
    pub fn cpu_in_double_precision() -> Self {
        Self { float: DType::F64, ..Self::cpu() }
    }

    /// Opens the device `info` of the list.
    ///
    /// # Errors
    ///
    /// When the adapter is gone or its driver refuses.
    pub fn open(info: &DeviceInfo) -> Result<Self, DeviceError> {
        if info.number.is_none() {
            return Ok(Self::cpu());
        }
        let failed = |message: String| DeviceError::Open { name: info.describe(), message };
        let named = |(interface, _): &&(wgpu::Backends, _)| {
            interface.iter_names().next().is_some_and(|(name, _)| name.eq_ignore_ascii_case(&info.backend))
        };
        let (interface, native) = INTERFACES.iter().find(named).ok_or_else(|| failed("no such interface".into()))?;
        let adapters = adapters(*interface);
        let adapter = adapters
            .get(info.position)
            .filter(|adapter| adapter.get_info().name == info.name)
            .ok_or_else(|| failed("it is no longer there".into()))?;
        if info.kind == AdapterKind::Software && native.is_some() {
            let message = "a software rasteriser is only opened through OpenGL (gl), because it can crash the program";
            return Err(failed(message.into()));
        }
        // The tensor library counts the adapters of one kind on one interface.
        let kind = adapter.get_info().device_type;
        let index = adapters[..info.position].iter().filter(|other| other.get_info().device_type == kind).count();
        let kind = match info.kind {
            AdapterKind::DiscreteGpu => Some(DeviceKind::DiscreteGpu(index)),
            AdapterKind::IntegratedGpu => Some(DeviceKind::IntegratedGpu(index)),
            AdapterKind::VirtualGpu => Some(DeviceKind::VirtualGpu(index)),
            AdapterKind::Software | AdapterKind::Other | AdapterKind::Cpu => None,
        };
        let device = match (kind, native) {
            (Some(kind), Some(native)) => open_native(kind, *native),
            _ => open_with_wgsl(adapter),
        };
        let binding_bytes = adapter.limits().max_storage_buffer_binding_size;
        Ok(Self { device: device.map_err(failed)?, info: info.clone(), float: DType::F32, binding_bytes })
    }

    /// What the device is.
    #[must_use]
    pub const fn info(&self) -> &DeviceInfo {
        &self.info
    }

    /// Whether this is the CPU itself.
    #[must_use]
    pub fn is_cpu(&self) -> bool {
        self.info.kind == AdapterKind::Cpu
    }

    /// Adds two numbers on the device: whether it works at all.
    ///
    /// # Errors
    ///
    /// When the result does not come back, or is wrong.
    pub fn check(&self) -> Result<(), DeviceError> {
        let failed = |message: String| DeviceError::Open { name: self.info.name.clone(), message };
        let sum = (Tensor::<2>::ones([1, 64], &self.device) + 1.0).sum_dim(1);
        let sum = sum.try_into_scalar::<f32>().map_err(|error| failed(error.to_string()))?;
        if (sum - 128.0).abs() < f32::EPSILON { Ok(()) } else { Err(failed(format!("64 times 2 gave {sum}"))) }
    }

    /// Waits until all that the device was given to do is done.
    ///
    /// # Errors
    ///
    /// When the device fails.
    pub fn wait(&self) -> Result<(), EngineError> {
        self.device.sync().map_err(|error| EngineError::Device { message: error.to_string() })
    }

    pub(super) const fn tensor_device(&self) -> &Device {
        &self.device
    }

    /// The largest tensor that an operation can read.
    pub(super) const fn binding_bytes(&self) -> u64 {
        self.binding_bytes
    }

    pub(super) const fn float_type(&self) -> DType {
        self.float
    }
}

fn open_native(kind: DeviceKind, interface: WgpuBackend) -> Result<Device, String> {
    Device::wgpu_options().device_kind(kind).graphics_api(interface).init().map_err(|error| error.to_string())
}

/// Opens `adapter` without its interface's own shader compiler.
fn open_with_wgsl(adapter: &wgpu::Adapter) -> Result<Device, String> {
    let descriptor = wgpu::DeviceDescriptor {
        required_features: adapter.features().difference(wgpu::Features::MAPPABLE_PRIMARY_BUFFERS),
        required_limits: adapter.limits(),
        memory_hints: wgpu::MemoryHints::MemoryUsage,
        ..Default::default()
    };
    let (device, queue) = pollster::block_on(adapter.request_device(&descriptor)).map_err(|error| error.to_string())?;
    let setup = WgpuSetup {
        instance: wgpu::Instance::default(),
        adapter: adapter.clone(),
        device,
        queue,
        backend: adapter.get_info().backend,
    };
    Device::wgpu_options().setup(setup).init().map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn adapter(number: usize, kind: AdapterKind) -> DeviceInfo {
        DeviceInfo {
            number: Some(number),
            position: 0,
            name: format!("adapter {number}"),
            backend: "vulkan".into(),
            kind,
            memory_bytes: None,
        }
    }

    #[test]
    fn auto_takes_a_real_gpu_and_never_a_software_rasteriser() {
        let software = adapter(0, AdapterKind::Software);
        let integrated = adapter(1, AdapterKind::IntegratedGpu);
        let discrete = adapter(2, AdapterKind::DiscreteGpu);
        let auto = |adapters: &[DeviceInfo]| choose(DeviceChoice::Auto, adapters).unwrap();
        assert_eq!(auto(&[]).info.kind, AdapterKind::Cpu);
        let only_software = auto(std::slice::from_ref(&software));
        assert_eq!(only_software.info.kind, AdapterKind::Cpu);
        assert!(only_software.reason.contains("adapter 0"));
        assert_eq!(auto(&[software.clone(), integrated.clone()]).info, integrated);
        assert_eq!(auto(&[software, integrated, discrete.clone()]).info, discrete);
    }

    #[test]
    fn a_gpu_that_is_not_there_is_an_error() {
        let software = [adapter(0, AdapterKind::Software)];
        assert_eq!(choose(DeviceChoice::Gpu(None), &software), Err(DeviceError::NoGpu));
        assert_eq!(choose(DeviceChoice::Gpu(Some(3)), &software), Err(DeviceError::NoAdapter { number: 3, count: 1 }));
        assert_eq!(choose(DeviceChoice::Gpu(Some(0)), &software).unwrap().info, software[0]);
    }

    #[test]
    fn a_child_that_fails_leaves_a_warning_and_no_adapter() {
        for program in ["/bin/false", "/bin/echo", "/nonexistent/program"] {
            let probe = list_in_child(Path::new(program));
            assert!(probe.adapters.is_empty(), "{program}");
            assert!(probe.warning.is_some(), "{program}");
        }
    }

    #[test]
    fn the_cpu_computes() {
        ComputeDevice::open(&cpu_info()).unwrap().check().unwrap();
    }
}
