//! Controls in as many rows as they need, those that belong together in one.

use egui::Ui;

use crate::gui::theme::tokens;

/// Groups of controls, by their width.
#[derive(Default)]
pub struct Bar<'a> {
    groups: Vec<(f32, Box<dyn FnOnce(&mut Ui) + 'a>)>,
}

impl<'a> Bar<'a> {
    /// Adds controls that stay together, and how wide they are at the usual text size.
    pub fn add(&mut self, width: f32, contents: impl FnOnce(&mut Ui) + 'a) {
        self.groups.push((width, Box::new(contents)));
    }

    /// Draws all groups.
    pub fn show(self, ui: &mut Ui) {
        let scale = ui.spacing().interact_size.y / tokens::CONTROL_HEIGHT;
        let available = ui.available_width();
        let gap = ui.spacing().item_spacing.x;
        let mut rows: Vec<Vec<Box<dyn FnOnce(&mut Ui) + 'a>>> = Vec::new();
        let mut taken = f32::INFINITY;
        for (width, contents) in self.groups {
            let width = scale * width;
            if taken + gap + width > available {
                rows.push(Vec::new());
                taken = 0.0;
            }
            taken += gap + width;
            if let Some(row) = rows.last_mut() {
                row.push(contents);
            }
        }
        for row in rows {
            ui.horizontal(|ui| row.into_iter().for_each(|contents| contents(ui)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui_kittest::{Harness, kittest::Queryable};

    #[test]
    fn groups_go_to_the_next_row_as_a_whole() {
        let harness = Harness::builder().with_size(egui::vec2(260.0, 200.0)).build_ui(|ui| {
            let mut bar = Bar::default();
            for (label, field) in [("a", "first"), ("b", "second"), ("c", "third")] {
                bar.add(100.0, move |ui| {
                    let _ = ui.label(label);
                    let _ = ui.button(field);
                });
            }
            bar.show(ui);
        });
        let top = |label| harness.get_by_label(label).rect().center().y;
        assert!((top("a") - top("second")).abs() < 1.0);
        assert!(top("c") > top("second") + 10.0);
        assert!((top("c") - top("third")).abs() < 1.0, "a label stands beside its field");
    }
}
