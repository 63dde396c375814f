//! A row of moments to choose from: saved ones, and the newest.

use egui::{
    Align2, EventFilter, Key, Modifiers, Pos2, Rangef, Rect, Response, Role, Sense, Stroke, StrokeKind, TextStyle, Ui,
    WidgetInfo, vec2,
};

use crate::gui::theme::{self, tokens};

/// The radius of the handle, in points.
const HANDLE: f32 = 6.0;
/// The least distance between two numbers, in points.
const NUMBER_GAP: f32 = 6.0;

/// Moments to be shown.
pub struct Scrubber<'a> {
    title: &'a str,
    moments: &'a [usize],
    chosen: Option<usize>,
    newest: &'a str,
    text: &'a str,
}

/// What it was asked.
#[derive(Debug)]
pub struct ScrubberResponse {
    /// The whole of it.
    pub response: Response,
    /// The moment that is to be shown from now on; the inner `None` for the newest.
    pub chosen: Option<Option<usize>>,
}

impl<'a> Scrubber<'a> {
    /// `moments`, ascending, and the newest, which is called `newest`. The title is for the keyboard and for those who
    /// cannot see it, and `text` what is said of the chosen one.
    #[must_use]
    pub const fn new(title: &'a str, moments: &'a [usize], newest: &'a str, text: &'a str) -> Self {
        Self { title, moments, chosen: None, newest, text }
    }

    /// The chosen moment, or the nearest that is not later; `None` for the newest.
    #[must_use]
    pub const fn chosen(mut self, chosen: Option<usize>) -> Self {
        self.chosen = chosen;
        self
    }

    /// The height that it takes.
    #[must_use]
    pub fn height(ui: &Ui) -> f32 {
        ui.text_style_height(&TextStyle::Small) + 2.0 * HANDLE + 2.0 * tokens::SPACE_S
    }

    /// Draws it into the whole width.
    pub fn show(self, ui: &mut Ui) -> ScrubberResponse {
        let size = vec2(ui.available_width().max(10.0 * HANDLE), Self::height(ui));
        let (rect, response) = ui.allocate_exact_size(size, Sense::click_and_drag());
        let current = self.place();
        let mut wanted = current;
        if let Some(point) = response.interact_pointer_pos().filter(|_| response.clicked() || response.dragged()) {
            response.request_focus();
            wanted = self.nearest(rect, point.x);
        }
        wanted = self.keyboard(ui, &response, wanted);
        self.paint(ui, rect, &response, wanted);
        response.widget_info(|| {
            let mut info = WidgetInfo::labeled(Role::Slider, ui.is_enabled(), self.title);
            info.current_text_value = Some(self.text.to_owned());
            info
        });
        let chosen = (wanted != current).then(|| self.moments.get(wanted).copied());
        let pointed = response.hover_pos().map(|point| self.name(self.nearest(rect, point.x)));
        let response = match pointed {
            Some(name) => response.on_hover_text_at_pointer(name),
            None => response,
        };
        ScrubberResponse { response, chosen }
    }

    /// The place of the chosen moment; the newest stands after all others.
    fn place(&self) -> usize {
        let Some(chosen) = self.chosen.filter(|_| !self.moments.is_empty()) else { return self.moments.len() };
        self.moments.partition_point(|&moment| moment <= chosen).saturating_sub(1)
    }

    fn name(&self, place: usize) -> String {
        match self.moments.get(place) {
            Some(0) => "At the beginning".to_owned(),
            Some(1) => "After 1 iteration".to_owned(),
            Some(moment) => format!("After {moment} iterations"),
            None => format!("{}: the newest images", self.newest),
        }
    }

    /// The ends of the track.
    fn track(rect: Rect) -> Rangef {
        rect.x_range().shrink(HANDLE + tokens::SPACE_L)
    }

    fn x(&self, rect: Rect, place: usize) -> f32 {
        let track = Self::track(rect);
        if self.moments.is_empty() { track.max } else { track.min + track.span() * self.share(place) }
    }

    fn share(&self, place: usize) -> f32 {
        place as f32 / self.moments.len().max(1) as f32
    }

    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // from the first to the last place by the clamp
    fn nearest(&self, rect: Rect, x: f32) -> usize {
        let track = Self::track(rect);
        let share = ((x - track.min) / track.span().max(1.0)).clamp(0.0, 1.0);
        (share * self.moments.len() as f32).round() as usize
    }

    fn keyboard(&self, ui: &Ui, response: &Response, place: usize) -> usize {
        if !response.has_focus() {
            return place;
        }
        let filter = EventFilter { horizontal_arrows: true, ..EventFilter::default() };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
        let pressed = |key| ui.input_mut(|input| input.count_and_consume_key(Modifiers::NONE, key));
        let moved = (place + pressed(Key::ArrowRight)).min(self.moments.len()).saturating_sub(pressed(Key::ArrowLeft));
        match (pressed(Key::Home), pressed(Key::End)) {
            (1.., _) => 0,
            (_, 1..) => self.moments.len(),
            _ => moved,
        }
    }

