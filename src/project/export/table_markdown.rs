//! A table in Markdown.

use crate::domain::TableText;

pub(super) fn text(table: &TableText) -> String {
    let line = |cells: &[String]| {
        let cells: Vec<String> = cells.iter().map(|cell| escape(cell)).collect();
        format!("| {} |\n", cells.join(" | "))
    };
    // Names to the left, figures to the right.
    let rules = (0..table.columns.len()).map(|column| if column == 0 { "---" } else { "---:" });
    let rules = format!("|{}|\n", rules.collect::<Vec<_>>().join("|"));
    let rows: String = table.rows.iter().map(|row| line(row)).collect();
    line(&table.columns) + &rules + &rows
}

/// A text that ends no cell and no row.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '|' | '\\' | '*' | '_' | '`' | '<' | '[' => escaped.extend(['\\', c]),
            '\n' | '\r' => escaped.push(' '),
            _ => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_in_texts_end_no_cell() {
        let table = TableText {
            columns: vec!["set".into(), "a|b".into()],
            rows: vec![vec!["T-shirt_top\nx".into(), "91.7 ± 0.5".into()]],
        };
        assert_eq!(text(&table), "| set | a\\|b |\n|---|---:|\n| T-shirt\\_top x | 91.7 ± 0.5 |\n");
    }
}
