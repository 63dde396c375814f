//! Sets of other programs, and sets that are joined: what is read of them, what is refused, and that they are used like
//! those condensed here.

mod program;

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
};

use dewpoint::{
    data::{self, DataError, SetFile, read_sets},
    domain::{
        BuiltinDataset, DatasetInfo, DatasetSource, Export, ImageBatch, ImageShape, Normalization, NormalizationSource,
        OriginKind, PixelScale, RunStatus, SetFormat, SyntheticSet,
    },
    project::{self, ImportOptions, JoinedPart, RunFolder, import_sets, join_sets, read_synthetic_set},
};
use program::{SMALL, dewpoint, succeed};

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

/// A dataset of classes that are called by letters.
fn info(shape: ImageShape, classes: &str) -> DatasetInfo {
    let class_names: Vec<String> = classes.chars().map(String::from).collect();
    let channels = shape.channels;
    DatasetInfo {
        name: "letters".into(),
        shape,
        train_counts: vec![9; class_names.len()],
        test_counts: vec![3; class_names.len()],
        class_names,
        normalization: Normalization { mean: vec![0.25; channels], std: vec![0.5; channels] },
        normalization_source: NormalizationSource::Measured,
        checksum: "ab".into(),
    }
}

/// A set whose value at a position is `begin` and so many sixteenths.
fn set(classes: &[&str], labels: &[usize], begin: f32, normalization: (f32, f32)) -> SyntheticSet {
    let values = (0..labels.len() * 6).map(|position| begin + position as f32 / 16.0).collect();
    let images = ImageBatch { shape: ImageShape::new(1, 2, 3), values, labels: labels.to_vec() };
    let normalization = Normalization { mean: vec![normalization.0], std: vec![normalization.1] };
    SyntheticSet::new(images, classes.iter().map(|&class| class.to_owned()).collect(), normalization).unwrap()
}

#[test]
fn the_published_codes_files_are_read() {
    let SetFile { sets, scale, accuracies, .. } = read_sets(&fixture("res_tiny_ConvNet_2ipc.pt"), None).unwrap();
    assert_eq!((sets.len(), scale), (2, PixelScale::Normalized));
    let value = |position: usize| position as f32 / 64.0 - 0.5;
    assert_eq!((sets[0].shape, sets[0].labels.as_slice()), (ImageShape::new(1, 4, 6), [0, 0, 1, 1].as_slice()));
    assert_eq!(sets[0].values, (0..96).map(value).collect::<Vec<_>>());
    // Not contiguous in the file.
    assert_eq!(sets[1].labels, [1, 1, 0, 0]);
    assert_eq!(sets[1].values, (0..96).map(|position| 2.0 * value(position)).collect::<Vec<_>>());
    let told: Vec<_> = accuracies.iter().map(|of| (of.network.as_str(), of.accuracies.as_slice())).collect();
    assert_eq!(told, [("ConvNet", [0.25, 0.5, 0.75].as_slice()), ("MLP", [0.125, 0.25].as_slice())]);
    let old = read_sets(&fixture("res_tiny_legacy.pt"), None).unwrap();
    assert_eq!((old.sets.as_slice(), old.scale), (&sets[..1], PixelScale::Normalized));
}

#[test]
fn a_list_of_idc_is_read_as_pixels() {
    let path = fixture("idc_tiny_data.pt");
    let SetFile { sets, scale, reason, formation, accuracies, .. } = read_sets(&path, None).unwrap();
    let [set] = sets.as_slice() else { panic!("{sets:?}") };
    assert_eq!((set.shape, set.labels.as_slice()), (ImageShape::new(1, 4, 6), [0, 0, 1, 1].as_slice()));
    let value = |position: usize| position as f32 / 64.0 - 0.25;
    assert_eq!(set.values, (0..96).map(value).collect::<Vec<_>>());
    // Some lie below 0 or above 1 since the last time they were clamped.
    assert_eq!((scale, reason, formation), (PixelScale::Unit, "as the code of IDC saves them", 1));
    assert!(accuracies.is_empty());
    let dataset = info(ImageShape::new(1, 4, 6), "ab");
    let options = ImportOptions { formation: Some(2), ..ImportOptions::default() };
    let imported = import_sets(&path, Some(&dataset), &options).unwrap();
    let expected: Vec<f32> = (0..96).map(|position| (value(position) - 0.25) / 0.5).collect();
    assert_eq!((&imported.sets[0].images.values, imported.sets[0].formation), (&expected, 2));
    let options = ImportOptions { formation: Some(5), ..ImportOptions::default() };
    assert!(import_sets(&path, Some(&dataset), &options).unwrap_err().to_string().contains("idc_tiny"));
}

