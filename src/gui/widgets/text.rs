//! One line of text in a given width.

use std::sync::Arc;

use egui::{
    Color32, Galley, Painter, TextStyle, Ui,
    text::{LayoutJob, TextWrapping},
};

/// `text` in one line of at most `width`; what does not fit becomes an ellipsis, and [`Galley::elided`] says so.
#[must_use]
pub fn elided(ui: &Ui, painter: &Painter, text: &str, style: &TextStyle, color: Color32, width: f32) -> Arc<Galley> {
    let mut job = LayoutJob::simple_singleline(text.to_owned(), style.resolve(ui.style()), color);
    job.wrap = TextWrapping { max_width: width.max(0.0), max_rows: 1, break_anywhere: true, ..TextWrapping::default() };
    painter.layout_job(job)
}
