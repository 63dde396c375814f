//! Tables: what is wider than the view, and their export.

use egui::{Button, ScrollArea, Ui, scroll_area::ScrollBarVisibility};

use crate::{
    domain::{Export, TableFormat, TableText},
    gui::{Action, context::ViewContext},
};

/// Something that may be wider than the view, and is scrolled sideways then.
pub fn wide(ui: &mut Ui, salt: &str, contents: impl FnOnce(&mut Ui)) {
    // The bar of what lies below the view would be drawn at the lower edge of the view.
    let below = ui.cursor().top() > ui.clip_rect().bottom();
    let bar = if below { ScrollBarVisibility::AlwaysHidden } else { ScrollBarVisibility::VisibleWhenNeeded };
    ScrollArea::horizontal().id_salt(salt).scroll_bar_visibility(bar).show(ui, contents);
}

/// A text of at most so many letters.
#[must_use]
pub fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most.saturating_sub(1)).chain(['…']).collect()
}

/// A menu that exports a table; `text` is what its button says, and `name` the suggested file name.
pub fn table_export(
    ui: &mut Ui,
    cx: &ViewContext,
    text: &str,
    name: &str,
    table: impl FnOnce(TableFormat) -> TableText,
) {
    let menu = ui.menu_button(text, |ui| {
        let formats = [
            (TableFormat::Csv, "CSV table…", "For a spreadsheet or a script."),
            (TableFormat::Markdown, "Markdown table…", "For a web page or a README."),
            (TableFormat::Latex, "LaTeX table…", "For a paper; it uses the booktabs package."),
        ];
        formats.into_iter().find_map(|(format, text, hint)| {
            ui.add(Button::new(text)).on_hover_text(hint).clicked().then(|| {
                ui.close();
                format
            })
        })
    });
    menu.response.on_hover_text("Saves this table.");
    if let Some(format) = menu.inner.flatten() {
        cx.send(Action::AskExport { export: Export::Table { table: table(format), format }, name: name.to_owned() });
    }
}

#[cfg(test)]
mod tests {
    use super::cut;

    #[test]
    fn long_texts_are_cut_between_letters() {
        assert_eq!(["", "abc", "abcd", "αβγδε"].map(|text| cut(text, 3)), ["", "abc", "ab…", "αβ…"]);
    }
}
