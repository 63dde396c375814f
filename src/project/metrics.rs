//! `metrics.csv`: the distances of every outer iteration, in total, a class and a parameter.
//!
//! Columns `iteration`, `seconds`, `loss`, `network_epochs` (one number an inner step but the last), `class` (`all`, a number, or
//! `mixed`), `distance`, `real_norm`, `synthetic_norm` and `cosine` (of the gradients behind the distance), and one for each
//! matched parameter. A report is a row `all` and a row a class. Rows are appended; everything else in a run's folder is
//! replaced as a whole. A file of an earlier version has no columns for norms and cosine; they are read as NaN.

use std::{
    fmt,
    fs::{self, File, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
    str::FromStr,
};

use csv::StringRecord;

use super::{ProjectError, atomic};
use crate::domain::{ClassDistance, IterationReport};

/// The columns before those of the parameters.
const COLUMNS: [&str; 9] =
    ["iteration", "seconds", "loss", "network_epochs", "class", "distance", "real_norm", "synthetic_norm", "cosine"];
/// How many of them the first version wrote.
const EARLIER_COLUMNS: usize = 6;

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
    /// The norm of the gradient of the real images; in the row of all, the mean over the report's other rows.
    pub real_norm: f64,
    /// The norm of the gradient of the synthetic images, likewise.
    pub synthetic_norm: f64,
    /// The cosine of the angle between the two, likewise.
    pub cosine: f64,
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
    parse(path, &content, usize::MAX).map(|parsed| parsed.metrics)
}

/// What was found in a file.
#[derive(Default)]
struct Parsed {
    metrics: Metrics,
    /// The bytes that the rows take with the header.
    length: usize,
    /// Whether the columns are those of this version.
    is_current: bool,
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

/// The rows before the first of an iteration not below `end`.
fn parse(path: &Path, content: &[u8], end: usize) -> Result<Parsed, ProjectError> {
    let mut reader = csv::Reader::from_reader(content);
    let damaged = |line: u64, problem: String| ProjectError::damaged(path, format!("line {line}: {problem}"));
    let header = reader.headers().map_err(|error| damaged(1, error.to_string()))?.clone();
    if header.is_empty() {
        return Ok(Parsed::default());
    }
    let begins_with = |columns: &[&str]| header.iter().take(columns.len()).eq(columns.iter().copied());
    let is_current = begins_with(&COLUMNS);
    if !is_current && !begins_with(&COLUMNS[..EARLIER_COLUMNS]) {
        return Err(damaged(1, format!("the columns should begin with {}", COLUMNS.join(","))));
    }
    let columns = if is_current { COLUMNS.len() } else { EARLIER_COLUMNS };
    let parameter_names = header.iter().skip(columns).map(str::to_owned).collect();
    let mut metrics = Metrics { parameter_names, rows: Vec::new() };
    let mut length = content.len();
    let mut record = StringRecord::new();
    loop {
        let begin = reader.position().clone();
        if !reader.read_record(&mut record).map_err(|error| damaged(begin.line(), error.to_string()))? {
            break;
        }
        let row = row_of(&record, columns).ok_or_else(|| damaged(begin.line(), "a value cannot be read".to_owned()))?;
        if row.iteration >= end {
            length = usize::try_from(begin.byte()).unwrap_or(length);
            break;
        }
        metrics.rows.push(row);
    }
    Ok(Parsed { metrics, length, is_current })
}

/// A row; `columns` is how many come before the parameters.
fn row_of(record: &StringRecord, columns: usize) -> Option<MetricsRow> {
    let later = |column: usize| if column < columns { record.get(column)?.parse().ok() } else { Some(f64::NAN) };
    Some(MetricsRow {
        iteration: record.get(0)?.parse().ok()?,
        seconds: record.get(1)?.parse().ok()?,
        loss: record.get(2)?.parse().ok()?,
        network_epochs: record.get(3)?.split_whitespace().map(|text| text.parse().ok()).collect::<Option<_>>()?,
        class: record.get(4)?.parse().ok()?,
        distance: record.get(5)?.parse().ok()?,
        real_norm: later(6)?,
        synthetic_norm: later(7)?,
        cosine: later(8)?,
        by_parameter: record.iter().skip(columns).map(|text| text.parse().ok()).collect::<Option<_>>()?,
    })
}

/// The rows of a report.
fn rows_of(report: &IterationReport) -> Vec<MetricsRow> {
    let row = |class, entry: ClassDistance| MetricsRow {
        iteration: report.iteration,
        seconds: report.seconds,
        loss: report.loss,
        network_epochs: report.network_epochs.clone(),
        class,
        distance: entry.total,
        real_norm: entry.real_norm,
        synthetic_norm: entry.synthetic_norm,
        cosine: entry.cosine,
        by_parameter: entry.by_parameter,
    };
    let sum = |value: fn(&ClassDistance) -> f64| report.classes.iter().map(value).sum::<f64>();
    let entries = report.classes.len().max(1) as f64;
    let mut by_parameter = vec![0.0; report.parameter_names.len()];
    for class in &report.classes {
        for (sum, share) in by_parameter.iter_mut().zip(&class.by_parameter) {
            *sum += share;
        }
    }
    let all = ClassDistance {
        class: None,
        total: sum(|entry| entry.total),
        by_parameter,
        real_norm: sum(|entry| entry.real_norm) / entries,
        synthetic_norm: sum(|entry| entry.synthetic_norm) / entries,
        cosine: sum(|entry| entry.cosine) / entries,
    };
    let mut rows = vec![row(MetricsClass::All, all)];
    rows.extend(report.classes.iter().map(|entry| {
        let class = entry.class.map_or(MetricsClass::Mixed, MetricsClass::Class);
        row(class, entry.clone())
    }));
    rows
}

/// Rows as lines, after a header with `parameter_names` where they are the first.
fn lines_of(parameter_names: Option<&[String]>, rows: Vec<MetricsRow>) -> io::Result<Vec<u8>> {
    let mut lines = csv::Writer::from_writer(Vec::new());
    if let Some(names) = parameter_names {
        lines.write_record(COLUMNS.into_iter().chain(names.iter().map(String::as_str)))?;
    }
    for row in rows {
        let epochs: Vec<String> = row.network_epochs.iter().map(ToString::to_string).collect();
        let mut fields = vec![row.iteration.to_string(), row.seconds.to_string(), row.loss.to_string()];
        fields.extend([epochs.join(" "), row.class.to_string()]);
        let values = [row.distance, row.real_norm, row.synthetic_norm, row.cosine];
        fields.extend(values.into_iter().chain(row.by_parameter).map(|value| value.to_string()));
        lines.write_record(&fields)?;
    }
    lines.into_inner().map_err(csv::IntoInnerError::into_error)
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
        let mut content = whole_lines(path)?;
        let Parsed { metrics: Metrics { parameter_names, rows }, length, is_current } = parse(path, &content, next)?;
        let parameter_names = (!rows.is_empty()).then_some(parameter_names);
        let present = fs::metadata(path).map_or(0, |metadata| metadata.len());
        if parameter_names.is_none() {
            // Without a row, the first report decides the columns.
            content.clear();
        } else if is_current {
            content.truncate(length);
        } else {
            // So that all rows of the file have the same columns.
            content = lines_of(parameter_names.as_deref(), rows).map_err(ProjectError::writing(path))?;
        }
        if present != content.len() as u64 || !is_current {
            atomic::write(path, &content)?;
        }
        let writing = ProjectError::writing(path);
        let file = OpenOptions::new().create(true).append(true).open(path).map_err(writing)?;
        Ok(Self { path: path.to_owned(), file, length: content.len() as u64, parameter_names })
    }

