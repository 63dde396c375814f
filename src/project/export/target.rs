//! Where an export goes: what may be replaced, and how a folder is replaced as a whole.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use serde::Deserialize;

use crate::project::{ProjectError, atomic, copying};

/// The files by which an earlier export as a folder is known: of pictures, and of a run.
pub(super) const PICTURES_MANIFEST: &str = "metadata.json";
pub(super) const RUN_MANIFEST: &str = "export.json";
/// Files that systems leave in any folder.
const LEFT_BY_SYSTEMS: [&str; 3] = [".DS_Store", "Thumbs.db", "desktop.ini"];
/// An export lies less deep.
const MOST_DEPTH: usize = 8;

/// The part of a manifest that tells what belongs to the export.
#[derive(Deserialize)]
struct Manifest {
    /// Every file but the manifest, with slashes.
    files: BTreeSet<String>,
}

/// Refuses to write a file to `to` when it must not be.
pub(super) fn check_file(to: &Path, overwrite: bool) -> Result<(), ProjectError> {
    if to.is_dir() {
        return Err(ProjectError::ExportInTheWay { path: to.to_owned(), what: "a folder is there" });
    }
    if !overwrite && to.try_exists().map_err(ProjectError::reading(to))? {
        return Err(ProjectError::ExportExists { path: to.to_owned() });
    }
    Ok(())
}

/// Makes the folder that `to` is to lie in.
pub(super) fn make_parent(to: &Path) -> Result<(), ProjectError> {
    to.parent().map_or(Ok(()), |parent| fs::create_dir_all(parent).map_err(ProjectError::writing(parent)))
}

/// Writes what `content` gives to the file `to`.
pub(super) fn write_file(
    to: &Path,
    overwrite: bool,
    content: impl FnOnce() -> Result<Vec<u8>, ProjectError>,
) -> Result<(), ProjectError> {
    check_file(to, overwrite)?;
    let content = content()?;
    make_parent(to)?;
    atomic::write(to, &content)
}

/// Has `fill` make the folder `to`.
pub(super) fn write_folder(
    to: &Path,
    overwrite: bool,
    fill: impl FnOnce(&Path) -> Result<(), ProjectError>,
) -> Result<(), ProjectError> {
    let in_the_way = |what| ProjectError::ExportInTheWay { path: to.to_owned(), what };
    if !to.try_exists().map_err(ProjectError::reading(to))? {
        return copying::in_place(to, fill);
    }
    if !to.is_dir() {
        return Err(in_the_way("a file is there"));
    }
    let files = files_in(to, MOST_DEPTH)?;
    if files.is_empty() {
        return copying::in_place(to, fill);
    }
    if !is_earlier_export(to, &files) {
        return Err(in_the_way("a folder is there that holds more than an earlier export"));
    }
    if !overwrite {
        return Err(ProjectError::ExportExists { path: to.to_owned() });
    }
    // The earlier export is put aside first, and brought back if the new one fails.
    let parent = to.parent().unwrap_or(Path::new("."));
    let aside = atomic::unfinished_folder(parent).map_err(ProjectError::writing(parent))?;
    let earlier = aside.path().join("earlier");
    copying::in_place_of(to, &earlier, fill)
}

/// Whether all `files` of `folder` were written by an export.
fn is_earlier_export(folder: &Path, files: &[PathBuf]) -> bool {
    let read = |name: &str| {
        let text = fs::read(folder.join(name)).ok()?;
        serde_json::from_slice::<Manifest>(&text).ok().map(|manifest| (name.to_owned(), manifest.files))
    };
    let Some((name, mut known)) = [PICTURES_MANIFEST, RUN_MANIFEST].into_iter().find_map(read) else { return false };
    known.insert(name);
    let is_known = |path: &PathBuf| {
        let by_system =
            path.file_name().and_then(|name| name.to_str()).is_some_and(|name| LEFT_BY_SYSTEMS.contains(&name));
        by_system || slashed(path).is_some_and(|path| known.contains(&path))
    };
    files.iter().all(is_known)
}

/// The files in `folder`, by their paths in it, sorted.
pub(super) fn files_in(folder: &Path, depth: usize) -> Result<Vec<PathBuf>, ProjectError> {
    let mut files = Vec::new();
    collect(folder, Path::new(""), depth, &mut files)?;
    files.sort();
    Ok(files)
}

fn collect(folder: &Path, inner: &Path, depth: usize, files: &mut Vec<PathBuf>) -> Result<(), ProjectError> {
    for entry in fs::read_dir(folder).map_err(ProjectError::reading(folder))? {
        let entry = entry.map_err(ProjectError::reading(folder))?;
        let path = inner.join(entry.file_name());
        // A link is a thing of its own, whatever it leads to; so is a folder that is too deep.
        let is_folder = entry.file_type().map_err(ProjectError::reading(folder))?.is_dir();
        if is_folder && depth > 0 {
            collect(&entry.path(), &path, depth - 1, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}

/// A relative path with slashes on every system; `None` when it is no text.
pub(super) fn slashed(path: &Path) -> Option<String> {
    let names: Option<Vec<&str>> = path.components().map(|part| part.as_os_str().to_str()).collect();
    names.map(|names| names.join("/"))
}
