//! `metrics.csv`: the distances of every outer iteration, in total, a class and a parameter.
//!
//! Columns `iteration`, `seconds`, `loss`, `network_epochs` (one number an inner step but the last), `class` (`all`, a number, or
//! `mixed`), `distance`, and one for each matched parameter. A report is a row `all` and a row a class. Rows are
//! appended; everything else in a run's folder is replaced as a whole.

use std::{
    fmt,
    fs::{self, File, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
    str::FromStr,
};

use csv::StringRecord;

use super::{ProjectError, atomic};
use crate::domain::IterationReport;

/// The columns before those of the parameters.
const COLUMNS: [&str; 6] = ["iteration", "seconds", "loss", "network_epochs", "class", "distance"];

/// What a row is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MetricsClass {
    /// The sum of the report's other rows.
    All,
    /// One class.
    Class(usize),
    /// The mixed-class term.
    Mixed,
}

impl fmt::Display for MetricsClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("all"),
            Self::Class(class) => class.fmt(f),
            Self::Mixed => f.write_str("mixed"),
        }
    }
}

impl FromStr for MetricsClass {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "all" => Ok(Self::All),
            "mixed" => Ok(Self::Mixed),
            _ => text.parse().map(Self::Class),
        }
    }
}

/// One row.
#[derive(Debug, Clone, PartialEq)]
pub struct MetricsRow {
    /// The outer iteration.
    pub iteration: usize,
    /// Wall time, as reported.
    pub seconds: f64,
    /// The matching loss of the report.
    pub loss: f64,
    /// Epochs for which the network was trained after each inner step but the last.
    pub network_epochs: Vec<usize>,
    /// What the distances are of.
    pub class: MetricsClass,
    /// The distance, summed over the parameters.
    pub distance: f64,
    /// The share of each parameter.
    pub by_parameter: Vec<f64>,
}

/// The content of a `metrics.csv`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Metrics {
    /// The names of the matched parameters; none before the first report.
    pub parameter_names: Vec<String>,
    /// The rows, in the order in which they were written.
    pub rows: Vec<MetricsRow>,
}

/// Reads `path`; nothing when there is no such file. A last line that was torn by a crash is left out.
///
/// # Errors
///
/// [`ProjectError::Read`]; [`ProjectError::Damaged`] names the line that cannot be read.
pub(super) fn read(path: &Path) -> Result<Metrics, ProjectError> {
    let content = whole_lines(path)?;
    parse(path, &content, usize::MAX).map(|(metrics, _)| metrics)
}

/// The bytes of `path` up to the last line end.
fn whole_lines(path: &Path) -> Result<Vec<u8>, ProjectError> {
    let mut content = match fs::read(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        content => content.map_err(ProjectError::reading(path))?,
    };
    let end = content.iter().rposition(|&byte| byte == b'\n').map_or(0, |position| position + 1);
    content.truncate(end);
    Ok(content)
}

/// The rows before the first of an iteration not below `end`, and the number of bytes they take with the header.
fn parse(path: &Path, content: &[u8], end: usize) -> Result<(Metrics, usize), ProjectError> {
    let mut reader = csv::Reader::from_reader(content);
    let damaged = |line: u64, problem: String| ProjectError::damaged(path, format!("line {line}: {problem}"));
    let header = reader.headers().map_err(|error| damaged(1, error.to_string()))?.clone();
    if header.is_empty() {
        return Ok((Metrics::default(), 0));
    }
    if header.iter().take(COLUMNS.len()).ne(COLUMNS) {
        return Err(damaged(1, format!("the columns should begin with {}", COLUMNS.join(","))));
    }
    let parameter_names = header.iter().skip(COLUMNS.len()).map(str::to_owned).collect();
    let mut metrics = Metrics { parameter_names, rows: Vec::new() };
    let mut length = content.len();
    let mut record = StringRecord::new();
    loop {
        let begin = reader.position().clone();
        if !reader.read_record(&mut record).map_err(|error| damaged(begin.line(), error.to_string()))? {
            break;
        }
        let row = row_of(&record).ok_or_else(|| damaged(begin.line(), "a value cannot be read".to_owned()))?;
        if row.iteration >= end {
            length = usize::try_from(begin.byte()).unwrap_or(length);
            break;
        }
        metrics.rows.push(row);
    }
    Ok((metrics, length))
}

fn row_of(record: &StringRecord) -> Option<MetricsRow> {
    Some(MetricsRow {
        iteration: record.get(0)?.parse().ok()?,
        seconds: record.get(1)?.parse().ok()?,
        loss: record.get(2)?.parse().ok()?,
        network_epochs: record.get(3)?.split_whitespace().map(|text| text.parse().ok()).collect::<Option<_>>()?,
        class: record.get(4)?.parse().ok()?,
        distance: record.get(5)?.parse().ok()?,
        by_parameter: record.iter().skip(COLUMNS.len()).map(|text| text.parse().ok()).collect::<Option<_>>()?,
    })
}

