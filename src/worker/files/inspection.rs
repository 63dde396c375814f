//! What files are that a person dropped on the window or typed: judged by names and heads, not opened.

use std::path::{Path, PathBuf, absolute};

use super::{FileReply, Finding, picture_requests::recipe_summary};
use crate::{
    data::{self, DataError},
    domain::{DatasetSource, ReadOptions},
    project::{is_project, is_run, read_sheet_recipe, read_synthetic_set},
};

/// What Dewpoint takes.
const ACCEPTED: &str = "Dewpoint takes datasets (a folder of pictures for each class, MNIST-like IDX files, CIFAR binary \
                        files or their .tar.gz, SVHN's two .mat files, an .npz with x_train, y_train, x_test and y_test), \
                        sets (.safetensors), contact sheets with a recipe (.png), runs and projects (folders)";

/// What one path is.
enum Seen {
    Finding(PathBuf, Finding),
    /// A picture without a recipe.
    Picture(PathBuf),
}

/// One reply for each path, but only one for all files of one dataset, and one for all pictures.
pub(super) fn inspect(paths: Vec<PathBuf>) -> Vec<FileReply> {
    let mut replies: Vec<FileReply> = Vec::new();
    let mut pictures = Vec::new();
    for path in paths {
        match look_at(path) {
            Seen::Picture(path) => pictures.push(path),
            Seen::Finding(path, finding) => {
                let known = |reply: &FileReply| match reply {
                    FileReply::Inspected { finding: earlier, .. } => {
                        matches!(finding, Finding::Dataset(_)) && *earlier == finding
                    }
                    _ => false,
                };
                if !replies.iter().any(known) {
                    replies.push(FileReply::Inspected { path, finding });
                }
            }
        }
    }
    let count = pictures.len();
    replies.extend(pictures.into_iter().next().map(|path| {
        let what = if count == 1 { "this picture carries no recipe, and alone it is" } else { "pictures alone are" };
        let sentence = format!(
            "{what} no dataset; drop the folder that holds a folder of pictures for each class: {}",
            show(&path)
        );
        FileReply::Inspected { path, finding: Finding::Unknown(sentence) }
    }));
    replies
}

fn look_at(path: PathBuf) -> Seen {
    let Some(path) = file_of(&path) else {
        let sentence =
            format!("this is an address, not a file; save what is there, and drop the file: {}", show(&path));
        return Seen::Finding(path, Finding::Unknown(sentence));
    };
    if !path.exists() {
        let sentence = format!("there is nothing at this path; check how it is written: {}", show(&path));
        return Seen::Finding(path, Finding::Unknown(sentence));
    }
    if path.is_dir() {
        let finding = folder(&path);
        return Seen::Finding(path, finding);
    }
    let lower =
        |part: Option<&std::ffi::OsStr>| part.map(|part| part.to_string_lossy().to_lowercase()).unwrap_or_default();
    let (name, ending) = (lower(path.file_name()), lower(path.extension()));
    match (name.as_str(), ending.as_str(), path.parent().map(Path::to_owned)) {
        ("run.json", _, Some(parent)) => Seen::Finding(parent, Finding::Run),
        ("project.json", _, Some(parent)) => Seen::Finding(parent, Finding::Project),
        (_, "safetensors", _) => {
            let finding = set(&path);
            Seen::Finding(path, finding)
        }
        (_, "png", _) => sheet(path),
        _ if data::is_picture(&path) => Seen::Picture(path),
        _ => {
            let finding = dataset(&path);
            Seen::Finding(path, finding)
        }
    }
}

fn folder(path: &Path) -> Finding {
    if is_run(path) {
        Finding::Run
    } else if is_project(path) {
        Finding::Project
    } else {
        dataset(path)
    }
}

