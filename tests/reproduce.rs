//! `dewpoint reproduce` as a person meets it: the real program at toy size, on the digits that it draws itself.
#![cfg(unix)]

mod program;

use std::{
    collections::BTreeMap,
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use program::{Answer, answer, command, dewpoint, succeed};
use serde_json::Value;

/// So little that an experiment takes seconds.
const TOY: &str = "--device cpu --scale 1/50 --iterations 2 --epochs 2 --real-batch 2 --test-images 40";

/// The least of everything: one set, and one narrow network of each kind on it.
const LEAST: &str = "--device cpu --ipc 1 --scale 1/50 --iterations 1 --sets 1 --networks 1 --epochs 1 --real-batch 2 \
                     --test-images 20 --width 8";

/// The arguments of an experiment with one image a class in the project `project`.
fn toy(experiment: &str, project: &str, more: &str) -> String {
    format!("reproduce {experiment} --project {project} --ipc 1 {TOY} {more}")
}

/// The folders of the tables of a project.
fn tables(project: &Path) -> Vec<PathBuf> {
    let mut folders: Vec<_> =
        fs::read_dir(project.join("experiments")).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.sort();
    folders
}

/// Row and column with the figures, but for the time that they took.
fn figures(folder: &Path) -> BTreeMap<String, String> {
    let text = fs::read_to_string(folder.join("table.csv")).unwrap();
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let position = |name: &str, head: &csv::StringRecord| head.iter().position(|column| column == name).unwrap();
    let head = reader.headers().unwrap().clone();
    let kept = ["ours_mean", "ours_std", "n"].map(|name| position(name, &head));
    let (row, column) = (position("row", &head), position("column", &head));
    let rows = reader.records().map(Result::unwrap);
    rows.map(|record| (format!("{} / {}", &record[row], &record[column]), kept.map(|at| &record[at]).join(" ")))
        .collect()
}

fn runs(project: &Path) -> usize {
    fs::read_dir(project.join("runs")).unwrap().count()
}

/// Row and column with the mean, of a table without a gap.
fn means(folder: &Path) -> BTreeMap<(String, String), f64> {
    let mean = |(cell, figures): (String, String)| {
        let mean: f64 = figures.split(' ').next().unwrap().parse().unwrap_or_else(|_| panic!("{cell} is empty"));
        assert!(mean.is_finite(), "{cell}: {mean}");
        let (row, column) = cell.split_once(" / ").unwrap();
        ((row.to_owned(), column.to_owned()), mean)
    };
    figures(folder).into_iter().map(mean).collect()
}

/// Runs an experiment with the least of everything, twice: the second time nothing is left to do, and the table stays as it is, byte for byte. The
/// table's folder.
fn run_twice(folder: &Path, experiment: &str) -> PathBuf {
    let arguments = &format!("reproduce {experiment} --project p {LEAST}");
    succeed(folder, arguments);
    let [place] = tables(&folder.join("p")).try_into().unwrap();
    let read = || ["table.csv", "table.md"].map(|name| fs::read(place.join(name)).unwrap());
    let first = read();
    let again = succeed(folder, arguments);
    assert!(again.err.contains("left are 0 sets to condense and 0 networks to train"), "{}", again.err);
    assert!(!again.err.contains("unit 1 of"), "{}", again.err);
    assert_eq!(read(), first);
    place
}

/// What networks reached that were trained on a set, of every record beside a run: the set, the augmentation and the mean
/// accuracy.
fn recorded(run: &Path) -> Vec<(String, String, f64)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let records = fs::read_dir(run.join("evaluations")).unwrap().map(|entry| {
        let record: Value = serde_json::from_slice(&fs::read(entry.unwrap().path()).unwrap()).unwrap();
        let cells = record["table"]["cells"].as_array().unwrap().clone();
        cells.into_iter().map(|cell| {
            let accuracies =
                cell["results"].as_array().unwrap().iter().map(|result| result["accuracy"].as_f64().unwrap());
            let accuracies: Vec<f64> = accuracies.collect();
            let mean = accuracies.iter().sum::<f64>() / accuracies.len() as f64;
            (text(&cell["set"]), text(&cell["augmentation"]), mean)
        })
    });
    records.flatten().collect()
}

