//! The condense view: the form of a new run, with what it will take and the button that starts it always in sight.

mod advanced;
mod evaluation;
mod field_texts;
mod method;
mod rows;
mod setup;
mod start_bar;
mod summary;

use egui::{ScrollArea, Ui};

use crate::{
    domain::DatasetInfo,
    gui::{
        context::ViewContext,
        state::{DatasetState, dataset_key},
        theme::tokens,
    },
};

/// The width from which the form has two columns, and the widest column.
const TWO_COLUMNS: f32 = 720.0;
const WIDEST: f32 = 620.0;

/// Draws the view.
pub fn condense(ui: &mut Ui, cx: &ViewContext) {
    start_bar::with_start_bar(ui, cx, |ui| {
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| form(ui, cx));
    });
}

fn form(ui: &mut Ui, cx: &ViewContext) {
    let width = ui.available_width();
    if width < TWO_COLUMNS {
        ui.set_max_width(width.min(WIDEST));
        basics(ui, cx);
        rest(ui, cx);
    } else {
        ui.set_max_width(width.min(2.0 * WIDEST));
        ui.spacing_mut().item_spacing.x = tokens::SPACE_XXL;
        ui.columns(2, |columns| {
            for column in &mut *columns {
                column.spacing_mut().item_spacing.x = tokens::SPACE_M;
            }
            basics(&mut columns[0], cx);
            rest(&mut columns[1], cx);
        });
    }
}

/// What everybody looks at.
fn basics(ui: &mut Ui, cx: &ViewContext) {
    setup::dataset(ui, cx);
    setup::preset(ui, cx);
    method::method(ui, cx);
    method::size(ui, cx);
}

fn rest(ui: &mut Ui, cx: &ViewContext) {
    evaluation::evaluation(ui, cx);
    advanced::advanced(ui, cx);
}

/// How the dataset of the form stands.
fn dataset_state<'a>(cx: &ViewContext<'a>) -> Option<&'a DatasetState> {
    let source = cx.state.form.source.as_ref()?;
    cx.state.datasets.get(&dataset_key(source))
}

/// What is known of the dataset of the form, once it is open.
fn dataset_info<'a>(cx: &ViewContext<'a>) -> Option<&'a DatasetInfo> {
    dataset_state(cx).and_then(DatasetState::info).map(AsRef::as_ref)
}