#[test]
fn a_file_becomes_ordered_sets_of_a_dataset() {
    let path = fixture("res_tiny_ConvNet_2ipc.pt");
    let dataset = info(ImageShape::new(1, 4, 6), "ab");
    let imported = import_sets(&path, Some(&dataset), &ImportOptions::default()).unwrap();
    assert_eq!(
        (imported.origin.kind, imported.origin.files.as_slice()),
        (OriginKind::Imported, [path.clone()].as_slice())
    );
    assert!(imported.origin.notes[0].contains("normalised values"), "{:?}", imported.origin.notes);
    let raw = read_sets(&path, None).unwrap().sets;
    for set in &imported.sets {
        assert_eq!(
            (set.images.labels.as_slice(), set.class_names.as_slice()),
            ([0, 0, 1, 1].as_slice(), dataset.class_names.as_slice())
        );
        assert_eq!(set.normalization, dataset.normalization);
    }
    assert_eq!(imported.sets[0].images.values, raw[0].values);
    // The classes of the second stand the other way round in the file.
    assert_eq!(imported.sets[1].images.values, [&raw[1].values[48..], &raw[1].values[..48]].concat());

    let pixels = ImportOptions { scale: Some(PixelScale::Unit), experiment: Some(0), ..ImportOptions::default() };
    let imported = import_sets(&path, Some(&dataset), &pixels).unwrap();
    let expected: Vec<f32> = raw[0].values.iter().map(|value| (value - 0.25) / 0.5).collect();
    assert_eq!((imported.sets.len(), &imported.sets[0].images.values), (1, &expected));

    // Of a dataset of more classes it has some.
    let larger = info(ImageShape::new(1, 4, 6), "abcd");
    let imported = import_sets(&path, Some(&larger), &ImportOptions::default()).unwrap();
    assert_eq!(imported.sets[0].class_names, ["a", "b"]);
    assert!(imported.origin.notes.iter().any(|note| note.contains("only 2 of 4 classes")));
}

#[test]
fn what_does_not_fit_a_dataset_is_refused() {
    let path = fixture("res_tiny_ConvNet_2ipc.pt");
    let default = ImportOptions::default;
    let odd = Normalization { mean: vec![0.0; 3], std: vec![1.0; 3] };
    for (dataset, options, part) in [
        (None, default(), "name the dataset"),
        (Some(info(ImageShape::new(1, 6, 4), "ab")), default(), "those of letters are 1x6x4"),
        (Some(info(ImageShape::new(1, 4, 6), "a")), default(), "has 2 classes"),
        (None, ImportOptions { normalization: Some(odd), ..default() }, "for each of 1 channel"),
        (None, ImportOptions { experiment: Some(2), ..default() }, "no experiment 3; the file has 2 sets"),
    ] {
        let error = import_sets(&path, dataset.as_ref(), &options).unwrap_err().to_string();
        assert!(error.contains(part) && error.contains("res_tiny"), "{error}");
    }
}

