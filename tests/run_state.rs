//! What a run finds and leaves in its output folder: what it does again and what not, `--dry-run`, `--retry-failed`,
//! removed articles, `depeche status`, two runs at once.

#![allow(clippy::unwrap_used)] // helpers of tests: a failure is the test's failure

use assert_cmd::Command;
use depeche::engine::random::{Family, FloatType, RandomModel, Size};
use depeche::store::{RunLock, Store};
use serde_json::{Value, json};
use std::path::Path;

const SIZE: Size = Size {
    vocabulary: 512,
    hidden: 32,
    feed_forward: 32,
    layers: 1,
    heads: 2,
    kv_heads: 1,
    head_dim: 16,
    context: 2048,
};

fn folder() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    RandomModel::new(Family::Qwen3, SIZE, 7)
        .write_safetensors(&dir.path().join("model"), FloatType::F32)
        .unwrap();
    std::fs::create_dir(dir.path().join("in")).unwrap();
    write(
        &dir,
        "a",
        "La société Nexilia a levé 12 millions d’euros mardi à Lyon.",
    );
    write(
        &dir,
        "b",
        "Orvane emploie 21 300 personnes dans 34 pays depuis janvier.",
    );
    dir
}

fn write(dir: &tempfile::TempDir, name: &str, text: &str) {
    std::fs::write(dir.path().join(format!("in/{name}.txt")), format!("{text}\n")).unwrap();
}

/// Standard output, standard error and status of `depeche` with these words.
fn depeche(dir: &Path, words: &str) -> (String, String, i32) {
    let output = Command::cargo_bin("depeche")
        .unwrap()
        .current_dir(dir)
        .env_clear()
        .env("HOME", dir)
        .args(words.split_whitespace())
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (
        text(output.stdout),
        text(output.stderr),
        output.status.code().unwrap(),
    )
}

const RUN: &str = "run in --model ./model --tasks summary --summary-langs fr --length short";

fn status(dir: &Path) -> Value {
    let (stdout, stderr, code) = depeche(dir, "status out --format json");
    assert_eq!(code, 0, "{stderr}");
    serde_json::from_str(&stdout).unwrap()
}

fn dry_run(dir: &Path, more: &str) -> Value {
    let (stdout, stderr, code) = depeche(dir, &format!("{RUN} --dry-run --log-format json {more}"));
    assert_eq!(code, 0, "{stderr}");
    serde_json::from_str(&stdout).unwrap()
}

#[test]
fn only_what_is_missing_or_changed_is_done_and_a_dry_run_says_so_before() {
    let dir = folder();
    let before = dry_run(dir.path(), "");
    assert_eq!(before["tokens_exact"], true);
    assert_eq!(before["seconds"], Value::Null, "nothing was measured yet");
    let work = before["forecast"]["work"].as_array().unwrap();
    assert_eq!(work.len(), 2, "{before}");
    assert_eq!(work[0]["tasks"][0]["why"], "new");
    assert!(work[0]["tasks"][0]["prompt_tokens"].as_u64().unwrap() > 100);
    assert!(!dir.path().join("out").exists(), "a dry run writes nothing");
    assert!(!dir.path().join(".local").exists(), "a dry run writes nothing");

    let (_, stderr, _) = depeche(dir.path(), RUN);
    assert!(
        stderr.contains("2 model tasks done, 0 found finished"),
        "{stderr}"
    );
    assert_eq!(dry_run(dir.path(), "")["forecast"]["work"], json!([]));
    assert_eq!(
        dry_run(dir.path(), "--force")["forecast"]["work"][1]["tasks"][0]["why"],
        "forced"
    );
    let longer = dry_run(dir.path(), "--temperature 0.5");
    assert_eq!(longer["forecast"]["work"][0]["tasks"][0]["why"], "settings");
    assert!(longer["seconds"].is_u64(), "the first run was measured: {longer}");

    write(
        &dir,
        "b",
        "Orvane emploie 21 400 personnes dans 35 pays depuis janvier.",
    );
    let changed = dry_run(dir.path(), "");
    assert_eq!(changed["forecast"]["work"][0]["path"], "in/b.txt");
    assert_eq!(changed["forecast"]["work"][0]["tasks"][0]["why"], "changed");
    let (stdout, _, _) = depeche(dir.path(), &format!("{RUN} --dry-run"));
    assert!(
        stdout.contains("in/b.txt: (changed article) summary.fr "),
        "{stdout}"
    );
    assert!(stdout.contains("counted with the model's tokenizer"), "{stdout}");
    assert!(
        stdout.contains("at the speed of earlier runs on this machine"),
        "{stdout}"
    );
    let (_, stderr, _) = depeche(dir.path(), RUN);
    assert!(
        stderr.contains("1 model tasks done, 1 found finished"),
        "{stderr}"
    );
    let (writes, results) = Store::open_to_read(&dir.path().join("out"))
        .unwrap()
        .writes()
        .unwrap();
    assert_eq!(
        (writes, results),
        (3, 3),
        "the result of the text before the change stays"
    );
}

