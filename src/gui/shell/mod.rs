//! What stands around the views: menu, status line, palette, dialogs and notices.

mod dialog_bodies;
mod dialogs;
mod help;
mod menu;
mod notices;
mod palette;
mod status;

pub use dialogs::dialogs;
pub use menu::menu_bar;
pub use notices::{drop_hint, notices};
pub use palette::palette;
pub use status::status_line;