#[test]
fn a_stop_in_the_middle_gives_the_same_table() {
    // Enough networks that a stop comes before the last.
    const LONG: &str = "--networks 4";
    let folder = tempfile::tempdir().unwrap();
    let at = |project: &str| folder.path().join(project);
    let whole = succeed(folder.path(), &toy("dsa", "whole", LONG));
    for text in
        ["digits, IPC 1", "(n=4)", "digits takes the place of MNIST", "2 of 1000 outer iterations", "Done: 2 of 2"]
    {
        assert!(whole.out.contains(text), "{text}: {}", whole.out);
    }
    // Each stop comes after another event, until nothing is left.
    for wanted in ["iteration-done", "network-evaluated", "run-started", "network-evaluated"] {
        let stopped = stop_after(folder.path(), &toy("dsa", "stopped", &format!("{LONG} --json")), wanted);
        assert_eq!(stopped.code, Some(130), "{}", stopped.err);
        assert!(tables(&at("stopped"))[0].join("table.md").is_file());
    }
    let partial = succeed(folder.path(), &toy("dsa", "stopped", &format!("{LONG} --table")));
    assert!(partial.out.contains("Done: 1 of 2") || partial.out.contains("Done: 0 of 2"), "{}", partial.out);
    succeed(folder.path(), &toy("dsa", "stopped", LONG));
    let [one, other] = ["whole", "stopped"].map(|project| figures(&tables(&at(project))[0]));
    assert_eq!(one.len(), 2);
    assert_eq!(one, other);
    assert_eq!(runs(&at("stopped")), 2, "every run went on where it was");
    let again = succeed(folder.path(), &toy("dsa", "stopped", LONG));
    assert!(again.err.contains("left are 0 sets to condense and 0 networks to train"), "{}", again.err);
}

#[test]
fn experiments_share_runs_and_scales_never_mix() {
    let folder = tempfile::tempdir().unwrap();
    let project = folder.path().join("p");
    succeed(folder.path(), &toy("dsa", "p", ""));
    let first = figures(&tables(&project)[0]);
    // The intra-class row is DC's run; the other levels are their own.
    let dry = succeed(folder.path(), &toy("levels", "p", "--dry-run"));
    assert!(dry.err.contains("left are 3 sets to condense and 6 networks to train"), "{}", dry.err);
    assert_eq!(runs(&project), 2);
    // More networks by the same protocol: those that are there are not trained again.
    let more = succeed(folder.path(), &toy("dsa", "p", "--networks 3 --dry-run"));
    assert!(more.err.contains("left are 0 sets to condense and 2 networks to train"), "{}", more.err);
    succeed(folder.path(), &toy("dsa", "p", "--networks 3"));
    let places = tables(&project);
    assert_eq!(places.len(), 2, "a table for each scale");
    assert_eq!(figures(&places[0]), first);
    let larger = figures(&places[1]);
    assert!(larger.values().all(|figure| figure.ends_with(" 3")), "{larger:?}");
    // The smaller table stays what it was.
    succeed(folder.path(), &toy("dsa", "p", "--table"));
    assert_eq!(figures(&places[0]), first);
    let markdown = fs::read_to_string(places[1].join("table.md")).unwrap();
    for text in ["| dataset | DC | DSA |", "networks 3", "Dewpoint 0.", "Reduced", "none are published"] {
        let expected = text != "Reduced";
        assert_eq!(markdown.contains(text), expected, "{text}: {markdown}");
    }
}

#[test]
fn the_table_of_contents_names_every_experiment_with_its_cost() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("config");
    let mut list = command(folder.path(), "reproduce list --device cpu --json --quiet");
    let list = answer(list.env("DEWPOINT_CONFIG_DIR", &config).output().unwrap());
    assert_eq!(list.code, Some(0), "{}", list.err);
    let last: Value = serde_json::from_str(list.out.lines().last().unwrap()).unwrap();
    let experiments = last["experiments"].as_array().unwrap();
    assert!(experiments.len() >= 16);
    for experiment in experiments {
        let seconds = |scale: &str| {
            let cost = &experiment[scale];
            cost["condensing_seconds"].as_f64().unwrap() + cost["evaluation_seconds"].as_f64().unwrap()
        };
        assert!(seconds("full") > 3.0 * seconds("reduced") && seconds("reduced") > 0.0, "{experiment}");
    }
    assert!(config.join("speeds.json").is_file());
}