/// The rows of a report.
fn rows_of(report: &IterationReport) -> Vec<MetricsRow> {
    let row = |class, distance, by_parameter| MetricsRow {
        iteration: report.iteration,
        seconds: report.seconds,
        loss: report.loss,
        network_epochs: report.network_epochs.clone(),
        class,
        distance,
        by_parameter,
    };
    let mut total = 0.0;
    let mut sums = vec![0.0; report.parameter_names.len()];
    for class in &report.classes {
        total += class.total;
        for (sum, share) in sums.iter_mut().zip(&class.by_parameter) {
            *sum += share;
        }
    }
    let mut rows = vec![row(MetricsClass::All, total, sums)];
    rows.extend(report.classes.iter().map(|distance| {
        let class = distance.class.map_or(MetricsClass::Mixed, MetricsClass::Class);
        row(class, distance.total, distance.by_parameter.clone())
    }));
    rows
}

/// Appends reports to a `metrics.csv`.
#[derive(Debug)]
pub(super) struct MetricsWriter {
    path: PathBuf,
    file: File,
    /// Bytes of whole reports.
    length: u64,
    /// The columns; none before the first report.
    parameter_names: Option<Vec<String>>,
}

impl MetricsWriter {
    /// Opens `path` and drops the rows of iteration `next` and later, and a torn last line: a run resumed at `next`
    /// writes them again, so that its file equals an uninterrupted run's.
    ///
    /// # Errors
    ///
    /// When the file cannot be read or written, or a kept row is damaged.
    pub fn open(path: &Path, next: usize) -> Result<Self, ProjectError> {
        let content = whole_lines(path)?;
        let (metrics, length) = parse(path, &content, next)?;
        // Without a row, the first report decides the columns.
        let length = if metrics.rows.is_empty() { 0 } else { length };
        let present = fs::metadata(path).map_or(0, |metadata| metadata.len());
        if present != length as u64 {
            atomic::write(path, &content[..length])?;
        }
        let writing = ProjectError::writing(path);
        let file = OpenOptions::new().create(true).append(true).open(path).map_err(writing)?;
        let parameter_names = (!metrics.rows.is_empty()).then_some(metrics.parameter_names);
        Ok(Self { path: path.to_owned(), file, length: length as u64, parameter_names })
    }

    /// Appends the rows of `report` in one write.
    ///
    /// # Errors
    ///
    /// [`ProjectError::Write`], after which the file ends with the report before; [`ProjectError::NotSavable`] when the
    /// report has other parameters than those before it.
    pub fn append(&mut self, report: &IterationReport) -> Result<(), ProjectError> {
        let mut lines = csv::Writer::from_writer(Vec::new());
        match &self.parameter_names {
            Some(names) if *names != report.parameter_names => {
                return Err(ProjectError::NotSavable {
                    path: self.path.clone(),
                    problem: "the report has other parameters than those before it".to_owned(),
                });
            }
            Some(_) => {}
            None => {
                let header = COLUMNS.into_iter().chain(report.parameter_names.iter().map(String::as_str));
                lines.write_record(header).map_err(|error| self.failed(error.into()))?;
            }
        }
        for row in rows_of(report) {
            let MetricsRow { iteration, seconds, loss, network_epochs, class, distance, by_parameter } = row;
            let mut fields = vec![iteration.to_string(), seconds.to_string(), loss.to_string()];
            let epochs: Vec<String> = network_epochs.iter().map(ToString::to_string).collect();
            fields.extend([epochs.join(" "), class.to_string(), distance.to_string()]);
            fields.extend(by_parameter.iter().map(ToString::to_string));
            lines.write_record(&fields).map_err(|error| self.failed(error.into()))?;
        }
        let lines = lines.into_inner().map_err(|error| self.failed(error.into_error()))?;
        if let Err(error) = self.file.write_all(&lines).and_then(|()| self.file.flush()) {
            // A torn row would spoil the next one; if this fails too, the next opening cuts it off.
            let _ = self.file.set_len(self.length);
            return Err(self.failed(error));
        }
        self.length += lines.len() as u64;
        if self.parameter_names.is_none() {
            self.parameter_names = Some(report.parameter_names.clone());
        }
        Ok(())
    }

    /// Waits until the rows are on the disk: a checkpoint must not get ahead of them.
    ///
    /// # Errors
    ///
    /// [`ProjectError::Write`].
    pub fn sync(&self) -> Result<(), ProjectError> {
        self.file.sync_data().map_err(ProjectError::writing(&self.path))
    }

