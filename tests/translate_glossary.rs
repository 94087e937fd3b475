//! `--glossary` end to end: every format, with a small random model whose words mean nothing. What it will write is
//! asked of it first, so that each way of a term is met: it is in the best answer, in another beam alone, in none.

#![allow(clippy::unwrap_used)] // helpers of tests: a failure is the test's failure

use assert_cmd::Command;
use depeche::backend::{Message, Request, Role, Sampling};
use depeche::engine::marian::TranslationOptions;
use depeche::engine::random::{FloatType, MarianShape, RandomMarian};
use depeche::engine::{EngineOptions, open};
use serde_json::Value;
use std::path::Path;

const SENTENCE: &str = "Une usine ouvre à Lille.";
const OTHER: &str = "Le marché est calme ce matin.";

fn folder() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    // Seeds with which best beam and others have words of their own.
    RandomMarian::new(MarianShape::TINY, 51)
        .with_end_bias(4.0)
        .write(&dir.path().join("model"), FloatType::F32)
        .unwrap();
    RandomMarian::new(MarianShape::TINY, 19)
        .with_end_bias(4.25)
        .with_targets(&["eng", "spa", "pob"])
        .write(&dir.path().join("many"), FloatType::F32)
        .unwrap();
    std::fs::write(dir.path().join("a.txt"), format!("{SENTENCE}\n\n{OTHER}\n")).unwrap();
    dir
}

/// The beams for the sentence, best first, as the program will see them.
fn beams(model: &Path, target: Option<&str>, sentence: &str) -> Vec<String> {
    let options = EngineOptions {
        translation: TranslationOptions {
            target: target.map(str::to_owned),
            ..TranslationOptions::default()
        },
        ..EngineOptions::default()
    };
    let mut backend = open(&depeche::hub::load_path(model).unwrap(), &options)
        .unwrap()
        .backend;
    let messages = vec![Message {
        role: Role::User,
        content: sentence.to_owned(),
    }];
    let tokens = backend.count_tokens(&messages).unwrap();
    backend
        .submit(Request {
            messages,
            constraint: None,
            max_tokens: tokens * 2 + 32,
            sampling: Sampling::GREEDY,
            alternatives: 3,
        })
        .unwrap();
    let mut done = Vec::new();
    while backend.outstanding() > 0 {
        done.extend(backend.poll().unwrap());
    }
    let answer = done.remove(0).1;
    std::iter::once(answer.text).chain(answer.alternatives).collect()
}

/// Runs of one to three words, none of which holds anything but letters.
fn phrases(text: &str) -> Vec<String> {
    let words: Vec<&str> = text.split(' ').collect();
    let runs = (1..=3).flat_map(|length| words.windows(length).map(<[&str]>::to_vec));
    let is_word = |word: &&str| word.len() > 3 && word.chars().all(|c| c.is_ascii_lowercase());
    runs.filter(|run| run.iter().all(is_word))
        .map(|run| run.join(" "))
        .collect()
}

/// A term that the best beam has, and one that only another has.
fn met(beams: &[String]) -> Option<(String, String)> {
    let best = phrases(&beams[0]);
    let others = beams[1..].iter().flat_map(|beam| phrases(beam));
    let mut others = others.filter(|phrase| !best.contains(phrase));
    Some((best.last()?.clone(), others.next()?))
}

fn depeche(dir: &Path) -> Command {
    let mut command = Command::cargo_bin("depeche").unwrap();
    command.current_dir(dir).env_clear().env("HOME", dir);
    command
}

/// The translation record, and standard error.
fn translate(dir: &Path, model: &str, more: &[&str]) -> (Value, String) {
    let output = depeche(dir)
        .args([
            "translate",
            "a.txt",
            "--from",
            "fr",
            "--format",
            "jsonl",
            "--model",
            model,
        ])
        .args(more)
        .output()
        .unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(matches!(output.status.code(), Some(0 | 3)), "{stderr}");
    (serde_json::from_slice(&output.stdout).unwrap(), stderr)
}

