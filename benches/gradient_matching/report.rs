//! What was measured as lines, as the README's table, and beside the yardstick's times. Measures nothing.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::{Failure, Named, at};

/// One case.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Record {
    /// Its name.
    pub case: String,
    /// Where it ran: [`Record::CPU`], or a description of the adapter.
    pub device: String,
    /// The median time.
    pub median_s: f64,
    /// The shortest time.
    pub min_s: f64,
    /// Between the quartiles.
    pub spread_s: f64,
    /// How often it was measured.
    pub reps: usize,
    /// Floating-point operations.
    pub operations: f64,
    /// Operations a second of the product of two large matrices.
    pub matrix_peak: Option<f64>,
    /// Threads that computed.
    pub threads: usize,
    /// The most memory of its process.
    pub peak_memory_bytes: Option<u64>,
}

impl Record {
    /// The CPU as a device.
    pub const CPU: &str = "cpu";
}

/// The yardstick's median times, by case.
#[derive(Default)]
pub struct Yardstick {
    seconds: Named<f64>,
    /// The version of PyTorch.
    version: Option<String>,
}

impl Yardstick {
    /// From the lines of JSON that the yardstick printed.
    pub fn read(path: &Path) -> Result<Self, Failure> {
        #[derive(Deserialize)]
        struct Line {
            case: String,
            median_s: f64,
            torch: Option<String>,
        }
        let mut yardstick = Self::default();
        for line in std::fs::read_to_string(path).map_err(at(path))?.lines().filter(|line| !line.trim().is_empty()) {
            let Line { case, median_s, torch } = serde_json::from_str(line)?;
            yardstick.seconds.insert(case, median_s);
            yardstick.version = torch.or(yardstick.version.take());
        }
        Ok(yardstick)
    }

    /// The time of a case.
    pub fn seconds(&self, case: &str) -> Option<f64> {
        self.seconds.get(case).copied()
    }
}

/// The head of the lines.
pub const HEAD: &str =
    "case                                     median     spread  GFLOP/s   peak  memory  PyTorch  ratio";

/// A case as a line; `yardstick` is PyTorch's time.
pub fn line(record: &Record, yardstick: Option<f64>) -> String {
    format!(
        "{:<36} {:>10} {:>10} {:>8.0} {:>6} {:>7} {:>8} {:>6}",
        record.case,
        time(record.median_s),
        time(record.spread_s),
        record.operations / record.median_s / 1e9,
        share(record),
        memory(record),
        yardstick.map_or_else(String::new, time),
        ratio(record, yardstick),
    )
}

fn time(seconds: f64) -> String {
    if seconds < 0.1 { format!("{:.2} ms", 1e3 * seconds) } else { format!("{seconds:.2} s") }
}

fn share(record: &Record) -> String {
    let rate = record.operations / record.median_s;
    record.matrix_peak.map_or_else(String::new, |peak| format!("{:.0} %", 100.0 * rate / peak))
}

fn memory(record: &Record) -> String {
    record.peak_memory_bytes.map_or_else(String::new, |bytes| format!("{} MB", bytes / 1_000_000))
}

fn ratio(record: &Record, yardstick: Option<f64>) -> String {
    yardstick.map_or_else(String::new, |seconds| format!("{:.2}", seconds / record.median_s))
}

const BEGIN: &str = "<!-- benchmark: begin -->";
const END: &str = "<!-- benchmark: end -->";

/// The README's table with the machine, the versions and the date.
pub fn table(records: &[Record], yardstick: &Yardstick) -> String {
    let first = records.first();
    let machine = match first {
        Some(record) if record.device != Record::CPU => record.device.clone(),
        _ => {
            let threads = first.map_or(0, |record| record.threads);
            format!("{}, {threads} threads", processor().unwrap_or_else(|| "unknown processor".into()))
        }
    };
    let peak = first.and_then(|record| record.matrix_peak).unwrap_or_default();
    let mut lines = vec![
        format!(
            "{machine}, {}; matrix product peak {:.0} GFLOP/s; Dewpoint {}, PyTorch {}; {}.",
            std::env::consts::OS,
            peak / 1e9,
            env!("CARGO_PKG_VERSION"),
            yardstick.version.as_deref().unwrap_or("not measured"),
            today(),
        ),
        String::new(),
        "| case | PyTorch | Dewpoint | spread | ratio | GFLOP/s | of the peak | memory |".into(),
        "|---|--:|--:|--:|--:|--:|--:|--:|".into(),
    ];
    for record in records {
        let seconds = yardstick.seconds(&record.case);
        lines.push(format!(
            "| `{}` | {} | {} | {} | {} | {:.0} | {} | {} |",
            record.case,
            seconds.map_or_else(String::new, time),
            time(record.median_s),
            time(record.spread_s),
            ratio(record, seconds),
            record.operations / record.median_s / 1e9,
            share(record),
            memory(record),
        ));
    }
    lines.join("\n")
}

/// The processor's name, where the system tells.
fn processor() -> Option<String> {
    let text = std::fs::read_to_string("/proc/cpuinfo").ok()?;
    text.lines().find_map(|line| line.strip_prefix("model name")?.split(": ").nth(1)).map(str::to_owned)
}

/// The date in UTC, year first.
fn today() -> String {
    const SECONDS_OF_A_DAY: u64 = 86_400;
    let seconds = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |since| since.as_secs());
    // Days since 1 March of the year 0, so that the leap day ends a year.
    let days = seconds / SECONDS_OF_A_DAY + 719_468;
    let (era, day) = (days / 146_097, days % 146_097);
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let (day, shown) = (day - (153 * month + 2) / 5 + 1, if month < 10 { month + 3 } else { month - 9 });
    format!("{:04}-{shown:02}-{day:02}", year + era * 400 + u64::from(shown <= 2))
}

/// Puts `table` between the marks of `path`.
pub fn replace_table(path: &Path, table: &str) -> Result<(), Failure> {
    let text = std::fs::read_to_string(path).map_err(at(path))?;
    let parts = text.split_once(BEGIN).and_then(|(before, rest)| Some((before, rest.split_once(END)?.1)));
    let Some((before, after)) = parts else {
        return Err(format!("{} has no place for the table: add the lines {BEGIN} and {END}", path.display()).into());
    };
    std::fs::write(path, format!("{before}{BEGIN}\n{table}\n{END}{after}")).map_err(at(path))
}