#[test]
fn our_exports_come_back() {
    let folder = tempfile::tempdir().unwrap();
    let original = set(&["x", "a class", "y"], &[0, 1, 1, 2], -0.25, (0.5, 0.75)).with_formation(2).unwrap();
    let stored = folder.path().join("set.safetensors");
    project::write_synthetic_set(&stored, &original, None).unwrap();
    for (format, name) in
        [(SetFormat::Safetensors, "a.safetensors"), (SetFormat::Npz, "a.npz"), (SetFormat::PngFolders, "pictures")]
    {
        let to = folder.path().join(name);
        project::export(&Export::SetFile { path: stored.clone(), format }, &to, false).unwrap();
        let imported = import_sets(&to, None, &ImportOptions::default()).unwrap();
        let [back] = imported.sets.as_slice() else { panic!("{name}") };
        assert_eq!(
            (&back.class_names, &back.normalization, back.formation),
            (&original.class_names, &original.normalization, 2)
        );
        if format == SetFormat::PngFolders {
            let bytes = |set: &SyntheticSet| (0..4).flat_map(|image| set.display_bytes(image)).collect::<Vec<_>>();
            assert_eq!((bytes(back), &back.images.labels), (bytes(&original), &original.images.labels));
        } else {
            assert_eq!(back.images, original.images, "{name}");
        }
        // In a dataset the classes are found by name.
        let mut dataset = info(ImageShape::new(1, 2, 3), "abc");
        dataset.class_names = ["y", "x", "a class"].map(str::to_owned).into();
        let sorted = import_sets(&to, Some(&dataset), &ImportOptions::default()).unwrap();
        assert_eq!(sorted.sets[0].counts(), [1, 1, 2], "{name}");
        assert_eq!(sorted.sets[0].images.image(1), back.images.image(0), "{name}");
    }
    // Without the file beside them, the pictures are read by their folders.
    let pictures = folder.path().join("pictures");
    fs::remove_file(pictures.join("metadata.json")).unwrap();
    let imported = import_sets(&pictures, Some(&info(ImageShape::new(1, 2, 3), "abc")), &ImportOptions::default());
    let imported = imported.unwrap();
    assert_eq!((imported.sets[0].counts(), imported.sets[0].class_names.concat()), (vec![1, 2, 1], "abc".to_owned()));
    assert!(imported.origin.notes.iter().any(|note| note.contains("taken by position")));
}

/// An `.npz` of the arrays, each a type, a shape and its bytes.
fn npz(path: &Path, arrays: &[(&str, &str, &str, Vec<u8>)]) {
    let mut zip = zip::ZipWriter::new(fs::File::create(path).unwrap());
    for (name, descr, shape, bytes) in arrays {
        zip.start_file(format!("{name}.npy"), zip::write::SimpleFileOptions::default()).unwrap();
        let header = format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}\n");
        zip.write_all(b"\x93NUMPY\x01\x00").unwrap();
        zip.write_all(&u16::try_from(header.len()).unwrap().to_le_bytes()).unwrap();
        zip.write_all(header.as_bytes()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap();
}

#[test]
fn numbers_without_a_word_are_judged_by_their_range() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.npz");
    let floats = |values: [f32; 6]| values.iter().flat_map(|value| value.to_be_bytes()).collect::<Vec<u8>>();
    let read = |descr: &str, bytes: Vec<u8>| {
        npz(&path, &[("x", descr, "(2, 1, 1, 3)", bytes), ("y", "|u1", "(2,)", vec![1, 0])]);
        read_sets(&path, None)
    };
    let unit = [0.0, 0.5, 1.0, 0.25, 0.0, 1.0];
    let found = read(">f4", floats(unit)).unwrap();
    // What can be (n, c, h, w) is.
    assert_eq!((found.scale, found.sets[0].shape), (PixelScale::Unit, ImageShape::new(1, 1, 3)));
    assert_eq!(
        (found.sets[0].values.as_slice(), found.sets[0].labels.as_slice()),
        (unit.as_slice(), [1, 0].as_slice())
    );
    assert_eq!(read(">f4", floats([0.0, 200.0, 1.0, 0.0, 0.0, 9.0])).unwrap().scale, PixelScale::Bytes);
    assert_eq!(read(">f4", floats([0.0, -0.1, 1.0, 0.0, 0.0, 0.0])).unwrap().scale, PixelScale::Normalized);
    assert_eq!(read("|u1", vec![0, 1, 1, 0, 0, 1]).unwrap().scale, PixelScale::Bytes);
    let error = read(">f4", floats([0.0, f32::NAN, 0.0, 0.0, 0.0, 0.0])).unwrap_err().to_string();
    assert!(error.contains("finite"), "{error}");
    npz(&path, &[("x", "|u1", "(1, 3)", vec![0; 3]), ("y", "|u1", "(1,)", vec![0])]);
    assert!(read_sets(&path, None).unwrap_err().to_string().contains("the shape [1, 3]"));
    npz(&path, &[("pictures", "|u1", "(1, 3)", vec![0; 3])]);
    assert!(read_sets(&path, None).unwrap_err().to_string().contains("found [pictures]"));
}