/// One term as a file of each format that is read.
fn in_every_format(source: &str, target: &str) -> Vec<(&'static str, String)> {
    let second = format!(
        r#"<?xml version="1.0"?><!DOCTYPE martif SYSTEM "TBXBasiccoreStructV02.dtd"><martif type="TBX-Basic"><text><body>
        <termEntry><langSet xml:lang="fr"><tig><term>{source}</term></tig></langSet>
        <langSet xml:lang="en"><tig><term>{target}</term></tig></langSet></termEntry></body></text></martif>"#
    );
    let third = format!(
        r#"<tbx type="TBX-Basic" xmlns="urn:iso:std:iso:30042:ed-2"><text><body><conceptEntry>
        <langSec xml:lang="fr"><termSec><term>{source}</term></termSec></langSec>
        <langSec xml:lang="en"><termSec><term>{target}</term></termSec></langSec></conceptEntry></body></text></tbx>"#
    );
    vec![
        ("comma.csv", format!("source,target\n{source},{target}\n")),
        (
            "semicolon.csv",
            format!("terme;traduction\r\n{source};{target}\r\n"),
        ),
        ("tabs.tsv", format!("# terms\n{source}\t{target}\tnoun\n")),
        ("second.tbx", second),
        ("third.xml", third),
    ]
}

/// Term, status and the sentence's translation, for each term.
fn terms(record: &Value) -> Vec<(String, String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let of = |term: &Value| {
        (
            text(&term["target"]),
            text(&term["status"]),
            text(&term["translation"]),
        )
    };
    let terms = record["terms"].as_array();
    terms.map_or(Vec::new(), |terms| terms.iter().map(of).collect())
}

fn target(record: &Value, segment: usize) -> &str {
    record["segments"][segment]["target"].as_str().unwrap()
}

#[test]
fn a_term_of_every_format_is_used_found_in_another_beam_or_missed() {
    let dir = folder();
    let (best, other) = met(&beams(&dir.path().join("model"), None, SENTENCE)).unwrap();
    let (bare, _) = translate(dir.path(), "./model", &[]);
    for (term, status, counts) in [
        (best.as_str(), "used", "glossary terms: 1, 0 repaired, 0 missed"),
        (
            other.as_str(),
            "repaired",
            "glossary terms: 1, 1 repaired, 0 missed",
        ),
        ("plant", "missed", "glossary terms: 1, 0 repaired, 1 missed"),
    ] {
        let mut records = Vec::new();
        for (name, text) in in_every_format("usine", term) {
            std::fs::write(dir.path().join(name), text).unwrap();
            let (record, stderr) = translate(dir.path(), "./model", &["--glossary", name]);
            assert!(stderr.contains(counts), "{name}: {stderr}");
            records.push(record);
        }
        let record = &records[0];
        assert!(records.iter().all(|other| other == record), "{records:#?}");
        let [(stated, found, translation)] = &terms(record)[..] else {
            panic!("{record:#}")
        };
        assert_eq!((stated.as_str(), found.as_str()), (term, status), "{record:#}");
        assert_eq!(translation.contains(term), status != "missed", "{record:#}");
        // What the glossary has nothing for is left as it was.
        assert_eq!(target(record, 1), target(&bare, 1));
        assert_eq!(target(record, 0) == target(&bare, 0), status != "repaired");
    }
}

#[test]
fn what_must_not_be_translated_is_kept_or_missed_and_flagged() {
    let dir = folder();
    let model = dir.path().join("model");
    // A word that the model writes where its source has it.
    let written = beams(&model, None, SENTENCE);
    let written = written.iter().flat_map(|beam| phrases(beam));
    let kept = written
        .map(|word| (format!("L’usine {word} ouvre à Lille."), word))
        .find(|(sentence, word)| phrases(&beams(&model, None, sentence)[0]).contains(word));
    let (sentence, word) = kept.expect("a word that stays");
    for entry in ["", "=", "DNT"] {
        std::fs::write(dir.path().join("dnt.csv"), format!("{word},{entry}\n")).unwrap();
        std::fs::write(dir.path().join("a.txt"), format!("{sentence}\n")).unwrap();
        let (record, stderr) = translate(dir.path(), "./model", &["--glossary", "dnt.csv"]);
        assert_eq!(terms(&record)[0].0, word, "{entry}: {record:#}");
        assert_eq!(terms(&record)[0].1, "used", "{entry}: {record:#}");
        assert!(
            target(&record, 0).contains(&word) && !stderr.contains("1 missed"),
            "{stderr}"
        );

        std::fs::write(dir.path().join("dnt.csv"), format!("usine,{entry}\n")).unwrap();
        let (record, stderr) = translate(dir.path(), "./model", &["--glossary", "dnt.csv"]);
        assert_eq!(terms(&record)[0].1, "missed", "{entry}: {record:#}");
        assert!(
            stderr.contains("the glossary has “usine” for “usine”"),
            "{stderr}"
        );
    }
}

