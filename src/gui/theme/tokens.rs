//! Sizes: every distance, radius, text size and fixed width of the window, in points. No colours.

/// Between an icon and its text.
pub const SPACE_XS: f32 = 2.0;
/// Between things that belong together.
pub const SPACE_S: f32 = 4.0;
/// Between neighbours.
pub const SPACE_M: f32 = 8.0;
/// Around a group.
pub const SPACE_L: f32 = 12.0;
/// Between groups.
pub const SPACE_XL: f32 = 16.0;
/// Around an empty state.
pub const SPACE_XXL: f32 = 24.0;

/// The corners of badges, tiles and bars.
pub const RADIUS_S: u8 = 4;
/// The corners of buttons and fields.
pub const RADIUS_M: u8 = 5;
/// The corners of windows, menus and notices.
pub const RADIUS_L: u8 = 6;

/// Text that may be small: hints, ticks of axes, counts in cells.
pub const TEXT_SMALL: f32 = 11.5;
/// Text.
pub const TEXT_BODY: f32 = 13.5;
/// Figures that stand below each other.
pub const TEXT_MONOSPACE: f32 = 12.5;
/// The name of a section.
pub const TEXT_HEADING: f32 = 16.0;
/// The name of a view or of an empty one.
pub const TEXT_TITLE: f32 = 21.0;

/// An icon beside text.
pub const ICON_S: f32 = 12.0;
/// An icon that is a button.
pub const ICON_M: f32 = 16.0;
/// The icon of an empty state.
pub const ICON_XL: f32 = 44.0;

/// The height of buttons, fields and rows of a form.
pub const CONTROL_HEIGHT: f32 = 26.0;
/// The height of a row of a table.
pub const ROW_HEIGHT: f32 = 24.0;
/// The height of a progress bar.
pub const PROGRESS_HEIGHT: f32 = 18.0;

/// The column of names beside a form's fields.
pub const FORM_LABEL_WIDTH: f32 = 150.0;
/// The narrowest field of a form.
pub const FORM_INPUT_WIDTH: f32 = 150.0;
/// The column of names in a list of facts.
pub const FACT_LABEL_WIDTH: f32 = 120.0;
/// The column of class names beside a gallery, a heat map or a matrix.
pub const NAME_COLUMN_WIDTH: f32 = 92.0;
/// The width of a notice in the corner.
pub const TOAST_WIDTH: f32 = 340.0;
/// The widest line of explaining text.
pub const PROSE_WIDTH: f32 = 420.0;

/// Between the tiles of a gallery.
pub const TILE_GAP: f32 = 2.0;
/// The outline of borders.
pub const STROKE_THIN: f32 = 1.0;
/// The outline of what is selected or has the keyboard.
pub const STROKE_FOCUS: f32 = 2.0;
/// A line of a plot.
pub const STROKE_LINE: f32 = 1.6;
/// A point of a plot.
pub const MARKER_RADIUS: f32 = 2.8;
/// The width of the bar that explains the colours of a heat map.
pub const COLOR_BAR_WIDTH: f32 = 12.0;
