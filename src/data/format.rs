//! Which format a file or folder is in.

use std::path::{Path, PathBuf};

use crate::domain::{IdxFiles, ReadOptions};

use super::{
    DataError,
    cifar::{self, Variant},
    idx, image_folder, svhn_mat,
};

/// A recognised source.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// Four files of the MNIST family.
    Idx(IdxFiles),
    /// A folder of CIFAR's binary files.
    CifarFolder(PathBuf, Variant),
    /// CIFAR's `.tar.gz`.
    CifarArchive(PathBuf),
    /// A folder with SVHN's two files.
    Svhn(PathBuf),
    /// `NumPy` arrays.
    Npz(PathBuf),
    /// A folder for each class.
    ImageFolder(PathBuf),
}

impl Format {
    /// What the dataset is called after: the opened `path`, or its folder if `path` is one file of several.
    pub(super) fn place<'a>(&self, path: &'a Path) -> &'a Path {
        let is_whole = matches!(self, Self::Npz(_) | Self::CifarArchive(_));
        path.parent().filter(|_| !is_whole && !path.is_dir()).unwrap_or(path)
    }
}

/// Folders that unpacking or downloading puts around the files.
const INNER_FOLDERS: [&str; 3] = ["raw", "cifar-10-batches-bin", "cifar-100-binary"];

/// Recognises the format of a file or folder.
///
/// Named IDX files go first; their relative paths start from `path`, if that is a folder, or from the folder of the file
/// `path`. A file that is one of several of its format (`train_32x32.mat`) stands for its folder.
///
/// # Errors
///
/// When the path is missing, holds none of the formats, or two of them.
pub(super) fn detect(path: &Path, options: &ReadOptions) -> Result<Format, DataError> {
    let folder = if path.is_dir() { path } else { path.parent().unwrap_or(path) };
    if let Some(named) = &options.idx {
        return Ok(Format::Idx(IdxFiles {
            train_images: folder.join(&named.train_images),
            train_labels: folder.join(&named.train_labels),
            test_images: folder.join(&named.test_images),
            test_labels: folder.join(&named.test_labels),
        }));
    }
    if path.is_dir() {
        return detect_folder(path);
    }
    if !path.exists() {
        return Err(DataError::missing(path, "a file or folder with a dataset", "nothing at this path"));
    }
    let name = path.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
    let ends = |endings: &[&str]| endings.iter().any(|ending| name.ends_with(ending));
    if ends(&[".npz"]) {
        Ok(Format::Npz(path.to_owned()))
    } else if ends(&[".tar.gz", ".tgz", ".tar"]) {
        Ok(Format::CifarArchive(path.to_owned()))
    } else if idx::is_idx_name(&name)
        || cifar::variant_of_name(&name).is_some()
        || svhn_mat::NAMES.contains(&name.as_str())
    {
        detect_folder(folder)
    } else {
        Err(unrecognised(path, format!("a file called \"{name}\"")))
    }
}

fn detect_folder(folder: &Path) -> Result<Format, DataError> {
    if let Some(format) = files_of(folder)? {
        return Ok(format);
    }
    for inner in INNER_FOLDERS {
        let inner = folder.join(inner);
        if inner.is_dir()
            && let Some(format) = files_of(&inner)?
        {
            return Ok(format);
        }
    }
    if image_folder::subfolders(folder)?.is_empty() {
        let entries = folder.read_dir().map_err(|reason| DataError::unreadable(folder.display(), reason))?;
        let found = match entries.count() {
            0 => "an empty folder".to_owned(),
            files => format!("a folder without folders and {files} other file(s)"),
        };
        return Err(unrecognised(folder, found));
    }
    Ok(Format::ImageFolder(folder.to_owned()))
}

/// The format whose files lie in `folder`, if any.
fn files_of(folder: &Path) -> Result<Option<Format>, DataError> {
    let mut found = Vec::new();
    let has = |name: &&str| folder.join(name).is_file();
    if let Some(files) = idx::find(folder) {
        found.push(("IDX", Format::Idx(files)));
    }
    for variant in [Variant::Cifar10, Variant::Cifar100] {
        if variant.file_names().iter().any(has) {
            found.push((variant.known().name, Format::CifarFolder(folder.to_owned(), variant)));
        }
    }
    if svhn_mat::NAMES.iter().any(has) {
        found.push(("SVHN", Format::Svhn(folder.to_owned())));
    }
    if found.len() > 1 {
        let names: Vec<_> = found.iter().map(|(name, _)| *name).collect();
        return Err(DataError::malformed(
            folder.display(),
            "the files of one dataset",
            format!("{} together", names.join(" and ")),
        ));
    }
    Ok(found.pop().map(|(_, format)| format))
}

fn unrecognised(path: &Path, found: String) -> DataError {
    DataError::Unrecognised { path: path.display().to_string(), found }
}