#[test]
fn a_dry_run_of_a_model_that_is_not_here_estimates_and_downloads_nothing() {
    let dir = folder();
    let (stdout, stderr, code) = depeche(dir.path(), "run in --model qwen3-0.6b --dry-run");
    assert_eq!(code, 0, "{stderr}");
    assert!(
        stdout.contains("estimated: the model is not on this machine"),
        "{stdout}"
    );
    assert!(stdout.contains("  extraction: 2, about "), "{stdout}");
    assert!(stdout.contains("time: not known"), "{stdout}");
    let (stdout, _, _) = depeche(dir.path(), "run in --dry-run");
    assert!(stdout.contains("no model: no tasks"), "{stdout}");
    assert_eq!(
        std::fs::read_dir(dir.path()).unwrap().count(),
        2,
        "nothing but `in` and `model`"
    );
}

#[test]
fn what_failed_is_tried_again_only_when_asked_and_then_alone() {
    let dir = folder();
    let small = format!("{RUN} --context 64");
    let (_, stderr, code) = depeche(dir.path(), &small);
    assert_eq!(code, 3, "{stderr}");
    let failed = status(dir.path());
    assert_eq!(
        failed["tasks"][0],
        json!({"task": "summary.fr", "done": 0, "failed": 2, "left": 0})
    );
    let (_, stderr, code) = depeche(dir.path(), &small);
    assert_eq!(code, 3);
    assert!(!stderr.contains("model tasks done"), "{stderr}");
    let problems = std::fs::read_to_string(dir.path().join("out/problems.csv")).unwrap();
    assert!(problems.contains("--retry-failed"), "{problems}");

    write(
        &dir,
        "c",
        "Une troisième dépêche de 40 mots est arrivée après coup.",
    );
    let (_, stderr, _) = depeche(dir.path(), &format!("{small} --retry-failed"));
    assert!(
        stderr.contains("2 model tasks done, 0 found finished"),
        "{stderr}"
    );
    let after = status(dir.path());
    assert_eq!(
        after["tasks"][0]["left"], 1,
        "the new article waits for a run that is not a retry: {after}"
    );
    let (writes, results) = Store::open_to_read(&dir.path().join("out"))
        .unwrap()
        .writes()
        .unwrap();
    assert_eq!((writes, results), (4, 2));
}

#[test]
fn an_article_that_went_is_marked_and_one_that_moved_or_came_back_costs_nothing() {
    let dir = folder();
    depeche(dir.path(), RUN);
    std::fs::rename(dir.path().join("in/a.txt"), dir.path().join("in/moved.txt")).unwrap();
    std::fs::rename(dir.path().join("in/b.txt"), dir.path().join("b.txt")).unwrap();
    let (_, stderr, _) = depeche(dir.path(), RUN);
    assert!(
        stderr.contains("1 articles of earlier runs are no longer among the inputs"),
        "{stderr}"
    );
    assert!(
        stderr.contains("0 model tasks done, 1 found finished"),
        "{stderr}"
    );
    assert_eq!(status(dir.path())["removed"], json!(["in/b.txt"]));
    let problems = std::fs::read_to_string(dir.path().join("out/problems.csv")).unwrap();
    let row = problems.lines().find(|line| line.contains("in/b.txt")).unwrap();
    assert!(
        row.contains("no longer among the inputs") && row.contains("note"),
        "{row}"
    );
    let figures = std::fs::read_to_string(dir.path().join("out/figures.csv")).unwrap();
    assert!(!figures.contains("21 300"), "{figures}");

    std::fs::rename(dir.path().join("b.txt"), dir.path().join("in/b.txt")).unwrap();
    let (_, stderr, _) = depeche(dir.path(), RUN);
    assert!(
        stderr.contains("0 model tasks done, 2 found finished"),
        "{stderr}"
    );
    assert_eq!(status(dir.path())["removed"], json!([]));
}

