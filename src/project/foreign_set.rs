//! Sets of other programs as ours: their classes found in a dataset, their pixels normalised, their images in order.

use std::{
    collections::{HashMap, HashSet},
    path::{Path, PathBuf, absolute},
};

use super::ProjectError;
use crate::{
    data::{ForeignSet, SetFile, read_sets},
    domain::{
        DatasetInfo, ImageBatch, ImageShape, Normalization, OriginKind, PixelScale, SetOrigin, SyntheticSet,
        SyntheticSetError, units,
    },
};

/// What a person says about a file that leaves something open.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ImportOptions {
    /// What its numbers are; `None` takes what is usual for the format.
    pub scale: Option<PixelScale>,
    /// The normalisation; `None` for that of the file, or of the dataset.
    pub normalization: Option<Normalization>,
    /// The factor of multi-formation; `None` for that of the file, which other programs do not write into theirs.
    pub formation: Option<usize>,
    /// Only this one of its sets, from 0; `None` for all.
    pub experiment: Option<usize>,
}

/// Sets that were not condensed here.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportedSets {
    /// The sets, all of the same shape, classes and numbers of images.
    pub sets: Vec<SyntheticSet>,
    /// Where they come from.
    pub origin: SetOrigin,
}

/// Reads the sets in the file or folder `path`: of all classes of `dataset` or of some of them, in its order and under its
/// names; without a dataset, of as many classes as there are.
///
/// # Errors
///
/// [`ProjectError::Data`] when it cannot be read, [`ProjectError::Unfitting`] when it does not fit the dataset, or leaves
/// something open that no option says.
pub fn import_sets(
    path: &Path,
    dataset: Option<&DatasetInfo>,
    options: &ImportOptions,
) -> Result<ImportedSets, ProjectError> {
    let path = &absolute(path).map_err(ProjectError::reading(path))?;
    let refused = |problem: String| ProjectError::Unfitting { path: path.clone(), problem };
    let SetFile { mut sets, class_names, normalization, formation, scale, reason, accuracies } =
        read_sets(path, dataset.map(|dataset| dataset.shape.channels))?;
    if let Some(experiment) = options.experiment {
        let found = units::count(sets.len(), "set");
        if experiment >= sets.len() {
            return Err(refused(format!("there is no experiment {}; the file has {found}", experiment + 1)));
        }
        sets = vec![sets.swap_remove(experiment)];
    }
    let mut notes = Vec::new();
    let (scale, reason) = options.scale.map_or((scale, reason), |scale| (scale, "as was asked for"));
    notes.push(match scale {
        PixelScale::Normalized => format!("the numbers are taken for normalised values, {reason}"),
        PixelScale::Unit => format!("the numbers are taken for pixels from 0 to 1, {reason}"),
        PixelScale::Bytes => format!("the numbers are taken for pixels from 0 to 255, {reason}"),
    });
    let shape = sets.first().map(|set| set.shape).ok_or_else(|| refused("the file has no set".to_owned()))?;
    let normalization = normalization_of(normalization, dataset, options, &mut notes).ok_or_else(|| {
        refused(
            "the file does not say how its images are normalised; name the dataset, or give the normalisation"
                .to_owned(),
        )
    })?;
    check_normalization(&normalization, shape).map_err(refused)?;
    if let Some(dataset) = dataset.filter(|dataset| dataset.shape != shape) {
        let (name, expected) = (&dataset.name, dataset.shape);
        return Err(refused(format!(
            "the images are {shape}, but those of {name} are {expected}; name another dataset"
        )));
    }
    let classes = classes_of(&sets, class_names.as_deref(), dataset, &mut notes).map_err(refused)?;
    let convert = |set: ForeignSet| {
        ordered(set, &classes, &normalization, scale)
            .and_then(|set| set.with_formation(options.formation.unwrap_or(formation)))
            .map_err(|error| refused(error.to_string()))
    };
    let sets: Vec<SyntheticSet> = sets.into_iter().map(convert).collect::<Result<_, _>>()?;
    check_alike(&sets).map_err(refused)?;
    let origin = SetOrigin { kind: OriginKind::Imported, files: vec![path.clone()], notes, accuracies };
    Ok(ImportedSets { sets, origin })
}

/// The normalisation that goes before the others, and a note on which it is.
fn normalization_of(
    of_file: Option<Normalization>,
    dataset: Option<&DatasetInfo>,
    options: &ImportOptions,
    notes: &mut Vec<String>,
) -> Option<Normalization> {
    let (normalization, whose) = match (&options.normalization, of_file, dataset) {
        (Some(given), _, _) => (given.clone(), "that was given".to_owned()),
        (None, Some(of_file), _) => (of_file, "of the file".to_owned()),
        (None, None, Some(dataset)) => (dataset.normalization.clone(), format!("of {}", dataset.name)),
        (None, None, None) => return None,
    };
    notes.push(format!("the normalisation is the one {whose}"));
    Some(normalization)
}

fn check_normalization(found: &Normalization, shape: ImageShape) -> Result<(), String> {
    let channels = shape.channels;
    let usable = found.mean.len() == channels
        && found.std.len() == channels
        && found.mean.iter().all(|mean| mean.is_finite())
        && found.std.iter().all(|std| std.is_normal() && *std > 0.0);
    if usable {
        return Ok(());
    }
    Err(format!(
        "the normalisation needs a finite mean and a deviation above 0 for each of {}, but has the means {:?} and the \
         deviations {:?}",
        units::count(channels, "channel"),
        found.mean,
        found.std
    ))
}

