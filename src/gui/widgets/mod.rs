//! Things that are drawn more than once: they know egui and plain values, not what the application does.
//!
//! A widget takes what it shows, draws it, and returns what was asked for; it changes nothing but what it is handed as
//! `&mut`. Each can be used from the keyboard and has an accessible name.

pub mod bars;
mod cursor;
pub mod field;
pub mod gallery;
pub mod heatmap;
pub mod history_lines;
pub mod icon;
pub mod matrix;
pub mod number;
pub mod plot;
pub mod row_list;
pub mod scrubber;
pub mod section;
pub mod status;
pub mod table;
pub(super) mod text;
pub mod thumbnail;
pub mod tile;
pub mod toast;
