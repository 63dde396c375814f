//! Pieces that several views are made of. Like views they are given the state, shared, and ask for actions; unlike views
//! they do not stand alone.

mod absence;
mod bar;
mod empty;
mod gallery_bar;
mod images;
mod plots;
mod run_state;
mod tables;
mod terms;

pub use absence::{Absence, ShownRun, Wanted, absence, shown_run};
pub use bar::Bar;
pub use empty::{empty, primary_command, waiting};
pub use gallery_bar::{class_filter, contrast, experiment, moments, shown_classes, tile_size};
pub use images::{Fit, PictureState, fit, name_width, with_picture, with_texture};
pub use plots::{
    HeldLines, LineColor, NamedLine, colored, figure_export, plot_data, plot_export, with_heatmap, with_plot,
};
pub use run_state::run_state;
pub use tables::{cut, table_export, wide};
pub use terms::{MODES, augmentation, baseline};