fn set(path: &Path) -> Finding {
    match read_synthetic_set(path) {
        Ok(stored) => {
            let recipe = stored.recipe.map(|recipe| Finding::Recipe(Box::new(recipe_summary(recipe, true))));
            recipe.unwrap_or(Finding::Set)
        }
        Err(error) => Finding::Unknown(error.to_string()),
    }
}

fn sheet(path: PathBuf) -> Seen {
    match read_sheet_recipe(&path) {
        Ok(Some(recipe)) => Seen::Finding(path, Finding::Recipe(Box::new(recipe_summary(recipe, false)))),
        Ok(None) => Seen::Picture(path),
        Err(error) => Seen::Finding(path, Finding::Unknown(error.to_string())),
    }
}

fn dataset(path: &Path) -> Finding {
    match data::recognise(path) {
        Ok(path) => Finding::Dataset(DatasetSource::Files { path, options: ReadOptions::default() }),
        Err(DataError::Unrecognised { found, .. }) => {
            let is_zip = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("zip"));
            let advice = if is_zip { "unpack the archive and drop its folder; " } else { "" };
            Finding::Unknown(format!("this is {found}; {advice}{ACCEPTED}: {}", show(path)))
        }
        Err(error) => Finding::Unknown(error.to_string()),
    }
}

/// The path that was meant: from the root, and behind `file://` if it is written so. `None` for an address elsewhere.
fn file_of(path: &Path) -> Option<PathBuf> {
    let text = path.to_string_lossy();
    let local = match text.split_once("://") {
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("file") => PathBuf::from(decode(rest)),
        Some((scheme, _)) if !scheme.is_empty() && scheme.chars().all(|c| c.is_ascii_alphanumeric()) => return None,
        _ => path.to_owned(),
    };
    Some(absolute(&local).unwrap_or(local))
}

