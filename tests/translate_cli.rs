//! `depeche translate` end to end: every format, with a small random model. Its words mean nothing; that the pairs
//! are aligned, the markup whole and the XML valid does not depend on them.

#![allow(clippy::unwrap_used)] // helpers of tests: a failure is the test's failure

use assert_cmd::Command;
use depeche::engine::random::{Family, FloatType, MarianShape, RandomMarian, RandomModel, Size};
use std::path::Path;

const ARTICLE: &str = "Une usine.\n";

const PAGE: &str = "<html><head><script>var a = '<p>Le texte</p>';</script></head>\
    <body><p class=\"un\">Une <a href=\"https://exemple.fr/?a=1&amp;b=2\">usine</a> ici.</p></body></html>";

fn folder() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    RandomMarian::new(MarianShape::TINY, 5)
        .with_end_bias(8.0)
        .write(&dir.path().join("model"), FloatType::F32)
        .unwrap();
    RandomModel::new(Family::SmolLm3, Size::TINY, 5)
        .write_safetensors(&dir.path().join("llm"), FloatType::F32)
        .unwrap();
    std::fs::create_dir(dir.path().join("in")).unwrap();
    std::fs::write(dir.path().join("in/a.txt"), ARTICLE).unwrap();
    dir
}

/// Standard output, standard error and status, with the translation model.
fn translate(dir: &Path, args: &[&str]) -> (String, String, i32) {
    translate_with("./model", dir, args)
}

fn translate_with(model: &str, dir: &Path, args: &[&str]) -> (String, String, i32) {
    let output = Command::cargo_bin("depeche")
        .unwrap()
        .current_dir(dir)
        .env_clear()
        .env("HOME", dir)
        .arg("translate")
        .args(args)
        .args(["--model", model])
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (
        text(output.stdout),
        text(output.stderr),
        output.status.code().unwrap(),
    )
}

/// Like [`translate`], on some threads.
fn translate_on(threads: usize, dir: &Path, args: &[&str]) -> String {
    let threads = threads.to_string();
    let (stdout, stderr, status) = translate(dir, &[args, &["--threads", &threads]].concat());
    assert!(status == 0 || status == 3, "{stderr}");
    stdout
}

fn parse(text: &str) -> roxmltree::Document<'_> {
    let options = roxmltree::ParsingOptions {
        allow_dtd: true,
        ..roxmltree::ParsingOptions::default()
    };
    roxmltree::Document::parse_with_options(text, options).unwrap()
}

#[test]
fn an_export_for_translators_is_valid_xml() {
    let dir = folder();
    let (stdout, stderr, status) = translate(dir.path(), &["in", "--from", "fr", "--format", "xliff"]);
    assert!(status == 0 || status == 3, "{stderr}");
    let document = parse(&stdout);
    let sources: Vec<&str> = document
        .descendants()
        .filter(|node| node.tag_name().name() == "source")
        .filter_map(|node| node.text())
        .collect();
    assert!(sources.contains(&"Une usine."), "{stdout}");
    assert!(stderr.contains("segments checked"), "{stderr}");
}

#[test]
fn a_page_keeps_its_markup_and_a_term_that_is_missed_ends_with_3() {
    let dir = folder();
    std::fs::write(dir.path().join("page.html"), PAGE).unwrap();
    std::fs::write(dir.path().join("g.csv"), "source,target\nusine,plant\n").unwrap();
    let args = [
        "page.html",
        "--format",
        "html",
        "--from",
        "fr",
        "--out",
        "en",
        "--glossary",
        "g.csv",
    ];
    let (stdout, stderr, status) = translate(dir.path(), &args);
    assert_eq!((stdout.as_str(), status), ("", 3), "{stderr}");
    let page = std::fs::read_to_string(dir.path().join("en/page.en.html")).unwrap();
    for same in [
        "<script>var a = '<p>Le texte</p>';</script>",
        "<p class=\"un\">",
        "<a href=\"https://exemple.fr/?a=1&amp;b=2\">",
        "</body></html>",
    ] {
        assert!(page.contains(same), "{page}");
    }
    assert!(
        stderr.contains("glossary terms: 1, 0 repaired, 1 missed"),
        "{stderr}"
    );
}

