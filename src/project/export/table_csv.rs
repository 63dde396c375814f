//! A table as comma-separated values.

use std::path::Path;

use crate::{domain::TableText, project::ProjectError};

/// The text; `to` is named in errors.
pub(super) fn text(table: &TableText, to: &Path) -> Result<String, ProjectError> {
    let failed = |problem: String| ProjectError::NotSavable { path: to.to_owned(), problem };
    let mut lines = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
    for row in std::iter::once(&table.columns).chain(&table.rows) {
        lines.write_record(row).map_err(|error| failed(error.to_string()))?;
    }
    let bytes = lines.into_inner().map_err(|error| failed(error.to_string()))?;
    String::from_utf8(bytes).map_err(|error| failed(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn separators_in_texts_are_quoted() {
        let table = TableText {
            columns: vec!["set".into(), "a, \"b\"".into()],
            rows: vec![vec!["x\ny".into(), "91.7 ± 0.5".into()]],
        };
        let text = text(&table, Path::new("t.csv")).unwrap();
        assert_eq!(text, "set,\"a, \"\"b\"\"\"\n\"x\ny\",91.7 ± 0.5\n");
    }
}
