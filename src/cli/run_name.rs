//! A folder for a run that was given none.

use std::path::{Path, PathBuf};

use dewpoint::domain::{CondensationConfig, DatasetSource};

/// Where such folders are made.
const PARENT: &str = "runs";

/// `runs/<dataset>-<network>-ipc<N>-<distance>`, with a number appended if it is taken.
pub fn of_run(source: &DatasetSource, config: &CondensationConfig) -> PathBuf {
    let images = config.images_per_class.to_string().replace(',', "-");
    free(&format!("{}-{}-ipc{images}-{}", dataset_name(source), config.architecture, config.distance))
}

/// The first of `runs/NAME`, `runs/NAME-2`, `runs/NAME-3`, ... where nothing is yet.
pub fn free(name: &str) -> PathBuf {
    let plain = Path::new(PARENT).join(name);
    let numbered = (2..).map(|number: u64| Path::new(PARENT).join(format!("{name}-{number}")));
    std::iter::once(plain.clone()).chain(numbered).find(|path| !path.exists()).unwrap_or(plain)
}

/// The file or folder without what only says how it is packed, in letters that every file system takes.
fn dataset_name(source: &DatasetSource) -> String {
    let DatasetSource::Files { path, .. } = source else { return source.to_string() };
    let path = if path.ends_with("raw") { path.parent().unwrap_or(path) } else { path };
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let endings = [".npz", ".tar.gz", ".tgz", ".tar"];
    let stem = endings.iter().find_map(|ending| name.strip_suffix(ending)).unwrap_or(&name);
    let kept = |c: char| if c.is_alphanumeric() || matches!(c, '.' | '_') { c } else { '-' };
    let name: String = stem.chars().map(kept).collect();
    if name.trim_matches(['-', '.']).is_empty() { "dataset".to_owned() } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;
    use dewpoint::domain::{BuiltinDataset, ImagesPerClass, ReadOptions};

    #[test]
    fn names_tell_what_is_condensed() {
        let files = |path: &str| DatasetSource::Files { path: path.into(), options: ReadOptions::default() };
        let name = |path: &str| dataset_name(&files(path));
        assert_eq!(name("/data/MNIST/raw"), "MNIST");
        assert_eq!(name("/data/cifar-10-binary.tar.gz"), "cifar-10-binary");
        assert_eq!(name("/data/my faces"), "my-faces");
        assert_eq!(name("/"), "dataset");
        let config =
            CondensationConfig { images_per_class: ImagesPerClass::PerClass(vec![1, 2]), ..Default::default() };
        let path = of_run(&DatasetSource::Builtin(BuiltinDataset::Shapes), &config);
        assert_eq!(path, Path::new("runs/shapes-ConvNet-ipc1-2-layerwise-cosine"));
    }
}
