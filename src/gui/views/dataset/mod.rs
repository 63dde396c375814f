//! The dataset view: the real images, class by class, what is known of them, and opening more.

mod balance;
mod facts;
mod images;
mod states;
mod top;

use egui::{Align, Layout, Rect, TextStyle, Ui, UiBuilder, vec2};

use crate::{
    domain::{Atlas, DatasetInfo, DatasetSource},
    gui::{
        Action,
        action::DatasetAction,
        context::ViewContext,
        state::{DatasetSection, DatasetState, dataset_key},
        theme::tokens,
    },
};

/// The width from which everything is seen at once, and that of the column beside the images then.
const ALL_AT_ONCE: f32 = 720.0;
const SIDE_WIDTH: f32 = 300.0;

/// The narrowest column of class names, and the largest share of the width that it takes.
const LEAST_NAMES: f32 = 32.0;
const MOST_NAMES: f32 = 0.25;

/// A dataset that is open.
#[derive(Clone, Copy)]
struct Shown<'a> {
    source: &'a DatasetSource,
    info: &'a DatasetInfo,
    samples: &'a std::sync::Arc<Atlas>,
}

/// Draws the view.
pub fn dataset(ui: &mut Ui, cx: &ViewContext) {
    top::top(ui, cx);
    ui.add_space(tokens::SPACE_S);
    let Some(source) = &cx.state.dataset_view.source else { return states::none(ui, cx) };
    match cx.state.datasets.get(&dataset_key(source)) {
        None => cx.send(Action::Dataset(DatasetAction::Need(source.clone()))),
        Some(DatasetState::Opening) => states::opening(ui, source),
        Some(DatasetState::Failed(problem)) => states::failed(ui, cx, source, problem),
        Some(DatasetState::Open { info, samples }) => open(ui, cx, Shown { source, info, samples }),
    }
}

fn open(ui: &mut Ui, cx: &ViewContext, shown: Shown) {
    let free = ui.available_rect_before_wrap();
    if free.width() < ALL_AT_ONCE {
        let section = cx.state.dataset_view.section;
        ui.horizontal(|ui| {
            for other in DatasetSection::ALL {
                if ui.selectable_label(section == other, other.label()).clicked() {
                    cx.send(Action::Dataset(DatasetAction::Section(other)));
                }
            }
        });
        return match section {
            DatasetSection::Images => images::images(ui, cx, shown),
            DatasetSection::Classes => balance::balance(ui, shown.info),
            DatasetSection::Facts => facts::facts(ui, shown),
        };
    }
    let (left, right) = free.split_left_right_at_x(free.right() - SIDE_WIDTH);
    let column = |ui: &mut Ui, rect: Rect, name: &str, contents: &mut dyn FnMut(&mut Ui)| {
        let builder = UiBuilder::new().id_salt(name).max_rect(rect).layout(Layout::top_down(Align::Min));
        ui.scope_builder(builder, |ui| contents(ui));
    };
    column(ui, left.with_max_x(left.right() - tokens::SPACE_XL), "images", &mut |ui| images::images(ui, cx, shown));
    column(ui, right, "side", &mut |ui| {
        facts::facts(ui, shown);
        ui.add_space(tokens::SPACE_M);
        balance::balance(ui, shown.info);
    });
    ui.advance_cursor_after_rect(Rect::from_min_size(free.min, vec2(free.width(), free.height())));
}

/// The width of the column of class names: short ones leave more room beside them, long ones have more where there is much.
fn name_width(ui: &Ui, names: &[String]) -> f32 {
    // A letter of the usual scripts is about half as wide as high.
    let letters = names.iter().map(|name| name.chars().count()).max().unwrap_or(0);
    let width = 0.62 * letters as f32 * TextStyle::Body.resolve(ui.style()).size + tokens::SPACE_L;
    let most = MOST_NAMES * ui.available_width();
    width.min(most).max(LEAST_NAMES)
}
