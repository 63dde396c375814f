//! The images of a run or of a set from a file: as they form, at saved moments, beside those they began as and real ones.

mod absence;
mod banner;
mod images;
mod picked;
mod subject;

use egui::{Rect, Ui, UiBuilder, pos2};

use crate::gui::{context::ViewContext, parts, theme::tokens, widgets::scrubber::Scrubber};
use subject::Subject;

/// From this width on, the picked image stands at the right, and its place is kept free.
const WIDE: f32 = 560.0;
/// The width of that place.
const SIDE: f32 = 196.0;
/// The height of the place below that the picked image takes in a narrow view.
const BELOW: f32 = 164.0;

/// Draws the view.
pub fn gallery(ui: &mut Ui, cx: &ViewContext) {
    let subject = match subject::find(cx) {
        Ok(subject) => subject,
        Err(absence) => return absence::show(ui, cx, &absence),
    };
    banner::title(ui, cx, &subject);
    banner::trouble(ui, cx, &subject);
    // The bar comes first: what it leaves decides what fits, which it shows a frame later.
    let fitting = ui.scope_id().with("fitting");
    banner::bar(ui, cx, &subject, ui.data(|data| data.get_temp(fitting)).unwrap_or_default());
    let places = Places::new(ui, cx, &subject);
    let layout = images::Layout::new(ui, cx, &subject, places.images);
    ui.data_mut(|data| data.insert_temp(fitting, layout.fitted));
    at(ui, "images", places.images, |ui| images::show(ui, cx, &subject, &layout));
    at(ui, "picked", places.picked, |ui| picked::show(ui, cx, &subject));
    if let Some(rect) = places.moments {
        at(ui, "moments", rect, |ui| {
            parts::moments(ui, cx, subject.frames(), subject.live, &subject.moment_text());
        });
    }
}

fn at(ui: &mut Ui, salt: &str, rect: Rect, contents: impl FnOnce(&mut Ui)) {
    if rect.is_positive() {
        ui.scope_builder(UiBuilder::new().max_rect(rect).id_salt(salt), |ui| {
            ui.set_clip_rect(rect.expand(tokens::SPACE_XS).intersect(ui.clip_rect()));
            contents(ui);
        });
    }
}

/// Where everything below the bar lies.
struct Places {
    images: Rect,
    picked: Rect,
    /// `None` where there are no moments to choose from.
    moments: Option<Rect>,
}

impl Places {
    fn new(ui: &Ui, cx: &ViewContext, subject: &Subject) -> Self {
        let mut rest = ui.available_rect_before_wrap();
        let moments = subject.view.map(|_| {
            let top = rest.bottom() - Scrubber::height(ui);
            let moments = Rect::from_min_max(pos2(rest.left(), top), rest.max);
            rest.max.y = top - tokens::SPACE_S;
            moments
        });
        let mut picked = Rect::NOTHING;
        if rest.width() >= WIDE {
            picked = Rect::from_min_max(pos2(rest.right() - SIDE, rest.top()), rest.max);
            rest.max.x = picked.left() - tokens::SPACE_L;
        } else if cx.state.gallery.picked.as_ref().is_some_and(|picked| picked.target == subject.target) {
            let height = BELOW.min(0.5 * rest.height());
            picked = Rect::from_min_max(pos2(rest.left(), rest.bottom() - height), rest.max);
            rest.max.y = picked.top() - tokens::SPACE_S;
        }
        Self { images: rest, picked, moments }
    }
}