#[test]
fn marks_of_languages_and_terms_do_not_disturb_each_other() {
    let dir = folder();
    let mut texts = Vec::new();
    for (to, tag) in [("eng", "en"), ("spa", "es")] {
        let all = beams(&dir.path().join("many"), Some(to), SENTENCE);
        let (best, other) = met(&all).unwrap();
        let (bare, _) = translate(dir.path(), "./many", &["--to", tag]);
        assert_eq!(target(&bare, 0), all[0], "{to}");
        for (term, status) in [
            (&best, "used"),
            (&other, "repaired"),
            (&"zzyzx".to_owned(), "missed"),
        ] {
            std::fs::write(dir.path().join("g.csv"), format!("usine,{term}\n")).unwrap();
            let (record, _) = translate(dir.path(), "./many", &["--to", tag, "--glossary", "g.csv"]);
            assert_eq!(terms(&record)[0].1, status, "{to}, {term}: {record:#}");
            assert!(
                status == "missed" || target(&record, 0).contains(term.as_str()),
                "{record:#}"
            );
            assert_eq!(target(&record, 0) == all[0], status != "repaired", "{record:#}");
            assert_eq!(target(&record, 1), target(&bare, 1), "{to}, {term}");
            assert!(
                !record.to_string().contains(">>"),
                "the mark is no text: {record:#}"
            );
        }
        texts.push(target(&bare, 0).to_owned());
    }
    // The mark arrives: the languages have words of their own.
    assert_ne!(texts[0], texts[1]);
}

#[test]
fn the_terms_of_the_language_that_is_written_are_taken() {
    let dir = folder();
    let model = dir.path().join("many");
    let section = |language: &str, term: &str| {
        format!("<langSec xml:lang=\"{language}\"><termSec><term>{term}</term></termSec></langSec>")
    };
    let best = |to| met(&beams(&model, Some(to), SENTENCE)).unwrap().0;
    let tbx = format!(
        "<tbx><text><body><conceptEntry>{}{}{}{}</conceptEntry></body></text></tbx>",
        section("fr", "usine"),
        section("en-GB", &best("eng")),
        section("es", &best("spa")),
        section("de", "Werk"),
    );
    std::fs::write(dir.path().join("all.tbx"), tbx).unwrap();
    for (to, code) in [("en", "eng"), ("es", "spa")] {
        let (record, _) = translate(dir.path(), "./many", &["--to", to, "--glossary", "all.tbx"]);
        assert_eq!(terms(&record)[0].0, best(code), "{to}");
        assert_eq!(terms(&record)[0].1, "used", "{to}: {record:#}");
    }
    let output = depeche(dir.path())
        .args([
            "translate",
            "a.txt",
            "--from",
            "fr",
            "--model",
            "./many",
            "--to",
            "pt-BR",
        ])
        .args(["--glossary", "all.tbx"])
        .output()
        .unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{stderr}");
    assert!(
        stderr.contains("expected terms in fr and pt-br, but found entries in de, en-GB, es, fr"),
        "{stderr}"
    );
}

#[test]
fn a_run_has_a_row_for_each_place_of_each_term() {
    let dir = folder();
    let (_, other) = met(&beams(&dir.path().join("model"), None, SENTENCE)).unwrap();
    std::fs::write(
        dir.path().join("g.csv"),
        format!("usine,{other}\nmarché,market\n"),
    )
    .unwrap();
    let output = depeche(dir.path())
        .args(["run", "a.txt", "--tasks", "translation", "--model", "./model"])
        .args(["--out", "out", "--glossary", "g.csv"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(3), "a missed term is flagged");
    let table = std::fs::read_to_string(dir.path().join("out/glossary.csv")).unwrap();
    let mut reader = csv::Reader::from_reader(table.trim_start_matches('\u{feff}').as_bytes());
    let header = reader.headers().unwrap().clone();
    let at = |name: &str| header.iter().position(|column| column == name).unwrap();
    let (source, status) = (at("source"), at("status"));
    let rows: Vec<(String, String)> = reader
        .records()
        .map(|row| row.unwrap())
        .map(|row| (row[source].to_owned(), row[status].to_owned()))
        .collect();
    let expected = [("usine", "repaired"), ("marché", "missed")];
    assert_eq!(
        rows,
        expected.map(|(term, status)| (term.to_owned(), status.to_owned()))
    );
    let run: Value =
        serde_json::from_str(&std::fs::read_to_string(dir.path().join("out/run.json")).unwrap()).unwrap();
    let checks = &run["report"]["checks"];
    let counts = ["terms", "terms_repaired", "terms_missed"].map(|name| checks[name].as_u64().unwrap());
    assert_eq!(counts, [2, 1, 1], "{checks}");
}