/// The text behind `%20` and the like.
fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let digits = after.get(..2).and_then(|digits| str::from_utf8(digits).ok());
        let escaped = digits.filter(|_| first == b'%').and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(escaped.unwrap_or(first));
        rest = if escaped.is_some() { &after[2..] } else { after };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn show(path: &Path) -> std::path::Display<'_> {
    path.display()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{AdapterKind, BuiltinDataset, CondensationConfig, DeviceInfo, RunState},
        project::{RunFolder, RunRecord, open_project, write_synthetic_set},
    };
    use std::fs;

    /// What `paths` below `folder` are found to be.
    fn found(folder: &Path, paths: &[&str]) -> Vec<(PathBuf, Finding)> {
        let replies = inspect(paths.iter().map(|path| folder.join(path)).collect());
        let pair = |reply| match reply {
            FileReply::Inspected { path, finding } => {
                (path.strip_prefix(folder).map(Path::to_owned).unwrap_or(path), finding)
            }
            other => panic!("{other:?}"),
        };
        replies.into_iter().map(pair).collect()
    }

    fn sentence(folder: &Path, path: &str) -> String {
        match found(folder, &[path]).remove(0).1 {
            Finding::Unknown(sentence) => sentence,
            other => panic!("{other:?}"),
        }
    }

    fn touch(folder: &Path, path: &str) {
        fs::create_dir_all(folder.join(path).parent().unwrap()).unwrap();
        fs::write(folder.join(path), "").unwrap();
    }

    /// A project with a finished run.
    fn make_project(folder: &Path) {
        open_project(folder).unwrap();
        let source = DatasetSource::Builtin(BuiltinDataset::Digits);
        let dataset = data::open(&source).unwrap().info;
        let device = DeviceInfo {
            number: None,
            position: 0,
            name: "CPU".into(),
            backend: "flex".into(),
            kind: AdapterKind::Cpu,
            memory_bytes: None,
        };
        let images = vec![0.0; 10 * dataset.shape.values()];
        let record = RunRecord::new(source, dataset, CondensationConfig::default(), 1, device, 2);
        let writer = RunFolder::create(&folder.join("runs").join("a"), record).unwrap();
        writer.save_set(0, &RunState { iterations_done: 1, images, velocity: Vec::new() }).unwrap();
        let set = writer.folder().load_set(0).unwrap().unwrap().set;
        write_synthetic_set(&folder.join("plain.safetensors"), &set, None).unwrap();
    }

    #[test]
    fn what_dewpoint_wrote_is_known() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        make_project(folder);
        let one = |path| found(folder, &[path]).remove(0);
        assert_eq!(one("runs/a"), ("runs/a".into(), Finding::Run));
        assert_eq!(one("runs/a/run.json"), ("runs/a".into(), Finding::Run));
        assert_eq!(one("project.json"), ("".into(), Finding::Project));
        assert_eq!(found(folder, &[""])[0].1, Finding::Project);
        assert_eq!(one("plain.safetensors").1, Finding::Set);
        for (path, exact) in [("runs/a/set.png", false), ("runs/a/set.safetensors", true)] {
            let Finding::Recipe(recipe) = one(path).1 else { panic!("{path}") };
            assert_eq!((recipe.holds_set, recipe.experiments), (exact, 1));
            assert_eq!(recipe.config, CondensationConfig::default());
        }
    }

    #[test]
    fn datasets_are_known_by_their_files() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        for path in ["mnist/train-images-idx3-ubyte", "mnist/t10k-labels-idx1-ubyte.gz", "faces/a/1.jpg", "x.npz"] {
            touch(folder, path);
        }
        let dataset = |path: &str| {
            Finding::Dataset(DatasetSource::Files { path: folder.join(path), options: ReadOptions::default() })
        };
        let files = ["mnist/train-images-idx3-ubyte", "mnist/t10k-labels-idx1-ubyte.gz", "faces", "x.npz"];
        let findings: Vec<Finding> = found(folder, &files).into_iter().map(|(_, finding)| finding).collect();
        assert_eq!(
            findings,
            [dataset("mnist"), dataset("faces"), dataset("x.npz")],
            "one for files that belong together"
        );
    }

    #[test]
    fn everything_else_is_answered_with_what_to_do() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        for path in ["a.jpg", "b.webp", "c.zip", "d.txt", "e.safetensors", "f.png", "empty/x/y.txt"] {
            touch(folder, path);
        }
        for (path, part) in [
            ("a.jpg", "this picture carries no recipe, and alone it is no dataset; drop the folder"),
            ("c.zip", "unpack the archive and drop its folder"),
            ("d.txt", "Dewpoint takes datasets (a folder of pictures for each class"),
            ("e.safetensors", "the file is damaged or not Dewpoint's"),
            ("f.png", "it is no whole PNG"),
            ("empty", "a folder whose folders hold no pictures"),
            ("none", "there is nothing at this path"),
        ] {
            let sentence = sentence(folder, path);
            assert!(sentence.contains(part), "{path}: {sentence}");
        }
        let several = found(folder, &["a.jpg", "b.webp"]);
        assert_eq!((several.len(), several[0].0.as_path()), (1, Path::new("a.jpg")));
        assert!(
            matches!(&several[0].1, Finding::Unknown(sentence) if sentence.contains("pictures alone are no dataset"))
        );
    }

    #[test]
    fn addresses_are_files_only_here() {
        let folder = tempfile::tempdir().unwrap();
        touch(folder.path(), "my faces/a/1.png");
        let address = format!("file://{}/my%20faces", folder.path().display());
        let reply = inspect(vec![address.into()]).remove(0);
        assert!(matches!(reply, FileReply::Inspected { finding: Finding::Dataset(_), .. }), "{reply:?}");
        let reply = inspect(vec!["https://example.org/mnist.tar.gz".into()]).remove(0);
        let FileReply::Inspected { finding: Finding::Unknown(sentence), .. } = reply else { panic!() };
        assert!(sentence.starts_with("this is an address, not a file"), "{sentence}");
        assert_eq!(decode("a%2Fb%zz%4"), "a/b%zz%4");
    }
}
