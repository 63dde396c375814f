//! Controls in as many rows as they need, those that belong together in one.

use std::sync::Arc;

use egui::Ui;

use crate::gui::theme::tokens;

/// Draws the controls of a group.
type Draw<'a> = Box<dyn FnOnce(&mut Ui) + 'a>;

/// Groups of controls, by their width.
#[derive(Default)]
pub struct Bar<'a> {
    groups: Vec<(f32, Draw<'a>)>,
}

impl<'a> Bar<'a> {
    /// Adds controls that stay together, and how wide they are at the usual text size.
    pub fn add(&mut self, width: f32, contents: impl FnOnce(&mut Ui) + 'a) {
        self.groups.push((width, Box::new(contents)));
    }

    /// Draws all groups. How wide they are is measured, and known from the second pass on.
    pub fn show(self, ui: &mut Ui) {
        let scale = ui.spacing().interact_size.y / tokens::CONTROL_HEIGHT;
        let available = ui.available_width();
        let gap = ui.spacing().item_spacing.x;
        let id = ui.next_auto_id().with("bar");
        let known: Arc<Vec<f32>> = ui.data(|data| data.get_temp(id)).unwrap_or_default();
        let mut rows: Vec<Vec<Draw<'a>>> = Vec::new();
        let mut taken = f32::INFINITY;
        for (index, (width, contents)) in self.groups.into_iter().enumerate() {
            let width = known.get(index).copied().unwrap_or(scale * width);
            if taken + gap + width > available {
                rows.push(Vec::new());
                taken = -gap;
            }
            taken += gap + width;
            if let Some(row) = rows.last_mut() {
                row.push(contents);
            }
        }
        let mut measured = Vec::with_capacity(known.len());
        for row in rows {
            ui.horizontal(|ui| {
                for contents in row {
                    let left = ui.cursor().left();
                    contents(ui);
                    measured.push(ui.cursor().left() - left - gap);
                }
            });
        }
        let same = known.len() == measured.len() && known.iter().zip(&measured).all(|(a, b)| (a - b).abs() < 0.5);
        if !same {
            ui.data_mut(|data| data.insert_temp(id, Arc::new(measured)));
            ui.ctx().request_discard("controls are laid out by their width");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui_kittest::{Harness, kittest::Queryable};

    #[test]
    fn what_fits_stands_in_one_row_whatever_was_thought() {
        let harness = Harness::builder().with_size(egui::vec2(300.0, 200.0)).build_ui(|ui| {
            let mut bar = Bar::default();
            for (guess, name) in [(290.0, "one"), (5.0, "two"), (200.0, "three")] {
                bar.add(guess, move |ui| {
                    let _ = ui.button(name);
                });
            }
            bar.show(ui);
        });
        let top = |label| harness.get_by_label(label).rect().top();
        assert!((top("one") - top("two")).abs() < 1.0 && (top("one") - top("three")).abs() < 1.0);
    }

    #[test]
    fn groups_go_to_the_next_row_as_a_whole() {
        let harness = Harness::builder().with_size(egui::vec2(160.0, 200.0)).build_ui(|ui| {
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
