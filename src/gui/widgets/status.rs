//! How things stand: badges, progress, and views that have nothing to show yet.

use egui::{
    Button, Color32, Label, Rect, Response, RichText, Role, Sense, Stroke, StrokeKind, TextStyle, Ui, Vec2, WidgetInfo,
    vec2,
};

use super::{icon::Icon, text::elided};
use crate::{
    domain::RunStatus,
    gui::theme::{self, Palette, tokens},
};

/// How something that takes time stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Status {
    /// Its turn comes.
    Waiting,
    /// It works.
    Running,
    /// A person made it wait.
    Paused,
    /// A person stopped it.
    Stopped,
    /// It was cut off.
    Interrupted,
    /// It ended with an error.
    Failed,
    /// It is done.
    Finished,
}

impl From<RunStatus> for Status {
    fn from(status: RunStatus) -> Self {
        match status {
            RunStatus::Running => Self::Running,
            RunStatus::Interrupted => Self::Interrupted,
            RunStatus::Stopped => Self::Stopped,
            RunStatus::Failed => Self::Failed,
            RunStatus::Finished => Self::Finished,
        }
    }
}

impl Status {
    /// Every status.
    pub const ALL: [Self; 7] =
        [Self::Waiting, Self::Running, Self::Paused, Self::Stopped, Self::Interrupted, Self::Failed, Self::Finished];

    /// What a badge says.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Stopped => "stopped",
            Self::Interrupted => "interrupted",
            Self::Failed => "failed",
            Self::Finished => "finished",
        }
    }

    /// Its shape, so that the colour is never needed.
    #[must_use]
    pub const fn icon(self) -> Icon {
        match self {
            Self::Waiting => Icon::Clock,
            Self::Running => Icon::Play,
            Self::Paused => Icon::Pause,
            Self::Stopped => Icon::Stop,
            Self::Interrupted => Icon::Broken,
            Self::Failed => Icon::Error,
            Self::Finished => Icon::Check,
        }
    }

    /// Its colour.
    #[must_use]
    pub const fn color(self, palette: &Palette) -> Color32 {
        match self {
            Self::Waiting | Self::Stopped => palette.weak_text,
            Self::Running => palette.accent,
            Self::Paused | Self::Interrupted => palette.warning,
            Self::Failed => palette.error,
            Self::Finished => palette.success,
        }
    }
}

/// A badge with shape, colour and text.
pub fn badge(ui: &mut Ui, status: Status) -> Response {
    let palette = theme::of(ui);
    pill(ui, status.icon(), status.label(), status.color(palette))
}

/// A badge with a shape, a text and the colour of both.
pub fn pill(ui: &mut Ui, icon: Icon, text: &str, color: Color32) -> Response {
    let room = ui.available_width() - tokens::ICON_S - 3.0 * tokens::SPACE_M;
    let galley = elided(ui, ui.painter(), text, &TextStyle::Small, color, room.max(tokens::FORM_LABEL_WIDTH));
    let padding = vec2(tokens::SPACE_M - 1.0, tokens::SPACE_XS);
    let size = galley.size() + vec2(tokens::ICON_S + tokens::SPACE_S, 0.0) + 2.0 * padding;
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, ui.is_enabled(), text));
    if ui.is_rect_visible(rect) {
        let radius = rect.height() / 2.0;
        ui.painter().rect_filled(rect, radius, theme::of(ui).tint(color));
        let icon_side = tokens::ICON_S - 2.0;
        let icon_center = rect.left_center() + vec2(padding.x + icon_side / 2.0, 0.0);
        icon.paint(ui.painter(), Rect::from_center_size(icon_center, Vec2::splat(icon_side)), color);
        let corner = rect.left_top() + padding + vec2(tokens::ICON_S + tokens::SPACE_S, 0.0);
        ui.painter().galley(corner, galley, color);
    }
    response
}

/// A bar with text on it: how much of the whole is done, or that it is not known.
#[derive(Debug, Clone, Copy)]
#[must_use = "it is drawn by `show`"]
pub struct Progress<'a> {
    name: &'a str,
    share: Option<f32>,
    text: &'a str,
    status: Status,
}