#[test]
fn what_cannot_be_done_is_one_sentence() {
    let folder = tempfile::tempdir().unwrap();
    for (arguments, sentence) in [
        ("reproduce table1 --iterations 0", "iterations must be at least 1"),
        ("reproduce table1 --data mnist=/no/such/place", "/no/such/place"),
        ("reproduce table2 --datasets svhn", "its places are mnist"),
        ("reproduce table2 --ipc 100000", "nothing is left of table2"),
        ("reproduce table2 --table", "there is no project yet"),
    ] {
        let answer = dewpoint(folder.path(), arguments);
        assert_eq!(answer.code, Some(1), "{arguments}: {}", answer.err);
        assert!(answer.err.starts_with("error: ") && answer.err.contains(sentence), "{}", answer.err);
        assert_eq!(answer.err.lines().count(), 1, "{}", answer.err);
    }
    for arguments in ["reproduce table9", "reproduce table1 --scale 2", "reproduce table1 --data mnist"] {
        assert_eq!(dewpoint(folder.path(), arguments).code, Some(2), "{arguments}");
    }
}

#[test]
fn the_augmentations_of_dc_bench_are_compared() {
    let folder = tempfile::tempdir().unwrap();
    let place = run_twice(folder.path(), "dc-bench");
    let means = means(&place);
    let rows = ["random", "k-means", "DC", "DSA"].map(|method| format!("digits, IPC 1: {method}"));
    assert_eq!(means.len(), rows.len() * 3);
    for row in rows {
        let of = |column: &str| means[&(row.clone(), column.to_owned())];
        assert!((0.0..=100.0).contains(&of("transfer")), "{row}");
        assert!(of("best") >= of("average") && of("average") >= 0.0, "{row}");
    }
    assert_eq!(runs(&folder.path().join("p")), 2);
}

#[test]
fn the_scores_of_dd_ranking_follow_from_the_recorded_accuracies() {
    let folder = tempfile::tempdir().unwrap();
    let place = run_twice(folder.path(), "dd-ranking");
    let means = means(&place);
    assert_eq!(means.len(), 2 * 4);
    let runs = folder.path().join("p/runs");
    for entry in fs::read_dir(runs).unwrap().map(Result::unwrap) {
        let record: Value = serde_json::from_slice(&fs::read(entry.path().join("run.json")).unwrap()).unwrap();
        let is_dsa = record["config"]["augmentation"] != "none";
        let recorded = recorded(&entry.path());
        // Five learning rates, with and without augmentation, on two kinds of images; and the whole set once.
        assert_eq!(recorded.len(), 2 * 5 * 2 + 1, "{recorded:?}");
        let best = |set: &str, is_augmented: bool| {
            let of_kind = recorded.iter().filter(|(of, by, _)| of == set && (by != "none") == is_augmented);
            of_kind.map(|(.., accuracy)| *accuracy).reduce(f64::max).unwrap()
        };
        let gain = |is_augmented: bool| best("condensed", is_augmented) - best("random", is_augmented);
        let unit = |x: f64| (x.exp() - (-1.0_f64).exp()) / (1.0_f64.exp() - (-1.0_f64).exp());
        let (hlr, ior) = (best("whole-set", false) - best("condensed", is_dsa), gain(is_dsa));
        let expected = [
            ("HLR", hlr),
            ("IOR", ior),
            ("LRS", unit(0.5 * ior - 0.5 * hlr)),
            ("ARS", unit(0.5 * gain(true) + 0.5 * gain(false))),
        ];
        let row = if is_dsa { "digits, IPC 1: DSA" } else { "digits, IPC 1: DC" };
        for (score, expected) in expected {
            let found = means[&(row.to_owned(), score.to_owned())];
            assert!((found - expected).abs() < 1e-6, "{row}, {score}: {found}, but {expected} by the formula");
        }
    }
}

#[test]
fn every_method_has_its_cell() {
    let folder = tempfile::tempdir().unwrap();
    let place = run_twice(folder.path(), "methods");
    let means = means(&place);
    let methods = ["DC", "DSA", "DCC", "DSAC", "DM", "IDC-I", "IDC"];
    assert_eq!(means.len(), methods.len());
    for method in methods {
        let accuracy = means[&("digits, IPC 1".to_owned(), method.to_owned())];
        assert!((0.0..=100.0).contains(&accuracy), "{method}: {accuracy}");
    }
    assert_eq!(runs(&folder.path().join("p")), methods.len(), "no two are the same");
}

/// Sends Ctrl-C once the event `wanted` was told.
fn stop_after(folder: &Path, arguments: &str, wanted: &str) -> Answer {
    let mut child = command(folder, arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let is_wanted = |line: &str| {
        let event: Value = serde_json::from_str(line).unwrap();
        event["event"] == *wanted
    };
    let found = lines.by_ref().map(Result::unwrap).any(|line| is_wanted(&line));
    if found {
        let status = Command::new("kill").args(["-INT".to_owned(), child.id().to_string()]).status().unwrap();
        assert!(status.success());
    }
    lines.for_each(drop);
    answer(child.wait_with_output().unwrap())
}
