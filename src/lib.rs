//! Dewpoint condenses an image dataset into a few synthetic images per class.
pub mod condensation;
pub mod data;
pub mod domain;
pub mod engine;
pub mod evaluation;
pub mod project;
pub mod worker;
