//! A set as one picture with its recipe.

use std::path::Path;

use super::{load_script::Reading, target};
use crate::project::{
    ProjectError, StoredSet, contact_sheet,
    picture::{GAP, enlargement},
};

/// Writes the sheet; how to read it again.
pub(super) fn write(stored: &StoredSet, to: &Path, overwrite: bool) -> Result<Reading, ProjectError> {
    let set = &stored.set;
    let recipe = stored.recipe.as_ref().map(|recipe| recipe.encode(to)).transpose()?;
    let sheet = contact_sheet(set)?;
    let counts = set.counts();
    let factor = enlargement(&sheet, set.images.shape, &counts).unwrap_or(1);
    target::write_file(to, overwrite, || sheet.to_plain_png(recipe.as_deref()))?;
    Ok(Reading::ContactSheet { counts, shape: set.images.shape, factor, gap: GAP })
}