impl<'a> Progress<'a> {
    /// Progress of what is called `name`: the share that is done, from 0 to 1, where it is known.
    pub const fn new(name: &'a str, share: Option<f32>) -> Self {
        Self { name, share, text: "", status: Status::Running }
    }

    /// What stands on the bar; the percentage unless told.
    pub const fn text(mut self, text: &'a str) -> Self {
        self.text = text;
        self
    }

    /// Decides the colour.
    pub const fn status(mut self, status: Status) -> Self {
        self.status = status;
        self
    }

    /// Draws it over the whole width.
    pub fn show(self, ui: &mut Ui) -> Response {
        let palette = theme::of(ui);
        let height = tokens::PROGRESS_HEIGHT.max(ui.text_style_height(&TextStyle::Small) + tokens::SPACE_S);
        let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::hover());
        let share = self.share.filter(|share| share.is_finite()).map(|share| share.clamp(0.0, 1.0));
        let text = match (self.text, share) {
            ("", Some(share)) => format!("{:.0} %", 100.0 * share),
            (text, _) => text.to_owned(),
        };
        response.widget_info(|| {
            let mut info = WidgetInfo::labeled(Role::ProgressIndicator, ui.is_enabled(), self.name);
            info.value = share.map(f64::from);
            info.current_text_value = Some(text.clone());
            info
        });
        if !ui.is_rect_visible(rect) {
            return response;
        }
        let painter = ui.painter_at(rect);
        let color = self.status.color(palette);
        painter.rect_filled(rect, tokens::RADIUS_S, palette.control);
        let done = share.map_or_else(
            || unknown(ui, rect),
            |share| Rect::from_min_size(rect.min, vec2(share * rect.width(), rect.height())),
        );
        // Text is read on the bar and beside it: the bar is a tint, and a strip below it has the full colour.
        painter.rect_filled(done, tokens::RADIUS_S, theme::color::mix(palette.control, color, 0.32));
        let strip = Rect::from_min_max(egui::pos2(done.left(), done.bottom() - tokens::STROKE_FOCUS), done.max);
        painter.rect_filled(strip, 0.0, color);
        let galley =
            elided(ui, &painter, &text, &TextStyle::Small, palette.strong_text, rect.width() - tokens::SPACE_L);
        painter.galley(rect.center() - galley.size() / 2.0, galley, palette.strong_text);
        painter.rect_stroke(
            rect,
            tokens::RADIUS_S,
            Stroke::new(tokens::STROKE_THIN, palette.border),
            StrokeKind::Inside,
        );
        response
    }
}

/// Where the bar of something of unknown length stands now.
fn unknown(ui: &Ui, rect: Rect) -> Rect {
    // Ten pictures a second are enough, and do not keep the machine busy.
    ui.ctx().request_repaint_after(std::time::Duration::from_millis(100));
    let turn = ui.input(|input| input.time.rem_euclid(2.4) / 2.4);
    #[allow(clippy::cast_possible_truncation)] // from 0 to 1
    let center = rect.left() + (0.5 - 0.5 * (turn * std::f64::consts::TAU).cos()) as f32 * rect.width();
    Rect::from_center_size(egui::pos2(center, rect.center().y), vec2(0.3 * rect.width(), rect.height())).intersect(rect)
}

/// What stands in a view that has nothing to show: why, and what to do next.
#[must_use = "it is drawn by `show`"]
pub struct EmptyState<'a> {
    icon: Icon,
    title: &'a str,
    text: &'a str,
    button: Option<&'a str>,
    second: Option<&'a str>,
}

/// Which button of an empty view was pressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EmptyAnswer {
    /// The one that stands out.
    Primary,
    /// The other.
    Secondary,
}

impl<'a> EmptyState<'a> {
    /// A title and a sentence or two.
    pub const fn new(icon: Icon, title: &'a str, text: &'a str) -> Self {
        Self { icon, title, text, button: None, second: None }
    }

    /// What to do next.
    pub const fn button(mut self, text: &'a str) -> Self {
        self.button = Some(text);
        self
    }

    /// What else can be done.
    pub const fn second(mut self, text: &'a str) -> Self {
        self.second = Some(text);
        self
    }