    fn failed(&self, source: io::Error) -> ProjectError {
        ProjectError::Write { path: self.path.clone(), source }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::fixtures::report;

    /// A file of the reports in `iterations`.
    fn written(folder: &tempfile::TempDir, name: &str, iterations: std::ops::Range<usize>) -> PathBuf {
        let path = folder.path().join(name);
        let mut writer = MetricsWriter::open(&path, iterations.start).unwrap();
        for iteration in iterations {
            writer.append(&report(iteration)).unwrap();
        }
        writer.sync().unwrap();
        path
    }

    #[test]
    fn a_report_survives_exactly() {
        let folder = tempfile::tempdir().unwrap();
        let metrics = read(&written(&folder, "metrics.csv", 0..3)).unwrap();
        assert_eq!(metrics.parameter_names, report(0).parameter_names);
        assert_eq!(metrics.rows, (0..3).flat_map(|iteration| rows_of(&report(iteration))).collect::<Vec<_>>());
        let total: f64 = report(1).classes.iter().map(|class| class.total).sum();
        let row = &metrics.rows[4];
        assert_eq!((row.class, row.iteration), (MetricsClass::All, 1));
        assert_eq!(row.network_epochs, [50, 40]);
        assert!((row.distance - total).abs() < 1e-15);
        assert_eq!(metrics.rows[7].class, MetricsClass::Mixed);
    }

    #[test]
    fn the_columns_are_the_promised_ones() {
        let folder = tempfile::tempdir().unwrap();
        let text = fs::read_to_string(written(&folder, "metrics.csv", 1..2)).unwrap();
        assert_eq!(
            text.lines().take(3).collect::<Vec<_>>(),
            [
                "iteration,seconds,loss,network_epochs,class,distance,conv1.weight,\"a, \"\"quoted\"\" name\"",
                "1,0.25,0.125,50 40,all,2.25,0.75,1.5",
                "1,0.25,0.125,50 40,0,0.5,0.25,0.25",
            ]
        );
    }

    #[test]
    fn a_resumed_file_equals_an_uninterrupted_one() {
        let folder = tempfile::tempdir().unwrap();
        let whole = fs::read(written(&folder, "whole.csv", 0..9)).unwrap();
        // Interrupted after any number of iterations, with a tail of any length, and resumed from a checkpoint at 4.
        for torn in [0, 1, 10, 47] {
            let path = written(&folder, "metrics.csv", 0..7);
            let content = fs::read(&path).unwrap();
            fs::write(&path, &content[..content.len() - torn]).unwrap();
            drop(written(&folder, "metrics.csv", 4..9));
            assert_eq!(fs::read(&path).unwrap(), whole, "{torn} bytes torn off");
            fs::remove_file(&path).unwrap();
        }
        // From the start, and from where the file ends.
        let path = written(&folder, "metrics.csv", 0..6);
        drop(written(&folder, "metrics.csv", 6..9));
        assert_eq!(fs::read(&path).unwrap(), whole);
        drop(written(&folder, "metrics.csv", 0..9));
        assert_eq!(fs::read(&path).unwrap(), whole);
    }

    #[test]
    fn a_torn_last_line_is_tolerated() {
        let folder = tempfile::tempdir().unwrap();
        let path = written(&folder, "metrics.csv", 0..2);
        let content = fs::read(&path).unwrap();
        for length in 0..=content.len() {
            fs::write(&path, &content[..length]).unwrap();
            let rows = read(&path).unwrap().rows.len();
            let lines = String::from_utf8_lossy(&content[..length]).matches('\n').count();
            assert_eq!(rows, lines.saturating_sub(1));
        }
        assert_eq!(read(&folder.path().join("none.csv")).unwrap(), Metrics::default());
    }

    #[test]
    fn damage_inside_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = written(&folder, "metrics.csv", 0..3);
        let text = fs::read_to_string(&path).unwrap();
        for (broken, line) in [
            (text.replacen("0,0.25,", "0,x,", 1), "line 2: a value"),
            (text.replacen("all", "none", 1), "line 2: a value"),
            (text.replacen("mixed,", "mixed,1,", 1), "line 5: "),
            (text.replacen("iteration", "step", 1), "line 1: the columns should begin with iteration,"),
        ] {
            fs::write(&path, broken).unwrap();
            let error = read(&path).unwrap_err().to_string();
            assert!(error.contains(line), "{error}");
            assert!(matches!(MetricsWriter::open(&path, 2), Err(ProjectError::Damaged { .. })));
        }
    }

    #[test]
    fn other_parameters_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = written(&folder, "metrics.csv", 0..1);
        let mut writer = MetricsWriter::open(&path, 1).unwrap();
        let mut other = report(1);
        other.parameter_names[0] = "fc1.weight".into();
        assert!(matches!(writer.append(&other), Err(ProjectError::NotSavable { .. })));
        let mut uneven = report(1);
        uneven.classes[0].by_parameter.push(0.0);
        assert!(matches!(writer.append(&uneven), Err(ProjectError::Write { .. })));
        writer.append(&report(1)).unwrap();
        assert_eq!(read(&path).unwrap().rows.len(), 8);
    }
}