#[test]
fn what_cannot_be_is_said_with_what_to_do() {
    let dir = folder();
    let (_, stderr, status) = translate_with("./llm", dir.path(), &["in", "--translator", "marian"]);
    assert_eq!(status, 1);
    assert!(
        stderr.contains("error: expected a model for `--translator marian`, but")
            && stderr.contains("hint: "),
        "{stderr}"
    );
    let (_, stderr, status) = translate_with("./llm", dir.path(), &["in", "--to", "de"]);
    assert_eq!(status, 1, "{stderr}");
    assert!(
        stderr.contains("expected `--to fr` or `--to en`, but found de"),
        "{stderr}"
    );
    let (_, stderr, status) = translate(dir.path(), &["in", "--to", "<b>"]);
    assert_eq!(status, 2);
    assert!(stderr.contains("expected the code of a language"), "{stderr}");
    let (_, stderr, status) = translate(dir.path(), &["in", "--format", "tmx", "--out", "x"]);
    assert_eq!(status, 1);
    assert!(stderr.contains("with `--out`"), "{stderr}");
    std::fs::write(dir.path().join("g.csv"), "usine,plant\nusine,factory\n").unwrap();
    let (_, stderr, status) = translate(dir.path(), &["in", "--glossary", "g.csv"]);
    assert_eq!(status, 1);
    assert!(
        stderr.contains("cause: line 2: \"usine\" has the translation"),
        "{stderr}"
    );
}

const SENTENCES: &str = "Une usine ouvre à Lille. Le groupe investit 12 millions d’euros.\n\n\
    Selon M. Dupont, la nouvelle chaîne emploiera 340 personnes dès 2027. Elle produira des puces.\n";

#[test]
fn translations_do_not_depend_on_the_number_of_threads() {
    let dir = folder();
    std::fs::write(dir.path().join("in/b.txt"), SENTENCES).unwrap();
    let mut all = Vec::new();
    for precision in ["int8", "float32"] {
        for beams in ["1", "4"] {
            let args = [
                "in",
                "--from",
                "fr",
                "--format",
                "jsonl",
                "--beams",
                beams,
                "--precision",
                precision,
            ];
            let [one, two, three] = [1, 2, 3].map(|threads| translate_on(threads, dir.path(), &args));
            assert!(one.contains("Une usine."), "{one}");
            assert!(one == two && two == three, "{precision}, {beams} beams");
            all.push(one);
        }
    }
    // The flags reach the search: a greedy answer of this model is another than the best of four.
    assert_ne!(all[2], all[3]);
}

#[test]
fn numbers_of_the_search_are_checked_and_flags_without_effect_are_said() {
    let dir = folder();
    for (flag, value, expected) in [
        ("--beams", "0", "expected 1 to 64 for `--beams`, but found 0"),
        ("--beams", "65", "expected 1 to 64 for `--beams`, but found 65"),
        (
            "--length-penalty",
            "NaN",
            "expected 0 to 10 for `--length-penalty`, but found NaN",
        ),
        (
            "--length-penalty",
            "11",
            "expected 0 to 10 for `--length-penalty`, but found 11",
        ),
    ] {
        let (_, stderr, status) = translate(dir.path(), &["in", flag, value]);
        assert_eq!(status, 2, "{stderr}");
        assert!(stderr.contains(expected) && stderr.contains("hint: "), "{stderr}");
    }
    let (_, stderr, _) = translate_with(
        "./llm",
        dir.path(),
        &[
            "in",
            "--from",
            "fr",
            "--translator",
            "llm",
            "--beams",
            "2",
            "--precision",
            "int8",
        ],
    );
    assert!(
        stderr.contains("`--beams`, `--precision` have no effect: "),
        "{stderr}"
    );
}

#[test]
fn a_model_of_several_languages_writes_the_one_that_is_asked_for() {
    let dir = folder();
    std::fs::write(dir.path().join("in/b.txt"), SENTENCES).unwrap();
    RandomMarian::new(MarianShape::TINY, 5)
        .with_end_bias(8.0)
        .with_targets(&["eng", "spa", "pob"])
        .write(&dir.path().join("many"), FloatType::F32)
        .unwrap();
    let to = |language| {
        let args = ["in", "--from", "fr", "--to", language, "--format", "jsonl"];
        translate_with("./many", dir.path(), &args)
    };
    let (english, stderr, status) = to("en");
    assert!(status == 0 || status == 3, "{stderr}");
    let (spanish, stderr, status) = to("es");
    assert!(status == 0 || status == 3, "{stderr}");
    let words = |lines: &str| -> Vec<String> {
        let articles = lines
            .lines()
            .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
        let segments = articles.flat_map(|article| article["segments"].as_array().unwrap().clone());
        segments.map(|segment| segment["target"].to_string()).collect()
    };
    // The mark stands before every sentence, and another mark is another input.
    assert_ne!(words(&english), words(&spanish));
    let (_, stderr, status) = to("de");
    assert_eq!(status, 1);
    assert!(
        stderr.contains(
            "expected one of the languages that the model writes (eng, pob, spa), but found \"de\""
        ) && stderr.contains("--to"),
        "{stderr}"
    );
}
