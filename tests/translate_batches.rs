//! What an article's translation must not depend on: the articles beside it, and where a run was killed. For both
//! precisions, greedy and with four beams; the sentences of a folder share the network's steps, so that any leak from
//! one row to another would show here.

#![allow(clippy::unwrap_used)] // helpers of tests: a failure is the test's failure

mod translating;

use assert_cmd::Command;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

const NAMES: [&str; 4] = [
    "levee-de-fonds-nexilia.txt",
    "gpu-helicea-nvidia.txt",
    "reglement-ia-calendrier.md",
    "cyberattaque-hopital-vallombreuse.txt",
];

/// Every way to compute and to search.
const WAYS: [[&str; 4]; 4] = [
    ["--precision", "int8", "--beams", "1"],
    ["--precision", "int8", "--beams", "4"],
    ["--precision", "float32", "--beams", "1"],
    ["--precision", "float32", "--beams", "4"],
];

fn folder(seed: u64, end_bias: f32) -> tempfile::TempDir {
    translating::folder((seed, end_bias), &NAMES, 6)
}

fn command(dir: &Path, args: &[&str], way: &[&str]) -> std::process::Command {
    let mut command = std::process::Command::new(assert_cmd::cargo::cargo_bin("depeche"));
    command
        .current_dir(dir)
        .env_clear()
        .env("HOME", dir)
        .args(args)
        .args(way)
        .args(["--model", "./model"]);
    command
}

/// Standard output; a random model's figures are flagged, so that the status is 3.
fn depeche(dir: &Path, args: &[&str], way: &[&str]) -> String {
    let output = Command::from_std(command(dir, args, way)).output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(matches!(output.status.code(), Some(0 | 3)), "{stderr}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn an_article_alone_is_translated_as_among_others() {
    // With several beams half of the answers are fit to stand in the document.
    let dir = folder(19, 4.25);
    for way in &WAYS {
        let translate = |path: &str| {
            depeche(
                dir.path(),
                &["translate", path, "--from", "fr", "--format", "jsonl"],
                way,
            )
        };
        let together = translate("in");
        let together: BTreeSet<&str> = together.lines().collect();
        assert_eq!(together.len(), NAMES.len(), "{way:?}");
        for name in NAMES {
            let alone = translate(&format!("in/{name}"));
            assert!(
                together.contains(alone.trim_end()),
                "{way:?}: {name} alone is another text: {alone}"
            );
        }
    }
}

/// The model's answers with their beams, by the digest of what was asked: as they came, before the checks that put
/// the source in the place of most answers of a random model.
fn answers(out: &Path) -> BTreeMap<String, String> {
    let store = rusqlite::Connection::open(out.join("depeche.sqlite")).unwrap();
    let mut rows = store.prepare("SELECT key, json FROM sentence").unwrap();
    let rows = rows.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    rows.map(Result::unwrap).collect()
}

#[test]
fn the_model_answers_a_sentence_alone_as_among_others() {
    let dir = folder(29, 3.5);
    let mut all_ways = BTreeSet::new();
    for (index, way) in WAYS.iter().enumerate() {
        let run = |path: &str, out: &str| {
            depeche(
                dir.path(),
                &["run", path, "--tasks", "translation", "--out", out],
                way,
            );
            answers(&dir.path().join(out))
        };
        let together = run("in", &format!("together-{index}"));
        let mut alone = BTreeMap::new();
        for (article, name) in NAMES.iter().enumerate() {
            alone.extend(run(&format!("in/{name}"), &format!("alone-{index}-{article}")));
        }
        assert!(
            together.keys().eq(alone.keys()),
            "{way:?}: other sentences were asked for"
        );
        for (key, answer) in &together {
            assert_eq!(answer, &alone[key], "{way:?}");
        }
        let distinct: BTreeSet<&String> = together.values().collect();
        assert!(
            distinct.len() > 20,
            "{way:?}: {} distinct answers",
            distinct.len()
        );
        all_ways.insert(distinct.into_iter().cloned().collect::<Vec<_>>());
    }
    assert_eq!(
        all_ways.len(),
        WAYS.len(),
        "what was compared are copies of one answer"
    );
}

/// Every table and translation of a run, by its path.
fn outputs(out: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    for folder in [out.to_owned(), out.join("translations")] {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(out).unwrap().to_string_lossy().into_owned();
            let is_text = [".csv", ".jsonl", ".md"].iter().any(|end| name.ends_with(end));
            if is_text {
                files.insert(name, std::fs::read(path).unwrap());
            }
        }
    }
    files
}

/// Sentences that a killed run has kept.
fn kept(out: &Path) -> Option<i64> {
    let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY;
    let store = rusqlite::Connection::open_with_flags(out.join("depeche.sqlite"), flags).ok()?;
    let count = "SELECT count(*) FROM sentence";
    store.query_row(count, [], |row| row.get(0)).ok()
}

#[test]
fn a_run_that_was_killed_goes_on_to_the_same_translations() {
    let dir = folder(19, 4.25);
    for (index, way) in WAYS.iter().enumerate() {
        let (whole, broken) = (format!("whole-{index}"), format!("broken-{index}"));
        let run = |out| ["run", "in", "--tasks", "translation", "--out", out];
        depeche(dir.path(), &run(&whole), way);
        let expected = outputs(&dir.path().join(&whole));
        let sentences = kept(&dir.path().join(&whole)).unwrap();
        assert!(
            expected.len() > NAMES.len() && sentences > 20,
            "{:?}",
            expected.keys()
        );

        let out = dir.path().join(&broken);
        let mut child = command(dir.path(), &run(&broken), way)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let start = Instant::now();
        while kept(&out).is_none_or(|kept| kept == 0) {
            assert!(
                start.elapsed() < Duration::from_secs(120),
                "{way:?}: nothing was kept"
            );
            std::thread::sleep(Duration::from_millis(1));
        }
        child.kill().unwrap();
        child.wait().unwrap();
        let before = kept(&out).unwrap();
        depeche(dir.path(), &run(&broken), way);
        println!("{way:?}: killed with {before} of {sentences} sentences kept");
        assert_eq!(kept(&out), Some(sentences), "{way:?}");
        let found = outputs(&out);
        assert!(found.keys().eq(expected.keys()), "{way:?}: {:?}", found.keys());
        for (name, bytes) in &expected {
            assert!(*bytes == found[name], "{way:?}: {name} differs after a kill");
        }
    }
}
