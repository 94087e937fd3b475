//! `depeche bench` end to end, on a tiny random model that it makes itself.

#![allow(clippy::unwrap_used)] // helpers of tests: a failure is the test's failure

use assert_cmd::Command;
use serde_json::Value;
use std::path::Path;

fn bench(dir: &Path, args: &[&str]) -> (String, String, i32) {
    let output = Command::cargo_bin("depeche")
        .unwrap()
        .current_dir(dir)
        .env_clear()
        .env("HOME", dir)
        .env("TMPDIR", dir)
        .arg("bench")
        .args(args)
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (
        text(output.stdout),
        text(output.stderr),
        output.status.code().unwrap(),
    )
}

const TINY: [&str; 4] = ["--shape", "tiny", "--quant", "q8_0"];

#[test]
fn every_test_asked_for_has_a_row_of_its_own_in_order() {
    let dir = tempfile::tempdir().unwrap();
    let tests = [
        "--tests",
        "decode-3,prefill-40,decode-2@20",
        "--runs",
        "3",
        "--json",
    ];
    let (stdout, stderr, status) = bench(dir.path(), &[&TINY[..], &tests].concat());
    assert_eq!(status, 0, "{stderr}");
    let report: Value = serde_json::from_str(&stdout).unwrap();
    let rows = report["results"].as_array().unwrap();
    let names: Vec<_> = rows.iter().map(|row| row["test"].as_str().unwrap()).collect();
    assert_eq!(names, ["decode-3", "prefill-40", "decode-2@20"]);
    for row in rows {
        let number = |name: &str| row[name].as_f64().unwrap();
        assert_eq!(row["runs"].as_array().unwrap().len(), 3);
        assert!(0.0 < number("min"), "{row}");
        assert!(number("min") <= number("tokens_per_second") && number("tokens_per_second") <= number("max"));
        assert!(number("operations_per_second") > 0.0);
    }
    assert!(rows[1]["bytes_per_second"].is_null());
    assert!(report["limits"]["read"].as_f64().unwrap() > 1e8);
    assert!(!report["limits"]["products"].as_array().unwrap().is_empty());
    assert_eq!(report["model"]["architecture"], "qwen3");
    #[cfg(target_os = "linux")]
    assert!(report["peak_memory"].as_u64().unwrap() > 1 << 20);
    // the model that was made for it is gone
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
}

#[test]
fn the_job_answers_every_question_with_exactly_as_many_tokens_as_asked() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(
        dir.path().join("article.txt"),
        "Nexilia lève 12 millions d’euros\n\nLa start-up lyonnaise Nexilia a annoncé mardi une levée de fonds de \
         12 millions d’euros, menée par le fonds Ardence Capital. Elle emploie 85 salariés.\n",
    )
    .unwrap();
    let job = [
        "--tests",
        "job",
        "--articles",
        "article.txt",
        "--answer",
        "5",
        "--no-grammar",
        "--no-limits",
    ];
    let questions = [&TINY[..], &job, &["--dump-questions", "questions.jsonl"]].concat();
    let (stdout, stderr, status) = bench(dir.path(), &questions);
    assert_eq!((stdout.as_str(), status), ("", 0), "{stderr}");
    let questions = std::fs::read_to_string(dir.path().join("questions.jsonl")).unwrap();
    let questions: Vec<Value> = questions
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let tasks: Vec<_> = questions.iter().map(|q| q["task"].as_str().unwrap()).collect();
    for task in ["summary.fr", "summary.en", "translation.en", "extraction"] {
        assert!(tasks.contains(&task), "{tasks:?}");
    }
    let (stdout, stderr, status) = bench(dir.path(), &[&TINY[..], &job, &["--json"]].concat());
    assert_eq!(status, 0, "{stderr}");
    let report: Value = serde_json::from_str(&stdout).unwrap();
    let figures = &report["results"][0]["job"];
    assert_eq!(figures["questions"], questions.len());
    assert_eq!(figures["tokens_generated"], 5 * questions.len());
    let asked: usize = questions
        .iter()
        .map(|q| q["tokens"].as_array().unwrap().len())
        .sum();
    let read = |name: &str| figures[name].as_u64().unwrap();
    assert_eq!(
        read("prompt_tokens_computed") + read("prompt_tokens_shared"),
        asked as u64
    );
    assert!(read("prompt_tokens_shared") > 0, "the tasks share their article");
    assert_eq!(report["limits"], Value::Null);
}

#[test]
fn a_mistake_is_told_with_what_was_expected() {
    let dir = tempfile::tempdir().unwrap();
    let (stdout, stderr, status) = bench(dir.path(), &["--tests", "prefill-many"]);
    assert_eq!((stdout.as_str(), status), ("", 2));
    assert!(stderr.contains("expected a number"), "{stderr}");
    let (_, stderr, status) = bench(dir.path(), &["--model", "none"]);
    assert_eq!(status, 1);
    assert!(stderr.contains("hint:"), "{stderr}");
    let nothing = [
        &TINY[..],
        &["--tests", "job", "--articles", "nowhere", "--no-limits"],
    ]
    .concat();
    let (_, stderr, status) = bench(dir.path(), &nothing);
    assert_eq!(status, 1);
    assert!(stderr.contains("nowhere"), "{stderr}");
}