/// Which classes a set has.
struct Classes {
    names: Vec<String>,
    /// For every label of the file the class it becomes, if any image has it.
    of_label: Vec<Option<usize>>,
}

/// Finds the classes of the file in the dataset, and keeps those that have images.
fn classes_of(
    sets: &[ForeignSet],
    named: Option<&[String]>,
    dataset: Option<&DatasetInfo>,
    notes: &mut Vec<String>,
) -> Result<Classes, String> {
    let highest = sets.iter().flat_map(|set| &set.labels).copied().max().unwrap_or(0);
    let images = sets.iter().map(|set| set.labels.len()).max().unwrap_or(0);
    if let Some(names) = named.filter(|names| highest >= names.len()) {
        return Err(format!("label {highest} is out of range for the {} classes that the file names", names.len()));
    }
    // A label from nowhere would otherwise become millions of classes.
    if named.is_none() && dataset.is_none() && highest >= images.max(2) {
        return Err(format!(
            "label {highest} is too high for {images} images without a class between left out; name the dataset"
        ));
    }
    let labels = named.map_or(highest + 1, <[String]>::len);
    let known: Vec<String> = match (dataset, named) {
        (Some(dataset), _) => dataset.class_names.clone(),
        (None, Some(names)) => names.to_vec(),
        (None, None) => (0..labels).map(|label| label.to_string()).collect(),
    };
    let position = position_of_labels(labels, named, &known, notes)?;
    let mut present = vec![false; known.len()];
    for &label in sets.iter().flat_map(|set| &set.labels) {
        present[position[label]] = true;
    }
    let kept: Vec<usize> = (0..known.len()).filter(|&class| present[class]).collect();
    if kept.len() < 2 {
        return Err(format!("at least 2 classes need images, but {} has some", kept.len()));
    }
    if kept.len() < known.len() {
        let names: Vec<&str> = kept.iter().map(|&class| known[class].as_str()).collect();
        notes.push(format!("only {} of {} classes have images: {}", kept.len(), known.len(), names.join(", ")));
    }
    Ok(Classes {
        of_label: position.iter().map(|class| kept.binary_search(class).ok()).collect(),
        names: kept.into_iter().map(|class| known[class].clone()).collect(),
    })
}

/// The class of each label: by name where all names are known and differ, else by position.
fn position_of_labels(
    labels: usize,
    named: Option<&[String]>,
    known: &[String],
    notes: &mut Vec<String>,
) -> Result<Vec<usize>, String> {
    let Some(names) = named else {
        return if labels > known.len() { Err(too_many(labels, known)) } else { Ok((0..labels).collect()) };
    };
    let place: HashMap<&str, usize> = known.iter().map(String::as_str).zip(0..).collect();
    let by_name: Option<Vec<usize>> = names.iter().map(|name| place.get(name.as_str()).copied()).collect();
    let differ = place.len() == known.len() && names.iter().collect::<HashSet<_>>().len() == names.len();
    if let Some(positions) = by_name.filter(|_| differ) {
        return Ok(positions);
    }
    if names.len() != known.len() {
        return Err(too_many(labels, known));
    }
    notes.push(
        "the classes of the file and of the dataset are called differently; they are taken by position".to_owned(),
    );
    Ok((0..labels).collect())
}

fn too_many(labels: usize, known: &[String]) -> String {
    let known = known.len();
    format!("the file has {labels} classes, which are not among the {known} of the dataset; name another dataset")
}

/// A set of ours: normalised, and ordered by class as it stands in the file.
fn ordered(
    set: ForeignSet,
    classes: &Classes,
    normalization: &Normalization,
    scale: PixelScale,
) -> Result<SyntheticSet, SyntheticSetError> {
    let ForeignSet { shape, values, labels } = set;
    let labels = labels.iter().map(|&label| classes.of_label.get(label).copied().flatten().unwrap_or(usize::MAX));
    let images = ImageBatch { shape, values, labels: labels.collect() };
    let mut order: Vec<usize> = (0..images.len()).collect();
    order.sort_by_key(|&image| images.labels[image]);
    // Checked before its channels are counted on.
    let mut set = SyntheticSet::new(images.select(&order), classes.names.clone(), normalization.clone())?;
    if scale != PixelScale::Normalized {
        let most = if scale == PixelScale::Bytes { 255.0 } else { 1.0 };
        let (plane, channels) = (shape.plane(), shape.channels);
        for (position, value) in set.images.values.iter_mut().enumerate() {
            let channel = position / plane % channels;
            *value = (*value / most - normalization.mean[channel]) / normalization.std[channel];
        }
    }
    Ok(set)
}

/// Refuses sets that are no repetitions of one experiment.
fn check_alike(sets: &[SyntheticSet]) -> Result<(), String> {
    let alike = |set: &&SyntheticSet| set.images.shape == sets[0].images.shape && set.counts() == sets[0].counts();
    match sets.iter().position(|set| !alike(&set)) {
        None => Ok(()),
        Some(experiment) => Err(format!(
            "experiment {} has other numbers of images than experiment 1; take them one by one",
            experiment + 1
        )),
    }
}

/// The paths of the files, absolute.
pub(super) fn absolute_paths(paths: &[PathBuf]) -> Vec<PathBuf> {
    paths.iter().map(|path| absolute(path).unwrap_or_else(|_| path.clone())).collect()
}
