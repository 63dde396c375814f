//! A table for LaTeX: a `tabular` with the rules of the package `booktabs`.

use crate::domain::TableText;

pub(super) fn text(table: &TableText) -> String {
    let line = |cells: &[String]| {
        let cells: Vec<String> = cells.iter().map(|cell| escape(cell)).collect();
        format!("{} \\\\\n", cells.join(" & "))
    };
    // Names to the left, figures to the right.
    let alignment: String = (0..table.columns.len()).map(|column| if column == 0 { 'l' } else { 'r' }).collect();
    let rows: String = table.rows.iter().map(|row| line(row)).collect();
    format!(
        "% \\usepackage{{booktabs}}\n\\begin{{tabular}}{{{alignment}}}\n\\toprule\n{}\\midrule\n{rows}\\bottomrule\n\
         \\end{{tabular}}\n",
        line(&table.columns)
    )
}

/// A text whose letters mean themselves.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' | '%' | '$' | '#' | '_' | '{' | '}' => escaped.extend(['\\', c]),
            '\\' => escaped.push_str("\\textbackslash{}"),
            '~' => escaped.push_str("\\textasciitilde{}"),
            '^' => escaped.push_str("\\textasciicircum{}"),
            '<' => escaped.push_str("$<$"),
            '>' => escaped.push_str("$>$"),
            '±' => escaped.push_str("$\\pm$"),
            '×' => escaped.push_str("$\\times$"),
            '−' => escaped.push_str("$-$"),
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
    fn letters_mean_themselves() {
        let table = TableText {
            columns: vec!["set".into(), "a & b".into()],
            rows: vec![vec!["50 % {x} \\y~".into(), "91.7 ± 0.5".into()]],
        };
        assert_eq!(
            text(&table),
            "% \\usepackage{booktabs}\n\\begin{tabular}{lr}\n\\toprule\nset & a \\& b \\\\\n\\midrule\n\
             50 \\% \\{x\\} \\textbackslash{}y\\textasciitilde{} & 91.7 $\\pm$ 0.5 \\\\\n\\bottomrule\n\\end{tabular}\n"
        );
    }
}
