//! The window: a project at the left, docked views in the middle, everything the worker does shown as it happens.
//!
//! ```text
//! app.rs               the window's loop: events in (no drawing), then drawing (no decisions)
//! state/               all that is shown: plain values, changed only by `action_handling/`
//! action.rs            everything a view can ask for; `command.rs`: what menus, palette and shortcuts offer
//! action_handling/     the only place that changes the state and speaks to the worker
//! services.rs          the worker and the file threads behind one trait
//! context.rs           what a view is given: the state, shared, and a list of actions to add to
//! layout.rs            which views lie where
//! shell/               menu, status line, palette, dialogs around the views
//! parts/               what several views are made of
//! views/               one file a view; a view imports no other view, and no thread, file or tensor
//! widgets/, theme/     reusable drawing of plain values; colours and sizes
//! ```
//!
//! The window's thread never waits: no lock, file, read-back or decoding here.

pub mod action;
mod action_handling;
mod app;
mod command;
mod context;
mod dialogs;
pub mod layout;
mod parts;
mod services;
pub mod settings;
mod shell;
pub mod state;
#[cfg(test)]
mod tests;
pub mod theme;
mod views;
pub mod widgets;
mod window;

pub use action::Action;
pub use app::DewpointApp;
pub use command::UiCommand;
pub use services::{LiveServices, Services};
pub use window::{WindowError, WindowOptions, open};