    fn paint(&self, ui: &Ui, rect: Rect, response: &Response, place: usize) {
        let palette = theme::of(ui);
        let painter = ui.painter();
        let y = rect.top() + HANDLE + tokens::SPACE_XS;
        let track = Self::track(rect);
        painter.hline(track, y, Stroke::new(tokens::STROKE_FOCUS, palette.border));
        let done = Rangef::new(track.min, self.x(rect, place));
        painter.hline(done, y, Stroke::new(tokens::STROKE_FOCUS, palette.accent));
        for stop in 0..=self.moments.len() {
            let color = if stop <= place { palette.accent } else { palette.border };
            painter.circle_filled(Pos2::new(self.x(rect, stop), y), tokens::MARKER_RADIUS, color);
        }
        self.numbers(ui, rect, place);
        let handle = Pos2::new(self.x(rect, place), y);
        let touched = response.hovered() || response.dragged() || response.has_focus();
        painter.circle_filled(handle, if touched { HANDLE } else { HANDLE - 1.0 }, palette.accent);
        if response.has_focus() {
            let stroke = Stroke::new(tokens::STROKE_THIN, palette.accent);
            painter.rect_stroke(rect, tokens::RADIUS_S, stroke, StrokeKind::Inside);
        }
    }

    /// The chosen moment and the newest are written in any case, the others where there is room.
    fn numbers(&self, ui: &Ui, rect: Rect, place: usize) {
        let palette = theme::of(ui);
        let font = TextStyle::Small.resolve(ui.style());
        let last = self.moments.len();
        let mut taken: Vec<Rangef> = Vec::new();
        for stop in [place, last].into_iter().chain(0..last) {
            let text = self.moments.get(stop).map_or_else(|| self.newest.to_owned(), ToString::to_string);
            let color = if stop == place { palette.strong_text } else { palette.weak_text };
            let galley = ui.painter().layout_no_wrap(text, font.clone(), color);
            let half = galley.size().x / 2.0;
            let inside = Rangef::new(rect.left() + half, (rect.right() - half).max(rect.left() + half));
            let centre = inside.clamp(self.x(rect, stop));
            let range = Rangef::new(centre - half, centre + half).expand(NUMBER_GAP / 2.0);
            if taken.iter().any(|other| other.min < range.max && range.min < other.max) {
                continue;
            }
            taken.push(range);
            let corner = Align2::CENTER_BOTTOM.anchor_size(Pos2::new(centre, rect.bottom()), galley.size()).min;
            ui.painter().galley(corner, galley, color);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui_kittest::{Harness, kittest::Queryable};

    fn harness<'a>(moments: Vec<usize>, chosen: Option<usize>) -> Harness<'a, Option<usize>> {
        Harness::builder().with_size(vec2(400.0, 60.0)).build_ui_state(
            move |ui, chosen: &mut Option<usize>| {
                let text = chosen.map_or("newest".to_owned(), |chosen| format!("after {chosen}"));
                let scrubber = Scrubber::new("Moment", &moments, "Latest", &text).chosen(*chosen);
                if let Some(asked) = scrubber.show(ui).chosen {
                    *chosen = asked;
                }
            },
            chosen,
        )
    }

    #[test]
    fn moments_are_reached_by_keyboard_and_pointer() {
        let mut harness = harness(vec![0, 1, 2, 5, 10], None);
        harness.get_by_label("Moment").focus();
        harness.run();
        harness.key_press(Key::ArrowLeft);
        harness.run();
        assert_eq!(*harness.state(), Some(10));
        for _ in 0..9 {
            harness.key_press(Key::ArrowLeft);
            harness.run();
        }
        assert_eq!(*harness.state(), Some(0));
        assert_eq!(harness.get_by_label("Moment").value().as_deref(), Some("after 0"));
        harness.key_press(Key::End);
        harness.run();
        assert_eq!(*harness.state(), None);
        let rect = harness.get_by_label("Moment").rect();
        for event in [Harness::hover_at, Harness::drag_at, Harness::drop_at] {
            event(&harness, rect.center());
        }
        harness.run();
        assert_eq!(*harness.state(), Some(5), "the middle of six places, rounded");
    }

    #[test]
    fn a_moment_that_was_not_saved_is_the_one_before() {
        let place = |moments: &[usize], chosen| Scrubber::new("", moments, "", "").chosen(chosen).place();
        let moments = [1, 5, 20];
        assert_eq!([None, Some(0), Some(1), Some(7), Some(99)].map(|chosen| place(&moments, chosen)), [3, 0, 0, 1, 2]);
        assert_eq!(place(&[], Some(7)), 0);
    }
}
