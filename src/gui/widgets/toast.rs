//! Notices in the lower right corner: what was done, with a way back, or what went wrong.

use egui::{
    Align, Align2, Area, Context, Frame, Id, Label, Layout, Margin, Order, Rect, Sense, Stroke, Ui, UiBuilder, Vec2,
    vec2,
};

use super::icon::{Icon, icon_button};
use crate::gui::theme::{self, Palette, tokens};

/// What a notice is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ToastKind {
    /// To be known.
    Info,
    /// Went well.
    Success,
    /// To be looked at.
    Warning,
    /// Went wrong.
    Error,
}

impl ToastKind {
    const fn look(self, palette: &Palette) -> (Icon, egui::Color32) {
        match self {
            Self::Info => (Icon::Info, palette.accent),
            Self::Success => (Icon::Check, palette.success),
            Self::Warning => (Icon::Warning, palette.warning),
            Self::Error => (Icon::Error, palette.error),
        }
    }
}

/// A notice.
#[derive(Debug, Clone, PartialEq)]
pub struct Toast {
    /// Tells it from the others, also from those that are gone.
    pub id: u64,
    /// What it is about.
    pub kind: ToastKind,
    /// What happened, in a sentence.
    pub text: String,
    /// What can be done about it, such as "Undo".
    pub action: Option<String>,
    /// Seconds for which it stays; `None` until it is closed.
    pub seconds: Option<f32>,
}

/// What a notice was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ToastAnswer {
    /// It was closed, or its time is over: remove it.
    Closed(u64),
    /// Its action is wanted: do it, and remove the notice.
    Action(u64),
}

/// Draws the notices, the newest at the bottom; a notice under the pointer does not grow older.
#[must_use]
pub fn show_toasts(ctx: &Context, toasts: &[Toast]) -> Vec<ToastAnswer> {
    let mut answers = Vec::new();
    if toasts.is_empty() {
        return answers;
    }
    let margin = Vec2::splat(tokens::SPACE_XL);
    let area = Area::new(Id::unique("notices")).order(Order::Foreground).anchor(Align2::RIGHT_BOTTOM, -margin);
    area.show(ctx, |ui| {
        let width = theme::text_scale(ui) * tokens::TOAST_WIDTH;
        ui.set_width(width.min(ctx.content_rect().width() - 2.0 * margin.x));
        ui.spacing_mut().item_spacing.y = tokens::SPACE_M;
        for toast in toasts {
            answers.extend(show(ui, toast));
        }
    });
    answers
}

fn show(ui: &mut Ui, toast: &Toast) -> Option<ToastAnswer> {
    let palette = theme::of(ui);
    let (icon, color) = toast.kind.look(palette);
    let mut answer = None;
    let margin = Margin { left: 14, right: 6, top: 6, bottom: 6 };
    let frame = Frame::new()
        .fill(palette.raised)
        .stroke(Stroke::new(tokens::STROKE_THIN, palette.border))
        .corner_radius(tokens::RADIUS_L)
        .shadow(ui.visuals().popup_shadow)
        .inner_margin(margin);
    let builder = UiBuilder::new().id_salt(("notice", toast.id));
    let response = ui.scope_builder(builder, |ui| {
        frame.show(ui, |ui| {
            let size = vec2(ui.available_width(), ui.spacing().interact_size.y);
            ui.allocate_ui_with_layout(size, Layout::right_to_left(Align::Center), |ui| {
                if icon_button(ui, Icon::Cross, &format!("Close: {}", toast.text)).clicked() {
                    answer = Some(ToastAnswer::Closed(toast.id));
                }
                if let Some(action) = &toast.action
                    && ui.button(action).clicked()
                {
                    answer = Some(ToastAnswer::Action(toast.id));
                }
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    let (rect, _) = ui.allocate_exact_size(Vec2::splat(tokens::ICON_M), Sense::hover());
                    icon.paint(ui.painter(), rect, color);
                    ui.add(Label::new(&toast.text).wrap().selectable(true));
                });
            });
        });
    });
    let rect = response.response.rect;
    let stripe = Rect::from_min_size(rect.min + vec2(1.0, 1.0), vec2(4.0, rect.height() - 2.0));
    ui.painter().rect_filled(stripe, tokens::RADIUS_S, color);
    answer.or_else(|| is_over(ui, toast, rect).then_some(ToastAnswer::Closed(toast.id)))
}

/// Whether the time of a notice is over.
fn is_over(ui: &Ui, toast: &Toast, rect: Rect) -> bool {
    let Some(seconds) = toast.seconds else { return false };
    let id = Id::unique("age of a notice").with(toast.id);
    let hovered = ui.rect_contains_pointer(rect);
    let step = if hovered { 0.0 } else { ui.input(|input| input.unstable_dt).min(0.5) };
    let age = ui.data(|data| data.get_temp::<f32>(id)).map_or(0.0, |age| age + step);
    ui.data_mut(|data| data.insert_temp(id, age));
    ui.ctx().request_repaint_after(std::time::Duration::from_millis(250));
    age >= seconds
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui_kittest::{Harness, kittest::Queryable};

    fn toast(id: u64, seconds: Option<f32>) -> Toast {
        let action = (id == 1).then(|| "Undo".to_owned());
        Toast { id, kind: ToastKind::Info, text: format!("Notice {id}"), action, seconds }
    }

    fn harness<'a>(toasts: Vec<Toast>) -> Harness<'a, Vec<ToastAnswer>> {
        let app = move |ui: &mut Ui, answers: &mut Vec<ToastAnswer>| answers.extend(show_toasts(ui.ctx(), &toasts));
        Harness::builder().with_size(vec2(600.0, 400.0)).build_ui_state(app, Vec::new())
    }

    #[test]
    fn notices_are_answered_and_closed() {
        let mut harness = harness(vec![toast(1, None), toast(2, None)]);
        harness.run_steps(2);
        harness.get_by_label("Undo").click();
        harness.run_steps(2);
        harness.get_by_label("Close: Notice 2").click();
        harness.run_steps(2);
        assert_eq!(*harness.state(), [ToastAnswer::Action(1), ToastAnswer::Closed(2)]);
        let rect = harness.get_by_label("Notice 2").rect();
        assert!(rect.left() > 200.0 && rect.bottom() > 330.0, "{rect:?}");
    }

    #[test]
    fn time_closes_a_notice_unless_it_is_pointed_at() {
        let mut pointed = harness(vec![toast(3, Some(5.0))]);
        pointed.get_by_label("Notice 3").hover();
        pointed.run_steps(40);
        assert_eq!(pointed.state().len(), 0);
        let mut alone = harness(vec![toast(3, Some(5.0))]);
        alone.run_steps(12);
        assert_eq!(alone.state().len(), 0);
        alone.run_steps(12);
        assert_eq!(alone.state().first(), Some(&ToastAnswer::Closed(3)));
    }
}