#[test]
fn two_runs_share_no_folder_and_looking_disturbs_none() {
    let dir = folder();
    depeche(dir.path(), RUN);
    let out = dir.path().join("out");
    let before = std::fs::metadata(out.join("depeche.sqlite"))
        .unwrap()
        .modified()
        .unwrap();
    {
        let _held = RunLock::take(&out).unwrap();
        for command in [RUN, "report out"] {
            let (_, stderr, code) = depeche(dir.path(), command);
            assert_eq!(code, 1, "{stderr}");
            assert!(
                stderr.contains("but another run works there (process "),
                "{stderr}"
            );
            assert!(stderr.contains("hint: wait until it has ended"), "{stderr}");
        }
        assert_eq!(status(dir.path())["process"], std::process::id());
    }
    // a file that a killed process left locks nobody out, whatever process it names
    std::fs::write(out.join(RunLock::FILE_NAME), "1\n").unwrap();
    assert_eq!(status(dir.path())["process"], Value::Null);
    std::fs::write(out.join(".figures.csv.1.tmp"), "half").unwrap();
    assert_eq!(
        std::fs::metadata(out.join("depeche.sqlite"))
            .unwrap()
            .modified()
            .unwrap(),
        before
    );
    let (_, stderr, _) = depeche(dir.path(), RUN);
    assert!(
        stderr.contains("0 model tasks done, 2 found finished"),
        "{stderr}"
    );
    assert!(!out.join(".figures.csv.1.tmp").exists());
    let (_, stderr, code) = depeche(dir.path(), "status in");
    assert_eq!(code, 1);
    assert!(
        stderr.starts_with("error: expected the store of a run, but found no `in/"),
        "{stderr}"
    );
    assert!(!dir.path().join("in").join(RunLock::FILE_NAME).exists());
    let (_, _, code) = depeche(dir.path(), "report in");
    assert_eq!(code, 1);
    assert!(!dir.path().join("in").join(RunLock::FILE_NAME).exists());
}

#[test]
fn status_tells_people_too() {
    let dir = folder();
    depeche(dir.path(), RUN);
    let (stdout, _, code) = depeche(dir.path(), "status out");
    assert_eq!(code, 0);
    for part in [
        "         run  out: ended\n",
        "    articles  2\n",
        "  summary.fr  2 done, 0 failed, 0 left\n",
        "       speed  ",
    ] {
        assert!(stdout.contains(part), "{part:?} in {stdout}");
    }
}

#[test]
fn machines_are_told_of_every_task() {
    let dir = folder();
    let (_, stderr, _) = depeche(dir.path(), &format!("{RUN} --log-format json"));
    let events: Vec<Value> = stderr
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let tasks: Vec<&Value> = events.iter().filter(|event| event["event"] == "task").collect();
    assert_eq!(tasks.len(), 2, "{stderr}");
    assert!(
        tasks
            .iter()
            .all(|task| task["article_done"] == true && task["task"] == "summary.fr")
    );
    assert!(tasks[0]["usage"]["prompt_tokens"].as_u64().unwrap() > 0);
    let stages: Vec<&str> = events
        .iter()
        .filter(|event| event["event"] == "start")
        .map(|event| event["stage"].as_str().unwrap())
        .collect();
    assert_eq!(stages, ["reading", "figures", "model", "writing", "finishing"]);
    assert!(
        events
            .iter()
            .all(|event| event["time"].as_str().unwrap().ends_with('Z'))
    );
}