#[test]
fn damaged_files_are_refused_and_nothing_panics() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["res_tiny_ConvNet_2ipc.pt", "res_tiny_legacy.pt", "idc_tiny_data.pt"] {
        let good = fs::read(fixture(name)).unwrap();
        let path = folder.path().join("a.pt");
        for length in (0..good.len()).step_by(7) {
            fs::write(&path, &good[..length]).unwrap();
            assert!(read_sets(&path, None).is_err(), "{name} cut off at {length}");
        }
        // What is read of a changed file does not matter, only that it ends in a set or an error.
        for position in (0..good.len()).step_by(2) {
            for change in [0x01, 0xff] {
                let mut bytes = good.clone();
                bytes[position] ^= change;
                fs::write(&path, &bytes).unwrap();
                let _ = import_sets(&path, None, &ImportOptions::default());
            }
        }
    }
    for (name, content) in
        [("a.pt", b"PK\x03\x04 no zip".as_slice()), ("a.npz", b"PK"), ("a.safetensors", b"{}"), ("a.txt", b"")]
    {
        let path = folder.path().join(name);
        fs::write(&path, content).unwrap();
        assert!(read_sets(&path, None).is_err(), "{name}");
    }
    // A pickle that would grow beyond measure once it is unpacked.
    let path = folder.path().join("bomb.pt");
    let mut zip = zip::ZipWriter::new(fs::File::create(&path).unwrap());
    let deflated = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
    zip.start_file("bomb/data.pkl", deflated).unwrap();
    zip.write_all(&vec![b'N'; 5 << 20]).unwrap();
    zip.finish().unwrap();
    assert!(matches!(read_sets(&path, None), Err(DataError::TooLarge { .. })));
}

fn part(name: &str, set: SyntheticSet) -> JoinedPart {
    JoinedPart { path: name.into(), sets: vec![set], source: None }
}

#[test]
fn sets_of_different_classes_become_one() {
    let parts = [
        part("first", set(&["c", "a"], &[0, 1, 1], 0.0, (0.5, 0.25))),
        part("second", set(&["d", "b"], &[0, 1], 8.0, (0.5, 0.25))),
    ];
    let joined = join_sets(&parts, None).unwrap();
    let [all] = joined.sets.as_slice() else { panic!() };
    assert_eq!((all.class_names.concat(), all.counts()), ("cadb".to_owned(), vec![1, 2, 1, 1]));
    assert_eq!(all.images.values, [&parts[0].sets[0].images.values[..], &parts[1].sets[0].images.values].concat());
    assert_eq!((joined.origin.kind, joined.origin.notes.len()), (OriginKind::Joined, 0));

    let dataset = info(ImageShape::new(1, 2, 3), "abcde");
    let ordered = join_sets(&parts, Some(&dataset)).unwrap();
    assert_eq!((ordered.sets[0].class_names.concat(), ordered.sets[0].counts()), ("abcd".to_owned(), vec![2, 1, 1, 1]));
    assert_eq!(ordered.sets[0].images.image(2), parts[1].sets[0].images.image(1));

    // Under another normalisation the pixels stay.
    let other = [parts[0].clone(), part("second", set(&["d", "b"], &[0, 1], 8.0, (0.125, 0.5)))];
    let joined = join_sets(&other, None).unwrap();
    assert_eq!(joined.sets[0].normalization, parts[0].sets[0].normalization);
    assert!(joined.origin.notes[0].contains("normalised differently"));
    assert!((joined.sets[0].images.image(3)[0] - (8.0 * 0.5 + 0.125 - 0.5) / 0.25).abs() < 1e-6);
    assert_eq!(joined.sets[0].images.image(0), parts[0].sets[0].images.image(0));
}

#[test]
fn sets_that_cannot_be_joined_say_why() {
    let first = || part("first", set(&["c", "a"], &[0, 1, 1], 0.0, (0.5, 0.25)));
    let mut wide = part("second", set(&["d", "b"], &[0, 1], 8.0, (0.5, 0.25)));
    wide.sets[0].images.shape = ImageShape::new(1, 3, 2);
    let twice = JoinedPart { sets: vec![set(&["d", "b"], &[0, 1], 8.0, (0.5, 0.25)); 2], ..wide.clone() };
    for (second, problem) in [
        (part("second", set(&["d", "a"], &[0, 1], 8.0, (0.5, 0.25))), "the class \"a\" comes in two"),
        (wide, "its images are 1x3x2"),
        (twice, "it has 2 experiments"),
    ] {
        let error = join_sets(&[first(), second], None).unwrap_err().to_string();
        assert!(error.contains(problem) && error.ends_with("second"), "{error}");
    }
    let error = join_sets(&[first()], Some(&info(ImageShape::new(1, 2, 3), "ab"))).unwrap_err().to_string();
    assert!(error.contains("letters has no class \"c\""), "{error}");
}

