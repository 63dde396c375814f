//! Exports as a person meets them: what is written, what is beside it, what is never replaced.

use std::{collections::BTreeSet, fs, path::PathBuf};

use super::*;
use crate::{
    domain::{PlotData, SyntheticSet, TableText},
    project::{RunWriter, fixtures, read_sheet_recipe},
};

const FORMATS: [(SetFormat, &str); 4] = [
    (SetFormat::Safetensors, "out.safetensors"),
    (SetFormat::Npz, "out.npz"),
    (SetFormat::ContactSheet, "out.png"),
    (SetFormat::PngFolders, "out"),
];

/// A run with a set, in `folder/run`.
fn run(folder: &Path) -> RunWriter {
    let mut writer = RunFolder::create(&folder.join("run"), fixtures::record(1)).unwrap();
    writer.append_report(0, &fixtures::report(0)).unwrap();
    writer.save_frame(0, &fixtures::state(0)).unwrap();
    writer.save_set(0, &fixtures::state(0)).unwrap();
    writer
}

fn of_run(folder: &Path, format: SetFormat) -> Export {
    Export::RunSet { folder: folder.join("run"), experiment: 0, format }
}

fn names(folder: &Path) -> BTreeSet<String> {
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

fn set_of(folder: &Path) -> SyntheticSet {
    RunFolder::open(&folder.join("run")).unwrap().load_set(0).unwrap().unwrap().set
}

#[test]
fn every_format_is_written_with_its_program_and_parents() {
    for (format, name) in FORMATS {
        let folder = tempfile::tempdir().unwrap();
        run(folder.path());
        let place = folder.path().join("deep").join("er");
        let message = export(&of_run(folder.path(), format), &place.join(name), false).unwrap();
        assert!(message.starts_with("5 images were written to "), "{message}");
        let script = if format == SetFormat::PngFolders { place.join(name) } else { place.clone() };
        let text = fs::read_to_string(script.join("load_set.py")).unwrap();
        assert!(text.contains("MEAN = np.array([0.5], np.float32)") && text.contains("[\"zero\", \"one\"]"), "{text}");
        assert!(!text.contains('@') && text.lines().count() < 90, "{text}");
        assert_eq!(names(&place).len(), if format == SetFormat::PngFolders { 1 } else { 2 });
    }
}

#[test]
fn exact_formats_give_the_same_set_and_pictures_the_same_recipe() {
    let folder = tempfile::tempdir().unwrap();
    let recipe = run(folder.path()).folder().load_set(0).unwrap().unwrap().recipe;
    let at = |name: &str| folder.path().join(name);
    export(&of_run(folder.path(), SetFormat::Safetensors), &at("a.safetensors"), false).unwrap();
    let back = read_synthetic_set(&at("a.safetensors")).unwrap();
    assert_eq!((&back.set, &back.recipe), (&set_of(folder.path()), &recipe));
    let again = Export::SetFile { path: at("a.safetensors"), format: SetFormat::ContactSheet };
    export(&again, &at("b.png"), false).unwrap();
    assert_eq!(read_sheet_recipe(&at("b.png")).unwrap(), recipe);
}

#[test]
fn pictures_lie_in_a_folder_a_class() {
    let folder = tempfile::tempdir().unwrap();
    run(folder.path());
    let to = folder.path().join("out");
    export(&of_run(folder.path(), SetFormat::PngFolders), &to, false).unwrap();
    let files: Vec<PathBuf> = target::files_in(&to, 8).unwrap();
    let files: Vec<String> = files.iter().filter_map(|path| target::slashed(path)).collect();
    assert_eq!(
        files,
        ["00 zero/0000.png", "00 zero/0001.png", "01 one/0002.png", "01 one/0003.png", "01 one/0004.png"]
            .into_iter()
            .chain(["load_set.py", "metadata.json"])
            .collect::<Vec<_>>()
    );
    let picture = image::open(to.join("01 one").join("0003.png")).unwrap().into_luma8();
    assert_eq!(picture.into_raw(), set_of(folder.path()).display_bytes(3));
    let metadata: serde_json::Value = serde_json::from_slice(&fs::read(to.join("metadata.json")).unwrap()).unwrap();
    assert_eq!(metadata["images"][3]["file"], "01 one/0003.png");
    assert_eq!((&metadata["images"][3]["label"], &metadata["recipe"]["experiment"]), (&1.into(), &0.into()));
}

#[test]
fn what_is_there_is_asked_for_before_it_is_replaced() {
    let folder = tempfile::tempdir().unwrap();
    run(folder.path());
    let mut exports: Vec<(Export, &str)> =
        FORMATS.into_iter().map(|(format, name)| (of_run(folder.path(), format), name)).collect();
    exports.push((Export::Run { folder: folder.path().join("run") }, "copy"));
    exports.push((Export::Table { table: TableText::default(), format: TableFormat::Csv }, "t.csv"));
    exports.push((Export::Plot { plot: PlotData::default(), format: PlotFormat::Csv }, "p.csv"));
    for (thing, name) in exports {
        let to = folder.path().join(name);
        export(&thing, &to, false).unwrap();
        let error = export(&thing, &to, false).unwrap_err();
        assert!(matches!(error, ProjectError::ExportExists { .. }), "{name}: {error}");
        let before = names(folder.path());
        export(&thing, &to, true).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(names(folder.path()), before, "nothing is left over");
    }
}

#[test]
fn a_folder_of_a_person_is_never_replaced() {
    let folder = tempfile::tempdir().unwrap();
    run(folder.path());
    let pictures = of_run(folder.path(), SetFormat::PngFolders);
    let whole = Export::Run { folder: folder.path().join("run") };
    for (thing, name) in [(&pictures, "pictures"), (&whole, "whole")] {
        let to = folder.path().join(name);
        export(thing, &to, false).unwrap();
        // Something of the person's own among what was exported.
        fs::create_dir(to.join("mine")).unwrap();
        fs::write(to.join("mine").join("notes.txt"), "kept").unwrap();
        for overwrite in [false, true] {
            let error = export(thing, &to, overwrite).unwrap_err();
            assert!(matches!(error, ProjectError::ExportInTheWay { .. }), "{error}");
        }
        assert_eq!(fs::read_to_string(to.join("mine").join("notes.txt")).unwrap(), "kept");
    }
    let run = folder.path().join("run");
    let inside = run.join("copy");
    fs::write(folder.path().join("file"), "kept").unwrap();
    for (thing, to) in [
        (&pictures, run.clone()),
        (&whole, run.clone()),
        (&whole, inside),
        (&whole, folder.path().to_owned()),
        (&pictures, folder.path().join("file")),
        (&of_run(folder.path(), SetFormat::Npz), run.clone()),
    ] {
        let error = export(thing, &to, true).unwrap_err();
        assert!(matches!(error, ProjectError::ExportInTheWay { .. }), "{error}");
    }
    assert!(run.join("run.json").is_file());
}

#[test]
fn another_program_of_that_name_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    run(folder.path());
    let place = folder.path().join("place");
    fs::create_dir(&place).unwrap();
    fs::write(place.join("load_set.py"), "print('mine')").unwrap();
    let npz = of_run(folder.path(), SetFormat::Npz);
    let message = export(&npz, &place.join("a.npz"), false).unwrap();
    assert!(message.ends_with("load_set_a.py beside it loads them in Python"), "{message}");
    // The same again, and one of another set of the same name.
    export(&npz, &place.join("a.npz"), true).unwrap();
    fs::write(place.join("load_set_a.py"), "print('mine too')").unwrap();
    export(&npz, &place.join("a.npz"), true).unwrap();
    assert_eq!(fs::read_to_string(place.join("load_set.py")).unwrap(), "print('mine')");
    assert_eq!(fs::read_to_string(place.join("load_set_a.py")).unwrap(), "print('mine too')");
    assert_eq!(names(&place), ["a.npz", "load_set.py", "load_set_a.py", "load_set_a-2.py"].map(str::to_owned).into());
}

