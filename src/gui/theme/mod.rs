//! The look of the window: colours by meaning ([`Palette`]), sizes ([`tokens`]), and the two egui styles made of them.
//!
//! Views and widgets take every colour and every size from here.

pub mod color;
mod color_map;
mod palette;
pub mod tokens;

use std::sync::Arc;

use egui::{
    Context, CornerRadius, FontFamily, FontId, Margin, Shadow, Stroke, Style, TextStyle, Ui, Vec2, Visuals,
    style::{ScrollStyle, Selection, TextCursorStyle, WidgetVisuals, Widgets},
};

pub use color_map::ColorMap;
pub use palette::{DARK, LIGHT, Palette};

/// The palette that `ui` is drawn with.
#[must_use]
pub fn of(ui: &Ui) -> &'static Palette {
    by_darkness(ui.visuals().dark_mode)
}

/// The palette of the window as a whole.
#[must_use]
pub fn of_context(ctx: &Context) -> &'static Palette {
    by_darkness(ctx.global_style().visuals.dark_mode)
}

const fn by_darkness(dark: bool) -> &'static Palette {
    if dark { &DARK } else { &LIGHT }
}

/// How many times larger than usual text is: columns of a fixed width grow with it.
#[must_use]
pub fn text_scale(ui: &Ui) -> f32 {
    TextStyle::Body.resolve(ui.style()).size / tokens::TEXT_BODY
}

/// The style of the names of views.
#[must_use]
pub fn title() -> TextStyle {
    TextStyle::Name(Arc::from("title"))
}

/// Sets the light and the dark style; texts and what holds them are `text_scale` times as large as usual.
pub fn apply(ctx: &Context, text_scale: f32) {
    ctx.set_style_of(egui::Theme::Dark, style(&DARK, text_scale));
    ctx.set_style_of(egui::Theme::Light, style(&LIGHT, text_scale));
}

fn style(palette: &Palette, text_scale: f32) -> Style {
    let scale = if text_scale.is_finite() { text_scale.clamp(0.5, 4.0) } else { 1.0 };
    let mut style = Style { visuals: visuals(palette), animation_time: 0.12, ..Style::default() };
    let font = |size: f32, family| FontId::new(size * scale, family);
    style.text_styles = [
        (TextStyle::Small, font(tokens::TEXT_SMALL, FontFamily::Proportional)),
        (TextStyle::Body, font(tokens::TEXT_BODY, FontFamily::Proportional)),
        (TextStyle::Button, font(tokens::TEXT_BODY, FontFamily::Proportional)),
        (TextStyle::Heading, font(tokens::TEXT_HEADING, FontFamily::Proportional)),
        (TextStyle::Monospace, font(tokens::TEXT_MONOSPACE, FontFamily::Monospace)),
        (title(), font(tokens::TEXT_TITLE, FontFamily::Proportional)),
    ]
    .into();
    let spacing = &mut style.spacing;
    spacing.item_spacing = Vec2::new(tokens::SPACE_M, 6.0);
    spacing.button_padding = Vec2::new(10.0, tokens::SPACE_S);
    spacing.window_margin = Margin::same(12);
    spacing.menu_margin = Margin::same(6);
    spacing.interact_size = Vec2::new(40.0, tokens::CONTROL_HEIGHT * scale);
    spacing.indent = tokens::SPACE_XL;
    spacing.slider_width = 140.0;
    spacing.slider_rail_height = 6.0;
    spacing.combo_width = 120.0;
    spacing.combo_height = 320.0;
    spacing.text_edit_width = 200.0;
    spacing.tooltip_width = 360.0;
    spacing.icon_width = 16.0 * scale;
    spacing.icon_width_inner = 10.0 * scale;
    spacing.icon_spacing = 6.0;
    spacing.scroll = ScrollStyle { bar_width: 9.0, floating_allocated_width: 8.0, ..ScrollStyle::thin() };
    style.interaction.tooltip_delay = 0.35;
    style.interaction.selectable_labels = false;
    style
}

fn visuals(palette: &Palette) -> Visuals {
    let mut visuals = if palette.dark { Visuals::dark() } else { Visuals::light() };
    visuals.weak_text_color = Some(palette.weak_text);
    visuals.widgets = widgets(palette);
    visuals.selection =
        Selection { bg_fill: palette.selection, stroke: Stroke::new(tokens::STROKE_THIN, palette.on_selection) };
    visuals.hyperlink_color = palette.accent;
    visuals.faint_bg_color = palette.grid.gamma_multiply(0.35);
    visuals.extreme_bg_color = palette.background;
    visuals.code_bg_color = palette.control;
    visuals.warn_fg_color = palette.warning;
    visuals.error_fg_color = palette.error;
    visuals.panel_fill = palette.panel;
    visuals.window_fill = palette.raised;
    visuals.window_stroke = Stroke::new(tokens::STROKE_THIN, palette.border);
    visuals.window_corner_radius = CornerRadius::same(tokens::RADIUS_L);
    visuals.menu_corner_radius = CornerRadius::same(tokens::RADIUS_L);
    visuals.window_shadow = Shadow { offset: [0, 6], blur: 20, spread: 0, color: palette.shadow };
    visuals.popup_shadow = Shadow { offset: [0, 3], blur: 10, spread: 0, color: palette.shadow };
    visuals.text_cursor =
        TextCursorStyle { stroke: Stroke::new(tokens::STROKE_FOCUS, palette.accent), ..TextCursorStyle::default() };
    visuals.indent_has_left_vline = false;
    visuals.slider_trailing_fill = true;
    visuals.handle_shape = egui::style::HandleShape::Circle;
    visuals
}

fn widgets(palette: &Palette) -> Widgets {
    let look = |fill, stroke: Stroke, text| WidgetVisuals {
        bg_fill: fill,
        weak_bg_fill: fill,
        bg_stroke: stroke,
        corner_radius: CornerRadius::same(tokens::RADIUS_M),
        fg_stroke: Stroke::new(1.2, text),
        expansion: 0.0,
    };
    let border = Stroke::new(tokens::STROKE_THIN, palette.border);
    // What has the keyboard is drawn as active: its outline must be seen.
    let focus = Stroke::new(tokens::STROKE_FOCUS, palette.accent);
    Widgets {
        noninteractive: look(palette.panel, border, palette.text),
        inactive: look(palette.control, border, palette.text),
        hovered: look(palette.control_hovered, Stroke::new(1.0, palette.weak_text), palette.strong_text),
        active: look(palette.control_active, focus, palette.strong_text),
        open: look(palette.control_hovered, border, palette.strong_text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_styles_are_set_and_found() {
        let ctx = Context::default();
        apply(&ctx, 1.5);
        for (theme, palette) in [(egui::Theme::Dark, &DARK), (egui::Theme::Light, &LIGHT)] {
            ctx.set_theme(theme);
            let style = ctx.style_of(theme);
            assert_eq!(style.visuals.panel_fill, palette.panel);
            assert!((TextStyle::Body.resolve(&style).size - 1.5 * tokens::TEXT_BODY).abs() < 1e-3);
            assert!(title().resolve(&style).size > TextStyle::Heading.resolve(&style).size);
            assert_eq!(of_context(&ctx), palette);
        }
    }

    #[test]
    fn a_senseless_text_size_does_no_harm() {
        for scale in [0.0, -3.0, f32::NAN, f32::INFINITY] {
            let size = TextStyle::Body.resolve(&style(&DARK, scale)).size;
            assert!((5.0..80.0).contains(&size), "{scale}: {size}");
        }
    }
}