#[test]
fn an_imported_set_is_a_run_that_can_be_evaluated() {
    let folder = tempfile::tempdir().unwrap();
    let from = fixture("res_digits01_ConvNet_1ipc.pt");
    let answer = succeed(folder.path(), &format!("import {} --data digits --out run", from.display()));
    assert!(answer.out.contains("1 of 2 classes") && answer.err.contains("only 2 of 10 classes"), "{}", answer.err);
    let run = RunFolder::open(&folder.path().join("run")).unwrap();
    let summary = run.summary();
    assert_eq!((summary.status, summary.has_images(), summary.iterations_done), (RunStatus::Finished, true, 0));
    assert_eq!(summary.origin.unwrap().files, std::slice::from_ref(&from));
    let digits = DatasetSource::Builtin(BuiltinDataset::Digits);
    assert_eq!(summary.source, digits.clone().with_classes(vec!["0".into(), "1".into()]));
    assert_eq!(run.details().unwrap().experiments[0].set.as_ref().unwrap().counts(), [1, 1]);
    assert!(run.picture_path(0).unwrap().is_file());

    let flags = "--device cpu --eval-networks ConvNetW4D1 --eval-repeats 1 --eval-epochs 1";
    succeed(folder.path(), &format!("evaluate run {flags}"));
    assert_eq!(run.load_evaluation().unwrap().unwrap().table.cells[0].results.len(), 1);
    let refused = dewpoint(folder.path(), "resume run");
    assert!(refused.code == Some(1) && refused.err.contains("imported"), "{}", refused.err);
    let refused = dewpoint(folder.path(), &format!("import {} --out other", from.display()));
    assert!(refused.code == Some(1) && refused.err.contains("--data"), "{}", refused.err);

    // The set alone, of two classes without names.
    let set = format!("import {} --normalization 0.5/0.25 --out alone.safetensors", from.display());
    succeed(folder.path(), &set);
    let alone = read_synthetic_set(&folder.path().join("alone.safetensors")).unwrap();
    assert_eq!((alone.set.class_names.concat(), alone.recipe), ("01".to_owned(), None));
    succeed(folder.path(), &format!("evaluate alone.safetensors --data digits --classes 0,1 {flags}"));
    assert_eq!(dewpoint(folder.path(), &set).code, Some(1), "nothing is replaced");
}

#[test]
fn new_classes_are_condensed_alone_and_joined() {
    let folder = tempfile::tempdir().unwrap();
    let condense = format!("condense --data digits {SMALL} --iterations 1 --eval-repeats 0 --out");
    succeed(folder.path(), &format!("{condense} old --classes 7,2 --ipc 2"));
    succeed(folder.path(), &format!("{condense} new --classes 4,5"));
    let record = RunFolder::open(&folder.path().join("old")).unwrap().record().clone();
    assert_eq!(record.dataset.class_names, ["2", "7"]);
    // A subset is kept when the run goes on.
    succeed(folder.path(), "resume old --iterations 2");

    let answer = succeed(folder.path(), "join old new --out both");
    assert!(answer.err.contains("all sets were made from digits"), "{}", answer.err);
    let run = RunFolder::open(&folder.path().join("both")).unwrap();
    let stored = run.load_set(0).unwrap().unwrap();
    assert_eq!((stored.set.class_names.concat(), stored.set.counts()), ("2457".to_owned(), vec![2, 1, 1, 2]));
    let whole = data::open(&DatasetSource::Builtin(BuiltinDataset::Digits)).unwrap();
    assert_eq!(stored.set.normalization, whole.info.normalization);
    let old = RunFolder::open(&folder.path().join("old")).unwrap().load_set(0).unwrap().unwrap().set;
    assert_eq!(stored.set.images.image(5), old.images.image(3));
    succeed(
        folder.path(),
        "evaluate both --device cpu --eval-networks ConvNetW4D1 --eval-repeats 1 --eval-epochs 1 --baselines random",
    );
    let refused = dewpoint(folder.path(), "join old both --out again");
    assert!(refused.code == Some(1) && refused.err.contains("comes in two"), "{}", refused.err);
    // Without classes named for a dataset there is nothing to choose from.
    assert_eq!(dewpoint(folder.path(), "evaluate both --classes 2,4").code, Some(2));
}