    /// Draws it in the middle of what there is.
    pub fn show(self, ui: &mut Ui) -> Option<EmptyAnswer> {
        let palette = theme::of(ui);
        let width = ui.available_width().min(theme::text_scale(ui) * tokens::PROSE_WIDTH);
        let top = (0.3 * ui.available_height() - tokens::ICON_XL).max(tokens::SPACE_L);
        let mut answer = None;
        ui.vertical_centered(|ui| {
            ui.add_space(top);
            let (rect, _) = ui.allocate_exact_size(Vec2::splat(tokens::ICON_XL), Sense::hover());
            self.icon.paint(ui.painter(), rect, palette.weak_text);
            ui.add_space(tokens::SPACE_M);
            ui.label(RichText::new(self.title).heading().color(palette.strong_text));
            ui.set_max_width(width);
            ui.add(Label::new(RichText::new(self.text).color(palette.weak_text)).wrap());
            ui.add_space(tokens::SPACE_M);
            if let Some(text) = self.button
                && primary_button(ui, text).clicked()
            {
                answer = Some(EmptyAnswer::Primary);
            }
            if let Some(text) = self.second
                && ui.button(text).clicked()
            {
                answer = Some(EmptyAnswer::Secondary);
            }
        });
        answer
    }
}

/// The button for the one thing to do next.
pub fn primary_button(ui: &mut Ui, text: &str) -> Response {
    ui.scope(|ui| {
        if ui.is_enabled() {
            primary_look(ui);
        }
        ui.add(Button::new(text))
    })
    .inner
}

/// Gives the buttons of `ui` the look of the one thing to do next.
pub fn primary_look(ui: &mut Ui) {
    let palette = theme::of(ui);
    let widgets = &mut ui.visuals_mut().widgets;
    let looks = [
        (&mut widgets.inactive, palette.accent),
        (&mut widgets.hovered, theme::color::mix(palette.accent, palette.strong_text, 0.15)),
        (&mut widgets.active, theme::color::mix(palette.accent, palette.background, 0.15)),
    ];
    for (visuals, fill) in looks {
        (visuals.weak_bg_fill, visuals.fg_stroke.color) = (fill, palette.on_accent);
        visuals.bg_stroke.color = palette.strong_text;
    }
    widgets.inactive.bg_stroke = Stroke::NONE;
    widgets.hovered.bg_stroke = Stroke::NONE;
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui_kittest::{Harness, kittest::Queryable};

    #[test]
    fn every_status_has_its_own_shape_and_word() {
        let icons: std::collections::HashSet<_> = Status::ALL.iter().map(|status| status.icon()).collect();
        let words: std::collections::HashSet<_> = Status::ALL.iter().map(|status| status.label()).collect();
        assert_eq!((icons.len(), words.len()), (7, 7));
    }

    #[test]
    fn badges_and_progress_are_read_out() {
        let harness = Harness::new_ui(|ui| {
            badge(ui, Status::Interrupted);
            Progress::new("Run 1", Some(0.25)).show(ui);
            Progress::new("Run 2", Some(0.5)).text("500 of 1,000").show(ui);
            Progress::new("Run 3", Some(f32::NAN)).show(ui);
        });
        harness.get_by_label("interrupted");
        assert_eq!(harness.get_by_label("Run 1").value().as_deref(), Some("25 %"));
        assert_eq!(harness.get_by_label("Run 2").value().as_deref(), Some("500 of 1,000"));
    }

    #[test]
    fn an_empty_view_offers_what_to_do() {
        let app = |ui: &mut Ui, answers: &mut Vec<EmptyAnswer>| {
            let empty =
                EmptyState::new(Icon::Image, "No dataset yet", "Open one.").button("Open…").second("Use digits");
            answers.extend(empty.show(ui));
        };
        let mut harness = Harness::new_ui_state(app, Vec::new());
        harness.get_by_label("Use digits").click();
        harness.run();
        harness.get_by_label("Open…").click();
        harness.run();
        assert_eq!(*harness.state(), [EmptyAnswer::Secondary, EmptyAnswer::Primary]);
    }
}