    /// Appends the rows of `report` in one write.
    ///
    /// # Errors
    ///
    /// [`ProjectError::Write`], after which the file ends with the report before; [`ProjectError::NotSavable`] when the
    /// report has other parameters than those before it.
    pub fn append(&mut self, report: &IterationReport) -> Result<(), ProjectError> {
        if self.parameter_names.as_ref().is_some_and(|names| *names != report.parameter_names) {
            return Err(ProjectError::NotSavable {
                path: self.path.clone(),
                problem: "the report has other parameters than those before it".to_owned(),
            });
        }
        let header = self.parameter_names.is_none().then_some(report.parameter_names.as_slice());
        let lines = lines_of(header, rows_of(report)).map_err(|error| self.failed(error))?;
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
                "iteration,seconds,loss,network_epochs,class,distance,real_norm,synthetic_norm,cosine,conv1.weight,\"a, \
                 \"\"quoted\"\" name\"",
                "1,0.25,0.125,50 40,all,2.25,3,0.25,0.3611111111111111,0.75,1.5",
                "1,0.25,0.125,50 40,0,0.5,2,0.25,0.5,0.25,0.25",
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
    fn a_file_of_the_first_version_is_read_and_gone_on_with() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("metrics.csv");
        let earlier = "iteration,seconds,loss,network_epochs,class,distance,conv1.weight,\"a, \"\"quoted\"\" name\"\n\
                       0,0.5,2.5,50 40,all,5,1,4\n0,0.5,2.5,50 40,0,5,1,4\n1,0.5,2.5,50 40,all,5,1,4\n";
        fs::write(&path, earlier).unwrap();
        let rows = read(&path).unwrap().rows;
        assert_eq!((rows.len(), rows[1].class, rows[1].distance), (3, MetricsClass::Class(0), 5.0));
        assert_eq!(rows[1].by_parameter, [1.0, 4.0]);
        assert!([rows[1].real_norm, rows[1].synthetic_norm, rows[1].cosine].iter().all(|value| value.is_nan()));

        drop(written(&folder, "metrics.csv", 1..2));
        let metrics = read(&path).unwrap();
        assert_eq!(metrics.parameter_names, report(1).parameter_names);
        assert_eq!(metrics.rows.len(), 2 + 4);
        assert!(metrics.rows[0].real_norm.is_nan());
        assert_eq!(metrics.rows[2..], rows_of(&report(1)));
        // From the start: nothing of it is left.
        fs::write(&path, earlier).unwrap();
        drop(written(&folder, "metrics.csv", 0..1));
        assert_eq!(read(&path).unwrap().rows, rows_of(&report(0)));
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
