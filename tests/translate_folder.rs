//! A folder of the example articles through a small random translation model of the true architecture: its words
//! mean nothing, but places, alignment, marks, tables and the store must be right whatever the words are.

#![allow(clippy::unwrap_used)] // helpers of tests: a failure is the test's failure

mod translating;

use assert_cmd::Command;
use serde_json::Value;
use std::path::Path;

const NAMES: [&str; 3] = [
    "quantique-Cœlacanthe.md",
    "gpu-helicea-nvidia.txt",
    "Résultats trimestriels - Orvane.txt",
];

/// Translates the folder into `out`.
const RUN: [&str; 8] = [
    "run",
    "in",
    "--model",
    "./model",
    "--tasks",
    "translation",
    "--out",
    "out",
];

fn folder() -> tempfile::TempDir {
    translating::folder((7, 8.0), &NAMES, 7)
}

/// Standard output and standard error; a random model's figures are flagged, so that the status is 3.
fn depeche(dir: &Path, args: &[&str]) -> (String, String) {
    let output = Command::cargo_bin("depeche")
        .unwrap()
        .current_dir(dir)
        .env_clear()
        .env("HOME", dir)
        .args(args)
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let (stdout, stderr) = (text(output.stdout), text(output.stderr));
    assert!(matches!(output.status.code(), Some(0 | 3)), "{stderr}");
    (stdout, stderr)
}

fn letters(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && *c != '|').collect()
}

#[test]
fn a_folder_comes_back_aligned_and_is_not_translated_twice() {
    let dir = folder();
    depeche(dir.path(), &RUN);
    let out = dir.path().join("out");
    let read = |name: &str| std::fs::read_to_string(out.join(name)).unwrap();
    let articles: Vec<Value> = read("articles.jsonl")
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(articles.len(), NAMES.len());
    assert_eq!(
        std::fs::read_dir(out.join("translations")).unwrap().count(),
        NAMES.len()
    );
    let json: Value = serde_json::from_str(&read("run.json")).unwrap();
    assert_eq!(json["model"]["architecture"], "marian");
    let asked = json["report"]["sentences"]["translated"].as_u64().unwrap();
    assert!(asked > 20, "{asked}");

    let (stdout, stderr) = depeche(
        dir.path(),
        &["translate", "in", "--model", "./model", "--format", "jsonl"],
    );
    assert!(stderr.contains("segments checked"), "{stderr}");
    let translations: Vec<Value> = stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(translations.len(), articles.len());
    let mut checked = 0;
    for (article, translation) in articles.iter().zip(&translations) {
        assert_eq!(article["id"], translation["article_id"]);
        let chars: Vec<char> = article["text"].as_str().unwrap().chars().collect();
        let segments = translation["segments"].as_array().unwrap();
        let first = usize::from(segments[0]["paragraph"].is_null());
        assert_eq!(
            segments.len() - first,
            article["paragraphs"].as_array().unwrap().len()
        );
        for (segment, paragraph) in segments[first..]
            .iter()
            .zip(article["paragraphs"].as_array().unwrap())
        {
            let range =
                paragraph["start"].as_u64().unwrap() as usize..paragraph["end"].as_u64().unwrap() as usize;
            let source: String = chars[range].iter().collect();
            assert_eq!(segment["source"], source.as_str());
            // the sentences are the paragraph, each once and in order
            let sentences = segment["sentences"].as_array().unwrap();
            let joined: String = sentences.iter().map(|s| s["source"].as_str().unwrap()).collect();
            assert!(
                letters(&source).ends_with(&letters(&joined)),
                "{source}\n{joined}"
            );
            assert!(
                letters(&source).len() - letters(&joined).len() < 8,
                "{source}\n{joined}"
            );
            let target = segment["target"].as_str().unwrap();
            let targets: String = sentences.iter().map(|s| s["target"].as_str().unwrap()).collect();
            assert!(
                letters(target).ends_with(&letters(&targets)),
                "{target}\n{targets}"
            );
            if paragraph["kind"] == "table_row" {
                assert_eq!(
                    target.matches(" | ").count(),
                    source.matches(" | ").count(),
                    "{target}"
                );
            }
            checked += sentences.len();
        }
        assert!(translation["checks"]["segments"].as_u64().unwrap() as usize >= segments.len());
    }
    assert!(checked > 20, "{checked}");

    // the same folder with one sentence more: nothing else is asked for
    let path = dir.path().join("in").join(NAMES[1]);
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, format!("{}\n\nTout est calme.\n", text.trim_end())).unwrap();
    depeche(dir.path(), &RUN);
    let json: Value = serde_json::from_str(&read("run.json")).unwrap();
    assert_eq!(json["report"]["sentences"]["translated"], 1, "{}", json["report"]);
    assert_eq!(json["report"]["tasks_reused"], NAMES.len() - 1);
}

#[test]
fn another_search_is_another_result() {
    let dir = folder();
    let run = |beams: &str| {
        depeche(dir.path(), &[&RUN[..], &["--beams", beams]].concat());
        let text = std::fs::read_to_string(dir.path().join("out/run.json")).unwrap();
        let run: Value = serde_json::from_str(&text).unwrap();
        let translated = run["report"]["sentences"]["translated"].as_u64().unwrap();
        (run["model"]["search"]["beams"].as_u64().unwrap(), translated)
    };
    let (beams, first) = run("4");
    assert!(beams == 4 && first > 20, "{beams} {first}");
    assert_eq!(run("4"), (4, 0), "what was kept is not computed again");
    assert_eq!(run("1"), (1, first), "nothing of another search was kept");
}
