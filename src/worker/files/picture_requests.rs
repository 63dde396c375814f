//! Requests for pictures: frames and sets from files, sets in memory.

use std::{path::PathBuf, sync::Arc};

use super::{FileReply, RecipeSummary, error::FileError};
use crate::{
    domain::{Atlas, Contrast, SyntheticSet},
    project::{FrameImages, Recipe, RunFolder, StoredSet, read_synthetic_set},
};

pub(super) fn load_frame(
    folder: PathBuf,
    experiment: usize,
    iterations_done: usize,
    contrast: Contrast,
) -> Result<FileReply, FileError> {
    let FrameImages { shape, labels, bytes } = RunFolder::open(&folder)?.load_frame(experiment, iterations_done)?;
    let atlas = Arc::new(Atlas::of_bytes(shape, labels, &bytes, contrast));
    Ok(FileReply::FrameLoaded { folder, experiment, iterations_done, contrast, atlas })
}

pub(super) fn load_set(path: PathBuf) -> Result<FileReply, FileError> {
    let StoredSet { set, recipe } = read_synthetic_set(&path)?;
    let recipe = recipe.map(|recipe| Box::new(recipe_summary(recipe, true)));
    Ok(FileReply::SetLoaded { path, set: Arc::new(set), recipe })
}

pub(super) fn draw_set(ticket: u64, set: &SyntheticSet, contrast: Contrast) -> FileReply {
    FileReply::SetDrawn { ticket, atlas: Arc::new(Atlas::of_set(set, contrast)) }
}

/// The settings in a recipe.
pub(super) fn recipe_summary(recipe: Recipe, holds_set: bool) -> RecipeSummary {
    let run = recipe.run;
    RecipeSummary {
        source: run.source,
        dataset: run.dataset,
        config: run.config,
        experiments: run.experiments,
        holds_set,
    }
}
