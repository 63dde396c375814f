//! What is known of a dataset, line by line.

use egui::{Align, Label, Layout, RichText, ScrollArea, Ui, vec2};

use super::Shown;
use crate::{
    domain::{DatasetSource, NormalizationSource},
    gui::theme::{self, tokens},
};

/// Characters of the checksum that are shown at once.
const CHECKSUM: usize = 16;

/// Draws them.
pub fn facts(ui: &mut Ui, Shown { source, info, .. }: Shown) {
    let normalization = &info.normalization;
    let origin = match info.normalization_source {
        NormalizationSource::Published => "published for this dataset",
        NormalizationSource::Measured => "measured on the training images",
    };
    let origin = format!("Values are scaled to 0 to 1, then minus the mean, divided by the deviation; {origin}.");
    let (place, place_full) = match source {
        DatasetSource::Builtin(_) => ("embedded, drawn by the program".to_owned(), String::new()),
        DatasetSource::Files { path, .. } => (path.display().to_string(), String::new()),
    };
    ScrollArea::vertical().id_salt("facts").auto_shrink([false, true]).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = tokens::SPACE_XS;
        fact(ui, "Name", &info.name, "");
        fact(ui, "Images", &info.shape.describe(), "Width and height in pixels.");
        fact(ui, "Classes", &info.classes().to_string(), "");
        fact(ui, "Training images", &info.train_len().to_string(), "What is condensed.");
        fact(ui, "Test images", &info.test_len().to_string(), "What networks are tested on; never condensed.");
        fact(ui, "Mean", &numbers(&normalization.mean), &origin);
        fact(ui, "Deviation", &numbers(&normalization.std), &origin);
        let measured = info.normalization_source == NormalizationSource::Measured;
        fact(ui, "Both are", if measured { "measured on the images" } else { "published for it" }, &origin);
        fact(ui, "From", &place, &place_full);
        checksum(ui, &info.checksum);
    });
}

fn numbers(values: &[f32]) -> String {
    values.iter().map(|value| format!("{value:.4}")).collect::<Vec<_>>().join(", ")
}

/// A name and a value; `hover` explains.
fn fact(ui: &mut Ui, name: &str, value: &str, hover: &str) {
    line(ui, name, |ui| {
        let label = ui.add(Label::new(value).truncate());
        if !hover.is_empty() {
            label.on_hover_text(hover);
        }
    });
}

fn line(ui: &mut Ui, name: &str, value: impl FnOnce(&mut Ui)) {
    ui.horizontal(|ui| {
        let size = vec2(tokens::FACT_LABEL_WIDTH, ui.spacing().interact_size.y.min(tokens::ROW_HEIGHT));
        ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
            ui.set_min_width(size.x);
            ui.add(Label::new(RichText::new(name).color(theme::of(ui).weak_text)).truncate());
        });
        value(ui);
    });
}

fn checksum(ui: &mut Ui, checksum: &str) {
    let short: String = checksum.chars().take(CHECKSUM).collect();
    line(ui, "Checksum", |ui| {
        let text = if short.len() < checksum.len() { format!("{short}…") } else { short };
        let hover = format!("SHA-256 over the shape, the labels and the pixels:\n{checksum}");
        ui.add(Label::new(RichText::new(text).monospace())).on_hover_text(hover);
        if ui.small_button("Copy checksum").on_hover_text("Copies all of it.").clicked() {
            ui.copy_text(checksum.to_owned());
        }
    });
}
