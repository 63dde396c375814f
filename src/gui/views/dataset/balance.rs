//! How many images each class has, as bars.

use egui::{Align2, Rect, Role, ScrollArea, Sense, TextStyle, Ui, WidgetInfo, vec2};

use super::name_width;
use crate::{
    domain::{DatasetInfo, units},
    gui::theme::{self, tokens},
};

/// The room of the counts at the right.
const COUNT_WIDTH: f32 = 88.0;
/// The heights of the bars of training and test images.
const BARS: [f32; 2] = [9.0, 4.0];

/// Draws a row a class; only those that can be seen.
pub fn balance(ui: &mut Ui, info: &DatasetInfo) {
    ui.label(format!("{} training and {} test images a class", range(&info.train_counts), range(&info.test_counts)));
    legend(ui);
    let most = info.train_counts.iter().chain(&info.test_counts).copied().max().unwrap_or(1).max(1);
    let area = ScrollArea::vertical().id_salt("class balance").auto_shrink([false, true]);
    ui.spacing_mut().item_spacing.y = 0.0;
    let names = name_width(ui, &info.class_names);
    area.show_rows(ui, tokens::ROW_HEIGHT, info.classes(), |ui, rows| {
        for class in rows {
            row(ui, info, class, most, names);
        }
    });
}

/// `100`, or `540 to 680`.
fn range(counts: &[usize]) -> String {
    let (least, most) = (counts.iter().min().unwrap_or(&0), counts.iter().max().unwrap_or(&0));
    if least == most { least.to_string() } else { format!("{least} to {most}") }
}

fn legend(ui: &mut Ui) {
    let palette = theme::of(ui);
    ui.horizontal(|ui| {
        for (color, text) in [(palette.series(0), "training"), (palette.series(6), "test")] {
            let (rect, _) = ui.allocate_exact_size(vec2(tokens::ICON_S, tokens::ICON_S), Sense::hover());
            ui.painter().rect_filled(rect.shrink(1.0), f32::from(tokens::RADIUS_S) / 2.0, color);
            ui.weak(text);
        }
    });
}

fn row(ui: &mut Ui, info: &DatasetInfo, class: usize, most: usize, names: f32) {
    let palette = theme::of(ui);
    let (train, test) = (info.train_counts[class], info.test_counts.get(class).copied().unwrap_or(0));
    let name = &info.class_names[class];
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), tokens::ROW_HEIGHT), Sense::hover());
    let full = format!("{name}: {} and {}", units::count(train, "training image"), units::count(test, "test image"));
    response.widget_info(|| WidgetInfo::labeled(Role::Row, true, &full));
    let names = rect.with_max_x(rect.left() + names);
    let painter = ui.painter_at(rect);
    let galley = crate::gui::widgets::text::elided(
        ui,
        &painter,
        name,
        &TextStyle::Body,
        palette.text,
        names.width() - tokens::SPACE_M,
    );
    painter.galley(names.left_center() - vec2(0.0, galley.size().y / 2.0), galley, palette.text);
    let room = Rect::from_min_max(names.right_top(), rect.max - vec2(COUNT_WIDTH, 0.0));
    let mut top = room.center().y - (BARS[0] + BARS[1] + 1.0) / 2.0;
    for ((height, count), color) in BARS.into_iter().zip([train, test]).zip([palette.series(0), palette.series(6)]) {
        let width = (room.width() * count as f32 / most as f32).max(if count > 0 { 1.0 } else { 0.0 });
        let bar = Rect::from_min_size(egui::pos2(room.left(), top), vec2(width, height));
        painter.rect_filled(bar, 1.0, color);
        top += height + 1.0;
    }
    let font = TextStyle::Small.resolve(ui.style());
    painter.text(rect.right_center(), Align2::RIGHT_CENTER, format!("{train} / {test}"), font, palette.weak_text);
    response.on_hover_text(full);
}
