//! `dewpoint devices`: what can compute here.

use clap::Args;
use serde::Serialize;

use dewpoint::{
    domain::{DeviceChoice, DeviceInfo, units},
    engine::device::{choose, cpu_info, list_in_child},
};

use super::{CliResult, output, session::Outcome, summary::columns};

/// The flags of `dewpoint devices`.
#[derive(Debug, Args)]
pub struct DevicesArgs {
    /// Write the list as JSON
    #[arg(long)]
    json: bool,
}

/// The list as JSON.
#[derive(Serialize)]
struct Report<'a> {
    devices: &'a [DeviceInfo],
    auto: &'a DeviceInfo,
    warning: Option<&'a str>,
}

/// Lists the devices, and which one `--device auto` takes.
pub fn run(args: &DevicesArgs) -> CliResult {
    let probe = list_in_child(&std::env::current_exe()?);
    let auto = choose(DeviceChoice::Auto, &probe.adapters)?;
    let devices: Vec<DeviceInfo> = std::iter::once(cpu_info()).chain(probe.adapters).collect();
    if args.json {
        let report = Report { devices: &devices, auto: &auto.info, warning: probe.warning.as_deref() };
        output::result(&serde_json::to_string(&report)?);
        return Ok(Outcome::Done);
    }
    if let Some(warning) = &probe.warning {
        output::note(&format!("warning: {warning}"));
    }
    let mut rows = vec![["--device", "name", "interface", "kind", "memory"].map(str::to_owned).to_vec()];
    rows.extend(devices.iter().map(|device| {
        vec![
            device.number.map_or_else(|| DeviceChoice::Cpu, |number| DeviceChoice::Gpu(Some(number))).to_string(),
            device.name.clone(),
            device.backend.clone(),
            device.kind.to_string(),
            device.memory_bytes.map_or_else(|| "not known".to_owned(), units::bytes),
        ]
    }));
    output::result(&columns(&rows));
    output::result(&format!("\n--device auto takes {}: {}.", auto.info.describe(), auto.reason));
    Ok(Outcome::Done)
}