#[test]
fn a_run_is_copied_whole_and_opens() {
    let folder = tempfile::tempdir().unwrap();
    let writer = run(folder.path());
    let to = folder.path().join("copies").join("one");
    export(&Export::Run { folder: folder.path().join("run") }, &to, false).unwrap();
    assert_eq!(
        RunFolder::open(&to).unwrap().details().unwrap().experiments,
        writer.folder().details().unwrap().experiments
    );
    assert!(!to.join("run.lock").exists() && to.join("export.json").is_file());
    // A copy of the copy is one too.
    export(&Export::Run { folder: to.clone() }, &folder.path().join("two"), false).unwrap();
    export(&Export::Run { folder: to }, &folder.path().join("two"), true).unwrap();
}

#[test]
fn what_cannot_be_exported_is_told() {
    let folder = tempfile::tempdir().unwrap();
    drop(RunFolder::create(&folder.path().join("run"), fixtures::record(1)).unwrap());
    let to = folder.path().join("a.npz");
    let error = export(&of_run(folder.path(), SetFormat::Npz), &to, false).unwrap_err();
    assert!(matches!(error, ProjectError::NoSet { .. }), "{error}");
    let error = export(&Export::Run { folder: folder.path().to_owned() }, &to, false).unwrap_err();
    assert!(matches!(error, ProjectError::NotARun { .. }), "{error}");
    assert!(!to.exists());
}
