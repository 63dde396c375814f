//! The window: what is drawn and how it looks. Nothing here computes; it asks the worker and draws plain values.

pub mod theme;
pub mod widgets;
