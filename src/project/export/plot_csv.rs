//! The numbers of a plot: a row a point.

use std::path::Path;

use crate::{domain::PlotData, project::ProjectError};

/// The bytes; `to` is named in errors. A value that is no number is left empty.
pub(super) fn text(plot: &PlotData, to: &Path) -> Result<Vec<u8>, ProjectError> {
    let failed = |problem: String| ProjectError::NotSavable { path: to.to_owned(), problem };
    let mut lines = csv::Writer::from_writer(Vec::new());
    let number = |value: f64| if value.is_finite() { value.to_string() } else { String::new() };
    lines.write_record(["series", "x", "y"]).map_err(|error| failed(error.to_string()))?;
    for series in &plot.series {
        for [x, y] in &series.points {
            let row = [series.name.clone(), number(*x), number(*y)];
            lines.write_record(row).map_err(|error| failed(error.to_string()))?;
        }
    }
    lines.into_inner().map_err(|error| failed(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::PlotSeries;

    #[test]
    fn a_row_a_point() {
        let series = |name: &str, points| PlotSeries { name: name.into(), color: [0; 3], points };
        let plot = PlotData {
            series: vec![series("a, b", vec![[0.0, 0.1], [1.0, f64::NAN]]), series("c", vec![[2.0, 1e-9]])],
            ..PlotData::default()
        };
        let text = String::from_utf8(text(&plot, Path::new("p.csv")).unwrap()).unwrap();
        assert_eq!(text, "series,x,y\n\"a, b\",0,0.1\n\"a, b\",1,\nc,2,0.000000001\n");
    }
}
